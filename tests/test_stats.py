"""The figures of the desk, against what a person counts on paper, and against the events walked one by one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cases.acting import Act, decide
from cases.case import Case, CaseEvent, apply
from settings import Settings
from tests.case_fixtures import NOW, new_case, shipped_rules
from tests.test_cases_acting import ACTS, play
from tests.test_commands_casework import said
from tests.test_triage_casework import store
from triage.database import unit_of_work
from triage.stats import Figures, Span, read_figures

RULES = shipped_rules()
SPAN = Span("Asia/Jakarta")


def course(database: Path, number: int, steps: list[tuple[float, str, dict[str, object]]], **need: object) -> Case:
    """A case and what was done with it, hours after the desk had it."""
    case, opening = new_case(mention_id=f"x:{number}", **need)
    events = [opening]
    for hours, action, extra in steps:
        why = "" if action in {"forward", "check", "accept"} else "alasan"
        wanted = Act(action, "rina", why, **extra)  # type: ignore[arg-type]
        events.append(decide(RULES, case, wanted, NOW + timedelta(hours=hours)))
        case = apply(case, events[-1])
    return store(database, case, *events)


def figures(database: Path, by: str = "semua", span: Span = SPAN, hours: float = 2000) -> dict[str, Figures]:
    with unit_of_work(database) as connection:
        return {one.name: one for one in read_figures(connection, by, span, NOW + timedelta(hours=hours))}  # type: ignore[arg-type]


def test_the_figures_are_what_one_counts_on_paper(database: Path) -> None:
    to_dinkes = ("forward", {"changes": {"agency": "dinkes"}})
    course(database, 1, [(0.5, "note", {}), (2, "check", {}), (4, *to_dinkes), (30, "accept", {}), (48, "finish", {})])
    course(
        database,
        2,
        [(6, *to_dinkes), (400, "attempt", {}), (401, "return", {}), (402, "forward", {"changes": {"agency": "rsud"}})],
    )
    course(database, 3, [], category="rumah", places=())
    course(database, 4, [(7, "check", {}), (9, "reject", {}), (10, "reopen", {})], category="rumah", urgency=2)
    course(database, 5, [(9, "check", {})], category="rumah", urgency=2)
    course(database, 6, [], category="kekerasan", restricted=True)
    found = figures(database)["semua"]
    assert (found.cases, found.first_action_hours, found.forward_hours, found.finish_days) == (5, 6.5, 5.0, 2.0)
    assert (found.emergencies, found.emergencies_in_time, found.rerouted, found.reopened) == (2, 1, 1, 1)
    by_agency = figures(database, "agency")
    assert (by_agency["dinkes"].late, by_agency["dinkes"].handlings) == (1, 2)  # 26 hours in time, 394 hours not
    assert (by_agency["rsud"].late, by_agency["rsud"].handlings) == (1, 1)  # silent until its clock ran out
    assert (figures(database, "agency", hours=403)["rsud"].handlings) == 0  # its time is not over: not judged yet
    assert {name: one.cases for name, one in figures(database, "category").items()} == {"kesehatan": 2, "rumah": 3}
    assert set(figures(database, "week")) == {"2026-11-23"}
    assert set(figures(database, "kecamatan")) == {"-"}
    assert figures(database, span=Span("Asia/Jakarta", restricted=True))["semua"].cases == 6
    assert figures(database, span=Span("Asia/Jakarta", date(2026, 11, 25))) == {}
    assert figures(database, span=Span("Asia/Jakarta", None, date(2026, 11, 24)))["semua"].cases == 5


def test_a_clock_that_stood_still_is_not_late(database: Path) -> None:
    waits = [(1, "forward", {"changes": {"agency": "dinkes"}}), (2, "wait", {}), (700, "attempt", {})]
    course(database, 1, waits)  # type: ignore[arg-type]
    assert (figures(database)["semua"].late, figures(database)["semua"].handlings) == (0, 1)


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=14))
def test_the_figures_are_those_of_the_events_one_by_one(database: Path, acts: list[object]) -> None:
    with unit_of_work(database) as connection:
        for table in ("cases", "case_events", "case_mentions", "mentions"):
            connection.execute(f"DELETE FROM {table}")
    case, events = play(*new_case(), acts)  # type: ignore[arg-type]
    store(database, case, *events)
    found = figures(database)
    if case.restricted:
        assert found == {}
        return
    one = found["semua"]
    received = _changed(events[0], "clock_started_at")
    acted = [
        event.made_at
        for event in events
        if event.actor != "tanggap" and event.kind not in {"opened", "joined", "separated", "note"}
    ]
    assert one.first_action_hours == (pytest.approx((acted[0] - received).total_seconds() / 3600) if acted else None)
    sent = [event.made_at for event in events if event.kind == "forward"]
    assert one.forward_hours == (pytest.approx((sent[0] - received).total_seconds() / 3600) if sent else None)
    assert one.rerouted == any(event.kind == "return" for event in events)
    assert one.reopened == any(event.kind == "reopen" for event in events)
    assert one.late <= one.handlings <= len(sent) + 1


def _changed(event: CaseEvent, name: str):  # type: ignore[no-untyped-def]
    from datetime import datetime

    return datetime.fromisoformat(event.detail["changes"][name])


def test_figures_on_the_command_line(settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course(database, 1, [(4, "forward", {"changes": {"agency": "dinkes"}})])
    course(database, 2, [], category="kekerasan", restricted=True)
    code, out, _ = said(capsys, "stats")
    assert code == 0
    assert "Dinas Kesehatan" in out and "Kesehatan " in out and "4,0 jam" in out
    assert "1 kasus terbatas tidak ditampilkan." in out and "DP3A" not in out and "Kekerasan" not in out
    assert "DP3A" in said(capsys, "stats", "--by", "agency", "--role", "restricted", "--actor", "dewi")[1]
