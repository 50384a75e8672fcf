"""Numbers for the officer's papers: what is kept, who saw what, how well rights are served. No words of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from triage.database import sql

Counted = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BreachFacts:
    """What was there to be seen between two moments, and who of the staff looked at what."""

    kept: Counted
    categories: list[tuple[str, int]]
    accesses: list[tuple[str, str, datetime]]
    files: list[tuple[str, str, datetime]]


def read_breach(connection: duckdb.DuckDBPyConnection, from_at: datetime, to_at: datetime) -> BreachFacts:
    """``from_at`` to ``to_at``: the time in which the breach was open."""
    span = {"from_at": from_at, "to_at": to_at}
    return BreachFacts(
        _one(connection.execute(sql("kept_counts"), {"to_at": to_at})),
        connection.execute(sql("kept_categories"), {"to_at": to_at}).fetchall(),
        connection.execute(sql("breach_accesses"), span).fetchall(),
        connection.execute(sql("breach_files"), span).fetchall(),
    )


def read_impact(connection: duckdb.DuckDBPyConnection, now: datetime) -> tuple[Counted, list[tuple[str, int]]]:
    """Counts for an impact assessment (art. 34), and needs by category."""
    kept = _one(connection.execute(sql("kept_counts"), {"to_at": now}))
    return kept | _one(connection.execute(sql("impact_counts"), {"now": now})), connection.execute(
        sql("kept_categories"), {"to_at": now}
    ).fetchall()


def _one(result: duckdb.DuckDBPyConnection) -> Counted:
    names = [column[0] for column in result.description or []]
    row = result.fetchone()
    assert row is not None
    return dict(zip(names, row, strict=True))
