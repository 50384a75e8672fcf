"""What waits for a reviewer: the queue in its order, and the cards with what stands beside them. Texts are to be masked before anyone sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pandas as pd

from cases.case import Case
from triage.casework import read_cases
from triage.database import sql
from triage.queue_order import Turn, Waiting, in_turn

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who asks, and whether restricted mentions may be seen."""

    user_id: str
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reviewer wants to see; None: everything. Ages in days: ``younger`` at most, ``older`` more than that."""

    source: str | None = None
    category: str | None = None
    urgency: int | None = None
    kecamatan: str | None = None
    younger: int | None = None
    older: int | None = None

    def fit(self, one: Waiting, now: datetime) -> bool:
        urgency = 1 if one.urgency is None else one.urgency
        age = now - one.created_at
        return (
            self.source in (None, one.platform)
            and self.category in (None, one.category)
            and self.urgency in (None, urgency)
            and self.kecamatan in (None, one.kecamatan)
            and (self.younger is None or age <= timedelta(days=self.younger))
            and (self.older is None or age > timedelta(days=self.older))
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """The cards that wait, in order. ``kinds``: how many of each source, category, urgency and kecamatan, the filters left aside."""

    turns: list[Turn]
    waiting: int  # without filters
    urgent: int
    kinds: dict[str, Counter[Any]]
    together: dict[str, int]  # mention_id -> near-duplicates, itself included


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A row of cards.sql, what stands beside it (rows of beside.sql), and its case."""

    row: Row
    similar: list[Row] = field(default_factory=list)
    thread: list[Row] = field(default_factory=list)
    case: Case | None = None


def read_queue(connection: duckdb.DuckDBPyConnection, reviewer: Reviewer, filters: Filters, now: datetime) -> Queue:
    """The whole order; pages are slices of it."""
    asked = {"reviewer": reviewer.user_id, "restricted": reviewer.restricted}
    waiting = [Waiting(*row) for row in connection.execute(sql("queue"), asked).fetchall()]
    fitting = [one for one in waiting if filters.fit(one, now)]
    kinds: dict[str, Counter[Any]] = {
        "source": Counter(one.platform for one in waiting),
        "category": Counter(one.category for one in waiting if one.category),
        "urgency": Counter(1 if one.urgency is None else one.urgency for one in waiting),
        "kecamatan": Counter(one.kecamatan for one in waiting if one.kecamatan),
    }
    together = {one.mention_id: one.together for one in fitting if one.together > 1}
    return Queue(in_turn(fitting), len(waiting), kinds["urgency"][2], kinds, together)


def read_cards(
    connection: duckdb.DuckDBPyConnection, reviewer: Reviewer, mention_ids: Sequence[str], *, beside: bool = True
) -> list[CardFacts]:
    """The cards of these mentions in this order; those that are gone or not for this reader are left out."""
    asked = {"mention_ids": list(mention_ids), "restricted": reviewer.restricted}
    rows = {row["mention_id"]: row for row in _rows(connection.execute(sql("cards"), asked))}
    known = [rows[mention_id] for mention_id in mention_ids if mention_id in rows]
    others = _rows(connection.execute(sql("beside"), asked | {"mention_ids": list(rows)})) if beside and rows else []
    cases = {case.case_id: case for case in read_cases(connection, [row["case_id"] for row in known if row["case_id"]])}
    return [
        CardFacts(
            row,
            [one for one in others if one["card"] == row["mention_id"] and one["how"] == "serupa"],
            [one for one in others if one["card"] == row["mention_id"] and one["how"] == "utas"],
            cases.get(row["case_id"]),
        )
        for row in known
    ]


def read_card(connection: duckdb.DuckDBPyConnection, reviewer: Reviewer, mention_id: str) -> CardFacts | None:
    """One card; None when there is none for this reader."""
    found = read_cards(connection, reviewer, [mention_id])
    return found[0] if found else None


def restricted_waiting(connection: duckdb.DuckDBPyConnection) -> int:
    """How many wait that only officers of restricted cases may see."""
    row = connection.execute(sql("restricted_waiting")).fetchone()
    return int(row[0]) if row else 0


def read_sources(connection: duckdb.DuckDBPyConnection, now: datetime) -> pd.DataFrame:
    """How the sources are, as report_sources.sql says it of the last day."""
    span = {"covered_from": now - timedelta(days=1), "covered_to": now}
    return connection.execute(sql("report_sources"), span).df()


def user_names(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What users are called, by their ids: reviews keep ids only."""
    return dict(connection.execute("SELECT user_id, name FROM users").fetchall())


def _rows(result: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
