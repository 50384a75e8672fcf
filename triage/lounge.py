"""Which cases wait for the lounge, and when they are heard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa

from cases.case import Case
from cases.lounge import Slot
from cases.rules import Rules
from triage.casework import read_cases
from triage.database import merge, sql

_TIME = pa.timestamp("us", tz="UTC")
_SLOTS = pa.schema(
    [("day", pa.date32()), ("case_id", pa.string()), ("starts_at", _TIME), ("ends_at", _TIME), ("kept_by", pa.string()), ("kept_at", _TIME)]
)  # fmt: skip


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
