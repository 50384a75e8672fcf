"""The month's report tells the regent and the public how it went, and nobody's story: small counts cannot be worked out."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import cli
from flows.progress import Steps
from flows.publishing import publish, published_folder
from review.lounge_brief import write_pdf
from review.month_report import render_month, write_month_report
from review.small_counts import Count, out_of_ten, told, told_together
from settings import Settings
from tests.review_rows import NOW, post, store
from triage.database import unit_of_work
from triage.month import MonthFacts, Totals, read_month
from triage.publishing import COPY

NOVEMBER = date(2026, 11, 1)
TOTALS = Totals(574, 120, 90, 80, 58, 40, 33, 1.2, 3.4, 12, 7.0)
NAMES = [f"Kecamatan{number}" for number in range(23)]


def facts(**changes: Any) -> MonthFacts:
    tiles = [
        {"code": f"32.16.{n + 1:02}", "name": name, "tile_row": n // 4, "tile_column": n % 4}
        for n, name in enumerate(NAMES)
    ]
    given = MonthFacts(
        month=NOVEMBER, made_at=datetime(2026, 12, 2, 1, tzinfo=UTC), demo=False, totals=TOTALS, before=replace(TOTALS, needs=80),
        weeks=[{"begins": date(2026, 11, day), "mentions": 100, "needs": 24} for day in (1, 2, 9, 16, 23, 30)],
        categories={"kesehatan": 60, "bencana": 58, "rumah": 2}, kecamatan={tile["code"]: 5 for tile in tiles} | {"-": 5}, tiles=tiles,
        agencies=[{"agency": "dinsos", "name": "Dinas Sosial", "judged": 20, "late": 6}],
    )  # fmt: skip
    return replace(given, **changes)


def words(page: bytes) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page.decode(), flags=re.DOTALL))


def possible(words: str, total: int) -> range:
    """Every value that a reader must reckon with behind these words."""
    if words.isdigit():
        return range(int(words), int(words) + 1)
    return {"<5": range(1, 5), "5+": range(5, total + 1), "–": range(total + 1)}[words]


def readings(shown: Mapping[str, Count], total: int) -> Iterator[tuple[int, ...]]:
    for values in itertools.product(*(possible(count.words, total) for count in shown.values())):
        if sum(values) == total:
            yield values


@pytest.mark.parametrize("cells", [1, 2, 3, 4])
def test_no_small_count_follows_from_the_others_and_the_total(cells: int) -> None:
    """Every table of so many cells with counts from 0 to 7: a reader who knows the rule and the total finds two values for each small one."""
    for values in itertools.product(range(8), repeat=cells):
        counts = {str(number): value for number, value in enumerate(values)}
        shown, total = told_together(counts), sum(values)
        if not any(0 < value < 5 for value in values):
            assert shown == {name: told(value) for name, value in counts.items()}
            continue
        if cells == 1:
            continue  # the total itself is the small count, and told() hides it
        found = list(readings(shown, total))
        for position, value in enumerate(values):
            assert not 0 < value < 5 or len({one[position] for one in found}) > 1 or total < 5, (counts, shown)


def test_only_as_much_is_hidden_as_must_be() -> None:
    assert {name: count.words for name, count in told_together({"a": 60, "b": 58, "c": 2, "d": 0}).items()} == {
        "a": "60",
        "b": "5+",
        "c": "<5",
        "d": "0",
    }
    assert {name: count.words for name, count in told_together({"a": 60, "b": 3, "c": 2}).items()} == {
        "a": "60",
        "b": "<5",
        "c": "<5",
    }
    assert {name: count.words for name, count in told_together({"a": 60, "b": 1, "c": 1}).items()}["a"] == "5+"


def test_shares_in_words() -> None:
    said = [out_of_ten(hits, of) for hits, of in ((7, 9), (7, 10), (20, 20), (59, 60), (0, 12), (1, 60))]
    assert said == ["", "7 dari 10", "semua", "hampir semua", "tidak satu pun", "hampir tidak ada"]


def test_the_page_is_the_same_whatever_the_hidden_counts_are(settings: Settings) -> None:
    """Also the drawings: no bar is longer and no tile darker."""
    places = facts().kecamatan
    pages = {
        render_month(
            facts(
                categories={"kesehatan": 60, "bencana": 56, "rumah": one, "terlantar": 4 - one},
                kecamatan=places | {"32.16.01": one, "32.16.02": 4 - one},
            ),
            settings,
            "Kabupaten Bekasi",
        )
        for one in (1, 2, 3)
    }
    assert len(pages) == 1
    assert "&lt;5" in words(pages.pop())


def test_it_says_how_it_went(settings: Settings) -> None:
    said = " ".join(words(render_month(facts(), settings, "Kabupaten Bekasi")).split())
    assert "Laporan bulan November 2026 untuk Bupati dan seluruh warga Kabupaten Bekasi" in said
    assert "Itu 50% lebih banyak dari bulan Oktober." in said
    assert "8 dari 10" in said  # 33 of 40 emergencies in time
    assert (
        "Dinas Sosial 7 dari 10 kasus" in said and "Sekitar 7 jam" in said and "12 unggahan mungkin menyangkut" in said
    )
    assert "sampai 25 November 2026" in words(
        render_month(facts(made_at=datetime(2026, 11, 24, 20, tzinfo=UTC)), settings, "Kabupaten Bekasi")
    )


def test_an_empty_month_is_said_kindly(settings: Settings) -> None:
    nothing = Totals(0, 0, 0, 0, 0, 0, 0, None, None, 0, 0.0)
    empty = facts(totals=nothing, before=nothing, weeks=[], categories={}, kecamatan={}, tiles=[], agencies=[])
    said = words(render_month(empty, settings, "Kabupaten Bekasi"))
    assert "Belum banyak yang menyapa kami bulan ini." in said and "Belum cukup kasus untuk dinilai." in said


def test_the_figures_are_those_of_the_month(settings: Settings, database: Path) -> None:
    """Local time decides; a reviewer's no is no need, a yes is one; reposts count once, restricted ones apart."""
    hours = (NOW - datetime(2026, 10, 31, 17, tzinfo=UTC)) / timedelta(hours=1)  # 1 November 00.00 WIB
    rows = [
        post(1, "tolong air", hours_ago=hours - 1), post(2, "tolong air", hours_ago=hours + 1), post(3, "lapar", category="pangan_ekonomi"),
        post(4, "bercanda", flag_score=0.9), post(5, "tidak ditandai", flag_score=0.01), post(6, "lapar", duplicate_of=post(3, "")["mention_id"]),
        post(7, "dipukul", restricted=True),
    ]  # fmt: skip
    store(database, rows)
    with unit_of_work(database) as connection:
        for number, verdict in ((4, "bukan"), (5, "ya")):
            connection.execute(
                "INSERT INTO reviews (review_id, mention_id, reviewer, verdict, made_at) VALUES (?, ?, 'rina', ?, ?)",
                [f"r{number}", post(number, "")["mention_id"], verdict, NOW],
            )
    publish(settings, Steps(None))
    november = read_month(published_folder(settings) / COPY, NOVEMBER, str(settings.zone))
    assert (november.totals.mentions, november.totals.needs, november.totals.withheld) == (5, 3, 1)
    assert november.categories == {"kesehatan": 2, "pangan_ekonomi": 1}
    assert (november.before.mentions, november.before.needs) == (1, 1)
    assert november.weeks[0]["begins"] == NOVEMBER
    assert sum(week["mentions"] for week in november.weeks) == 5 and len(november.kecamatan) == 24


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine")
def test_the_fullest_month_is_two_pages(settings: Settings) -> None:
    agencies = [
        {"agency": f"d{n}", "name": f"Dinas dengan nama yang cukup panjang {n}", "judged": 40 - n, "late": n}
        for n in range(14)
    ]
    categories = {
        name: 5 + number
        for number, name in enumerate(
            (
                "kesehatan",
                "pangan_ekonomi",
                "rumah",
                "bencana",
                "pendidikan",
                "terlantar",
                "orang_hilang",
                "sarana_darurat",
                "a",
                "b",
                "-",
            )
        )
    }
    full = facts(agencies=agencies, categories=categories, kecamatan=dict.fromkeys(facts().kecamatan, 0), demo=True)
    paper = write_pdf(write_month_report(full, settings, "Kabupaten Bekasi"))
    assert len(re.findall(rb"/Type /Page\b", paper.read_bytes())) == 2


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine")
def test_the_command_writes_both(settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(database, [post(1, "tolong air")])
    assert cli.main(["report", "--month", "2026-11"]) == 0
    said = capsys.readouterr().out
    assert (
        settings.reports / "bulan-2026-11.html"
    ).exists() and f"PDF: {settings.reports / 'bulan-2026-11.pdf'}" in said
    with pytest.raises(SystemExit):
        cli.main(["report", "--month", "kemarin"])
    assert "is not a month; write it like 2026-11" in capsys.readouterr().err
