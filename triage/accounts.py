"""The people who may sign in: the table users. Passwords come here as argon2id hashes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from triage.audit import Deed, record
from triage.sessions import end_sessions_of


class AccountError(Exception):
    """The account cannot be made or changed so; the message says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """A row of users, and all that a sign-in needs to know of it."""

    user_id: str
    name: str
    role: str
    active: bool
    language: str
    password_hash: str | None
    must_change: bool
    totp_secret: str | None
    totp_step: int | None
    created_at: datetime

    def __repr__(self) -> str:
        return f"Account({self.user_id})"


_COLUMNS = (
    "user_id, name, role, coalesce(active, TRUE), coalesce(language, 'id'), password_hash, coalesce(must_change, FALSE), "
    "totp_secret, totp_step, created_at"
)


def read_account(connection: duckdb.DuckDBPyConnection, user_id: str) -> Account | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM users WHERE user_id = ?", [user_id]).fetchone()  # noqa: S608 - our own names
    return Account(*row) if row else None


def read_accounts(connection: duckdb.DuckDBPyConnection) -> list[Account]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM users ORDER BY user_id").fetchall()  # noqa: S608 - our own names
    return [Account(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class NewAccount:
    user_id: str
    name: str
    role: str
    password_hash: str
    must_change: bool = True


def add_account(connection: duckdb.DuckDBPyConnection, new: NewAccount, by: str, now: datetime) -> None:
    """Raises AccountError when the name is taken."""
    if read_account(connection, new.user_id) is not None:
        raise AccountError(f"A user {new.user_id} is there already: choose another name, or reset that one's password.")
    connection.execute(
        "INSERT INTO users (user_id, name, role, created_at, password_hash, password_changed_at, must_change, language, active) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'id', TRUE)",
        [new.user_id, new.name, new.role, now, new.password_hash, now, new.must_change],
    )
    record(connection, Deed(by, "user_added", new.user_id), now)


def change_account(
    connection: duckdb.DuckDBPyConnection, user_id: str, changes: dict[str, Any], deed: Deed, now: datetime
) -> None:
    """Set columns of one user and say so in the audit trail. Raises AccountError when there is no such user."""
    if read_account(connection, user_id) is None:
        raise AccountError(f"There is no user {user_id}: `tanggap user list` shows who there is.")
    sets = ", ".join(f"{column} = ?" for column in changes)
    connection.execute(f"UPDATE users SET {sets} WHERE user_id = ?", [*changes.values(), user_id])  # noqa: S608 - column names of our own callers
    record(connection, deed, now)


def set_password(
    connection: duckdb.DuckDBPyConnection, user_id: str, password_hash: str, deed: Deed, now: datetime
) -> None:
    """A new password: its own user's (``deed.user_id`` is the user), or one that must be changed at the first sign-in.

    All other sessions of the user end.
    """
    changes = {"password_hash": password_hash, "password_changed_at": now, "must_change": deed.user_id != user_id}
    change_account(connection, user_id, changes, deed, now)
    end_sessions_of(connection, user_id, now)


def set_active(connection: duckdb.DuckDBPyConnection, user_id: str, active: bool, by: str, now: datetime) -> None:
    """Somebody who leaves is switched off, never deleted: verdicts and acts keep their author."""
    change_account(
        connection, user_id, {"active": active}, Deed(by, "user_enabled" if active else "user_disabled", user_id), now
    )
    if not active:
        end_sessions_of(connection, user_id, now)


def set_role(connection: duckdb.DuckDBPyConnection, user_id: str, role: str, by: str, now: datetime) -> None:
    """Another role begins with another session."""
    change_account(connection, user_id, {"role": role}, Deed(by, f"role_{role}", user_id), now)
    end_sessions_of(connection, user_id, now)


def reset_account(
    connection: duckdb.DuckDBPyConnection, user_id: str, password_hash: str, by: str, now: datetime
) -> None:
    """For somebody who has lost password or telephone: both begin anew, and no session stays."""
    change_account(
        connection, user_id, {"totp_secret": None, "totp_step": None}, Deed(by, "second_factor_removed", user_id), now
    )
    set_password(connection, user_id, password_hash, Deed(by, "password_reset", user_id), now)


def set_language(connection: duckdb.DuckDBPyConnection, user_id: str, language: str) -> None:
    """id or en: how the screens speak to this user."""
    connection.execute("UPDATE users SET language = ? WHERE user_id = ?", [language, user_id])
