"""Open reservations against the platform's own counter: what a killed request or a broken answer really cost.

The counter tells post reads by UTC day, not by kind. While reservations are open it is looked at whenever the kind of reads
changes, so that a growth has one cause; where it has two, the dear kind is taken first: the ledger is never below the bill.
A day's reservations are settled only when the day has been over for an hour, because the counter may lag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import duckdb
import pandas as pd

from triage.database import merge, sql
from triage.spending import Price

LAG = timedelta(hours=1)
READS = "%_read"  # the kinds the counter counts


@dataclass(frozen=True, slots=True)
class Counter:
    """The platform's counter of post reads: of the month, its cap (None: not named), and of each UTC day from ``since`` on."""

    used: int
    cap: int | None
    since: date
    days: Mapping[date, int]  # days without reads may be absent


def open_days(connection: duckdb.DuckDBPyConnection, source: str) -> list[date]:
    """UTC days on which money is set aside, or which showed more than was set aside and were not over at the last look."""
    return [row[0] for row in connection.execute(sql("open_days"), {"source": source}).fetchall()]


@dataclass(frozen=True, slots=True)
class LastCounter:
    """The newest answer of the counter, and how many reads were set aside or settled since."""

    asked_at: datetime
    used: int
    cap: int | None
    since: int


def last_counter(connection: duckdb.DuckDBPyConnection, source: str) -> LastCounter | None:
    row = connection.execute(sql("last_counter"), {"source": source, "reads": READS}).fetchone()
    return LastCounter(row[0], int(row[1]), row[2], int(row[3])) if row else None


def reconcile(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    counter: Counter,
    prices: Mapping[str, Price],
    now: datetime,
) -> None:
    """Keep the counter's answer, learn from it what each open day still owes, and settle the days that are over."""
    _keep(connection, source, counter, now)
    days = open_days(connection, source)
    touched = sorted({*days, *(day + timedelta(days=1) for day in days)})  # sent before midnight, billed after it
    known = [day for day in touched if counter.since <= day <= now.date()]
    owed = {day: _compare(connection, source, day, counter.days.get(day, 0), prices, now) for day in known}
    for day in known:
        over = now >= datetime.combine(day + timedelta(days=1), time(), UTC) + LAG
        _settle_day(connection, source, day, owed[day], prices, over=over)


def _keep(connection: duckdb.DuckDBPyConnection, source: str, counter: Counter, now: datetime) -> None:
    newest = pd.DataFrame([{"source": source, "asked_at": now, "used": counter.used, "cap": counter.cap}])
    merge(connection, "merge_platform_usage", "batch_usage", newest.astype({"cap": "Int64"}))
    days = [{"source": source, "day": day, "units": units} for day, units in counter.days.items()]
    if days:
        merge(connection, "merge_platform_usage_days", "batch_usage_days", pd.DataFrame(days))


def _compare(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    day: date,
    counted: int,
    prices: Mapping[str, Price],
    now: datetime,
) -> dict[str, int]:
    """Units by kind that the platform counted and no stored page brought; remembered for the next comparison."""
    known = connection.execute("SELECT count(*) FROM billed WHERE day = ? AND kind LIKE ?", [day, READS]).fetchone()
    assert known is not None
    surplus = max(0, counted - int(known[0]))
    rows = connection.execute(sql("unsettled_kinds"), {"source": source, "day": day, "reads": READS}).fetchall()
    owed = {kind: int(units) for kind, units, _, _ in rows}
    active = [kind for kind, _, is_active, _ in rows if is_active]
    if len(active) == 1:
        owed[active[0]] = max(0, surplus - sum(units for kind, units in owed.items() if kind != active[0]))
    else:
        owed = _dear_first(surplus, {kind: int(room) for kind, _, _, room in rows}, owed, prices, active)
    if owed:
        batch = [{"source": source, "day": day, "kind": kind, "units": units} for kind, units in owed.items()]
        merge(connection, "merge_unsettled", "batch_unsettled", pd.DataFrame(batch).assign(compared_at=now))
    return owed


def _dear_first(
    surplus: int, room: dict[str, int], owed: dict[str, int], prices: Mapping[str, Price], active: list[str]
) -> dict[str, int]:
    """Spread a surplus of several possible causes: never below the bill, the rest on the dearest kind."""
    if not active and sum(owed.values()) == surplus:
        return owed
    dear_first = sorted(room, key=lambda kind: -prices[kind].usd)
    spread = {}
    for kind in dear_first:
        spread[kind] = min(surplus, room[kind])
        surplus -= spread[kind]
    if surplus and dear_first:
        spread[dear_first[0]] += surplus
    return spread


def _settle_day(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    day: date,
    owed: dict[str, int],
    prices: Mapping[str, Price],
    *,
    over: bool,
) -> None:
    """A day that is over: its open reservations become what is owed. What exceeds them is a row of its own, at once."""
    rows = connection.execute(
        "SELECT spend_id, kind, units FROM spend WHERE source = ? AND day = ? AND state = 'reserved' ORDER BY reserved_at, spend_id",
        [source, day],
    ).fetchall()
    left = dict(owed)
    for spend_id, kind, held in rows:
        counted = kind in prices and kind.endswith("_read")
        units = (
            min(held, left.get(kind, 0)) if counted else held
        )  # what the counter does not count stays as it was set aside
        if counted:
            left[kind] = left.get(kind, 0) - units
        if over:
            connection.execute(
                "UPDATE spend SET state = 'settled', units = ?, usd = ? WHERE spend_id = ?",
                [units, units * prices[kind].usd, spend_id],
            )
    for kind in owed:
        _keep_excess(connection, source, day, kind, left[kind], prices[kind])


def _keep_excess(
    connection: duckdb.DuckDBPyConnection, source: str, day: date, kind: str, units: int, price: Price
) -> None:
    """Billed on a day without a reservation of that day: a request that was sent just before midnight."""
    spend_id = f"excess:{source}:{day}:{kind}"
    connection.execute("DELETE FROM spend WHERE spend_id = ?", [spend_id])
    if units > 0:
        connection.execute(
            "INSERT INTO spend SELECT ?, run_id, source, ?, ?, 'settled', ?, ?, reserved_at FROM spend"
            " WHERE source = ? AND day <= ? AND kind = ? ORDER BY reserved_at DESC LIMIT 1",
            [spend_id, day, kind, units, units * price.usd, source, day, kind],
        )
