"""The daily report: one page for a phone and one CSV, written beside each other, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from review.cards import CardMaker
from review.ordering import ordered
from review.page import render_page
from review.spreadsheet import write_rows
from settings import Settings
from triage.reporting import ReportFacts


class ReportError(Exception):
    """The report could not be written; the message names the file and the way out."""


def write_report(facts: ReportFacts, settings: Settings) -> Path:
    """Write var/reports/<day>.html, <day>.csv and latest.html; returns the path of the page. Raises ReportError."""
    page = settings.reports / f"{facts.day.isoformat()}.html"
    sheet = page.with_suffix(".csv")
    groups = ordered(facts, settings.program.capacity_per_day)
    maker = CardMaker(facts, settings)
    content = render_page(facts, settings, groups, maker, sheet.name)
    write_whole(sheet, write_rows(groups.all_groups, maker))
    write_whole(page, content)
    write_whole(settings.reports / "latest.html", content)
    return page


def write_whole(path: Path, content: bytes, mode: int = 0o640) -> None:
    """Through a temporary file in the same folder: a reader sees the old file or the new one, never half of one."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise ReportError(
            f"The file {path} cannot be written ({error.strerror or error}): make room on the disk or make the folder writable, then run it again."
        ) from None
