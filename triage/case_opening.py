"""Which flagged mentions wait for a case, and what decides about the cases that are there: verdicts, a new model's silence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import duckdb

from cases.routing import Need, Reading
from triage.database import sql

LIKENESS_REACHES = timedelta(days=45)  # how long after it a mention may still be about the same need


def unplaced(connection: duckdb.DuckDBPyConnection, limit: int) -> list[dict[str, Any]]:
    """Up to ``limit`` flagged mentions without a case, oldest first: ids, the model's opinion and the text."""
    return _rows(connection.execute(sql("unplaced"), {"limit": limit}))


def placed_mentions(connection: duckdb.DuckDBPyConnection, waiting: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mentions in cases that one of these rows of ``unplaced`` may belong to."""
    names = ("parent_id", "thread_id", "duplicate_of")
    if not waiting:
        return []
    wanted = {
        "since": min(row["created_at"] for row in waiting) - LIKENESS_REACHES,
        "mention_ids": sorted({row[name] for row in waiting for name in names if row[name]}),
        "authors": sorted({f"{row['platform']}/{row['author_id']}" for row in waiting if row["author_id"]}),
        "originals": sorted({row["duplicate_of"] for row in waiting if row["duplicate_of"]}),
    }
    return _rows(connection.execute(sql("placed_mentions"), wanted))


def opinions_of(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What is known and thought of these mentions, the earliest first."""
    return _rows(connection.execute(sql("opinions_of"), {"mention_ids": list(mention_ids)}))


def need_of(row: dict[str, Any]) -> Need:
    """A mention's row as the need that routing looks at."""
    places = tuple(Reading(one["code"], float(one["weight"])) for one in readings(row))
    return Need(
        row["category"], row["topic"], row["urgency"], row["level"], row["restricted"], row["category_score"], places
    )


def readings(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The place candidates of a row that have a code."""
    return [one for one in json.loads(row["place_candidates"] or "[]") if one.get("code")]


def with_a_case(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> set[str]:
    """Those of these mentions that stand in a case."""
    rows = connection.execute(
        "SELECT mention_id FROM case_mentions WHERE mention_id IN (SELECT unnest(?::text[]))", [list(mention_ids)]
    ).fetchall()
    return {row[0] for row in rows}


def new_verdicts(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Verdicts that their case has not taken in yet, oldest first; of these cases, or of all."""
    asked = {"case_ids": None if case_ids is None else list(case_ids)}
    return _rows(connection.execute(sql("new_verdicts"), asked))


def no_longer_flagged(connection: duckdb.DuckDBPyConnection, system: str) -> list[str]:
    """New cases that only a model spoke for and no model speaks for any more."""
    return [row[0] for row in connection.execute(sql("no_longer_flagged"), {"system": system}).fetchall()]


def changed_opinions(connection: duckdb.DuckDBPyConnection, system: str) -> list[dict[str, Any]]:
    """Cases that no person has touched and whose mention is seen otherwise now: case_id, category, topic, urgency, restricted."""
    return _rows(connection.execute(sql("changed_opinions"), {"system": system}))


def news_for_people(connection: duckdb.DuckDBPyConnection, system: str) -> list[dict[str, Any]]:
    """What changed about mentions of open cases after somebody acted on them: case_id, news_id, what (edited, assessed), category, urgency, restricted."""
    return _rows(connection.execute(sql("news_for_people"), {"system": system}))


def flagged_again(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Cases that were withdrawn for a model's silence and whose mention the champion flags now."""
    return [row[0] for row in connection.execute(sql("flagged_again")).fetchall()]


def returns_by_rule(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """rule, forwarded, returned (cases), agencies that declined."""
    return _rows(connection.execute(sql("returns_by_rule")))


def _rows(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
