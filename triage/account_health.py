"""How much an account was used and how it was received: its request budget, its circuit breaker, what was left unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pandas as pd

from triage.database import merge

_TIME = "datetime64[us, UTC]"


@dataclass(frozen=True, slots=True)
class Circuit:
    """state: closed | open (no request leaves) | recovering (a part of the budget). Times are aware UTC."""

    state: str = "closed"
    refusals: int = 0  # in a row
    recovery: int = 0  # good runs still wanted before the whole budget is given again
    retry_at: datetime | None = None
    session: str | None = None  # which session was refused, as a hash
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """What a stopped run left of a target for the next one."""

    source: str
    target: str
    from_at: datetime | None
    to_at: datetime | None
    reason: str
    found_at: datetime


def requests_taken(connection: duckdb.DuckDBPyConnection, source: str, account: str, now: datetime) -> tuple[int, int]:
    """(of this UTC hour, of this UTC day); a later hour counts too, for a clock that was set back."""
    hour = _hour(now)
    row = connection.execute(
        "SELECT coalesce(sum(taken) FILTER (hour >= $hour), 0), coalesce(sum(taken), 0) FROM request_budget"
        " WHERE source = $source AND account = $account AND hour >= $day",
        {"hour": hour, "source": source, "account": account, "day": hour.replace(hour=0)},
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def take_requests(connection: duckdb.DuckDBPyConnection, source: str, account: str, count: int, now: datetime) -> None:
    """Add to what is taken of the hour; a negative count gives back what was taken and not sent."""
    row = {"source": source, "account": account, "hour": _hour(now), "taken": count}
    merge(connection, "merge_request_budget", "batch_requests", _frame([row]))


def read_circuit(connection: duckdb.DuckDBPyConnection, source: str, account: str) -> Circuit:
    row = connection.execute(
        "SELECT state, refusals, recovery, retry_at, session, reason FROM circuits WHERE source = ? AND account = ?",
        [source, account],
    ).fetchone()
    return Circuit(*row) if row else Circuit()


def save_circuit(
    connection: duckdb.DuckDBPyConnection, source: str, account: str, circuit: Circuit, now: datetime
) -> None:
    row = {"source": source, "account": account, **asdict(circuit), "changed_at": now}
    merge(connection, "merge_circuits", "batch_circuits", _frame([row]))


def save_unread(connection: duckdb.DuckDBPyConnection, source: str, rows: Sequence[Unread]) -> None:
    """Replace what a source has left unread: the targets that are not named have been read."""
    targets = [row.target for row in rows]
    connection.execute(
        "DELETE FROM unread WHERE source = ? AND target NOT IN (SELECT unnest(?::text[]))", [source, targets]
    )
    if rows:
        merge(connection, "merge_unread", "batch_unread", _frame([asdict(row) for row in rows]))


def _hour(now: datetime) -> datetime:
    return now - timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    times = {name for name in rows[0] if name.endswith("_at") or name == "hour"}
    numbers = {name for name, value in rows[0].items() if isinstance(value, int)}
    return pd.DataFrame(rows).astype({name: _TIME if name in times else "string" for name in rows[0].keys() - numbers})
