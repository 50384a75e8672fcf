"""What still wants an answer that is no case of ours, and that a person gave one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from cases.case import Case
from triage.casework import read_cases
from triage.database import DatabaseError, merge, sql

_SCHEMA = pa.schema(
    [("answer_id", pa.string()), ("mention_id", pa.string()), ("case_id", pa.string()), ("kind", pa.string()), ("platform", pa.string()),
     ("lang", pa.string()), ("actor", pa.string()), ("made_at", pa.timestamp("us", tz="UTC"))]
)  # fmt: skip


class SubjectMissing(DatabaseError):
    """There is no case or mention of that number."""


@dataclass(frozen=True, slots=True)
class Answer:
    """That somebody sent an answer of a kind to a case or to a mention; not what it said."""

    subject: str  # a case_id or a mention_id
    kind: str
    platform: str
    lang: str
    actor: str
    made_at: datetime


def out_of_scope(connection: duckdb.DuckDBPyConnection, topics: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Rows of out_of_scope.sql by topic, newest first; texts are as the citizens wrote them."""
    result = connection.execute(sql("out_of_scope"), {"topics": list(topics), "limit": limit})
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def referred_unanswered(connection: duckdb.DuckDBPyConnection) -> list[Case]:
    return read_cases(connection, [row[0] for row in connection.execute(sql("referred_unanswered")).fetchall()])


def save_answer(connection: duckdb.DuckDBPyConnection, answer: Answer) -> None:
    """Raises SubjectMissing. The same answer on the same day by the same person is one."""
    of_case = answer.subject.startswith("K-")
    table, column = ("cases", "case_id") if of_case else ("mentions", "mention_id")
    if not connection.execute(f"SELECT 1 FROM {table} WHERE {column} = ?", [answer.subject]).fetchone():  # noqa: S608  # our names
        raise SubjectMissing(
            f"There is no case or mention {answer.subject}; `tanggap answers queue` shows those that wait."
        )
    row = asdict(answer)
    subject = row.pop("subject")
    seed = f"{subject}|{answer.kind}|{answer.actor}|{answer.made_at:%Y-%m-%d}"
    row |= {
        "answer_id": hashlib.sha256(seed.encode()).hexdigest()[:32],
        "case_id": subject if of_case else None,
        "mention_id": None if of_case else subject,
    }
    merge(connection, "merge_answers", "batch_answers", pa.Table.from_pylist([row], schema=_SCHEMA))
