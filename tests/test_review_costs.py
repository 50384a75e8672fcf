"""What reading cost and what was left unread, as the report's first screen says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from review.collecting_costs import cost_lines, overdue_lines, unread_lines
from review.daily_report import write_report
from settings import Settings
from tests.review_rows import NOW, facts_of, invented, run, store
from triage.account_health import Unread, save_unread
from triage.database import unit_of_work


def _spend(database: Path, days_ago: int, usd: float, state: str = "settled", source: str = "x") -> None:
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO spend VALUES (?, 'x-1', ?, ?, 'x.post_read', ?, 1, ?, ?)",
            [f"{days_ago}{state}{usd}", source, (NOW - timedelta(days=days_ago)).date(), state, usd, NOW],
        )


def _confirm(database: Path, mention_ids: list[str], verdict: str) -> None:
    with unit_of_work(database) as connection:
        for mention_id in mention_ids:
            connection.execute(
                "INSERT INTO reviews (review_id, mention_id, reviewer, verdict, made_at) VALUES (?, ?, 'r', ?, ?)",
                [f"{mention_id}-{verdict}", mention_id, verdict, NOW - timedelta(hours=1)],
            )


@pytest.fixture
def told(database: Path) -> Path:
    run(database, "x", "degraded", "X: today's budget (3000 posts, 15 USD) leaves no room", 1)
    rows = invented()
    store(database, rows)
    with unit_of_work(database) as connection:
        connection.execute("UPDATE collection_runs SET run_id = 'x-1'")
    return database


def test_day_month_and_the_price_of_a_confirmed_complaint(told: Path, settings: Settings) -> None:
    _spend(told, 0, 1.25)
    _spend(told, 3, 2.0)
    _spend(told, 0, 0.75, "reserved")
    _spend(told, 40, 90.0)
    mentions = [row["mention_id"] for row in invented() if row["platform"] == "x"]
    _confirm(told, mentions[:2], "ya")
    _confirm(told, mentions[2:4], "bukan")
    (line,) = cost_lines(facts_of(told), settings)
    assert "hari ini 2,00 USD, bulan ini 4,00 USD dari paling banyak 15,00 sehari dan 300,00 sebulan" in line
    assert "0,75 USD di antaranya masih ditahan" in line
    assert "2 keluhan sudah dipastikan bulan ini: 2,00 USD per keluhan" in line
    page = write_report(facts_of(told), settings).read_text(encoding="utf-8")
    assert line in page


def test_without_a_confirmed_complaint_and_without_costs_nothing_is_said(told: Path, settings: Settings) -> None:
    assert cost_lines(facts_of(told), settings) == []
    _spend(told, 0, 1.0)
    _confirm(told, [invented()[0]["mention_id"]], "bukan")
    (line,) = cost_lines(facts_of(told), settings)
    assert "keluhan" not in line


def test_what_a_stop_left_unread_is_said_with_its_cause(told: Path, settings: Settings) -> None:
    reason = "X: today's budget (3000 posts, 15 USD) leaves no room for another page; the rest is read after 07:00 WIB."
    with unit_of_work(told) as connection:
        save_unread(
            connection,
            "x",
            [Unread("x", "search:12345678", NOW - timedelta(days=1, hours=2), NOW - timedelta(hours=3), reason, NOW)],
        )
    (line,) = unread_lines(facts_of(told))
    assert line.startswith("X, pencarian: belum dibaca sejak kemarin ")
    assert "jatah harian yang kita tetapkan sudah habis" in line
    assert line in write_report(facts_of(told), settings).read_text(encoding="utf-8").replace("&#39;", "'")


def test_what_nobody_has_looked_up_for_a_day_is_said(told: Path, settings: Settings) -> None:
    facts = facts_of(told, now=NOW + timedelta(hours=30))
    instagram, x = overdue_lines(facts, settings)
    assert facts.overdue["x"] and x.startswith(
        f"X: {facts.overdue['x']} kiriman yang tersimpan sudah lebih dari sehari"
    )
    assert instagram in write_report(facts, settings).read_text(encoding="utf-8")
    switched_off = replace(settings, sync=settings.sync.model_copy(update={"x_posts_per_day": 0}))
    assert overdue_lines(facts, switched_off) == [instagram]
