"""Money: set aside before a request, settled with its page, never below the bill."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from triage.database import sql


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a unit: what is settled, and what is set aside before."""

    usd: float
    usd_at_most: float


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
    rows = [
        [f"{reservation}:{kind}", run_id, source, now.date(), kind, "reserved", count, count * prices[kind].usd_at_most]
        for kind, count in units.items()
    ]
    connection.executemany("INSERT INTO spend VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return reservation


def settle(
    connection: duckdb.DuckDBPyConnection,
    reservation: str,
    charges: list[tuple[str, str]],
    prices: Mapping[str, Price],
    now: datetime,
) -> None:
    """Turn a reservation into what the page really cost: a resource is billed once per UTC day and kind.

    A page that came after midnight of the reservation's day stays at its maximum: nobody knows which day was billed.
    """
    rows = connection.execute(
        "SELECT spend_id, kind, day FROM spend WHERE starts_with(spend_id, ?)", [f"{reservation}:"]
    ).fetchall()
    for spend_id, kind, day in rows:
        if day != now.date():
            continue
        fresh = _bill(connection, kind, sorted({resource for charged, resource in charges if charged == kind}), day)
        connection.execute(
            "UPDATE spend SET state = 'settled', units = ?, usd = ? WHERE spend_id = ?",
            [fresh, fresh * prices[kind].usd, spend_id],
        )


def void(connection: duckdb.DuckDBPyConnection, reservation: str) -> None:
    """The platform refused the request: failed requests are free."""
    connection.execute(
        "UPDATE spend SET state = 'void', units = 0, usd = 0 WHERE starts_with(spend_id, ?)", [f"{reservation}:"]
    )


def spent_today(connection: duckdb.DuckDBPyConnection, source: str, now: datetime) -> tuple[int, float]:
    """(posts, US dollars) that are settled or still set aside for the UTC day."""
    row = connection.execute(
        "SELECT coalesce(sum(units) FILTER (kind LIKE '%read'), 0), coalesce(sum(usd), 0) FROM spend WHERE source = ? AND day = ? AND state <> 'void'",
        [source, now.date()],
    ).fetchone()
    assert row is not None
    return int(row[0]), float(row[1])


def _bill(connection: duckdb.DuckDBPyConnection, kind: str, resources: list[str], day: date) -> int:
    """Remember the resources as billed on that day; returns how many were not yet."""
    before = connection.execute("SELECT count(*) FROM billed WHERE day = ? AND kind = ?", [day, kind]).fetchone()
    if resources:
        connection.register(
            "page_billed",
            pa.table({"day": [day] * len(resources), "kind": [kind] * len(resources), "resource_id": resources}),
        )
        connection.execute(sql("merge_billed"))
        connection.unregister("page_billed")
    after = connection.execute("SELECT count(*) FROM billed WHERE day = ? AND kind = ?", [day, kind]).fetchone()
    assert before is not None and after is not None
    return int(after[0]) - int(before[0])
