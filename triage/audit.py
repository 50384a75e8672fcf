"""The audit trail: rows are only ever added, each sealed with the hash of the one before it. Ids only, never words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

BEFORE_THE_FIRST = "0" * 64
SLICE = 2_000  # rows; about 20 ms


class AuditBroken(Exception):
    """The trail was changed after it was written; the message names the first row that does not fit."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to whom or what, all as ids."""

    user_id: str
    act: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """The last row of a trail: kept elsewhere (on paper, in a backup), it proves that nothing before it was changed or cut off."""

    number: int = 0
    hash: str = BEFORE_THE_FIRST

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def record(connection: duckdb.DuckDBPyConnection, deed: Deed, now: datetime) -> Seal:
    """Append one row, in the caller's transaction: what is done and that it was done stand or fall together."""
    last = last_seal(connection)
    row = (last.number + 1, now, deed.user_id, deed.act, deed.subject)
    seal = Seal(row[0], _hash(last.hash, row))
    connection.execute("INSERT INTO audit_log VALUES (?, ?, ?, ?, ?, ?)", [*row, seal.hash])
    return seal


def last_seal(connection: duckdb.DuckDBPyConnection) -> Seal:
    row = connection.execute("SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1").fetchone()
    return Seal(*row) if row else Seal()


def verify_slice(connection: duckdb.DuckDBPyConnection, seal: Seal, kept: Seal | None = None) -> Seal:
    """Compute the next SLICE hashes anew; the same seal comes back at the end. Raises AuditBroken.

    A slice is one short unit of work: the trail grows for years, and others wait for the file.
    """
    for *row, stored in _rows_after(connection, seal.number):
        if row[0] != seal.number + 1:
            raise AuditBroken(f"The audit trail has a hole: row {seal.number + 1} is missing before row {row[0]}.")
        seal = Seal(row[0], _hash(seal.hash, tuple(row)))
        if seal.hash != stored:
            raise AuditBroken(f"Row {seal.number} of the audit trail does not fit the rows before it.")
        if kept is not None and kept.number == seal.number and kept.hash != seal.hash:
            raise AuditBroken(f"Row {seal.number} of the audit trail is not the one whose seal was kept.")
    return seal


def require_reaches(seal: Seal, kept: Seal | None) -> None:
    """A trail that was cut is whole in itself: only a seal kept elsewhere shows it. Raises AuditBroken."""
    if kept is not None and kept.number > seal.number:
        raise AuditBroken(f"The audit trail ends at row {seal.number}, but a seal of row {kept.number} was kept.")


def read_audit(connection: duckdb.DuckDBPyConnection, limit: int) -> list[dict[str, Any]]:
    """The newest rows first: number, made_at, user_id, act, subject."""
    found = connection.execute(
        "SELECT number, made_at, user_id, act, subject FROM audit_log ORDER BY number DESC LIMIT ?", [limit]
    )
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _rows_after(connection: duckdb.DuckDBPyConnection, number: int) -> list[Any]:
    return connection.execute(
        "SELECT number, made_at, user_id, act, subject, hash FROM audit_log WHERE number > ? ORDER BY number LIMIT ?",
        [number, SLICE],
    ).fetchall()


def _hash(before: str, row: tuple[Any, ...]) -> str:
    """SHA-256 over the parts, each with its length in front, so that no two rows read alike."""
    number, made_at, *ids = row
    parts = [before, str(number), made_at.astimezone(UTC).isoformat(timespec="microseconds"), *ids]
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()
