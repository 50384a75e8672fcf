"""What the database says of its own state and of the sources: a few short questions in one unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from triage.collecting import requests_today
from triage.database import SCHEMA_FILES, applied_versions, sql, unit_of_work
from triage.spending import spent_today

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LastRun:
    source: str
    status: str
    error: str | None
    last_run_at: datetime
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    mode: str | None
    missing_schemas: list[int]
    mentions: int
    champion: str | None
    runs: list[LastRun]
    gaps: dict[str, int]  # of the last week, by source
    spent: dict[str, tuple[int, float]]  # (posts, US dollars) of the UTC day, set aside or settled
    requests: dict[str, int]  # of the UTC day


def read_health(path: Path, now: datetime) -> DatabaseHealth:
    """Raises a DatabaseError when the file is held, newer than the program, or damaged."""
    with unit_of_work(path) as connection:
        applied = applied_versions(connection)
        missing = sorted({int(file.name[:3]) for file in SCHEMA_FILES} - applied)
        if not applied:
            return DatabaseHealth(None, missing, 0, None, [], {}, {}, {})
        mode = connection.execute("SELECT mode FROM origin").fetchone()
        mentions = connection.execute("SELECT count(*) FROM mentions").fetchone()
        champion = connection.execute("SELECT model_version FROM models WHERE status = 'champion'").fetchone()
        runs = [LastRun(*row) for row in connection.execute(sql("health_runs")).fetchall()]
        gaps = connection.execute(sql("health_gaps"), {"since": now - WEEK}).fetchall()
        return DatabaseHealth(
            mode[0] if mode else None,
            missing,
            mentions[0] if mentions else 0,
            champion[0] if champion else None,
            runs,
            {source: count for source, count, _ in gaps},
            {"x": spent_today(connection, "x", now)},
            {"instagram": requests_today(connection, "instagram", now)},
        )
