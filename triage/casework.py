"""Cases in the tables: events are appended, and each row of `cases` and `case_mentions` is what its events add up to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from cases.acting import Act, decide
from cases.case import FIELDS, TIMES, Case, CaseEvent, Placement, apply, canonical, case_of, case_row
from cases.lounge import commitments_of
from cases.rules import Rules
from triage.commitments import save_commitments
from triage.database import DatabaseError, sql

_TIME = pa.timestamp("us", tz="UTC")
_NUMBERS = {"urgency", "version", "attempts"}
_TRUTHS = {"restricted", "routing_sure", "confirmed"}
_ALWAYS_WELCOME = {"joined"}  # a mention that came in meanwhile takes nothing from anybody


def _type(name: str) -> pa.DataType:
    if name in TIMES:
        return _TIME
    return pa.int32() if name in _NUMBERS else pa.bool_() if name in _TRUTHS else pa.string()


_CASES = pa.schema([*((name, _type(name)) for name in FIELDS), ("rebuilt", pa.bool_())])
_EVENTS = pa.schema(
    [("event_id", pa.string()), ("case_id", pa.string()), ("version", pa.int32()), ("made_at", _TIME), ("actor", pa.string()),
     ("kind", pa.string()), ("detail", pa.string())]
)  # fmt: skip
_MENTIONS = pa.schema(
    [("case_id", pa.string()), ("mention_id", pa.string()), ("how", pa.string()), ("score", pa.float64())]
)


class CaseMissing(DatabaseError):
    """There is no case of that number."""


class CaseChanged(Exception):
    """Somebody else acted first. ``wanted`` is what was not done: nothing of it is lost, and it can be tried again."""

    def __init__(self, message: str, wanted: Act, events: Sequence[CaseEvent]) -> None:
        super().__init__(message)
        self.wanted = wanted
        self.events = events


def act(
    connection: duckdb.DuckDBPyConnection, rules: Rules, case_id: str, wanted: Act, seen_version: int, now: datetime
) -> Case:
    """Do one thing with a case, inside the caller's transaction; returns the case as it then is.

    ``seen_version`` is the version that the actor looked at. Raises CaseMissing, CaseRefused (not allowed), or CaseChanged
    (somebody changed the case since). The same event_id sent twice is one act.
    """
    events = read_events(connection, case_id)
    case = read_case(connection, case_id)
    if wanted.event_id and any(event.event_id == wanted.event_id for event in events):
        return case
    check_unchanged(rules, events, wanted, seen_version)
    event = decide(rules, case, wanted, now)
    save_events(connection, [event], [apply(case, event)])
    return apply(case, event)


def is_done(connection: duckdb.DuckDBPyConnection, event_id: str) -> bool:
    """Whether the act of this id is kept already: what is sent twice is done once."""
    return connection.execute("SELECT 1 FROM case_events WHERE event_id = ?", [event_id]).fetchone() is not None


def check_unchanged(rules: Rules, events: Sequence[CaseEvent], wanted: Act, seen_version: int) -> None:
    """Raises CaseChanged when somebody did more than add a note or a mention since ``seen_version``."""
    action = rules.action(wanted.action)
    if action is not None and action.commutes:
        return
    commuting = {name for name, one in rules.states.action.items() if one.commutes} | _ALWAYS_WELCOME
    newer = [event for event in events if event.version > seen_version and event.kind not in commuting]
    if newer:
        last = newer[-1]
        done = rules.action(last.kind)
        raise CaseChanged(
            f"Kasus {last.case_id} sudah diubah {last.actor} pukul {last.made_at.astimezone(rules.home.zone):%H.%M} "
            f"({done.label if done else last.kind}), kini versi {events[-1].version}: lihat lagi, lalu ulangi. "
            f"Tindakan Anda ({action.label if action else wanted.action}) belum disimpan.",
            wanted,
            newer,
        )


def open_once(connection: duckdb.DuckDBPyConnection, event: CaseEvent) -> str:
    """Keep the event that opens a case by hand, inside the caller's transaction; the same one sent twice opens one. Returns the number."""
    known = connection.execute("SELECT case_id FROM case_events WHERE event_id = ?", [event.event_id]).fetchone()
    if known is None:
        save_events(connection, [event], [apply(None, event)])
    return str(known[0]) if known else event.case_id


def read_case(connection: duckdb.DuckDBPyConnection, case_id: str) -> Case:
    found = read_cases(connection, [case_id])
    if not found:
        raise CaseMissing(f"There is no case {case_id}; `tanggap case list` shows those that are open.")
    return found[0]


def read_cases(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]) -> list[Case]:
    """The cases of these numbers that exist, by number."""
    return _cases(connection.execute(f"{_SELECT} WHERE case_id IN (SELECT unnest(?::text[])) ORDER BY case_id", [list(case_ids)]))  # fmt: skip


def read_open_cases(connection: duckdb.DuckDBPyConnection) -> list[Case]:
    """Every open case: the most pressing first (emergencies, then by due date)."""
    order = "ORDER BY (coalesce(urgency, 0) = 2) DESC, due_at NULLS LAST, case_id"
    return _cases(connection.execute(f"{_SELECT} WHERE closed_at IS NULL {order}"))


def late_case_ids(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[str]:
    rows = connection.execute(
        "SELECT case_id FROM cases WHERE closed_at IS NULL AND due_at <= ? ORDER BY due_at, case_id", [now]
    ).fetchall()
    return [row[0] for row in rows]


def read_events(connection: duckdb.DuckDBPyConnection, *case_ids: str) -> list[CaseEvent]:
    """All events of these cases, by case, then in order."""
    rows = connection.execute(
        "SELECT event_id, case_id, version, made_at, actor, kind, detail FROM case_events "
        "WHERE case_id IN (SELECT unnest(?::text[])) ORDER BY case_id, version",
        [list(case_ids)],
    ).fetchall()
    return [
        CaseEvent(event_id, number, version, made_at.astimezone(UTC), actor, kind, json.loads(detail))
        for event_id, number, version, made_at, actor, kind, detail in rows
    ]


def read_placements(connection: duckdb.DuckDBPyConnection, case_id: str) -> list[Placement]:
    """The mentions of a case."""
    rows = connection.execute(
        "SELECT mention_id, how, score FROM case_mentions WHERE case_id = ? ORDER BY mention_id", [case_id]
    ).fetchall()
    return [Placement(*row) for row in rows]


def save_events(connection: duckdb.DuckDBPyConnection, events: Sequence[CaseEvent], cases: Iterable[Case]) -> None:
    """Append events and store the cases as they leave them, in one batch inside the caller's transaction."""
    rows = [
        {"event_id": one.event_id, "case_id": one.case_id, "version": one.version, "made_at": one.made_at, "actor": one.actor,
         "kind": one.kind, "detail": canonical(one.detail)}
        for one in events
    ]  # fmt: skip
    _merge(connection, "merge_case_events", "batch_case_events", pa.Table.from_pylist(rows, schema=_EVENTS))
    save_cases(connection, cases)
    placements = [(one.case_id, found) for one in events for found in one.detail.get("mentions", ())]
    save_placements(connection, placements)
    for one in events:
        if separated := one.detail.get("separated"):
            remove_placements(connection, one.case_id, separated)
    promising = {one.case_id for one in events if "commitments" in one.detail or "kept" in one.detail}
    if promising:
        save_commitments(connection, commitments_of(read_events(connection, *promising)))


def save_cases(connection: duckdb.DuckDBPyConnection, cases: Iterable[Case], *, rebuilt: bool = False) -> None:
    rows = [case_row(case) | {"rebuilt": rebuilt} for case in cases]
    _merge(connection, "merge_cases", "batch_cases", pa.Table.from_pylist(rows, schema=_CASES))


def save_placements(connection: duckdb.DuckDBPyConnection, placements: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """case_id with mention_id, how, score."""
    newest = {(case_id, found["mention_id"]): {"case_id": case_id, **found} for case_id, found in placements}
    table = pa.Table.from_pylist(list(newest.values()), schema=_MENTIONS)
    _merge(connection, "merge_case_mentions", "batch_case_mentions", table)


def remove_placements(connection: duckdb.DuckDBPyConnection, case_id: str, mention_ids: Sequence[str]) -> None:
    connection.execute(
        "DELETE FROM case_mentions WHERE case_id = ? AND mention_id IN (SELECT unnest(?::text[]))",
        [case_id, list(mention_ids)],
    )


_SELECT = f"SELECT {', '.join(FIELDS)} FROM cases"  # noqa: S608  # our own column names


def _cases(result: duckdb.DuckDBPyConnection) -> list[Case]:
    return [case_of(dict(zip(FIELDS, row, strict=True))) for row in result.fetchall()]


def _merge(connection: duckdb.DuckDBPyConnection, statement: str, view: str, table: pa.Table) -> None:
    if table.num_rows == 0:
        return
    connection.register(view, table)
    connection.execute(sql(statement))
    connection.unregister(view)
