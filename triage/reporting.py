"""What a day's report says, read in one short unit of work: the facts only, the page is made in review/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

from triage.auditing import newest_recall
from triage.database import sql
from triage.drift import read_signs
from triage.syncing import OVERDUE, overdue

SAMPLE_HALF = 4  # posts just below the threshold, and as many by chance


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything a report shows. Times are aware UTC; texts are as the citizens wrote them, to be masked before anyone sees them."""

    day: date
    zone: ZoneInfo
    covered_from: datetime | None  # None: the first report, everything
    covered_to: datetime
    made_at: datetime
    flagged: pd.DataFrame  # report_flagged.sql, best first; restricted ones are not in it
    restricted_waiting: int
    restricted_new: int
    restricted_urgent: int
    topics: pd.DataFrame  # topic, mentions
    sample: pd.DataFrame  # report_sample.sql
    volume: pd.DataFrame  # day, mentions, flagged (14 rows)
    counts: pd.DataFrame  # kind (category | kecamatan), name, mentions
    sources: pd.DataFrame  # report_sources.sql
    gaps: pd.DataFrame  # source, target, from_at, to_at, reason of the last 7 days
    spending: pd.DataFrame  # report_spending.sql
    unread: pd.DataFrame  # source, target, from_at, to_at, reason: what stopped runs left for the next
    overdue: dict[str, int]  # by platform: stored mentions that nobody has looked up for a day
    new_mentions: int
    new_flagged: int
    model_version: str | None
    trained_at: datetime | None  # of the champion
    recall: dict[str, Any] | None  # the newest row of recall_estimates
    signs: pd.DataFrame  # drift_signs.sql; texts of examples as written


def read_report(connection: duckdb.DuckDBPyConnection, day: date, zone: ZoneInfo, now: datetime) -> ReportFacts:
    """The facts of one day's report: what was first seen since the report of an earlier day, up to now (or the end of a past day)."""
    covered_from, covered_to = _span(connection, day, zone, now)
    span = {"covered_from": covered_from, "covered_to": covered_to}
    flagged = connection.execute(sql("report_flagged"), span).df()
    restricted = connection.execute(sql("report_restricted"), span).fetchone()
    assert restricted is not None
    champion = read_champion(connection)
    return ReportFacts(
        day=day,
        zone=zone,
        made_at=now,
        flagged=flagged,
        restricted_waiting=restricted[0],
        restricted_new=restricted[1],
        restricted_urgent=restricted[2],
        topics=connection.execute(sql("report_topics"), span).df(),
        sample=connection.execute(sql("report_sample"), span | {"half": SAMPLE_HALF, "day": day}).df(),
        volume=connection.execute(sql("report_volume"), {"day": day, "zone": str(zone)}).df(),
        counts=connection.execute(sql("report_counts"), {"day": day, "zone": str(zone)}).df(),
        sources=connection.execute(sql("report_sources"), span).df(),
        gaps=_gaps(connection, covered_to),
        spending=connection.execute(sql("report_spending"), {"covered_to": covered_to}).df(),
        unread=_unread(connection, covered_to),
        overdue={platform: overdue(connection, platform, now - OVERDUE) for platform in ("instagram", "x")},
        new_mentions=_new_mentions(connection, covered_from, covered_to),
        new_flagged=int(flagged["is_new"].sum()) + restricted[1],
        model_version=champion[0] if champion else None,
        trained_at=champion[1] if champion else None,
        recall=newest_recall(connection, day),
        signs=read_signs(connection, day),
        covered_from=covered_from,
        covered_to=covered_to,
    )


def save_report(connection: duckdb.DuckDBPyConnection, facts: ReportFacts, path: Path) -> None:
    """Remember the report, so that the next day's begins where it ended."""
    batch = pd.DataFrame(
        [
            {
                "day": facts.day,
                "made_at": facts.made_at,
                "covered_from": facts.covered_from,
                "covered_to": facts.covered_to,
                "path": str(path),
            }
        ]
    ).astype({"covered_from": "datetime64[us, UTC]"})
    connection.register("batch_report", batch)
    connection.execute(sql("merge_report"))
    connection.unregister("batch_report")


def _span(
    connection: duckdb.DuckDBPyConnection, day: date, zone: ZoneInfo, now: datetime
) -> tuple[datetime | None, datetime]:
    """From the end of the newest report of an earlier day to now, or to the end of a day that is over."""
    row = connection.execute("SELECT max(covered_to) FROM reports WHERE day < ?", [day]).fetchone()
    end_of_day = datetime.combine(day + timedelta(days=1), time(), zone)
    return (row[0] if row else None), min(now, end_of_day)


def _gaps(connection: duckdb.DuckDBPyConnection, covered_to: datetime) -> pd.DataFrame:
    return connection.execute(
        "SELECT source, target, from_at, to_at, reason FROM gaps WHERE found_at > ?::timestamptz - INTERVAL 7 DAY ORDER BY found_at DESC",
        [covered_to],
    ).df()


def _unread(connection: duckdb.DuckDBPyConnection, covered_to: datetime) -> pd.DataFrame:
    return connection.execute(
        "SELECT source, target, from_at, to_at, reason FROM unread WHERE found_at <= ? ORDER BY source, target",
        [covered_to],
    ).df()


def _new_mentions(connection: duckdb.DuckDBPyConnection, covered_from: datetime | None, covered_to: datetime) -> int:
    row = connection.execute(
        "SELECT count(*) FROM mentions WHERE ($1::timestamptz IS NULL OR first_seen_at > $1::timestamptz) AND first_seen_at <= $2",
        [covered_from, covered_to],
    ).fetchone()
    return int(row[0]) if row else 0


def read_champion(connection: duckdb.DuckDBPyConnection) -> tuple[str, datetime] | None:
    """The champion and when it was trained."""
    row = connection.execute(
        "SELECT model_version, trained_at FROM models WHERE status = 'champion' ORDER BY trained_at DESC LIMIT 1"
    ).fetchone()
    return (row[0], row[1]) if row else None
