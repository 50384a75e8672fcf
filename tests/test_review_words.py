"""Dates, ages, causes and numbers as people here say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from review.marking import marked
from review.plots import Bar, bars
from review.source_health import cause_words, gap_words
from review.wording import age_words, decimal, long_date, moment_words, number, when_words

ZONE = ZoneInfo("Asia/Jakarta")
MIDNIGHT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # Tuesday 24 November, 00.00 WIB


def test_dates() -> None:
    assert long_date(date(2026, 11, 24)) == "Selasa, 24 November 2026"
    assert long_date(date(2026, 8, 2)) == "Minggu, 2 Agustus 2026"


@pytest.mark.parametrize(
    ("now", "moment", "said"),
    [
        (MIDNIGHT + timedelta(hours=7), MIDNIGHT + timedelta(hours=4), "3 jam lalu (04.00)"),
        (MIDNIGHT + timedelta(minutes=5), MIDNIGHT - timedelta(minutes=10), "15 menit lalu (kemarin 23.50)"),
        (MIDNIGHT + timedelta(hours=7), MIDNIGHT - timedelta(hours=3), "10 jam lalu (kemarin 21.00)"),
        (MIDNIGHT + timedelta(hours=7), MIDNIGHT - timedelta(hours=20), "kemarin 04.00"),
        (MIDNIGHT + timedelta(hours=7), MIDNIGHT - timedelta(hours=25), "2 hari lalu (Min 22 Nov 23.00)"),
        (MIDNIGHT, MIDNIGHT + timedelta(hours=2), "baru saja (02.00)"),
    ],
)
def test_ages_turn_at_local_midnight(now: datetime, moment: datetime, said: str) -> None:
    assert when_words(moment, ZONE, now) == said


def test_age_of_a_day_and_clock() -> None:
    assert age_words(MIDNIGHT - timedelta(days=3), ZONE, MIDNIGHT + timedelta(hours=6)) == "3 hari lalu"
    assert moment_words(MIDNIGHT, ZONE, MIDNIGHT) == "hari ini 00.00"


def test_numbers() -> None:
    assert (number(12345), decimal(1234.5)) == ("12.345", "1.234,50")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("X, search: the token was rejected (401); make a new one", "kunci X ditolak"),
        ("Instagram has no session: set INSTAGRAM_SESSION_FILE", "kunci masuk belum dipasang"),
        ("Instagram: today's 1500 requests are used up", "jatah harian"),
        ("X: the credit is used up (402)", "saldo X"),
        ("x: no usable answer (ReadTimeout); it is tried again.", "tidak menjawab"),
        (None, "tidak tercatat"),
    ],
)
def test_causes_are_plain_words(error: str | None, words: str) -> None:
    assert words in cause_words(error)


def test_an_unknown_cause_is_short() -> None:
    assert len(cause_words("something nobody foresaw " * 20)) <= 91


def test_gap_words() -> None:
    assert (
        gap_words("12 of 40 comments under one post were not shown")
        == "12 dari 40 komentar pada satu unggahan tidak ditampilkan Instagram"
    )


def test_marks_are_safe() -> None:
    assert (
        marked("<b> lapar & [nama]", ["lapar & [nama]", "lapar", "<b>"])
        == "<mark>&lt;b&gt;</mark> <mark>lapar</mark> &amp; <i>[nama]</i>"
    )


def test_plots_speak_their_numbers() -> None:
    plot = str(bars("k", "Judul <x>", [Bar("A & B", 1200, 30), Bar("C", 0)], with_part=True))
    assert '<title id="k-t">Judul &lt;x&gt;</title>' in plot
    assert "A &amp; B: 1.200, 30 ditandai; C: 0, 0 ditandai" in plot
    assert 'role="img"' in plot
