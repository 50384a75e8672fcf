"""A page is stored whole or not at all: rows, payloads, cursor, run, gaps and money."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from mention import Gap, Mention, Page, Payload
from settings import DATA
from triage.collecting import finish_run, known_ids, read_cursor, run_counts, save_page, start_run
from triage.database import unit_of_work
from triage.spending import load_prices, reserve, spent, void

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PRICES = load_prices(DATA / "prices.toml", NOW.date())


def mention(number: int, text: str = "halo", platform_id: str | None = None) -> Mention:
    return Mention(
        mention_id=f"x:{number}", platform_id=platform_id or str(number), platform="x", kind="post", author_id="1", author_handle="warga",
        text=text, lang="in", created_at=NOW - timedelta(hours=1), url=None, parent_id=None, thread_id=None, matched="mentions:a",
        like_count=None, reply_count=0, client_version="tweepy",
    )  # fmt: skip


def page(*mentions: Mention, **changes: object) -> Page:
    payloads = [Payload(one.mention_id, {"data": {"id": one.platform_id, "text": one.text}}) for one in mentions]
    return replace(Page("x", "mentions:a", list(mentions), payloads, {"ceiling": "9"}, 1), **changes)  # type: ignore[arg-type]


def save(database: Path, *pages: Page, now: datetime = NOW) -> str:
    with unit_of_work(database) as connection:
        run_id = start_run(connection, "x", "tweepy", now)
        for one in pages:
            save_page(connection, one, run_id, PRICES, now)
    return run_id


def spent_today(connection: duckdb.DuckDBPyConnection, source: str, now: datetime) -> tuple[int, float]:
    sums = spent(connection, source, now)
    return sums.posts_today, sums.usd_today


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with unit_of_work(database) as connection:
        return connection.execute(query).fetchall()


def test_the_same_page_twice_adds_nothing(database: Path) -> None:
    save(database, page(mention(1), mention(2)))
    run_id = save(database, page(mention(1), mention(2)), now=NOW + timedelta(hours=1))
    with unit_of_work(database) as connection:
        assert run_counts(connection, run_id) == {"requests": 1, "seen": 2, "new": 0, "unmapped": 0}
    assert rows(database, "SELECT mention_id, first_seen_at = last_seen_at FROM mentions ORDER BY 1") == [
        ("x:1", False),
        ("x:2", False),
    ]
    assert rows(database, "SELECT count(*) FROM payloads") == [(2,)]
    assert rows(database, "SELECT count(*) FROM mention_versions") == [(0,)]


def test_an_edit_keeps_the_earlier_text(database: Path) -> None:
    save(database, page(mention(1, "bocah demam")))
    save(database, page(mention(1, "bocah demam tinggi", platform_id="7")))
    save(database, page(mention(1, "bocah demam")))  # a page that still shows the first text
    assert rows(database, "SELECT mention_id, platform_id, text FROM mentions") == [("x:1", "7", "bocah demam tinggi")]
    assert rows(database, "SELECT mention_id, version, text FROM mention_versions") == [("x:1", 1, "bocah demam")]


def test_two_edits_on_one_page_leave_the_newest(database: Path) -> None:
    save(database, page(mention(1, "baru", platform_id="12"), mention(1, "lama", platform_id="9")))
    assert rows(database, "SELECT text FROM mentions") == [("baru",)]


def test_absent_counts_stay_absent(database: Path) -> None:
    save(database, page(mention(1)))
    assert rows(database, "SELECT like_count, reply_count FROM mentions") == [(None, 0)]


def test_a_payload_that_does_not_map_is_kept_and_counted(database: Path) -> None:
    broken = Payload(None, {"data": {"id": "not a number"}})
    run_id = save(database, page(mention(1), payloads=[broken]), page(payloads=[broken]))
    with unit_of_work(database) as connection:
        assert run_counts(connection, run_id)["unmapped"] == 2
    assert rows(database, "SELECT count(*) FROM payloads WHERE mention_id IS NULL") == [(1,)]


def test_the_cursor_moves_with_its_page_or_not_at_all(database: Path) -> None:
    with pytest.raises(KeyboardInterrupt), unit_of_work(database) as connection:
        run_id = start_run(connection, "x", "tweepy", NOW)
        save_page(connection, page(mention(1)), run_id, PRICES, NOW)
        raise KeyboardInterrupt
    with unit_of_work(database) as connection:
        assert read_cursor(connection, "x", "mentions:a") == {}
        assert known_ids(connection, ["x:1"]) == set()
    save(database, page(mention(1)))
    with unit_of_work(database) as connection:
        assert read_cursor(connection, "x", "mentions:a") == {"ceiling": "9"}
        assert known_ids(connection, ["x:1", "x:2"]) == {"x:1"}


def test_a_gap_found_again_is_one_gap(database: Path) -> None:
    gap = Gap(NOW - timedelta(days=9), NOW - timedelta(days=7), "search reaches back 7 days only")
    save(database, page(gaps=[gap]), page(gaps=[replace(gap, to_at=NOW - timedelta(days=6))]))
    assert rows(database, "SELECT to_at FROM gaps") == [(NOW - timedelta(days=6),)]


def test_money_is_set_aside_then_settled_once_a_day(database: Path) -> None:
    charges = [("x.post_read", "1"), ("x.post_read", "2"), ("x.expanded_user", "5")]
    with unit_of_work(database) as connection:
        run_id = start_run(connection, "x", "tweepy", NOW)
        first = reserve(connection, run_id, "x", {"x.post_read": 100, "x.expanded_user": 100}, PRICES, NOW)
        assert spent_today(connection, "x", NOW) == (100, pytest.approx(100 * 0.005 + 100 * 0.010))
        save_page(connection, page(mention(1), mention(2), reservation=first, charges=charges), run_id, PRICES, NOW)
        assert spent_today(connection, "x", NOW) == (2, pytest.approx(0.010))
        again = reserve(connection, run_id, "x", {"x.post_read": 100}, PRICES, NOW)
        save_page(
            connection,
            page(mention(2), mention(3), reservation=again, charges=[("x.post_read", "2"), ("x.post_read", "3")]),
            run_id,
            PRICES,
            NOW,
        )
        assert spent_today(connection, "x", NOW) == (3, pytest.approx(0.015))  # post 2 was paid for today already
        assert spent_today(connection, "x", NOW + timedelta(days=1)) == (0, 0.0)


def test_a_refused_request_is_free_and_a_killed_one_stays_set_aside(database: Path) -> None:
    with unit_of_work(database) as connection:
        run_id = start_run(connection, "x", "tweepy", NOW)
        reserve(connection, run_id, "x", {"x.post_read": 100}, PRICES, NOW)  # killed before its page came
        void(connection, reserve(connection, run_id, "x", {"x.post_read": 100}, PRICES, NOW))
        assert spent_today(connection, "x", NOW) == (100, pytest.approx(0.5))


def test_a_page_after_midnight_is_held_on_both_days(database: Path) -> None:
    late, after = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC), datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC)
    with unit_of_work(database) as connection:
        run_id = start_run(connection, "x", "tweepy", late)
        reservation = reserve(connection, run_id, "x", {"x.post_read": 100}, PRICES, late)
        save_page(
            connection, page(mention(1), reservation=reservation, charges=[("x.post_read", "1")]), run_id, PRICES, after
        )
        held = connection.execute("SELECT day, state, units FROM spend ORDER BY day").fetchall()
        assert held == [(late.date(), "reserved", 1), (after.date(), "reserved", 1)]


def test_prices_are_dated() -> None:
    assert "x.owned_read" not in load_prices(DATA / "prices.toml", date(2026, 3, 1))
    assert load_prices(DATA / "prices.toml", date(2026, 5, 1))["x.owned_read"].usd == 0.001


def test_a_run_says_how_it_ended(database: Path) -> None:
    run_id = save(database, page(mention(1)))
    with unit_of_work(database) as connection:
        finish_run(connection, run_id, "degraded", "X: the rate limit is used up.", 2, NOW)
    assert rows(database, "SELECT requests FROM collection_runs") == [(3,)]
    assert rows(database, "SELECT status, error FROM collection_runs") == [
        ("degraded", "X: the rate limit is used up.")
    ]
