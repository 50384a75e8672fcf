"""What was blanked in the tables leaves every file that was made of them. No Prefect here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from flows.publishing import forget_what_went
from review.forgetting import forget_in_reports, forget_in_sheet, forget_paper
from settings import Settings
from triage.database import sql, unit_of_work
from triage.handed_out import handed_out
from triage.syncing import gone_ids


def forget_in_files(settings: Settings, also_cases: Sequence[str] = ()) -> tuple[int, int]:
    """Reports, published copies, exports, briefs and field sheets; returns how many mentions are gone and how many files changed.

    ``also_cases``: cases of which staff's own words were blanked, too.
    """
    with unit_of_work(settings.database) as connection:
        gone = gone_ids(connection)
        cases: dict[str, datetime] = dict(connection.execute(sql("gone_papers")).fetchall())
        exports = handed_out(connection, "export")
    files = forget_in_reports(settings.reports, gone)
    files += forget_what_went(settings)
    for file in exports:
        files += forget_in_sheet(file, _told_before(file, cases, also_cases))
    for folder in ("lounge", "field"):
        for file in sorted((settings.var / folder).rglob("K-*")):
            files += forget_paper(file, _told_before(file, cases, also_cases))
    return len(gone), files


def _told_before(file: Path, cases: Mapping[str, datetime], also: Sequence[str]) -> list[str]:
    """Cases that the file may tell of with words that are blanked by now: one that was made since has none."""
    made = file.stat().st_mtime if file.exists() else 0.0
    return [*also, *(case_id for case_id, gone_at in cases.items() if made <= gone_at.timestamp())]
