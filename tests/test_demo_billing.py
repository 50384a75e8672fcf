"""The stand-in's bill: each resource once per UTC day, owned reads cheaper, failures free, lost answers paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import requests
import tweepy

from demo.standin import Standin, running
from tests.demo_fixtures import PROGRAM_ID, QUERY, X_FEED, borrowed, tweepy_client
from tests.platforms import write_feed

EVENING = (datetime.now(UTC) + timedelta(days=1)).replace(hour=23, minute=58, second=0, microsecond=0)


@pytest.fixture
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """A process of its own for every test: bills are never forgotten. Its clock stands at two minutes before midnight UTC."""
    folder = tmp_path_factory.mktemp("x")
    with running(write_feed(folder / "feed", *X_FEED), folder / "state") as process, borrowed(process):
        process.set_clock(EVENING, frozen=True)
        yield process


def units(standin: Standin) -> dict[str, dict[str, int]]:
    return {
        day: {kind: entry["units"] for kind, entry in kinds.items()} for day, kinds in standin.bill()["days"].items()
    }


def test_once_a_day_and_again_on_the_next(standin: Standin) -> None:
    api = tweepy_client(standin)
    today, tomorrow = (moment.date().isoformat() for moment in (EVENING, EVENING + timedelta(days=1)))
    for _ in range(2):
        api.get_users_mentions(PROGRAM_ID, max_results=50)
    assert units(standin) == {today: {"x.post_read": 50}}
    api.get_users_mentions(PROGRAM_ID, max_results=60)
    assert units(standin) == {today: {"x.post_read": 60}}
    standin.set_clock(advance_seconds=180)
    api.get_users_mentions(PROGRAM_ID, max_results=20)
    assert units(standin) == {today: {"x.post_read": 60}, tomorrow: {"x.post_read": 20}}
    assert standin.bill()["usd"] == pytest.approx(80 * 0.005)


def test_every_kind_has_its_price(standin: Standin) -> None:
    api = tweepy_client(standin)
    calls: list[tuple[Callable[[], object], float]] = [
        (lambda: api.get_users_mentions(PROGRAM_ID, max_results=50, user_auth=True), 50 * 0.001),  # owned
        (lambda: api.get_users_mentions("1000000042", max_results=50, user_auth=True), 0),  # nobody: only errors
        (lambda: api.search_recent_tweets(QUERY, max_results=20), 20 * 0.005),
        (lambda: api.get_user(username="pemkabbekasi"), 0.010),
        (lambda: api.get_user(username="tidak_ada"), 0),
        (lambda: api.get_recent_tweets_count(QUERY), 0.005),
        (lambda: api.get_recent_tweets_count(QUERY), 0.005),  # billed as a request
        (lambda: api.get_tweets([standin.items()["xm001"]["id"], "42"]), 0.005),
        (lambda: api.request("GET", "/2/usage/tweets"), 0),
    ]
    for call, usd in calls:
        before = standin.bill()["usd"]
        call()
        assert standin.bill()["usd"] - before == pytest.approx(usd)


def test_failures_are_free_but_lost_answers_are_not(standin: Standin) -> None:
    """Every fault has a day to itself."""
    expected = {"503": 0, "429": 0, "401": 0, "empty-page": 0, "close": 50, "reset": 50, "truncated-json": 50}
    billed = {}
    for kind in expected:
        standin.set_clock(advance_seconds=86_400)
        standin.faults({"match": "/mentions", "kind": kind})
        with suppress(tweepy.TweepyException, requests.RequestException):
            tweepy_client(standin).get_users_mentions(PROGRAM_ID, max_results=50)
        today = standin.clock().date().isoformat()
        billed[kind] = units(standin).get(today, {}).get("x.post_read", 0)
    assert billed == expected


def test_the_switch_bills_expanded_users(standin: Standin) -> None:
    api = tweepy_client(standin)
    page = api.get_users_mentions(PROGRAM_ID, max_results=50, expansions="author_id")
    assert "x.expanded_user" not in units(standin)[EVENING.date().isoformat()]
    standin.switch(bill_expanded_users=True)
    api.get_users_mentions(PROGRAM_ID, max_results=50, expansions="author_id")
    assert units(standin)[EVENING.date().isoformat()]["x.expanded_user"] == len(page.includes["users"]) == 9
