"""Suggestions that two mentions are about one household: kept as rows, decided by people."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from cases.acting import check_words
from cases.case import canonical
from cases.joining import Suggestion
from triage.database import DatabaseError, merge, sql

_TIME = pa.timestamp("us", tz="UTC")
_ROWS = pa.schema(
    [("suggestion_id", pa.string()), ("mention_id", pa.string()), ("other_mention_id", pa.string()), ("chance", pa.float64()),
     ("signs", pa.string()), ("conflicts", pa.string()), ("reason", pa.string()), ("state", pa.string()), ("made_at", _TIME),
     ("decided_at", _TIME), ("decided_by", pa.string()), ("why", pa.string())]
)  # fmt: skip


class SuggestionMissing(DatabaseError):
    """There is no suggestion of that number."""


class SuggestionDecided(DatabaseError):
    """Somebody answered the suggestion before; the message says who, and ``row`` what."""

    def __init__(self, row: dict[str, Any]) -> None:
        super().__init__(
            f"{row['suggestion_id']} was {row['state']} by {row['decided_by']} before: `tanggap case suggestions` lists the open ones."
        )
        self.row = row


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said to a suggestion."""

    state: str  # accepted | refused
    actor: str
    why: str
    made_at: datetime


def save_suggestions(connection: duckdb.DuckDBPyConnection, suggestions: Iterable[Suggestion], now: datetime) -> None:
    """Keep new suggestions, in one batch inside the caller's transaction."""
    rows = {
        suggestion_id(one): {
            "suggestion_id": suggestion_id(one), "mention_id": one.mention_id, "other_mention_id": one.other_mention_id,
            "chance": one.likeness.chance, "signs": canonical(one.likeness.signs), "conflicts": canonical(one.likeness.conflicts),
            "reason": one.reason, "state": "open", "made_at": now,
        }
        for one in suggestions
    }  # fmt: skip
    if rows:
        batch = pa.Table.from_pylist(list(rows.values()), schema=_ROWS)
        merge(connection, "merge_suggestions", "batch_suggestions", batch)


def suggestion_id(one: Suggestion) -> str:
    both = " ".join(sorted((one.mention_id, one.other_mention_id)))
    return "S-" + hashlib.sha256(both.encode()).hexdigest()[:10]


def read_suggestions(
    connection: duckdb.DuckDBPyConnection, state: str = "open", case_id: str | None = None
) -> list[dict[str, Any]]:
    """Suggestions of a state (about one case) with the cases where their mentions stand now; open ones only between two open cases."""
    return _rows(connection.execute(sql("suggestions"), {"suggestion_id": None, "state": state, "case_id": case_id}))


def read_suggestion(connection: duckdb.DuckDBPyConnection, wanted: str) -> dict[str, Any]:
    found = _rows(connection.execute(sql("suggestions"), {"suggestion_id": wanted, "state": None, "case_id": None}))
    if not found:
        raise SuggestionMissing(f"There is no suggestion {wanted}; `tanggap case suggestions` lists the open ones.")
    return found[0]


def refuse_suggestion(
    connection: duckdb.DuckDBPyConnection, wanted: str, actor: str, why: str, now: datetime
) -> dict[str, Any]:
    """Two needs, says a person; returns the suggestion. Raises SuggestionMissing, SuggestionDecided, CaseRefused."""
    check_words(actor, why, "Menolak saran", True)
    row = open_suggestion(connection, wanted)
    decide_suggestions(connection, [row], Decision("refused", actor, why.strip(), now))
    return row


def open_suggestion(connection: duckdb.DuckDBPyConnection, wanted: str) -> dict[str, Any]:
    """A suggestion that nobody has answered yet. Raises SuggestionMissing, SuggestionDecided."""
    row = read_suggestion(connection, wanted)
    if row["state"] != "open":
        raise SuggestionDecided(row)
    return row


def decide_suggestions(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], said: Decision) -> None:
    """Write down what a person said to these suggestions; one that is decided stays so."""
    decided = [
        {name: row[name] for name in ("suggestion_id", "mention_id", "other_mention_id", "chance", "signs", "conflicts", "reason", "made_at")}
        | {"state": said.state, "decided_at": said.made_at, "decided_by": said.actor, "why": said.why}
        for row in rows
    ]  # fmt: skip
    if decided:
        merge(connection, "merge_suggestions", "batch_suggestions", pa.Table.from_pylist(decided, schema=_ROWS))


def _rows(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
