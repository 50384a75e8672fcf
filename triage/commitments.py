"""What was promised in the lounge, as the events of the cases leave it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC

import duckdb
import pyarrow as pa

from cases.lounge import Commitment
from triage.database import merge

_TIME = pa.timestamp("us", tz="UTC")
_SCHEMA = pa.schema(
    [("commitment_id", pa.string()), ("case_id", pa.string()), ("who", pa.string()), ("what", pa.string()), ("due_at", _TIME),
     ("promised_at", _TIME), ("kept_at", _TIME)]
)  # fmt: skip
_SELECT = "SELECT commitment_id, case_id, who, what, due_at, promised_at, kept_at FROM commitments"


def save_commitments(connection: duckdb.DuckDBPyConnection, commitments: Iterable[Commitment]) -> None:
    rows = [asdict(one) for one in commitments]
    if rows:
        merge(connection, "merge_commitments", "batch_commitments", pa.Table.from_pylist(rows, schema=_SCHEMA))


def read_commitments(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]) -> list[Commitment]:
    """The promises about these cases, the first due first."""
    where = "WHERE case_id IN (SELECT unnest(?::text[])) ORDER BY due_at, commitment_id"
    return _commitments(connection.execute(f"{_SELECT} {where}", [list(case_ids)]))


def read_open_commitments(connection: duckdb.DuckDBPyConnection) -> list[Commitment]:
    """Every promise that is not kept yet, the first due first."""
    return _commitments(connection.execute(f"{_SELECT} WHERE kept_at IS NULL ORDER BY due_at, commitment_id"))


def read_commitment_case(connection: duckdb.DuckDBPyConnection, commitment_id: str) -> str | None:
    """The case that a promise is about."""
    row = connection.execute("SELECT case_id FROM commitments WHERE commitment_id = ?", [commitment_id]).fetchone()
    return str(row[0]) if row else None


def remove_commitments(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]) -> None:
    connection.execute("DELETE FROM commitments WHERE case_id IN (SELECT unnest(?::text[]))", [list(case_ids)])


def _commitments(result: duckdb.DuckDBPyConnection) -> list[Commitment]:
    return [
        Commitment(
            number, case_id, who, what, due.astimezone(UTC), promised.astimezone(UTC), kept and kept.astimezone(UTC)
        )
        for number, case_id, who, what, due, promised, kept in result.fetchall()
    ]
