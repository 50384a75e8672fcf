"""The webhook's inbox and the hashtag ledger: what the official Instagram API delivers and what it allows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import pandas as pd

from triage.database import merge

_TIME = "datetime64[us, UTC]"
HASHTAGS_A_WEEK = 30
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Delivery:
    delivery_id: str
    body: str


def save_delivery(connection: duckdb.DuckDBPyConnection, body: bytes, now: datetime) -> str:
    """Keep one delivery as it came, once; returns its id."""
    delivery_id = hashlib.sha256(body).hexdigest()
    row = {"delivery_id": delivery_id, "received_at": now, "body": body.decode("utf-8", "replace")}
    merge(
        connection, "merge_webhook_deliveries", "batch_deliveries", pd.DataFrame([row]).astype({"received_at": _TIME})
    )
    return delivery_id


def waiting_deliveries(connection: duckdb.DuckDBPyConnection, limit: int) -> list[Delivery]:
    """Those that have not become mentions yet, oldest first."""
    rows = connection.execute(
        "SELECT delivery_id, body FROM webhook_deliveries WHERE processed_at IS NULL ORDER BY received_at, delivery_id LIMIT ?",
        [limit],
    ).fetchall()
    return [Delivery(*row) for row in rows]


def empty_delivery(connection: duckdb.DuckDBPyConnection, delivery_id: str, now: datetime) -> None:
    """Processed: its words now stand in mentions and payloads, where a deletion finds them."""
    connection.execute(
        "UPDATE webhook_deliveries SET processed_at = ?, body = NULL WHERE delivery_id = ?", [now, delivery_id]
    )


def take_hashtag(connection: duckdb.DuckDBPyConnection, account_id: str, hashtag: str, now: datetime) -> bool:
    """Enter a hashtag in the ledger before it is asked for; False when it would be the 31st of the last 7 days."""
    running = connection.execute(
        "SELECT hashtag FROM hashtag_ledger WHERE account_id = ? AND counted_at > ?", [account_id, now - WEEK]
    ).fetchall()
    names = {row[0] for row in running}
    if hashtag not in names and len(names) >= HASHTAGS_A_WEEK:
        return False
    row = {"account_id": account_id, "hashtag": hashtag, "counted_at": now}
    merge(connection, "merge_hashtag_ledger", "batch_hashtags", pd.DataFrame([row]).astype({"counted_at": _TIME}))
    return True
