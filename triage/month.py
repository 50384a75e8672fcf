"""The figures of a month, from the published copy: what is not in it cannot slip into a public report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from triage.database import sql


@dataclass(frozen=True, slots=True)
class Totals:
    """One month in single numbers. Medians are None when nothing of it has happened yet."""

    mentions: int
    needs: int
    cases: int
    looked_at: int
    finished: int
    emergencies: int
    emergencies_in_time: int
    first_hours: float | None
    finish_days: float | None
    withheld: int
    unread_hours: float


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Everything a month's report says, as it was counted: to be suppressed before anyone sees it."""

    month: date  # its first day
    made_at: datetime  # of the copy it was read from
    demo: bool
    totals: Totals
    before: Totals  # of the month before
    weeks: list[dict[str, Any]]  # begins, mentions, needs
    categories: dict[str, int]  # needs by category; "-": unclear
    kecamatan: dict[
        str, int
    ]  # needs by code of the home regency's kecamatan, zeros included; "-": elsewhere or unclear
    tiles: list[dict[str, Any]]  # code, name, tile_row, tile_column
    agencies: list[dict[str, Any]]  # agency, name, judged, late


def read_month(copy: Path, month: date, zone: str) -> MonthFacts:
    """The facts of the month that begins on this day."""
    with duckdb.connect(str(copy), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        made_at, mode = connection.execute("SELECT published_at, mode FROM about").fetchall()[0]
        asked = {"month": month, "zone": zone, "now": made_at}
        tiles = _rows(connection.execute("SELECT code, name, tile_row, tile_column FROM kecamatan ORDER BY code"))
        counted = _ask(connection, "month_needs", asked)
        needs = {kind: {row["name"]: row["needs"] for row in counted if row["kind"] == kind} for kind in ("category", "kecamatan")}  # fmt: skip
        return MonthFacts(
            month=month,
            made_at=made_at,
            demo=mode == "demo",
            totals=Totals(**_ask(connection, "month_totals", asked)[0]),
            before=Totals(**_ask(connection, "month_totals", asked | {"month": month_before(month)})[0]),
            weeks=_ask(connection, "month_weeks", asked),
            categories=needs["category"],
            kecamatan={tile["code"]: 0 for tile in tiles} | needs["kecamatan"],
            tiles=tiles,
            agencies=_ask(connection, "month_agencies", asked),
        )


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _ask(connection: duckdb.DuckDBPyConnection, question: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    text = sql(question)
    return _rows(connection.execute(text, {name: value for name, value in asked.items() if f"${name}" in text}))


def _rows(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
