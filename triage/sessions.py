"""Sessions of signed-in people, by the hash of their token, and the failed sign-ins that slow guessing down."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

KEPT = timedelta(days=30)  # ended sessions in the list of one's own
ATTEMPTS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewSession:
    token_hash: str
    user_id: str
    stage: str  # code | open
    device: str
    lives: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """A living session with the user it belongs to."""

    session_id: str
    user_id: str
    stage: str
    seen_at: datetime
    name: str
    role: str
    language: str
    must_change: bool
    has_totp: bool


def open_session(connection: duckdb.DuckDBPyConnection, new: NewSession, now: datetime) -> str:
    """Returns the new session's id. What is long over is tidied away."""
    connection.execute("DELETE FROM sessions WHERE coalesce(ended_at, expires_at) < ?", [now - KEPT])
    session_id = uuid.uuid4().hex[:12]
    connection.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
        [session_id, new.token_hash, new.user_id, new.stage, now, now, now + new.lives, new.device],
    )
    return session_id


def find_session(
    connection: duckdb.DuckDBPyConnection, token_hash: str, idle: timedelta, now: datetime
) -> Session | None:
    """The session of this token, if it is neither ended, nor expired, nor idle for too long, and its user is active."""
    row = connection.execute(
        "SELECT session_id, user_id, stage, seen_at, name, role, coalesce(language, 'id'), coalesce(must_change, FALSE), totp_secret IS NOT NULL "
        "FROM sessions JOIN users USING (user_id) "
        "WHERE token_hash = ? AND ended_at IS NULL AND expires_at > ? AND seen_at > ? AND coalesce(active, TRUE)",
        [token_hash, now, now - idle],
    ).fetchone()
    return Session(*row) if row else None


def touch_session(connection: duckdb.DuckDBPyConnection, session_id: str, now: datetime) -> None:
    connection.execute("UPDATE sessions SET seen_at = ? WHERE session_id = ?", [now, session_id])


def end_session(connection: duckdb.DuckDBPyConnection, session_id: str, user_id: str, now: datetime) -> bool:
    """End one session of this user; whether there was one."""
    ended = connection.execute(
        "UPDATE sessions SET ended_at = ? WHERE session_id = ? AND user_id = ? AND ended_at IS NULL",
        [now, session_id, user_id],
    ).fetchone()
    return bool(ended and ended[0])


def end_sessions_of(connection: duckdb.DuckDBPyConnection, user_id: str, now: datetime) -> None:
    connection.execute("UPDATE sessions SET ended_at = ? WHERE user_id = ? AND ended_at IS NULL", [now, user_id])


def living_sessions(
    connection: duckdb.DuckDBPyConnection, user_id: str, idle: timedelta, now: datetime
) -> list[dict[str, Any]]:
    """session_id, device, created_at, seen_at; the last used first."""
    found = connection.execute(
        "SELECT session_id, device, created_at, seen_at FROM sessions "
        "WHERE user_id = ? AND stage = 'open' AND ended_at IS NULL AND expires_at > ? AND seen_at > ? ORDER BY seen_at DESC",
        [user_id, now, now - idle],
    )
    return [dict(zip(("session_id", "device", "created_at", "seen_at"), row, strict=True)) for row in found.fetchall()]


def failures(connection: duckdb.DuckDBPyConnection, keys: Sequence[tuple[str, str]]) -> dict[str, tuple[int, datetime]]:
    """By kind (account, address): how often a sign-in failed in the last day, and when last."""
    found: dict[str, tuple[int, datetime]] = {}
    for kind, key_hash in keys:
        row = connection.execute(
            "SELECT count(*), max(made_at) FROM login_attempts WHERE kind = ? AND key_hash = ?", [kind, key_hash]
        ).fetchone()
        if row and row[0]:
            found[kind] = (row[0], row[1])
    return found


def note_failure(connection: duckdb.DuckDBPyConnection, keys: Sequence[tuple[str, str]], now: datetime) -> None:
    connection.execute("DELETE FROM login_attempts WHERE made_at < ?", [now - ATTEMPTS_KEPT])
    for kind, key_hash in keys:
        connection.execute("INSERT INTO login_attempts VALUES (?, ?, ?, ?)", [uuid.uuid4().hex, kind, key_hash, now])


def forget_failures(connection: duckdb.DuckDBPyConnection, kind: str, key_hash: str) -> None:
    connection.execute("DELETE FROM login_attempts WHERE kind = ? AND key_hash = ?", [kind, key_hash])
