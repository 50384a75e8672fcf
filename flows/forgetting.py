"""What was blanked in the tables leaves every file that was made of them. No Prefect here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from review.forgetting import forget_in_reports, forget_in_sheets, forget_papers
from settings import Settings
from triage.database import sql, unit_of_work
from triage.handed_out import handed_out
from triage.published import forget_published
from triage.syncing import gone_ids


def forget_in_files(settings: Settings, also_cases: Sequence[str] = ()) -> tuple[int, int]:
    """Reports, published copies, exports, briefs and field sheets; returns how many mentions are gone and how many files changed.

    ``also_cases``: cases of which staff's own words were blanked, too.
    """
    with unit_of_work(settings.database) as connection:
        gone = gone_ids(connection)
        cases: dict[str, datetime] = dict(connection.execute(sql("gone_papers")).fetchall())
        exports = handed_out(connection, "export")
    told = [*cases, *also_cases]
    files = forget_in_reports(settings.reports, gone)
    files += forget_published(settings.var / "published", gone)
    files += forget_in_sheets(exports, told)
    files += forget_papers([settings.var / "lounge", settings.var / "field"], _older(settings, cases, also_cases))
    return len(gone), files


def _older(settings: Settings, cases: dict[str, datetime], also: Sequence[str]) -> list[str]:
    """Cases with a paper from before their mention was blanked."""
    found = list(also)
    for folder in (settings.var / "lounge", settings.var / "field"):
        for file in [*folder.rglob("*.html"), *folder.rglob("*.pdf")]:
            found += [
                case
                for case, gone_at in cases.items()
                if file.name.startswith(case) and file.stat().st_mtime < gone_at.timestamp()
            ]
    return found
