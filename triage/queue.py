"""What waits for a reviewer, in its order, and how the sources are from which it comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pandas as pd

from cases.queue_policy import Turn
from triage.database import sql
from triage.queue_order import Waiting, folded, in_turn
from triage.review_cards import Reviewer, in_restricted_cases


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
        age = now - one.created_at
        return (
            self.source in (None, one.platform)
            and self.category in (None, one.category)
            and self.urgency in (None, one.rank)
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


def read_queue(connection: duckdb.DuckDBPyConnection, reviewer: Reviewer, filters: Filters, now: datetime) -> Queue:
    """The whole order; pages are slices of it."""
    asked = {"reviewer": reviewer.user_id, "restricted": reviewer.restricted}
    waiting = [Waiting(*row) for row in connection.execute(sql("queue"), asked).fetchall()]
    protected = set() if reviewer.restricted else in_restricted_cases(connection)
    waiting = [one for one in waiting if one.mention_id not in protected]
    concerns = folded(waiting)
    kinds: dict[str, Counter[Any]] = {
        "source": Counter(one.platform for one in concerns),
        "category": Counter(one.category for one in concerns if one.category),
        "urgency": Counter(one.rank for one in concerns),
        "kecamatan": Counter(one.kecamatan for one in concerns if one.kecamatan),
    }
    times = Counter(one.concern for one in waiting)
    together = {one.mention_id: times[one.concern] for one in concerns if times[one.concern] > 1}
    fitting = [one for one in concerns if filters.fit(one, now)]
    return Queue(in_turn(fitting, now), len(concerns), kinds["urgency"][2], kinds, together)


def restricted_waiting(connection: duckdb.DuckDBPyConnection) -> int:
    """How many wait that only officers of restricted cases may see: a number, nothing else."""
    asked = {"reviewer": "", "restricted": True}
    everything = {row[0] for row in connection.execute(sql("queue"), asked).fetchall()}
    allowed = {row[0] for row in connection.execute(sql("queue"), asked | {"restricted": False}).fetchall()}
    return len(everything) - len(allowed - in_restricted_cases(connection))


def read_sources(connection: duckdb.DuckDBPyConnection, now: datetime) -> pd.DataFrame:
    """How the sources are, as report_sources.sql says it of the last day."""
    span = {"covered_from": now - timedelta(days=1), "covered_to": now}
    return connection.execute(sql("report_sources"), span).df()


def user_names(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What users are called, by their ids: reviews keep ids only."""
    return dict(connection.execute("SELECT user_id, name FROM users").fetchall())
