"""Which cases wait for the lounge, and when they are heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa

from cases.case import Case
from cases.lounge import LoungeFile, Minutes, Slot, keep_act, minutes_act
from cases.rules import Rules
from triage.casework import act, is_done, read_case, read_cases
from triage.commitments import read_commitment_case, read_commitments
from triage.database import DatabaseError, merge, sql

_TIME = pa.timestamp("us", tz="UTC")
_SLOTS = pa.schema(
    [("day", pa.date32()), ("case_id", pa.string()), ("starts_at", _TIME), ("ends_at", _TIME), ("kept_by", pa.string()), ("kept_at", _TIME)]
)  # fmt: skip


class PromiseMissing(DatabaseError):
    """There is no promise of that number."""


def docket_cases(connection: duckdb.DuckDBPyConnection, rules: Rules, day: date, now: datetime) -> list[Case]:
    """The cases that a day's docket is made of."""
    today = now.astimezone(rules.home.zone).date()
    asked = {"rung": rules.states.gate.rung, "day": day, "today": today}
    return read_cases(connection, [row[0] for row in connection.execute(sql("docket"), asked).fetchall()])


def kept_slots(connection: duckdb.DuckDBPyConnection, day: date) -> list[Slot]:
    rows = connection.execute(
        "SELECT case_id, starts_at, ends_at FROM lounge_slots WHERE day = ? ORDER BY starts_at, case_id", [day]
    ).fetchall()
    return [Slot(case_id, begins.astimezone(UTC), ends.astimezone(UTC)) for case_id, begins, ends in rows]


def keep_slots(
    connection: duckdb.DuckDBPyConnection, day: date, slots: Iterable[Slot], kept_by: str, now: datetime
) -> None:
    """Keep a day's slots, so that invitations stay true; one that is kept already stays as it is."""
    rows = [
        {"day": day, "case_id": one.case_id, "starts_at": one.starts_at, "ends_at": one.ends_at, "kept_by": kept_by, "kept_at": now}
        for one in slots
    ]  # fmt: skip
    if rows:
        merge(connection, "merge_lounge_slots", "batch_lounge_slots", pa.Table.from_pylist(rows, schema=_SLOTS))


def record_minutes(
    connection: duckdb.DuckDBPyConnection, rules: Rules, lounge: LoungeFile, case_id: str, minutes: Minutes,
    seen: tuple[int, datetime], event_id: str | None = None,
) -> Case:  # fmt: skip
    """What the lounge decided and who promised what; the case goes back to the agency. ``seen``: the version looked at, and now.

    Raises what ``act`` raises; then nothing is kept. The same event_id sent twice is one act.
    """
    version, now = seen
    case = read_case(connection, case_id)
    if event_id and is_done(connection, event_id):
        return case
    said = minutes if minutes.agency else replace(minutes, agency=case.agency or "")
    wanted = replace(minutes_act(rules, lounge, case, said, now), event_id=event_id)
    return act(connection, rules, case_id, wanted, version, now)


def keep_promise(
    connection: duckdb.DuckDBPyConnection, rules: Rules, commitment_id: str, said: tuple[str, str], now: datetime
) -> Case:
    """A promise was kept. ``said``: by whom, and how it is known. Raises PromiseMissing, or what ``act`` raises."""
    case_id = read_commitment_case(connection, commitment_id)
    if case_id is None:
        raise PromiseMissing(
            f"There is no promise {commitment_id}; `tanggap lounge commitments` shows those that are open."
        )
    wanted = keep_act(read_commitments(connection, [case_id]), commitment_id, *said, now)
    return act(connection, rules, case_id, wanted, read_case(connection, case_id).version, now)
