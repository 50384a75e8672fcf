"""Merging cases and splitting mentions off, each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from cases.acting import Act
from cases.case import Case, CaseEvent, apply
from cases.merging import Whole, came_from, check_split, merging_events, restored, separation
from cases.opening import Intake, joined, opened
from cases.rules import Rules
from triage.case_opening import need_of, opinions_of
from triage.casework import read_case, read_events, read_placements, save_events
from triage.suggesting import Decision, decide_suggestions, open_suggestion, read_suggestions


def do_merge(
    connection: duckdb.DuckDBPyConnection, rules: Rules, case_ids: tuple[str, str], act: Act, now: datetime
) -> Case:
    """Move everything of the second case into the first; returns the first. Open suggestions between the two are accepted."""
    kept, gone = (_whole(connection, case_id) for case_id in case_ids)
    events = merging_events(rules, kept, gone, act, now)
    answered = [row for row in read_suggestions(connection) if {row["case_id"], row["other_case_id"]} == set(case_ids)]
    cases = _applied({kept.case.case_id: kept.case, gone.case.case_id: gone.case}, events)
    save_events(connection, events, cases.values())
    decide_suggestions(connection, answered, Decision("accepted", act.actor, act.why.strip(), now))
    return cases[kept.case.case_id]


def accept_suggestion(
    connection: duckdb.DuckDBPyConnection, rules: Rules, suggestion_id: str, act: Act, now: datetime
) -> tuple[Case, str]:
    """One need, says a person: the younger case goes into the older. Returns that, and the number of the younger.

    Raises SuggestionMissing, SuggestionDecided, CaseRefused.
    """
    row = open_suggestion(connection, suggestion_id)
    both = [read_case(connection, row[name]) for name in ("case_id", "other_case_id")]
    older, younger = sorted(both, key=lambda case: (case.opened_at, case.case_id))
    return do_merge(connection, rules, (older.case_id, younger.case_id), act, now), younger.case_id


def do_split(
    connection: duckdb.DuckDBPyConnection, rules: Rules, case_id: str, mention_ids: Sequence[str], act: Act, now: datetime
) -> tuple[Case, Case]:  # fmt: skip
    """Take mentions out of a case: into the case that a merge brought them from, or into a new one. Returns both."""
    whole = _whole(connection, case_id)
    check_split(whole, mention_ids, act)
    arriving, before = _arrival(connection, rules, whole, mention_ids, act, now)
    leaving = separation(whole, mention_ids, act, arriving[0].case_id, now)
    known = {case_id: whole.case} | ({before.case_id: before} if before else {})
    cases = _applied(known, [leaving, *arriving])
    save_events(connection, [leaving, *arriving], cases.values())
    return cases[case_id], cases[arriving[0].case_id]


def _arrival(
    connection: duckdb.DuckDBPyConnection, rules: Rules, whole: Whole, mention_ids: Sequence[str], act: Act, now: datetime
) -> tuple[list[CaseEvent], Case | None]:  # fmt: skip
    """The events of the case that takes the mentions, and that case as it stands when there is one."""
    origin = came_from(whole.events, mention_ids)
    if origin is not None:
        gone = _whole(connection, origin)
        if gone.events[-1].kind == "merged" and gone.case.closed:
            return [restored(gone, act, now)], gone.case
    row = opinions_of(connection, mention_ids)[0]
    first, *others = mention_ids
    intake = Intake(
        "mention", row["first_seen_at"], row["place_code"] or None, first, whole.case.case_id, act.why.strip()
    )
    events = [opened(rules, need_of(row), intake, now, act.actor)]
    case = apply(None, events[0])
    for name in others:
        events.append(joined(case, name, {"how": "manual", "score": None, "reason": "split"}, now, act.actor))
        case = apply(case, events[-1])
    return events, None


def _whole(connection: duckdb.DuckDBPyConnection, case_id: str) -> Whole:
    return Whole(read_case(connection, case_id), read_events(connection, case_id), read_placements(connection, case_id))


def _applied(cases: dict[str, Case], events: Sequence[CaseEvent]) -> dict[str, Case]:
    found = dict(cases)
    for event in events:
        found[event.case_id] = apply(found.get(event.case_id), event)
    return found
