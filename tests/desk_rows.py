"""Invented mentions, opinions and verdicts in a real database, for the tests of what the desk teaches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from triage.assessing import COLUMNS, register_champion, save_assessments
from triage.database import unit_of_work

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # Wednesday 08.00 WIB
MODEL = "m-champion"
_MENTION = {
    "platform": "x", "kind": "post", "lang": "in", "url": None, "parent_id": None, "thread_id": None, "matched": "mentions:a",
    "like_count": None, "reply_count": None, "client_version": "t", "deleted_at": None,
}  # fmt: skip


def a_champion(path: Path, model_version: str = MODEL, trained_at: datetime = NOW - timedelta(days=60)) -> None:
    card = {"model_version": model_version, "metrics": "{}", "path": "p", "sha256": "s", "trained_on": "{}"}
    with unit_of_work(path) as connection:
        register_champion(connection, card, trained_at)


def store_mentions(path: Path, rows: Iterable[Mapping[str, Any]], model_version: str = MODEL) -> None:
    """Each row: number, text, hours (ago), flag_score and whatever else differs from the usual mention or opinion."""
    mentions, opinions = [], []
    for row in rows:
        seen = NOW - timedelta(hours=row.get("hours", 1))
        mention_id = f"{row.get('platform', 'x')}:{row['number']}"
        mentions.append(
            _MENTION | {"mention_id": mention_id, "platform_id": str(row["number"]), "author_id": f"a{row['number']}", "author_handle": "w",
                        "created_at": seen, "first_seen_at": seen, "last_seen_at": seen}
            | {key: row[key] for key in ("text", "platform", "kind", "matched", "deleted_at", "author_id") if key in row}
        )  # fmt: skip
        score = row.get("flag_score", 0.9)
        opinions.append(
            dict.fromkeys(COLUMNS)
            | {"mention_id": mention_id, "model_version": model_version, "assessed_at": seen, "flag_score": score, "flagged": score >= 0.1,
               "threshold": 0.1, "category": "kesehatan", "category_score": 0.5, "urgency": 1, "urgency_score": 0.1, "lang": "id",
               "restricted": False, "reasons": "[]", "place_candidates": "[]", "text_sha256": hashlib.sha256(row["text"].encode()).hexdigest()}
            | {key: row[key] for key in ("category", "urgency", "lang", "restricted", "kecamatan", "kabkota", "duplicate_of", "place_code") if key in row}
        )  # fmt: skip
    frame = pd.DataFrame(mentions)
    with unit_of_work(path) as connection:
        columns = ", ".join(frame.columns)
        connection.register("batch", frame)
        connection.execute(f"INSERT INTO mentions ({columns}) SELECT {columns} FROM batch")
        connection.unregister("batch")
        save_assessments(connection, pd.DataFrame(opinions))


def store_verdicts(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Each row: mention_id, reviewer, verdict, and what else of the table reviews is known."""
    usual = {"case_id": None, "category": None, "urgency": None, "place_code": None, "agency": None, "note": None, "supersedes": None,
             "model_version": MODEL, "shown_because": "harapan", "sampling_probability": 1.0}  # fmt: skip
    full = [
        usual | {"review_id": f"r{n:05d}", "made_at": NOW - timedelta(minutes=60 - n / 60)} | dict(row)
        for n, row in enumerate(rows)
    ]
    types = {
        "urgency": "Int32",
        "place_code": "string",
        "category": "string",
        "supersedes": "string",
        "case_id": "string",
    }
    frame = pd.DataFrame(full).astype(types | {"agency": "string", "note": "string"})
    with unit_of_work(path) as connection:
        columns = ", ".join(frame.columns)
        connection.register("batch", frame)
        connection.execute(f"INSERT INTO reviews ({columns}) SELECT {columns} FROM batch")
        connection.unregister("batch")
