"""Following deletions and edits: what is to be looked up again, what was found, and forgetting what is gone, everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import duckdb
import pandas as pd

from triage.database import merge, sql

OVERDUE = timedelta(hours=24)  # since a stored mention was last looked up
# Before forget_mentions, which takes away what they look for.
FORGETTING = (
    "forget_copies",
    "forget_payloads",
    "forget_versions",
    "forget_assessments",
    "forget_notes",
    "forget_drift_words",
)


@dataclass(frozen=True, slots=True)
class Due:
    """A stored mention that is to be looked up. refusals: in a row so far; gone: it was blanked, and seen again since."""

    mention_id: str
    platform_id: str
    url: str | None
    matched: str  # the target that first found it
    refusals: int
    gone: bool
    checked_today: bool  # on this UTC day


@dataclass(frozen=True, slots=True)
class Check:
    """What a look-up found. outcome: there | refused | gone."""

    mention_id: str
    checked_at: datetime
    refusals: int
    outcome: str


def due(
    connection: duckdb.DuckDBPyConnection, platform: str, now: datetime, again: timedelta, confirm: timedelta
) -> list[Due]:
    """Mentions not looked up for ``again`` (refused ones: ``confirm``), the most urgent first."""
    question = {"platform": platform, "before": now - again, "before_refused": now - confirm, "today": now.date()}
    return [Due(*row) for row in connection.execute(sql("sync_due"), question).fetchall()]


def overdue(connection: duckdb.DuckDBPyConnection, platform: str, before: datetime) -> int:
    row = connection.execute(sql("sync_overdue"), {"platform": platform, "before": before}).fetchone()
    return int(row[0]) if row else 0


def checked_on(connection: duckdb.DuckDBPyConnection, platform: str, day: date) -> int:
    """How many mentions were looked up on a UTC day."""
    row = connection.execute(
        "SELECT count(*) FROM sync_checks WHERE checked_at::date = ? AND starts_with(mention_id, ? || ':')",
        [day, platform],
    ).fetchone()
    return int(row[0]) if row else 0


def version_count(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT count(*) FROM mention_versions").fetchone()
    return int(row[0]) if row else 0


def save_checks(connection: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> None:
    if checks:
        frame = pd.DataFrame([asdict(check) for check in checks]).astype({"checked_at": "datetime64[us, UTC]"})
        merge(connection, "merge_sync_checks", "batch_checks", frame)


def forget(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str], now: datetime) -> None:
    """Blank every word of these mentions in every table, inside the caller's transaction; ids and decisions stay."""
    if not mention_ids:
        return
    connection.register("gone_mentions", pd.DataFrame({"mention_id": list(mention_ids)}))
    for statement in FORGETTING:
        connection.execute(sql(statement))
    for statement in ("forget_suggestions", "forget_mentions"):
        connection.execute(sql(statement), {"now": now})
    connection.unregister("gone_mentions")


def take_back(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> None:
    """What was blanked is shown by the platform again: the page that follows may fill it, unless it was erased for good."""
    connection.execute(
        "UPDATE mentions SET deleted_at = NULL WHERE mention_id IN (SELECT unnest(?::text[])) "
        "AND mention_id NOT IN (SELECT id FROM erasures WHERE what = 'mention')",
        [list(mention_ids)],
    )


def gone_ids(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("SELECT mention_id FROM mentions WHERE deleted_at IS NOT NULL ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def billed_today(connection: duckdb.DuckDBPyConnection, platform_ids: Sequence[str], now: datetime) -> int:
    """How many of these posts X has billed on this UTC day already: reading them again costs nothing."""
    row = connection.execute(
        "SELECT count(*) FROM billed WHERE day = ? AND kind = 'x.post_read' AND resource_id IN (SELECT unnest(?::text[]))",
        [now.date(), list(platform_ids)],
    ).fetchone()
    return int(row[0]) if row else 0
