"""Who works at the desk, by name: cases keep ids only."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class Colleague:
    user_id: str
    name: str
    role: str
    active: bool


def read_staff(connection: duckdb.DuckDBPyConnection) -> list[Colleague]:
    """Everybody who has or had an account, by name."""
    rows = connection.execute("SELECT user_id, name, role, coalesce(active, TRUE) FROM users ORDER BY name, user_id")
    return [Colleague(*row) for row in rows.fetchall()]
