"""Storing opinions: what has none yet, and a model's answers in batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from triage.database import sql

COLUMNS = [
    *("mention_id", "model_version", "assessed_at", "flag_score", "flagged", "threshold", "category", "category_score"),
    *(
        "topic",
        "urgency",
        "urgency_score",
        "lang",
        "restricted",
        "place_code",
        "place_name",
        "kecamatan",
        "kabkota",
        "level",
    ),
    *("place_candidates", "reasons", "duplicate_of", "text_sha256"),
]


def unassessed(connection: duckdb.DuckDBPyConnection, model_version: str, limit: int) -> pd.DataFrame:
    """Up to ``limit`` mentions without this model's opinion of their present text: mention_id, text, platform, kind, created_at, parent_text."""
    return connection.execute(sql("unassessed"), {"model_version": model_version, "limit": limit}).df()


def save_assessments(connection: duckdb.DuckDBPyConnection, batch: pd.DataFrame) -> None:
    """Store one batch with exactly COLUMNS, inside the caller's transaction."""
    connection.register("batch_assessments", batch[COLUMNS])
    connection.execute(sql("merge_assessments"))
    connection.unregister("batch_assessments")


def register_champion(connection: duckdb.DuckDBPyConnection, card: dict[str, Any], trained_at: datetime) -> None:
    """Make a model the champion; the one before it is retired. card: model_version, metrics (JSON text), path, sha256, trained_on."""
    batch = pd.DataFrame([card | {"trained_at": pd.Timestamp(trained_at), "status": "champion"}])
    connection.execute(
        "UPDATE models SET status = 'retired' WHERE status = 'champion' AND model_version <> ?", [card["model_version"]]
    )
    connection.register("batch_models", batch)
    connection.execute(sql("merge_models"))
    connection.unregister("batch_models")


def recent_texts(connection: duckdb.DuckDBPyConnection, since: datetime) -> pd.DataFrame:
    """mention_id, text, created_at of everything first seen since then: the history that reposts are looked for in."""
    return connection.execute(
        "SELECT mention_id, text, created_at FROM mentions WHERE first_seen_at >= ? AND deleted_at IS NULL ORDER BY created_at, mention_id",
        [since],
    ).df()
