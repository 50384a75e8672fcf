"""What may be done with a case: any history of acts, however wild, rebuilds exactly, and no emergency ends by the way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.acting import Act, CaseRefused, allowed, decide
from cases.case import Case, CaseEvent, apply, canonical, case_row, replay
from cases.escalation import gate, next_rung, rung_by_clock
from cases.opening import joined
from tests.case_fixtures import NOW, done, new_case, shipped_rules

RULES = shipped_rules()
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from([*RULES.taxonomy.category, None, "tidak_ada"]),
        "urgency": st.sampled_from([0, 1, 2, 7]),
        "place_code": st.sampled_from(["32.16.16", "32.75", "00.00", None]),
        "level": st.sampled_from(["kabkota", "provinsi", "desa"]),
        "handling": st.sampled_from(["informasi", "berpengawasan", "darurat"]),
        "restricted": st.booleans(),
        "agency": st.sampled_from(["dinkes", "dinsos", "bpbd", "tidak_ada"]),
        "state": st.just("selesai"),
        "closed_at": st.just("2026-11-24"),
        "assignee": st.sampled_from(["rina", "budi"]),
        "sp4n_id": st.just("1234567"),
    },
)
ACTS = st.tuples(
    st.builds(
        Act,
        action=st.sampled_from(sorted(RULES.states.action)),
        actor=st.sampled_from(["rina", "budi", "tanggap"]),
        why=st.sampled_from(["", "sudah dicek"]),
        changes=CHANGES | st.just({"agency": "dinkes"}) | st.just({}),
        rung=st.sampled_from([None, None, "pimpinan", "lounge", "awan"]),
    ),
    st.timedeltas(timedelta(0), timedelta(days=4)),
)


def play(case: Case, opening: CaseEvent, acts: list[tuple[Act, timedelta]]) -> tuple[Case, list[CaseEvent]]:
    """Try every act in turn; what is refused leaves the case as it is."""
    events, now = [opening], NOW
    for act, later in acts:
        now += later
        try:
            event = decide(RULES, case, act, now)
        except CaseRefused as refused:
            assert str(refused).endswith(".")
            continue
        events.append(event)
        case = apply(case, event)
    return case, events


@settings(max_examples=250, deadline=None)
@given(st.sampled_from([0, 1, 2]), st.lists(ACTS, max_size=14))
def test_any_history_rebuilds_exactly(urgency: int, acts: list[tuple[Act, timedelta]]) -> None:
    case, events = play(*new_case(urgency=urgency), acts)
    stored = [
        CaseEvent(
            one.event_id, one.case_id, one.version, one.made_at, one.actor, one.kind, json.loads(canonical(one.detail))
        )
        for one in events
    ]
    rebuilt = replay(stored)
    assert rebuilt.case == case
    assert case_row(rebuilt.case) == case_row(case)
    assert rebuilt.mentions[0].mention_id == "x:1"
    assert case.version == len(events)
    assert RULES.state(case.state).closed == case.closed
    assert case.closed or case.clock is not None
    assert (case.due_at is None) == (case.closed or case.paused_at is not None)


@settings(max_examples=250, deadline=None)
@given(st.lists(ACTS, min_size=3, max_size=20))
def test_an_emergency_ends_only_by_its_own_act_with_a_reason_and_after_an_attempt(
    acts: list[tuple[Act, timedelta]],
) -> None:
    case, opening = new_case(urgency=2)
    for act, later in acts:
        before = case
        case, events = play(case, opening, [(act, later)])
        if before.emergency and case.closed and not before.closed:
            assert act.action in {"close", "reject", "refer"}
            assert act.why
            assert not events[-1].detail["changes"].keys() & {"category", "urgency"}
            assert act.action != "close" or before.attempts > 0
        if before.emergency and not case.emergency:
            assert act.why


def test_saving_an_emergency_never_finishes_it() -> None:
    case, _ = new_case(urgency=2)
    for action, changes in (
        ("correct", {"assignee": "rina"}),
        ("note", {}),
        ("confirm", {"category": "kesehatan"}),
        ("take", {}),
    ):
        case = done(case, action, **changes)
        assert not case.closed
    case = done(done(case, "forward", agency="psc119"), "accept")
    with pytest.raises(CaseRefused, match="catat dulu upaya"):
        done(case, "finish")
    case = done(done(case, "attempt"), "finish")
    with pytest.raises(CaseRefused, match="tidak berlaku untuk keadaan darurat"):
        done(case, "lapse")
    assert done(case, "close").state == "selesai"


def test_the_whole_way() -> None:
    case, _ = new_case()
    seen = [case.state]
    for action, changes in (
        ("take", {"assignee": "rina"}), ("check", {}), ("visit", {}), ("forward", {"agency": "dinkes"}), ("accept", {}), ("finish", {}), ("close", {}),
        ("reopen", {}),
    ):  # fmt: skip
        case = done(case, action, **changes)
        seen.append(case.state)
    way = "baru perlu_verifikasi verifikasi_meja verifikasi_lapangan diteruskan ditangani selesai_penanganan selesai perlu_verifikasi"
    assert seen == way.split()
    assert (case.confirmed, case.closed_at, case.forwarded_at, case.clock) == (True, None, None, "verifikasi")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (Act("terbang", "rina"), "tidak dikenal"),
        (Act("close", "rina", "selesai"), "Selesai tidak bisa dari keadaan Baru; yang bisa sekarang: note, correct"),
        (Act("reject", "rina"), "perlu alasan singkat"),
        (Act("note", "rina", "x" * 201), "terlalu panjang"),
        (Act("note", "rina", "hubungi 0812-3456-7890"), "nomor pribadi"),
        (Act("note", "rina", "NIK 3216061234567890"), "nomor pribadi"),
        (Act("note", " ", "catatan"), "siapa yang bertindak"),
        (Act("forward", "rina"), "perlu agency"),
        (Act("forward", "rina", changes={"agency": "dinas_x"}), "agency tidak mengenal nilai 'dinas_x'"),
        (Act("correct", "rina", changes={"state": "selesai"}), "tidak boleh mengubah state"),
        (Act("correct", "rina", changes={"urgency": True}), "urgency tidak mengenal nilai True"),
        (Act("correct", "rina", changes={"place_code": "99.99"}), "place_code tidak mengenal"),
        (Act("withdraw", "rina", "iseng"), "hanya dilakukan oleh program"),
    ],
)
def test_refusals_say_why(act: Act, said: str) -> None:
    case, _ = new_case()
    with pytest.raises(CaseRefused, match=said):
        decide(RULES, case, act, NOW)


def test_dates_and_times_are_no_personal_numbers() -> None:
    case, _ = new_case()
    assert done(case, "note", why="Kunjungan 24-11-2026 pukul 09.30, RT 03/05").version == 2


def test_a_corrected_need_is_routed_and_timed_anew() -> None:
    case, _ = new_case()
    urgent = done(case, "correct", NOW + timedelta(hours=1), urgency=2)
    assert (urgent.agency, urgent.rule, urgent.clock) == ("psc119", "kesehatan_darurat", "darurat")
    assert urgent.due_at == NOW + timedelta(hours=9)
    away = done(case, "correct", place_code="32.75")
    assert (away.level, away.agency) == ("luar_wilayah", "daerah_lain")
    assert done(away, "correct", place_code="32.16.16").agency == "dinkes"
    forwarded = done(case, "forward", agency="dinkes")
    assert done(forwarded, "correct", category="rumah").agency == "dinkes"  # an agency that has it keeps it


def test_a_wrong_agency_is_one_step_back_with_its_reason() -> None:
    case, _ = new_case(category="rumah")
    case = done(done(case, "check"), "forward", agency="disperkimtan")
    event = decide(RULES, case, Act("return", "disperkimtan", "Rumah dinas, bukan warga."), NOW)
    back = apply(case, event)
    assert (back.state, back.declined, back.routing_sure) == ("verifikasi_meja", ("disperkimtan",), False)
    assert back.agency != "disperkimtan"
    assert (event.detail["declined"], event.detail["rule"], event.detail["why"]) == ("disperkimtan", "rumah", "Rumah dinas, bukan warga.")  # fmt: skip
    with pytest.raises(CaseRefused, match="perlu alasan"):
        decide(RULES, case, Act("return", "disperkimtan"), NOW)


def test_a_person_may_choose_an_agency_no_rule_proposed() -> None:
    case, _ = new_case()
    chosen = done(case, "forward", agency="baznas")
    assert (chosen.agency, chosen.rule, chosen.routing_sure) == ("baznas", None, True)


def late(case: Case, **after: Any) -> Any:
    assert case.due_at is not None
    return case.due_at + timedelta(**after)


def test_the_gate_asks_for_proof_that_they_tried() -> None:
    case, _ = new_case()
    assert gate(RULES, case, late(case, days=30)) == gate(RULES, case, NOW)  # nobody was asked yet
    assert "teruskan dulu" in gate(RULES, case, NOW).reason
    forwarded = done(case, "forward", agency="dinkes")
    assert not gate(RULES, forwarded, NOW).open
    assert gate(RULES, forwarded, late(forwarded)).open
    assert "lewat" in gate(RULES, forwarded, late(forwarded)).reason
    tried = done(forwarded, "attempt")
    assert gate(RULES, tried, NOW).open
    assert "tercatat 1 kali" in gate(RULES, tried, NOW).reason
    assert gate(RULES, done(tried, "return"), NOW).open is False


def test_life_in_danger_skips_the_ladder_and_says_so() -> None:
    case, _ = new_case(urgency=2)
    assert gate(RULES, case, NOW).reason == "Nyawa terancam: tangga eskalasi dilewati."
    event = decide(RULES, case, Act("escalate", "rina", "butuh bupati", rung="lounge"), NOW)
    assert (apply(case, event).rung, apply(case, event).state) == ("lounge", "eskalasi")
    calm, _ = new_case()
    with pytest.raises(CaseRefused, match="naik ke Pimpinan program dulu"):
        decide(RULES, calm, Act("escalate", "rina", "butuh bupati", rung="lounge"), NOW)


def test_nobody_climbs_past_the_closed_gate() -> None:
    case, _ = new_case()
    case = done(done(case, "forward", agency="dinkes"), "escalate")
    assert case.rung == "kepala_dinas"
    case = done(case, "escalate")
    assert (case.rung, case.state) == ("pimpinan", "eskalasi")
    with pytest.raises(CaseRefused, match=r"Belum bisa ke Lounge bupati\. Belum ada upaya"):
        done(case, "escalate")
    case = done(case, "attempt")
    assert done(case, "escalate").rung == "lounge"
    assert done(case, "accept").rung == "petugas"  # the agency took it: the ladder begins anew


def test_lateness_climbs_the_ladder() -> None:
    case, _ = new_case()
    case = done(case, "forward", agency="dinkes")  # Tuesday: due at the end of Monday 30 November
    at = late(case) - timedelta(minutes=1)
    assert rung_by_clock(RULES, case, at) is None
    rung = rung_by_clock(RULES, case, late(case))
    assert rung is not None
    assert rung.id == "kepala_dinas"
    case = done(case, "escalate", late(case))
    assert rung_by_clock(RULES, case, late(case, days=2, minutes=-1)) is None
    assert rung_by_clock(RULES, case, late(case, days=2)) == next_rung(RULES, case)  # Wednesday, two working days on
    case = done(case, "escalate", late(case, days=2))
    assert rung_by_clock(RULES, case, late(case, days=6)) is None  # Sunday
    final = rung_by_clock(RULES, case, late(case, days=7))
    assert final is not None
    assert final.id == "lounge"


def test_a_case_nobody_forwarded_goes_to_the_lead_and_not_to_an_agency_head() -> None:
    case, _ = new_case()
    rung = next_rung(RULES, case)
    assert rung is not None
    assert rung.id == "pimpinan"


def test_only_open_actions_are_offered() -> None:
    case, _ = new_case(urgency=2)
    assert "withdraw" not in allowed(RULES, case)
    assert "close" not in allowed(RULES, case)
    assert {"check", "forward", "reject", "note"} <= set(allowed(RULES, case))


def test_a_joined_mention_and_one_set_apart_rebuild_too() -> None:
    case, opening = new_case()
    event = joined(case, "x:2", {"how": "merged", "score": 0.97, "reason": "thread"}, NOW)
    apart = CaseEvent("e3", case.case_id, 3, NOW, "rina", "separated", {"changes": {}, "separated": ["x:1"]})
    rebuilt = replay([opening, event, apart])
    assert [(one.mention_id, one.how, one.score) for one in rebuilt.mentions] == [("x:2", "merged", 0.97)]
    with pytest.raises(ValueError, match="one before it is missing"):
        replay([opening, apart])
