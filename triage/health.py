"""What the database says of its own state and of the sources: a few short questions in one unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from triage.auditing import newest_recall
from triage.database import SCHEMA_FILES, applied_versions, sql, unit_of_work
from triage.drift import read_signs
from triage.reporting import read_champion
from triage.spending import Spent, spent

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LastRun:
    source: str
    status: str
    error: str | None
    last_run_at: datetime
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True)
class LearningHealth:
    """The champion's age, what its audits say, what drifts, and whether a candidate waits for a person."""

    trained_at: datetime | None
    recall: float | None
    recall_high: float | None
    alerts: list[str]  # kinds and names of this week's drift alerts
    candidate: str | None


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    mode: str | None
    missing_schemas: list[int]
    mentions: int
    champion: str | None
    runs: list[LastRun]
    gaps: dict[str, int]  # of the last week, by source
    spent: Spent | None  # on X; None while the schema is older than this program
    requests_today: int  # to Instagram, of all its accounts, by the UTC day
    learning: LearningHealth | None  # None while the schema is older than this program


def read_health(path: Path, now: datetime) -> DatabaseHealth:
    """Raises a DatabaseError when the file is held, newer than the program, or damaged."""
    with unit_of_work(path) as connection:
        applied = applied_versions(connection)
        missing = sorted({int(file.name[:3]) for file in SCHEMA_FILES} - applied)
        if not applied:
            return DatabaseHealth(None, missing, 0, None, [], {}, None, 0, None)
        mode = connection.execute("SELECT mode FROM origin").fetchone()
        mentions = connection.execute("SELECT count(*) FROM mentions").fetchone()
        champion = connection.execute("SELECT model_version FROM models WHERE status = 'champion'").fetchone()
        return DatabaseHealth(
            mode[0] if mode else None,
            missing,
            mentions[0] if mentions else 0,
            champion[0] if champion else None,
            last_runs(connection),
            gaps_of_the_week(connection, now),
            None if missing else spent(connection, "x", now),
            0 if missing else _requests_today(connection, now),
            None if missing else _learning(connection, now),
        )


def last_runs(connection: duckdb.DuckDBPyConnection) -> list[LastRun]:
    """How each source's newest finished run ended."""
    return [LastRun(*row) for row in connection.execute(sql("health_runs")).fetchall()]


def gaps_of_the_week(connection: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, int]:
    """Spans that could not be read, counted by source."""
    rows = connection.execute(sql("health_gaps"), {"since": now - WEEK}).fetchall()
    return {source: count for source, count, _ in rows}


def read_models(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every trained model, the newest first: model_version, trained_at, status, metrics (JSON text), sha256."""
    found = connection.execute(
        "SELECT model_version, trained_at, status, metrics, sha256 FROM models ORDER BY trained_at DESC"
    )
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _requests_today(connection: duckdb.DuckDBPyConnection, now: datetime) -> int:
    row = connection.execute(
        "SELECT coalesce(sum(taken), 0) FROM request_budget WHERE source = 'instagram' AND hour >= ?",
        [now.replace(hour=0, minute=0, second=0, microsecond=0)],
    ).fetchone()
    return int(row[0]) if row else 0


def _learning(connection: duckdb.DuckDBPyConnection, now: datetime) -> LearningHealth:
    day = now.date() + timedelta(days=1)  # local days may be ahead of UTC
    recall = newest_recall(connection, day) or {"recall": None, "high": None}
    signs = read_signs(connection, day)
    told = signs[signs["alert"]]
    candidate = connection.execute("SELECT model_version FROM models WHERE status = 'candidate'").fetchone()
    champion = read_champion(connection)
    return LearningHealth(
        champion[1] if champion else None,
        recall["recall"],
        recall["high"],
        [f"{kind} {name}" for kind, name in zip(told["kind"], told["name"], strict=True)],
        candidate[0] if candidate else None,
    )
