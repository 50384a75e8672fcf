"""The access log (UU 27/2022 art. 32): who saw what others do not see, and when; each entry also stands in the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from triage.audit import Deed, record
from triage.database import sql


def log_access(connection: duckdb.DuckDBPyConnection, who: str, what: str, now: datetime) -> None:
    """``what`` is a few words and an id, never a citizen's words."""
    connection.execute("INSERT INTO access_log VALUES (?, ?, ?)", [who, what, now])
    record(connection, Deed(who, "access", what), now)


def read_access(connection: duckdb.DuckDBPyConnection, limit: int, user_id: str | None = None) -> list[dict[str, Any]]:
    """The newest entries first, of one user or of all: user_id, what, made_at."""
    found = connection.execute(
        "SELECT user_id, what, made_at FROM access_log WHERE ?::text IS NULL OR user_id = ? ORDER BY made_at DESC LIMIT ?",
        [user_id, user_id, limit],
    )
    return [dict(zip(("user_id", "what", "made_at"), row, strict=True)) for row in found.fetchall()]


def read_whole(
    connection: duckdb.DuckDBPyConnection, who: str, mention_id: str, why: str, now: datetime, *, restricted: bool
) -> dict[str, Any] | None:
    """A mention as it was written, and the entry that says who looked and why, in one transaction: no look without its entry.

    None, and no entry, when it is not there, is deleted, or is restricted and ``restricted`` is not this person's to see.
    """
    found = connection.execute(sql("whole_mention"), {"mention_id": mention_id})
    names = [column[0] for column in found.description or []]
    row = found.fetchone()
    mention = dict(zip(names, row, strict=True)) if row else None
    if mention is None or mention["deleted"] or (mention["restricted"] and not restricted):
        return None
    log_access(connection, who, f"unmask {mention_id} ({why})", now)
    return mention
