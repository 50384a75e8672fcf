"""What alerts say, in numbers and case ids, and which of them have gone out: each once by each channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from triage.database import merge, sql

ATTEMPTS = 5  # tries of one alert by one channel: what failed hourly for so long is stale
STUCK = timedelta(minutes=10)  # a sending that was killed is tried again: rather twice than not at all
_TIME = pa.timestamp("us", tz="UTC")
_ALERTS = pa.schema(
    [("alert_id", pa.string()), ("kind", pa.string()), ("subject", pa.string()), ("channel", pa.string()), ("state", pa.string()),
     ("attempts", pa.int32()), ("made_at", _TIME), ("sent_at", _TIME)]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Digest:
    """The morning in numbers; what is restricted only as a number of its own."""

    waiting: int
    urgent: int
    restricted: int
    open_cases: int
    late: int
    restricted_late: int
    sources_down: int


@dataclass(frozen=True, slots=True)
class Emergency:
    case_id: str
    restricted: bool


def read_digest(connection: duckdb.DuckDBPyConnection, now: datetime) -> Digest:
    row = connection.execute(sql("digest_counts"), {"now": now}).fetchone()
    assert row is not None
    return Digest(*row)


def new_emergencies(connection: duckdb.DuckDBPyConnection, since: datetime) -> list[Emergency]:
    return [Emergency(*row) for row in connection.execute(sql("new_emergencies"), {"since": since}).fetchall()]


def take_alerts(
    connection: duckdb.DuckDBPyConnection, kind: str, subjects: Sequence[str], channel: str, now: datetime
) -> list[str]:
    """The subjects that this channel has not had, marked as being sent: commit, send, and say with ``settle_alerts`` how it went."""
    ids = {f"{kind}/{subject}/{channel}": subject for subject in subjects}
    rows = connection.execute(
        "SELECT alert_id, state, attempts, made_at FROM alerts WHERE alert_id IN (SELECT unnest(?::text[]))",
        [list(ids)],
    ).fetchall()
    attempts = {row[0]: row[2] for row in rows}
    refused = {alert_id for alert_id, state, tried, at in rows if not _again(state, tried, at, now)}
    wanted = {alert_id: subject for alert_id, subject in ids.items() if alert_id not in refused}
    _save(
        connection,
        [_row(kind, subject, channel, "sending", attempts.get(one, 0) + 1, now) for one, subject in wanted.items()],
    )
    return list(wanted.values())


def settle_alerts(
    connection: duckdb.DuckDBPyConnection, kind: str, subjects: Sequence[str], channel: str, sent: bool, now: datetime
) -> None:
    ids = [f"{kind}/{subject}/{channel}" for subject in subjects]
    connection.execute(
        "UPDATE alerts SET state = ?, sent_at = ? WHERE alert_id IN (SELECT unnest(?::text[]))",
        ["sent" if sent else "failed", now if sent else None, ids],
    )


def failed_alerts(connection: duckdb.DuckDBPyConnection, since: datetime) -> dict[str, int]:
    """Alerts by channel that did not go out since then."""
    rows = connection.execute(
        "SELECT channel, count(*) FROM alerts WHERE state <> 'sent' AND made_at >= ? GROUP BY channel ORDER BY channel",
        [since],
    ).fetchall()
    return dict(rows)


def _again(state: str, attempts: int, made_at: datetime, now: datetime) -> bool:
    return attempts < ATTEMPTS and (state == "failed" or (state == "sending" and now - made_at >= STUCK))


def _row(kind: str, subject: str, channel: str, state: str, attempts: int, now: datetime) -> dict[str, object]:
    return {
        "alert_id": f"{kind}/{subject}/{channel}", "kind": kind, "subject": subject, "channel": channel, "state": state, "attempts": attempts,
        "made_at": now, "sent_at": None,
    }  # fmt: skip


def _save(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> None:
    if rows:
        merge(connection, "merge_alerts", "batch_alerts", pa.Table.from_pylist(rows, schema=_ALERTS))
