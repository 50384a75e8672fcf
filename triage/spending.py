"""Money: set aside before a request, settled with its page, never below the bill."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from triage.database import merge, sql

AFTER_MIDNIGHT = ":after-midnight"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a unit: what is settled, and what is set aside before."""

    usd: float
    usd_at_most: float


@dataclass(frozen=True, slots=True)
class Spent:
    """Settled and still set aside, in posts and US dollars."""

    posts_today: int
    usd_today: float
    posts_month: int
    usd_month: float


def load_prices(file: Path, day: date) -> dict[str, Price]:
    """The prices in force on a day, by kind."""
    entries: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["price"]
    in_force = sorted((entry for entry in entries if entry["valid_from"] <= day), key=lambda entry: entry["valid_from"])
    return {entry["kind"]: Price(entry["usd"], entry.get("usd_at_most", entry["usd"])) for entry in in_force}


def reserve(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    source: str,
    units: Mapping[str, int],
    prices: Mapping[str, Price],
    now: datetime,
) -> str:
    """Set aside the most a request may cost, one row a kind; the returned id names them all."""
    reservation = uuid.uuid4().hex
    for kind, count in units.items():
        row = [f"{reservation}:{kind}", run_id, source, now.date(), kind, "reserved", count]
        connection.execute(
            "INSERT INTO spend VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [*row, count * prices[kind].usd_at_most, now]
        )
    return reservation


def settle(
    connection: duckdb.DuckDBPyConnection,
    reservation: str,
    charges: list[tuple[str, str]],
    prices: Mapping[str, Price],
    days: Sequence[date],
    now: datetime,
) -> None:
    """Turn a reservation into what the page really cost: a resource is billed once per UTC day and kind.

    ``days`` are the days on which the platform may have billed it, none when its clock is not known. Around midnight these
    are two, and nobody knows which: the money then stays set aside on both until the platform's own counter tells
    (triage/reconciling.py).
    """
    rows = connection.execute(
        "SELECT spend_id, kind, day FROM spend WHERE starts_with(spend_id, ?) AND state = 'reserved'",
        [f"{reservation}:"],
    ).fetchall()
    for spend_id, kind, reserved_on in rows:
        days = days or sorted({reserved_on, now.date()})
        resources = sorted({resource for charged, resource in charges if charged == kind})
        if len(days) == 1:
            fresh = _bill(connection, kind, resources, days[0])
            connection.execute(
                "UPDATE spend SET state = 'settled', day = ?, units = ?, usd = ? WHERE spend_id = ?",
                [days[0], fresh, fresh * prices[kind].usd, spend_id],
            )
        else:
            _hold_on_both(connection, spend_id, len(resources), prices[kind], days)


def void(connection: duckdb.DuckDBPyConnection, reservation: str) -> None:
    """The platform refused the request: failed requests are free."""
    connection.execute(
        "UPDATE spend SET state = 'void', units = 0, usd = 0 WHERE starts_with(spend_id, ?)", [f"{reservation}:"]
    )


def spent(connection: duckdb.DuckDBPyConnection, source: str, now: datetime) -> Spent:
    """What is settled or set aside for the UTC day and month of ``now``; a later day counts as today (a clock that was set back)."""
    row = connection.execute(sql("spent"), {"source": source, "today": now.date()}).fetchone()
    assert row is not None
    return Spent(int(row[0]), float(row[1]), int(row[2]), float(row[3]))


def _hold_on_both(
    connection: duckdb.DuckDBPyConnection, spend_id: str, count: int, price: Price, days: Sequence[date]
) -> None:
    connection.execute(
        "UPDATE spend SET day = ?, units = ?, usd = ? WHERE spend_id = ?",
        [days[0], count, count * price.usd_at_most, spend_id],
    )
    connection.execute(
        "INSERT INTO spend SELECT spend_id || ?, run_id, source, ?, kind, state, units, usd, reserved_at FROM spend WHERE spend_id = ?",
        [AFTER_MIDNIGHT, days[1], spend_id],
    )


def _bill(connection: duckdb.DuckDBPyConnection, kind: str, resources: list[str], day: date) -> int:
    """Remember the resources as billed on that day; returns how many were not yet."""
    before = connection.execute("SELECT count(*) FROM billed WHERE day = ? AND kind = ?", [day, kind]).fetchone()
    if resources:
        columns = {"day": [day] * len(resources), "kind": [kind] * len(resources), "resource_id": resources}
        merge(connection, "merge_billed", "page_billed", pa.table(columns))
    after = connection.execute("SELECT count(*) FROM billed WHERE day = ? AND kind = ?", [day, kind]).fetchone()
    assert before is not None and after is not None
    return int(after[0]) - int(before[0])
