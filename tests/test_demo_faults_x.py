"""Every fault that X's stand-in can have shows what the genuine tweepy makes of it (protocol, errors)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
import tweepy

from demo.standin import Standin, StandinError, running
from tests.demo_fixtures import PROGRAM_ID, QUERY, X_FEED, ShortPatience, borrowed, tweepy_client
from tests.platforms import write_feed

TOKEN = {"tweet_fields": "created_at,author_id", "expansions": "author_id", "max_results": 30}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("x")
    with running(write_feed(folder / "feed", *X_FEED), folder / "state") as standin:
        yield standin


@pytest.fixture
def standin(process: Standin) -> Iterator[Standin]:
    with borrowed(process):
        yield process


@pytest.fixture
def api(standin: Standin) -> tweepy.Client:
    return tweepy_client(standin)


def mentions(api: tweepy.Client) -> tweepy.Response:
    return api.get_users_mentions(PROGRAM_ID, **TOKEN)


@pytest.mark.parametrize(
    ("kind", "raised", "said"),
    [
        ("401", tweepy.Unauthorized, "Unauthorized"),
        ("402", tweepy.HTTPException, "402 Payment Required"),
        ("403", tweepy.Forbidden, "attached to a Project"),
        ("404", tweepy.NotFound, "Not Found"),
        ("cap", tweepy.TooManyRequests, "Usage cap exceeded: Monthly product cap"),
        ("500", tweepy.TwitterServerError, "500"),
        ("503", tweepy.TwitterServerError, "503"),
        ("503-html", tweepy.TwitterServerError, "503"),
        ("since_id-too-old", tweepy.BadRequest, "'since_id' must be a tweet id created after"),
        ("list-body", AttributeError, "'list' object has no attribute 'get'"),
        ("html-200", requests.JSONDecodeError, ""),
        ("truncated-json", requests.JSONDecodeError, ""),
        ("reset", requests.exceptions.ChunkedEncodingError, ""),
        ("close", requests.ConnectionError, ""),
    ],
)
def test_what_tweepy_raises(
    standin: Standin, api: tweepy.Client, kind: str, raised: type[Exception], said: str
) -> None:
    standin.faults({"match": "/mentions", "kind": kind})
    with pytest.raises(raised) as caught:
        mentions(api)
    assert said in str(caught.value)
    assert type(caught.value) is raised or kind == "close"  # a reset before the headers may look like the proxy's fault
    assert mentions(api).meta["result_count"] == 30  # once means once
    assert [entry["fault"] for entry in standin.log()[-2:]] == [kind, None]


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("429", 590, 610), ("429-past", -70, -50), ("429-no-reset", None, None)]
)
def test_the_three_sorts_of_429(
    standin: Standin, api: tweepy.Client, kind: str, low: int | None, high: int | None
) -> None:
    standin.faults({"match": "/mentions", "kind": kind, "seconds": 600})
    with pytest.raises(tweepy.TooManyRequests) as caught:
        mentions(api)
    assert caught.value.response.json()["title"] == "Too Many Requests"
    if low is None or high is None:
        assert caught.value.reset_time is None
    else:
        assert caught.value.reset_time is not None
        assert low <= caught.value.reset_time - time.time() <= high


def test_the_cap_names_no_reset(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "cap"})
    with pytest.raises(tweepy.TooManyRequests) as caught:
        mentions(api)
    assert caught.value.reset_time is None
    assert caught.value.response.json()["title"] == "UsageCapExceeded"
    assert caught.value.response.headers["x-rate-limit-remaining"] == "39999"


def test_a_silent_server(standin: Standin, api: tweepy.Client) -> None:
    api.session.mount("https://", ShortPatience())
    standin.faults({"match": "/mentions", "kind": "hang", "seconds": 30})
    started = time.monotonic()
    with pytest.raises(requests.exceptions.ReadTimeout):
        mentions(api)
    assert time.monotonic() - started < 5
    assert api.get_user(id=PROGRAM_ID).data.id == int(PROGRAM_ID)  # the others are served meanwhile


def test_an_empty_page_with_a_token_ends_nothing(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "empty-page", "skip": 1})
    pages = list(tweepy.Paginator(api.get_users_mentions, PROGRAM_ID, max_results=30))
    assert [page.meta["result_count"] for page in pages] == [30, 0, 30, 30, 14]
    assert pages[1].data is None


def test_an_equal_page_repeats_the_one_before(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "equal-page", "skip": 1})
    first, second = (
        page.data for page in tweepy.Paginator(api.get_users_mentions, PROGRAM_ID, max_results=30, limit=2)
    )
    assert [post.id for post in first] == [post.id for post in second]


def test_the_paginator_repeats_a_page_that_failed(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "503", "skip": 2})
    pages, ids = tweepy.Paginator(api.get_users_mentions, PROGRAM_ID, max_results=30), []
    walk = iter(pages)
    while True:
        try:
            ids += [post.id for post in next(walk).data]
        except tweepy.TwitterServerError:
            continue
        except StopIteration:
            break
    assert len(ids) == len(set(ids)) == 134


def test_a_poisoned_post_costs_tweepy_the_page(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "poisoned-node"})
    with pytest.raises(ValueError, match="time data"):
        mentions(api)


def test_a_user_without_a_name(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "no-username"})
    with pytest.raises(KeyError, match="username"):
        mentions(api)


def test_a_suspended_author(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "suspended-author"})
    answer = mentions(api)
    gone = answer.errors[0]
    assert gone["title"] == "Forbidden" and "suspended" in gone["detail"]
    assert int(gone["value"]) not in {user.id for user in answer.includes["users"]}
    assert int(gone["value"]) in {post.author_id for post in answer.data}


def test_new_field_names_only_warn(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "new-field-names"})
    with pytest.warns(RuntimeWarning, match="edit_history_tweet_ids"):
        post = mentions(api).data[0]
    assert post.data["edit_history_post_ids"] == [str(post.id)]


def test_a_late_index(standin: Standin, api: tweepy.Client) -> None:
    late = int(standin.items()["xm133"]["id"])
    standin.faults({"match": "/mentions", "kind": "late-index", "key": "xm133"})
    first, second = mentions(api).data, mentions(api).data
    assert late not in {post.id for post in first}
    assert late in {post.id for post in second}
    assert second.index(next(post for post in second if post.id == late)) > 0  # a lower id that came later


def test_deleted_between_two_pages(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "deleted", "key": "xm000", "skip": 1})
    ids = [
        post.id for page in tweepy.Paginator(api.get_users_mentions, PROGRAM_ID, max_results=100) for post in page.data
    ]
    assert len(ids) == 133
    gone = standin.items()["xm000"]["id"]
    assert api.get_tweets([gone]).errors[0]["resource_id"] == gone


def test_edited_between_two_readings(standin: Standin, api: tweepy.Client) -> None:
    old = standin.items()["xm133"]["id"]
    standin.faults(
        {"match": "/mentions", "kind": "edited", "key": "xm133", "text": "@qr_kabbekasi tolong, sudah jelas", "skip": 1}
    )
    mentions(api)
    newest = mentions(api).data[0]
    assert newest.text == "@qr_kabbekasi tolong, sudah jelas"
    assert newest.data["edit_history_tweet_ids"] == [old, str(newest.id)]


def test_skip_times_and_two_faults_at_once(standin: Standin, api: tweepy.Client) -> None:
    standin.faults(
        {"match": r"search/recent\?query=", "kind": "503", "skip": 1, "times": 2}, {"match": "/mentions", "kind": "401"}
    )
    seen = []
    for _ in range(5):
        try:
            api.search_recent_tweets(QUERY)
            seen.append(200)
        except tweepy.TwitterServerError:
            seen.append(503)
    assert seen == [200, 503, 503, 200, 200]
    assert [(fault["kind"], fault["fired"]) for fault in standin.faults()] == [("503", 2), ("401", 0)]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"match": "x", "kind": "banjir"}, "a kind, one of"),
        ({"kind": "503"}, "needs a match"),
        ({"match": "x", "kind": "deleted"}, "deleted needs the key of a feed item"),
        ({"match": "x", "kind": "503", "tines": 2}, "a fault has no 'tines'"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(standin: Standin, fault: dict[str, object], said: str) -> None:
    with pytest.raises(StandinError, match=said):
        standin.faults(fault)
    assert standin.faults() == []


def test_a_fault_of_the_other_platform_is_a_failure_of_the_test(standin: Standin, api: tweepy.Client) -> None:
    standin.faults({"match": "/mentions", "kind": "checkpoint"})
    with pytest.raises(tweepy.TwitterServerError):
        mentions(api)
    assert "knows no fault 'checkpoint'" in standin.log()[-1]["error"]


def test_the_clock_reaches_the_headers(standin: Standin, api: tweepy.Client) -> None:
    standin.set_clock(datetime(2026, 1, 5, tzinfo=UTC), frozen=True)
    headers = api.request("GET", "/2/users/by/username/pemkabbekasi").headers
    assert int(headers["x-rate-limit-reset"]) == int(datetime(2026, 1, 5, 0, 15, tzinfo=UTC).timestamp())
    assert headers["Date"] == "Mon, 05 Jan 2026 00:00:00 GMT"
