"""Routing: category or topic × place × level, candidates where it is not sure, one step back where it was wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.routing import Need, Reading, door, propose, route
from cases.rule_file import RulesError
from tests.case_fixtures import shipped_rules

RULES = shipped_rules()
DAY = date(2026, 11, 24)
NORTH, SOUTH, SUKABUMI, KOTA_BEKASI = "32.16.16", "32.16.22", "32.02.20", "32.75"


def need(category: str | None = "kesehatan", *places: tuple[str, float], **more: Any) -> Need:
    return Need(category, places=tuple(Reading(*place) for place in places), **more)


@pytest.mark.parametrize(
    ("wanted", "agency", "rule", "level"),
    [
        (need(), "dinkes", "kesehatan", "kabkota"),
        (need(urgency=2), "psc119", "kesehatan_darurat", "kabkota"),
        (need("kesehatan", (NORTH, 1.0)), "dinkes", "kesehatan_utara", "kabkota"),
        (need("kesehatan", (NORTH + ".2001", 1.0)), "dinkes", "kesehatan_utara", "kabkota"),
        (
            need("kesehatan", (NORTH, 1.0), urgency=2),
            "psc119",
            "kesehatan_darurat",
            "kabkota",
        ),  # a life goes before a place
        (need("kesehatan", (SOUTH, 1.0)), "dinkes", "kesehatan", "kabkota"),
        (need("kesehatan", (KOTA_BEKASI, 1.0)), "daerah_lain", "luar_wilayah", "luar_wilayah"),
        (need("pendidikan", level="provinsi"), "disdik_jabar", "provinsi_pendidikan", "provinsi"),
        (need("kekerasan", level="pusat"), "bp3mi", "pusat_kekerasan", "pusat"),
        (need("kesehatan", level="luar_wilayah"), "daerah_lain", "luar_wilayah", "luar_wilayah"),
        (need(None, topic="lingkungan"), "dlh", "lingkungan", "kabkota"),
        (need(None, topic="pujian"), "diskominfosantik", "kabkota", "kabkota"),
        (need(None), "diskominfosantik", "kabkota", "kabkota"),
        (need("bencana", restricted=True), "dp3a", "terbatas", "kabkota"),
        (need("bencana", restricted=True, urgency=2), "dp3a", "terbatas_darurat", "kabkota"),
    ],
)
def test_the_most_particular_rule_decides(wanted: Need, agency: str, rule: str, level: str) -> None:
    found = route(RULES, wanted, DAY)
    assert (found.first.agency, found.first.rule, found.first.level, found.sure) == (agency, rule, level, True)


def test_a_restricted_need_keeps_the_agency_it_would_have_had() -> None:
    assert "bpbd" in route(RULES, need("bencana", restricted=True), DAY).helpers


def test_an_ambiguous_place_asks_a_person() -> None:
    found = route(RULES, need("rumah", ("32.16.07", 0.5), (SUKABUMI, 0.4)), DAY)
    assert [(one.agency, one.place) for one in found.candidates] == [
        ("disperkimtan", "32.16.07"),
        ("daerah_lain", SUKABUMI),
    ]
    assert not found.sure
    assert "tempatnya belum pasti, pastikan dulu, pilihan lain Pemerintah Kabupaten Sukabumi." in found.reason


def test_places_that_lead_to_one_agency_need_nobody() -> None:
    found = route(RULES, need("rumah", (NORTH, 0.5), (SOUTH, 0.5)), DAY)
    assert (len(found.candidates), found.sure) == (1, True)


def test_an_unsure_category_asks_a_person_and_stays_first() -> None:
    found = route(RULES, need("bencana", topic="infrastruktur", category_score=0.35), DAY)
    assert [one.agency for one in found.candidates] == ["bpbd", "dsdabmbk"]
    assert not found.sure
    assert "jenis kebutuhannya belum pasti" in found.reason


def test_the_reason_is_one_sentence() -> None:
    assert route(RULES, need(urgency=2), DAY).reason == (
        "Nyawa bisa terancam, telepon lebih dulu; sakit gawat darurat: ditangani PSC 119, dibantu Dinas Kesehatan dan RSUD Kab. Bekasi."
    )
    assert route(RULES, need("rumah", (KOTA_BEKASI, 1.0)), DAY).reason == (
        "Tempatnya bukan di Kabupaten Bekasi: arahkan dengan santun ke Pemerintah Kota Bekasi, catat sebagai diteruskan."
    )


def test_a_declined_agency_makes_room_for_the_next() -> None:
    first = route(RULES, need("rumah"), DAY)
    second = route(RULES, need("rumah"), DAY, {first.first.agency})
    third = route(RULES, need("rumah"), DAY, {first.first.agency, second.first.agency})
    assert [first.first.agency, second.first.agency, third.first.agency] == [
        "disperkimtan",
        "baznas",
        "diskominfosantik",
    ]
    assert [one.agency for one in second.candidates] == ["baznas", "diskominfosantik"]
    assert not second.sure
    assert "dinas sebelumnya menyatakan bukan tugasnya" in second.reason


CODES = (NORTH, SOUTH, SUKABUMI, KOTA_BEKASI, "32", "32.16", "32.16.06.2005", "31.71")
NEEDS = st.builds(
    Need,
    category=st.sampled_from([None, *RULES.taxonomy.category]),
    topic=st.sampled_from([None, *RULES.taxonomy.topic]),
    urgency=st.sampled_from([None, 0, 1, 2]),
    level=st.sampled_from([None, "kabkota", "provinsi", "pusat", "luar_wilayah"]),
    restricted=st.booleans(),
    category_score=st.none() | st.floats(0, 1),
    places=st.lists(st.builds(Reading, st.sampled_from(CODES), st.floats(0, 1)), max_size=4).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(NEEDS, st.sets(st.sampled_from(sorted(RULES.agencies.agency)), max_size=6))
def test_every_need_has_a_door_and_a_sentence(wanted: Need, declined: set[str]) -> None:
    found = route(RULES, wanted, DAY, declined)
    assert found.candidates
    assert all(one.agency in RULES.agencies.agency for one in found.candidates)
    assert sum(one.weight for one in found.candidates) <= 1.001
    assert len({one.agency for one in found.candidates}) == len(found.candidates)
    assert found.first.agency not in found.helpers
    assert not set(found.helpers) & declined
    assert found.reason.endswith(".")
    assert "{" not in found.reason
    assert wanted.urgency != 2 or found.reason.startswith("Nyawa bisa terancam")
    assert not (found.sure and found.first.weight < RULES.levels.certainty.sure)


def test_doors_of_what_is_not_humanitarian() -> None:
    found = door(RULES, "infrastruktur", DAY)
    assert found is not None
    assert (found.agency, found.channel) == ("DSDABMBK", "SP4N-LAPOR!")
    assert door(RULES, "spam_candaan", DAY) is None
    without = {topic for topic in RULES.taxonomy.topic if door(RULES, topic, DAY) is None}
    assert without == {"opini_politik", "berita_info", "pujian", "spam_candaan", "lain"}


def test_a_proposal_is_in_words() -> None:
    found = propose(RULES, need("pendidikan", level="provinsi"), DAY)
    assert (found.agency, found.level) == ("Dinas Pendidikan Provinsi Jawa Barat (KCD wilayah III)", "provinsi")
    assert propose(RULES, need(), DAY).level == "kabupaten"


def test_a_day_before_every_rule_is_said() -> None:
    with pytest.raises(RulesError, match="no rule in force for level kabkota"):
        route(shipped_rules(), Need("rumah", urgency=1), date(2001, 1, 1))
