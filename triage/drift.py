"""Drift in the tables: the posts it is told from, and the signs of each day."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pandas as pd

from triage.database import merge, sql


def drift_posts(connection: duckdb.DuckDBPyConnection, from_at: datetime, to_at: datetime) -> pd.DataFrame:
    """drift_posts.sql: distinct posts first seen in a span with the champion's opinion, oldest first."""
    return connection.execute(sql("drift_posts"), {"from_at": from_at, "to_at": to_at}).df()


def save_signs(connection: duckdb.DuckDBPyConnection, day: date, signs: pd.DataFrame) -> None:
    """The day's signs take the place of those it had before. Columns as in the table drift_signs."""
    connection.execute("DELETE FROM drift_signs WHERE day = ?", [day])
    if len(signs):
        merge(connection, "merge_drift_signs", "batch_drift_signs", signs.astype({"mention_id": "string"}))


def read_signs(connection: duckdb.DuckDBPyConnection, day: date) -> pd.DataFrame:
    """drift_signs.sql: the newest signs of the week up to a day; texts are to be masked."""
    return connection.execute(sql("drift_signs"), {"day": day}).df()


def signs_of_day(connection: duckdb.DuckDBPyConnection, day: date) -> int:
    """How many signs were kept for a day."""
    row = connection.execute("SELECT count(*) FROM drift_signs WHERE day = ?", [day]).fetchone()
    return int(row[0]) if row else 0


def places_named(connection: duckdb.DuckDBPyConnection, from_at: datetime, to_at: datetime) -> set[str]:
    """The kecamatan that posts first seen in a span name."""
    rows = connection.execute(
        """SELECT DISTINCT opinion.kecamatan FROM current_assessments AS opinion JOIN mentions USING (mention_id)
           WHERE mentions.first_seen_at > ? AND mentions.first_seen_at <= ? AND opinion.kecamatan IS NOT NULL""",
        [from_at, to_at],
    )
    return {str(row[0]) for row in rows.fetchall()}
