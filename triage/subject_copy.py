"""Everything that is kept about a data subject, table by table, for the copy that art. 7 of UU 27/2022 promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from triage.database import sql

# Name in the copy -> question; staff's names are not the subject's data and stay out.
COPIED = ("mentions", "versions", "payloads", "opinions", "verdicts", "cases", "case_steps", "answers")


def read_copy(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Rows by COPIED name."""
    asked = {"mention_ids": list(mention_ids)}
    return {name: _rows(connection.execute(sql(f"copy_{name}"), asked)) for name in COPIED}


def read_listed(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> list[dict[str, Any]]:
    """mention_id, created_at, author_handle, text, cases of these mentions, oldest first; texts are as they were written."""
    return _rows(connection.execute(sql("subject_listed"), {"mention_ids": list(mention_ids)}))


def mentions_of_payloads(connection: duckdb.DuckDBPyConnection, payload_ids: Sequence[str]) -> list[str]:
    """The mentions that these payloads belong to."""
    rows = connection.execute(
        "SELECT DISTINCT mention_id FROM payloads WHERE mention_id IS NOT NULL AND payload_id IN (SELECT unnest(?::text[])) ORDER BY 1",
        [list(payload_ids)],
    ).fetchall()
    return [row[0] for row in rows]


def _rows(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
