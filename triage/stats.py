"""The figures of the desk: how fast, how often late, how often wrong; from the events alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import duckdb

from cases.case import SYSTEM
from triage.database import sql

By = Literal["semua", "week", "category", "kecamatan", "agency"]
BY: tuple[By, ...] = ("semua", "week", "category", "kecamatan", "agency")


@dataclass(frozen=True, slots=True)
class Span:
    """Which cases are counted: received on these local days (None: open), restricted ones only where they may be seen."""

    zone: str
    first_day: date | None = None
    last_day: date | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """One group's figures. Medians are None when nothing of it has happened yet; late is of the handlings that are judged."""

    name: str
    cases: int = 0
    first_action_hours: float | None = None
    forward_hours: float | None = None
    finish_days: float | None = None
    emergencies: int = 0
    emergencies_in_time: int = 0
    rerouted: int = 0
    reopened: int = 0
    handlings: int = 0
    late: int = 0

    @property
    def late_share(self) -> float | None:
        return self.late / self.handlings if self.handlings else None


def read_figures(connection: duckdb.DuckDBPyConnection, by: By, span: Span, now: datetime) -> list[Figures]:
    """The figures group by group, by name. By agency, lateness stands with the agency that had the case at the time."""
    asked = {
        "by": by, "zone": span.zone, "first_day": span.first_day, "last_day": span.last_day, "restricted": span.restricted, "now": now
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for row in _rows(connection, "stats_cases", asked | {"system": SYSTEM}) + _rows(
        connection, "stats_lateness", asked
    ):
        found.setdefault(row["name"], {}).update(row)
    return [Figures(**found[name]) for name in sorted(found)]


def count_restricted(connection: duckdb.DuckDBPyConnection) -> int:
    """How many cases are left out of figures for those who may not see them."""
    row = connection.execute("SELECT count(*) FROM cases WHERE restricted").fetchone()
    return int(row[0]) if row else 0


def _rows(connection: duckdb.DuckDBPyConnection, question: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    text = sql(question)
    used = {name: value for name, value in asked.items() if f"${name}" in text}
    result = connection.execute(text, used)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
