"""Models in the tables: which there are, how their contests ended, who promoted them, what they say beside the champion."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from triage.database import merge, sql

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelEvent:
    """What became of a model. ``kind``: trained, promoted or rolled_back; ``previous``: the champion before."""

    model_version: str
    kind: str
    previous: str | None
    actor: str
    why: str
    made_at: datetime


def register_challenger(connection: duckdb.DuckDBPyConnection, card: Row, trained_at: datetime, passed: bool) -> None:
    """A challenger that passed is the one candidate; one that failed is kept, retired. Its card as for register_champion."""
    if passed:
        connection.execute("UPDATE models SET status = 'retired' WHERE status = 'candidate'")
    row = card | {"trained_at": pd.Timestamp(trained_at), "status": "candidate" if passed else "retired"}
    merge(connection, "merge_models", "batch_models", pd.DataFrame([row]))


def save_contest(connection: duckdb.DuckDBPyConnection, row: Row) -> None:
    """Columns as in the table model_contests, without contest_id."""
    merge(connection, "merge_model_contests", "batch_model_contests", pd.DataFrame([row | {"contest_id": _new_id()}]))


def save_model_event(connection: duckdb.DuckDBPyConnection, event: ModelEvent) -> None:
    row = {"event_id": _new_id(), **{name: getattr(event, name) for name in ModelEvent.__slots__}}
    frame = pd.DataFrame([row]).astype({"previous": "string"})
    merge(connection, "merge_model_events", "batch_model_events", frame)


def read_models(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Every model with its newest contest's result, newest first."""
    return _rows(
        connection.execute(
            """SELECT models.* EXCLUDE (metrics), metrics ->> '$.flag_ap' AS flag_ap,
                      CASE WHEN json_valid(trained_on) THEN trained_on ->> '$.sha256' END AS data_sha256, contest.passed, contest.made_at AS contest_at
               FROM models LEFT JOIN (
                   SELECT * FROM model_contests QUALIFY row_number() OVER (PARTITION BY challenger ORDER BY made_at DESC) = 1
               ) AS contest ON contest.challenger = models.model_version
               ORDER BY models.trained_at DESC, models.model_version"""
        )
    )


def read_model(connection: duckdb.DuckDBPyConnection, model_version: str) -> Row | None:
    found = _rows(connection.execute("SELECT * FROM models WHERE model_version = ?", [model_version]))
    return found[0] if found else None


def newest_contest(connection: duckdb.DuckDBPyConnection, challenger: str | None = None) -> Row | None:
    """The newest contest, of one challenger or of all; ``detail`` as a dict."""
    rows = _rows(
        connection.execute(
            "SELECT * FROM model_contests WHERE $1 IS NULL OR challenger = $1 ORDER BY made_at DESC LIMIT 1",
            [challenger],
        )
    )
    return rows[0] | {"detail": json.loads(rows[0]["detail"])} if rows else None


def read_model_events(connection: duckdb.DuckDBPyConnection, model_version: str | None = None) -> list[Row]:
    """What became of the models, newest first."""
    return _rows(
        connection.execute(
            "SELECT * EXCLUDE (event_id) FROM model_events WHERE $1 IS NULL OR model_version = $1 ORDER BY made_at DESC",
            [model_version],
        )
    )


def shadow(connection: duckdb.DuckDBPyConnection, model_version: str, since: datetime) -> Row:
    """both, champion_flagged, flagged, only_flagged, only_champion of the posts since then that both models have seen."""
    return _rows(connection.execute(sql("shadow"), {"model_version": model_version, "since": since}))[0]


def shadow_differences(connection: duckdb.DuckDBPyConnection, model_version: str, since: datetime) -> list[Row]:
    """Posts that only one of both would flag: texts are to be masked."""
    return _rows(connection.execute(sql("shadow_differences"), {"model_version": model_version, "since": since}))


def _rows(result: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _new_id() -> str:
    return uuid.uuid4().hex
