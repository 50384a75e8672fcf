"""A mention joins a case only where it is sure; where it may be one household a person is asked; conflicts forbid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases.joining import Joining, Suggestion, join_or_open, sentence
from cases.likeness import Described, Incoming, compare
from cases.matching import KnownMentions
from classifiers.places import Gazetteer
from flows.describing import Describer, describer
from tests.case_fixtures import NOW

DARSIM = "Pak Darsim stroke di Karangsegar Pebayuran, butuh kursi roda, anaknya buruh tani"


@pytest.fixture(scope="module")
def reader() -> Describer:
    return describer("32.16", b"rahasia")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


@pytest.fixture
def told(reader: Describer, gazetteer: Gazetteer) -> Any:
    def tell(number: int, text: str, **more: Any) -> Described:
        row = {"mention_id": f"x:{number}", "platform": "x", "author_id": f"a{number}", "parent_id": None, "thread_id": None,
               "duplicate_of": None, "category": "kesehatan", "created_at": NOW}  # fmt: skip
        places = {place.code: place.weight for place in gazetteer.find(text)}
        return Described(Incoming(**row | more), reader.facts(text), places)

    return tell


def asked(
    described: Described, *placed: tuple[Described, str], ended: dict[str, str] | None = None
) -> tuple[Joining, tuple[Suggestion, ...]]:
    return join_or_open(described, KnownMentions.of(placed, ended))


@pytest.mark.parametrize(
    ("text", "more", "case_id", "reason"),
    [
        ("nenek tetangga jatuh di sumur, Sukatani", {}, None, "opened"),
        (DARSIM, {"duplicate_of": "x:1"}, "K-1", "repost"),
        ("pak darsim karangsegar masih perlu kursi roda, tolong", {}, "K-1", "likeness"),
        ("Darsim belum dapat kursi roda", {"author_id": "a1"}, "K-1", "author"),
        ("masih belum ada kabar", {"author_id": "a1"}, "K-1", "author"),
        ("masih belum ada kabar", {"author_id": "a1", "created_at": NOW + timedelta(days=15)}, None, "opened"),
        ("masih belum ada kabar", {"author_id": "a1", "category": "rumah"}, None, "opened"),
        ("masih belum ada kabar", {"author_id": "a1", "platform": "instagram"}, None, "opened"),
        ("Bu Sarnih stroke di Karangsegar Pebayuran, butuh kursi roda", {}, None, "opened"),
        ("Bu Sarnih stroke di Karangsegar Pebayuran, butuh kursi roda", {"author_id": "a1"}, None, "opened"),
        ("Pak Darsim di Cibarusah kena stroke juga", {}, None, "opened"),
    ],
)
def test_what_joins(told: Any, text: str, more: dict[str, Any], case_id: str | None, reason: str) -> None:
    joining, _ = asked(told(2, text, **more), (told(1, DARSIM), "K-1"))
    assert (joining.case_id, joining.reason) == (case_id, reason)
    assert joining.how == ("merged" if case_id else "opened")


def test_what_is_not_sure_is_asked_with_its_reasons_and_without_a_name(told: Any) -> None:
    joining, suggestions = asked(told(2, "ada yang stroke di Karangsegar, perlu kursi roda"), (told(1, DARSIM), "K-1"))
    assert joining.case_id is None
    (one,) = suggestions
    assert one.other_case_id == "K-1"
    assert one.reason.startswith("Mungkin keluarga yang sama (")
    assert "desa yang sama" in one.reason
    assert "darsim" not in one.reason.lower()


def test_two_cases_that_both_seem_sure_are_left_to_a_person(told: Any) -> None:
    placed = ((told(1, DARSIM), "K-1"), (told(3, DARSIM.replace("anaknya buruh tani", "sudah tua")), "K-2"))
    joining, suggestions = asked(told(2, "pak darsim karangsegar masih perlu kursi roda"), *placed)
    assert joining.case_id is None
    assert {one.other_case_id for one in suggestions} == {"K-1", "K-2"}


def test_a_contradiction_inside_the_case_forbids(told: Any) -> None:
    placed = ((told(1, DARSIM), "K-1"), (told(3, "bapak itu umur 40 tahun, karangsegar", author_id="a1"), "K-1"))
    text = "pak darsim karangsegar masih perlu kursi roda, umur 61 tahun"
    assert asked(told(2, text), placed[0])[0].case_id == "K-1"
    assert asked(told(2, text), *placed)[0].case_id is None


def test_comments_of_two_people_under_the_programs_own_post_are_two_cases(told: Any) -> None:
    under_it = told(1, DARSIM, thread_id="x:99", parent_id="x:99")
    other = told(2, "anak saya demam tinggi di Sukatani", thread_id="x:99", parent_id="x:99")
    assert asked(other, (under_it, "K-1"))[0].case_id is None


def test_a_finished_case_is_not_joined_but_remembered(told: Any) -> None:
    joining, suggestions = asked(
        told(2, "pak darsim karangsegar masih perlu kursi roda"), (told(1, DARSIM), "K-1"), ended={"K-1": "selesai"}
    )
    assert (joining.case_id, joining.related, suggestions) == (None, "K-1", ())


def test_a_repost_of_what_was_rejected_opens_nothing(told: Any) -> None:
    first = (told(1, DARSIM), "K-1")
    assert asked(told(2, DARSIM, duplicate_of="x:1"), first, ended={"K-1": "bukan"})[0].case_id == "K-1"
    assert asked(told(2, "masih", author_id="a1"), first, ended={"K-1": "bukan"})[0].case_id is None


def test_reposts_of_an_original_that_opened_nothing_find_each_other(told: Any) -> None:
    repost = (told(2, DARSIM, duplicate_of="x:1"), "K-2")
    assert asked(told(3, DARSIM, duplicate_of="x:1"), repost)[0].case_id == "K-2"


def test_no_name_and_no_number_of_a_person_stands_in_what_is_compared(told: Any, reader: Describer) -> None:
    facts = reader.facts("Pak Darsim, hubungi 0812 0000 1111")
    assert "darsim" not in repr(facts).lower()
    assert "00001111" not in repr(facts)
    assert facts.names
    assert facts.phones
    assert reader.facts("darsim sakit").words.keys() >= facts.names  # the same name without its title
    assert describer("32.16", b"lain").facts("Pak Darsim").names != facts.names  # the key makes the hash


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ("Bu Sarnih lapar di Sukatani", "Bu Onah lapar di Sukatani", "other_name"),
        ("anak umur 5 tahun demam", "anak umur 9 tahun demam", "other_age"),
        ("banjir di RT 03", "banjir di RT 07", "other_address"),
        ("banjir blok C5 no 9", "banjir blok C8 no 9", "other_address"),
        ("lapar di Cibarusah", "lapar di Muara Gembong", "apart"),
        ("Butuh donor O 3 kantong RS Annisa cepat", "Butuh donor O 5 kantong RS Annisa cepat", "template"),
    ],
)
def test_conflicts_forbid(told: Any, one: str, other: str, conflict: str) -> None:
    likeness = compare(told(1, one), told(2, other, author_id="a1"))
    assert conflict in likeness.conflicts
    assert not likeness.sure
    assert "tetapi" in sentence(likeness)
