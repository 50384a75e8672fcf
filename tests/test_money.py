"""Money on X: hard stops below every limit, refusals free, broken answers held until X's own counter tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from collectors import situations
from collectors.x_client import Usage
from demo.standin import Standin, running
from flows.x_budget import XBudget
from settings import DATA, XSource
from tests.conftest import assert_sound
from tests.demo_fixtures import borrowed
from tests.platforms import Desk, desk_at, write_feed, x_row
from triage.collecting import start_run
from triage.database import unit_of_work
from triage.reconciling import Counter, reconcile
from triage.spending import load_prices, reserve, settle

MENTIONS, SEARCH = "/mentions", "/search/recent"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY, PRICES = NOW.date(), load_prices(DATA / "prices.toml", NOW.date())
ROWS = [*(x_row(number) for number in range(130)), *(x_row(number, "search") for number in range(9))]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("money")
    with running(write_feed(folder / "feed", *ROWS), folder / "state") as standin:
        yield standin


@pytest.fixture
def x_desk(shared: Standin, home: Path) -> Iterator[Desk]:
    with borrowed(shared) as standin:
        yield desk_at(standin, home)
        assert_sound(home / "var" / "triage.duckdb")


def states(desk: Desk) -> dict[str, int]:
    return dict(desk.rows("SELECT state, count(*) FROM spend WHERE kind LIKE '%_read' GROUP BY state"))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"posts_per_day": 99}, "today's budget (99 posts"),
        ({"usd_per_day": 1.0}, "today's budget (3000 posts, 1 USD)"),
        ({"posts_per_month": 99}, "this month's budget (99 posts"),
        ({"usd_per_month": 1.0}, "this month's budget (60000 posts, 1 USD)"),
    ],
)
def test_each_limit_stops_before_the_request(x_desk: Desk, limits: dict[str, float], said: str) -> None:
    asked = len(x_desk.standin.log())
    outcome = x_desk.limited("x", **limits).collect("x")
    assert outcome.status == "failed" and said in (outcome.error or "")
    assert [entry["path"] for entry in x_desk.standin.log(asked)] == ["/2/usage/tweets"]
    assert len(x_desk.rows("SELECT * FROM unread")) == 2


def test_the_month_counts_what_its_earlier_days_spent(database: Path) -> None:
    budget = XBudget(
        database,
        XSource(accounts=[], enabled=False, posts_per_month=150),
        _run(database),
        PRICES,
        _no_usage,
        lambda: NOW,
    )
    with unit_of_work(database) as connection:
        reserve(connection, _run_id(connection), "x", {"x.post_read": 60}, PRICES, NOW - timedelta(days=20))
        reserve(connection, _run_id(connection), "x", {"x.post_read": 900}, PRICES, NOW - timedelta(days=40))
    with pytest.raises(situations.BudgetSpent, match="this month's budget"):
        budget.reserve({"x.post_read": 100})


def test_the_platforms_cap_is_never_reached(database: Path) -> None:
    def nearly_full() -> Usage:
        return Usage(2_939_950, 3_000_000, TODAY - timedelta(days=29), {}, None)

    limits = XSource(accounts=[], enabled=False)
    budget = XBudget(database, limits, _run(database), PRICES, nearly_full, lambda: NOW)
    budget.begin()
    with pytest.raises(situations.CapReached, match="nearly used up"):
        budget.reserve({"x.post_read": 100})


@pytest.mark.parametrize("kind", ["503", "503-html", "429", "cap", "402", "401", "403", "404"])
def test_a_failed_request_is_free(x_desk: Desk, kind: str) -> None:
    x_desk.standin.faults({"match": MENTIONS, "kind": kind})
    x_desk.collect("x")
    assert states(x_desk).get("reserved", 0) == 0


def test_without_a_network_nothing_is_held(x_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    assert x_desk.collect("x").status == "failed"
    assert states(x_desk) == {"void": 2}


@pytest.mark.parametrize("kind", ["truncated-json", "reset", "html-200"])
def test_a_broken_answer_is_held_until_the_day_is_over_and_counted(
    x_desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    before = x_desk.standin.bill()["usd"]
    x_desk.standin.set_clock(x_desk.standin.clock() + timedelta(days=3 + len(kind)))  # a day nobody has read on
    monkeypatch.setattr("flows.collecting.utc_now", x_desk.standin.clock)
    x_desk.standin.faults({"match": MENTIONS, "kind": kind, "skip": 1})
    x_desk.collect("x")
    assert states(x_desk)["reserved"] == 1
    x_desk.standin.set_clock(x_desk.standin.clock() + timedelta(hours=26))
    x_desk.collect("x")
    assert states(x_desk).get("reserved", 0) == 0
    ((ledger,),) = x_desk.rows("SELECT sum(usd) FROM spend")
    assert ledger == pytest.approx(x_desk.standin.bill()["usd"] - before)


def test_without_its_counter_the_money_stays_held(x_desk: Desk) -> None:
    x_desk.standin.faults(
        {"match": "/2/usage", "kind": "503", "times": 9}, {"match": MENTIONS, "kind": "truncated-json"}
    )
    x_desk.collect("x")
    assert x_desk.collect("x").status == "ok"  # the counter is a comfort, not a condition
    assert states(x_desk)["reserved"] == 1


def test_owned_reads_cost_a_fifth_and_the_search_does_not(x_desk: Desk) -> None:
    x_desk.collect("x")
    paid = dict(
        x_desk.rows("SELECT kind, round(sum(usd) / sum(units), 4) FROM spend WHERE units > 0 AND usd > 0 GROUP BY kind")
    )
    assert paid == {"x.owned_read": 0.001, "x.post_read": 0.005}


def test_the_accounts_own_keys_are_enough(x_desk: Desk) -> None:
    keys = {name: value for name, value in x_desk.settings.secrets.items() if name != "X_BEARER_TOKEN"}
    assert replace(x_desk, settings=replace(x_desk.settings, secrets=keys)).collect("x").status == "ok"


def _no_usage() -> Usage:
    raise situations.Unreachable("X, usage: no usable answer")


def _run_id(connection: object) -> str:
    return start_run(connection, "x", "tweepy", NOW)  # type: ignore[arg-type]


def _run(database: Path) -> str:
    with unit_of_work(database) as connection:
        return _run_id(connection)


def _look(database: Path, counted: dict[date, int], now: datetime) -> None:
    with unit_of_work(database) as connection:
        reconcile(connection, "x", Counter(sum(counted.values()), None, date(2026, 11, 1), counted), PRICES, now)


def _hold(database: Path, kind: str, now: datetime) -> None:
    with unit_of_work(database) as connection:
        reserve(connection, _run_id(connection), "x", {kind: 100}, PRICES, now)


def _ledger(database: Path) -> tuple[float, int]:
    with unit_of_work(database) as connection:
        row = connection.execute(
            "SELECT sum(usd), count(*) FILTER (state = 'reserved') FROM spend WHERE state <> 'void'"
        ).fetchone()
    assert row is not None
    return round(row[0], 6), row[1]


def test_two_kinds_looked_at_apart_are_told_apart(database: Path) -> None:
    _hold(database, "x.owned_read", NOW)
    _look(database, {TODAY: 40}, NOW + timedelta(minutes=1))
    _hold(database, "x.post_read", NOW + timedelta(minutes=2))
    _look(database, {TODAY: 47}, NOW + timedelta(minutes=3))
    assert _ledger(database) == (0.6, 2)  # today's counter may lag: nothing is given back yet
    _look(database, {TODAY: 47}, NOW + timedelta(hours=14))
    assert _ledger(database) == (round(40 * 0.001 + 7 * 0.005, 6), 0)


def test_two_kinds_that_cannot_be_told_apart_cost_the_dear_price(database: Path) -> None:
    _hold(database, "x.owned_read", NOW)
    _hold(database, "x.post_read", NOW + timedelta(minutes=2))
    _look(database, {TODAY: 130}, NOW + timedelta(hours=14))
    assert _ledger(database) == (round(100 * 0.005 + 30 * 0.001, 6), 0)


def test_a_request_that_left_before_midnight_and_was_billed_after_it(database: Path) -> None:
    eve = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    _hold(database, "x.post_read", eve)  # killed; X counted it on the 24th
    _look(database, {TODAY: 30}, NOW)
    assert _ledger(database) == (round(30 * 0.005, 6), 0)
    with unit_of_work(database) as connection:  # the same posts, read again on the 24th, are not billed twice
        again = reserve(connection, _run_id(connection), "x", {"x.post_read": 100}, PRICES, NOW)
        settle(connection, again, [("x.post_read", str(n)) for n in range(30)], PRICES, [TODAY], NOW)
    _look(database, {TODAY: 30}, NOW + timedelta(hours=14))
    assert _ledger(database) == (round(30 * 0.005, 6), 0)
