"""Cards with what stands beside them, as far as a reader may see it. Texts are to be masked before anyone sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from cases.case import Case
from triage.casework import read_cases
from triage.database import sql

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who asks, and whether restricted mentions may be seen."""

    user_id: str
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A row of cards.sql with the verdict that stands and the case, near-duplicates that wait, and the conversation (rows of beside.sql)."""

    row: Row
    similar: list[Row] = field(default_factory=list)
    thread: list[Row] = field(default_factory=list)
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is decided about mentions: the verdict that stands and the case, by mention."""

    verdicts: dict[str, Row]
    cases: dict[str, Row]

    def is_restricted(self, row: Row) -> bool:
        return bool(row["restricted"] or self.cases.get(row["mention_id"], {}).get("restricted"))

    def waits(self, mention_id: str) -> bool:
        return str(self.verdicts.get(mention_id, {}).get("verdict", "ragu")) == "ragu"


def read_cards(
    connection: duckdb.DuckDBPyConnection, reviewer: Reviewer, mention_ids: Sequence[str], *, beside: bool = True
) -> list[CardFacts]:
    """The cards of these mentions in this order; those that are gone or not for this reader are left out."""
    model = champion(connection)
    rows = _mentions(connection, model, mention_ids)
    parents = _mentions(connection, model, [row["parent_id"] for row in rows.values() if row["parent_id"]])
    others = _beside(connection, model, rows.values()) if beside and rows else []
    known = _known(connection, {*rows, *parents, *(one["mention_id"] for one in others)})
    rows = {key: row for key, row in rows.items() if reviewer.restricted or not known.is_restricted(row)}
    others = [one for one in others if reviewer.restricted or not known.is_restricted(one)]
    edits = _edits(connection, list(rows))
    cases = {case.case_id: case for case in read_cases(connection, _case_ids(known, rows))}
    found = []
    for mention_id in mention_ids:
        if (row := rows.get(mention_id)) is None:
            continue
        told = parents.get(row["parent_id"])
        case = known.cases.get(mention_id, {})
        row = row | _verdict_columns(known.verdicts.get(mention_id)) | {
            "parent_text": told["text"] if told and not known.is_restricted(told) else None,
            "edits": edits.get(mention_id, 0), "restricted": known.is_restricted(row), "case_id": case.get("case_id"),
        }  # fmt: skip
        found.append(
            CardFacts(row, _similar(row, others, known), _thread(row, others), cases.get(case.get("case_id", "")))
        )
    return found


def read_card(connection: duckdb.DuckDBPyConnection, reviewer: Reviewer, mention_id: str) -> CardFacts | None:
    """One card; None when there is none for this reader."""
    found = read_cards(connection, reviewer, [mention_id])
    return found[0] if found else None


def decided_together(connection: duckdb.DuckDBPyConnection, reviewer: Reviewer, mention_id: str) -> list[str]:
    """A card's mention and the near-duplicates that wait with it, as far as this reader may see them; empty: there is no such card."""
    model = champion(connection)
    rows = _mentions(connection, model, [mention_id])
    others = _beside(connection, model, rows.values()) if rows else []
    known = _known(connection, {*rows, *(one["mention_id"] for one in others)})
    if mention_id not in rows or (known.is_restricted(rows[mention_id]) and not reviewer.restricted):
        return []
    allowed = [one for one in others if reviewer.restricted or not known.is_restricted(one)]
    return [mention_id, *(one["mention_id"] for one in _similar(rows[mention_id], allowed, known))]


def champion(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The version of the model whose opinion counts, as current_assessments chooses it."""
    row = connection.execute(
        "SELECT model_version FROM models WHERE status = 'champion' ORDER BY trained_at DESC, model_version DESC LIMIT 1"
    ).fetchone()
    return row[0] if row else None


def in_restricted_cases(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.execute(sql("in_restricted_cases")).fetchall()}


def rows_of(result: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _mentions(connection: duckdb.DuckDBPyConnection, model: str | None, mention_ids: Sequence[str]) -> dict[str, Row]:
    if not mention_ids:
        return {}
    asked = {"model": model, "mention_ids": list(mention_ids)}
    return {row["mention_id"]: row for row in rows_of(connection.execute(sql("cards"), asked))}


def _beside(connection: duckdb.DuckDBPyConnection, model: str | None, rows: Iterable[Row]) -> list[Row]:
    known = list(rows)
    asked = {
        "model": model,
        "mention_ids": [row["mention_id"] for row in known],
        "concerns": [_concern(row) for row in known],
        "voices": [_voice(row) for row in known if row["author_id"] and row["thread_id"]],
    }
    return rows_of(connection.execute(sql("beside"), asked))


def _known(connection: duckdb.DuckDBPyConnection, mention_ids: set[str]) -> _Known:
    ids = [list(mention_ids)]
    verdicts = connection.execute(
        "SELECT mention_id, review_id, reviewer, verdict, made_at, shown_because FROM standing_reviews WHERE list_contains(?::text[], mention_id)",
        ids,
    )
    by_mention = {row["mention_id"]: row for row in rows_of(verdicts)}
    cases = connection.execute(
        "SELECT mention_id, case_id, restricted FROM case_mentions JOIN cases USING (case_id) WHERE list_contains(?::text[], mention_id) ORDER BY case_id",
        ids,
    )
    return _Known(by_mention, {row["mention_id"]: row for row in rows_of(cases)})


def _edits(connection: duckdb.DuckDBPyConnection, mention_ids: list[str]) -> dict[str, int]:
    """How often each was edited."""
    versions = (
        "SELECT mention_id, count(*) FROM mention_versions WHERE list_contains(?::text[], mention_id) GROUP BY ALL"
    )
    return dict(connection.execute(versions, [mention_ids]).fetchall())


def _verdict_columns(verdict: Row | None) -> Row:
    row = verdict or {}
    return {name: row.get(name) for name in ("review_id", "reviewer", "verdict", "shown_because")} | {
        "decided_at": row.get("made_at")
    }


def _similar(row: Row, others: Iterable[Row], known: _Known) -> list[Row]:
    mention_id, concern = row["mention_id"], _concern(row)
    return [
        one for one in others
        if one["concern"] == concern and one["mention_id"] != mention_id and one["flagged"] and known.waits(one["mention_id"])
    ]  # fmt: skip


def _thread(row: Row, others: Iterable[Row]) -> list[Row]:
    """Answers to a mention, and what its author wrote in the same conversation; repetitions of it left out."""
    mention_id, concern, voice = row["mention_id"], _concern(row), _voice(row)
    return [
        one for one in others
        if one["mention_id"] != mention_id and one["concern"] != concern
        and (one["parent_id"] == mention_id or (row["author_id"] and row["thread_id"] and one["voice"] == voice))
    ]  # fmt: skip


def _concern(row: Row) -> str:
    return str(row["duplicate_of"] or row["mention_id"])


def _voice(row: Row) -> str:
    return f"{row['platform']} {row['author_id']} {row['thread_id']}"


def _case_ids(known: _Known, mention_ids: Iterable[str]) -> list[str]:
    return [known.cases[mention_id]["case_id"] for mention_id in mention_ids if mention_id in known.cases]
