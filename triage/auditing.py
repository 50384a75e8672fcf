"""Audits in the tables: what was passed over, what was drawn from it, and what people said of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pandas as pd

from triage.database import merge, sql


def audited_days(connection: duckdb.DuckDBPyConnection) -> set[date]:
    return {row[0] for row in connection.execute("SELECT DISTINCT day FROM audit_samples").fetchall()}


def passed_over(connection: duckdb.DuckDBPyConnection, day: date, zone: str) -> pd.DataFrame:
    """mention_id, flag_score, threshold of what the champion passed over among the posts first seen on a local day."""
    return connection.execute(sql("passed_over"), {"day": day, "zone": zone}).df()


def save_audit(connection: duckdb.DuckDBPyConnection, drawn: pd.DataFrame) -> None:
    """Columns as in the table audit_samples."""
    if len(drawn):
        merge(connection, "merge_audit_samples", "batch_audit_samples", drawn)


def champion_since(connection: duckdb.DuckDBPyConnection) -> tuple[str, datetime] | None:
    """The champion and since when it is: its last promotion, or its training when nobody had to promote it."""
    row = connection.execute(
        """SELECT models.model_version, coalesce(max(events.made_at), any_value(models.trained_at))
           FROM models LEFT JOIN model_events AS events
             ON events.model_version = models.model_version AND events.kind IN ('promoted', 'rolled_back')
           WHERE models.status = 'champion' GROUP BY models.model_version"""
    ).fetchone()
    return (str(row[0]), row[1]) if row else None


def audit_answers(connection: duckdb.DuckDBPyConnection, model_version: str, after: date) -> pd.DataFrame:
    """day, stratum, passed_over, sampling_probability, plea (None: not judged) of every audited post after a day."""
    return connection.execute(sql("audit_answers"), {"model_version": model_version, "first_day": after}).df()


def flagged_answers(connection: duckdb.DuckDBPyConnection, model_version: str, after: date, zone: str) -> pd.DataFrame:
    """stratum, plea of every flagged post of the same days."""
    asked = {"model_version": model_version, "first_day": after, "zone": zone}
    return connection.execute(sql("flagged_answers"), asked).df()


def save_recall(connection: duckdb.DuckDBPyConnection, estimate: dict[str, Any]) -> None:
    """One row of the table recall_estimates; a later one of the same day takes its place."""
    frame = pd.DataFrame([estimate]).astype({"recall": "float64", "low": "float64", "high": "float64"})
    merge(connection, "merge_recall_estimates", "batch_recall_estimates", frame)


def newest_recall(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, Any] | None:
    """The estimate that was made last up to a day, as a row; None when there is none of the days before."""
    found = connection.execute(
        "SELECT * FROM recall_estimates WHERE day <= ? AND day > ? ORDER BY day DESC LIMIT 1",
        [day, day - timedelta(days=28)],
    )
    names = [column[0] for column in found.description or []]
    row = found.fetchone()
    return dict(zip(names, row, strict=True)) if row else None
