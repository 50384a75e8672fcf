"""A report that was written loses what was deleted since: words, quotes, links and marks, in the page and the table."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from review.daily_report import write_report
from review.forgetting import GONE, forget_in_page, forget_in_reports
from settings import Settings
from tests.review_rows import facts_of, invented, post, store

PARENT = "x:1990000000000000001"
HEAD = post(700, "ATAPNYA AMBRUK semalam, lansia di dalam", urgency=2, flag_score=0.99, phrases=["AMBRUK"])
LIVING = post(701, "ATAPNYA AMBRUK semalam, lansia di dalam (bagikan)", urgency=2, duplicate_of=HEAD["mention_id"])
QUOTED = post(702, "SUMURNYA KERING & <b>keruh</b>", flag_score=0.02, category=None)
ANSWER = post(703, "di tempat saya juga min", kind="reply", parent_id=QUOTED["mention_id"], urgency=2)
SAMPLE = post(704, "PARKIRNYA PENUH terus", flag_score=0.099, category=None)


def reports(database: Path, settings: Settings) -> Path:
    store(database, [*invented(), HEAD, LIVING, QUOTED, ANSWER, SAMPLE])
    return write_report(facts_of(database), settings)


def test_a_page_without_gone_mentions_stays_byte_for_byte(database: Path, settings: Settings) -> None:
    page = reports(database, settings).read_text(encoding="utf-8")
    assert forget_in_page(page, frozenset()) == page


def test_words_quotes_and_links_of_the_gone_leave_page_and_table(database: Path, settings: Settings) -> None:
    page = reports(database, settings)
    before = page.read_text(encoding="utf-8")
    assert all(words in before for words in ("AMBRUK", "SUMURNYA KERING", "PARKIRNYA PENUH"))
    gone = [one["mention_id"] for one in (HEAD, QUOTED, SAMPLE)]
    assert forget_in_reports(settings.reports, gone) == 3  # the page, its copy latest.html, the table
    after = page.read_text(encoding="utf-8")
    assert after == (settings.reports / "latest.html").read_text(encoding="utf-8")
    assert "SUMURNYA" not in after and "PARKIRNYA" not in after and HEAD["url"] not in after
    assert after.count("ATAPNYA") == before.count("ATAPNYA") - 1  # the repost that is still there keeps its words
    assert "di tempat saya juga min" in after and after.count(GONE) == 3
    assert re.findall(r'data-mention="([^"]+)"', after) == re.findall(r'data-mention="([^"]+)"', before)
    assert len(re.findall(r"<\w", after)) == len(re.findall(r"<\w", before))  # every element is still there
    rows = {row["ID"]: row for row in csv.DictReader(io.StringIO(page.with_suffix(".csv").read_text("utf-8-sig")))}
    assert (rows[HEAD["mention_id"]]["Teks (disamarkan)"], rows[HEAD["mention_id"]]["Tautan"]) == (GONE, "")
    assert rows[HEAD["mention_id"]]["Kategori"] and "ATAPNYA" in rows[LIVING["mention_id"]]["Teks (disamarkan)"]


def test_again_changes_nothing_and_no_folder_is_no_fault(database: Path, settings: Settings) -> None:
    assert forget_in_reports(settings.reports, ["x:1"]) == 0
    reports(database, settings)
    assert forget_in_reports(settings.reports, [HEAD["mention_id"]]) == 3
    assert forget_in_reports(settings.reports, [HEAD["mention_id"]]) == 0
