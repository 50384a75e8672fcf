"""The stand-in's X, asked by the genuine tweepy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import tweepy

from demo.standin import Standin, running
from demo.world import X_PROGRAM
from tests.demo_fixtures import PROGRAM_ID, QUERY, X_FEED, borrowed, tweepy_client
from tests.platforms import write_feed, x_row

ALL_FIELDS = {
    "tweet_fields": "author_id,conversation_id,created_at,edit_history_tweet_ids,entities,geo,in_reply_to_user_id,lang,"
    "note_tweet,public_metrics,referenced_tweets",
    "expansions": "author_id,geo.place_id,referenced_tweets.id",
    "user_fields": "public_metrics,created_at",
    "place_fields": "name,country_code,place_type",
}


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


def ids_of(pages: Iterator[tweepy.Response]) -> list[int]:
    return [post.id for page in pages for post in page.data or []]


def visible(standin: Standin, channel: str, since: datetime | None = None) -> list[int]:
    """Newest version ids of what a list must hold, newest first."""
    items = [item for item in standin.items().values() if item["channel"] == channel and item["visible"]]
    if since:
        items = [item for item in items if item["created_ms"] >= since.timestamp() * 1000]
    return sorted((int(item["version_ids"][-1]) for item in items), reverse=True)


def test_mentions_come_whole_once_and_newest_first(standin: Standin, api: tweepy.Client) -> None:
    ids = ids_of(tweepy.Paginator(api.get_users_mentions, PROGRAM_ID, max_results=25))
    assert ids == visible(standin, "mention")
    assert len(ids) == 134  # 130 + edited, late, &, long; the deleted one is gone


def test_search_reaches_back_seven_days(standin: Standin, api: tweepy.Client) -> None:
    ids = ids_of(tweepy.Paginator(api.search_recent_tweets, QUERY, max_results=10))
    assert ids == visible(standin, "search", since=datetime.now(UTC) - timedelta(days=7))
    assert len(ids) == 30
    assert len(visible(standin, "search")) == 31


def test_a_growing_head_moves_no_page(standin: Standin, api: tweepy.Client) -> None:
    before = visible(standin, "mention")
    ids = []
    for number, page in enumerate(tweepy.Paginator(api.get_users_mentions, PROGRAM_ID, max_results=20)):
        ids += [post.id for post in page.data]
        standin.add_item({"key": f"new{number}", "channel": "mention", "author": "w", "text": f"@{X_PROGRAM} baru"})
    assert ids == before


def test_a_post_in_all_its_fields(standin: Standin, api: tweepy.Client) -> None:
    page = api.get_users_mentions(PROGRAM_ID, max_results=10, **ALL_FIELDS)
    by_id = {str(post.id): post for post in page.data}
    items = standin.items()
    marked, long = by_id[items["xm133"]["id"]], by_id[items["xm134"]["id"]]
    assert marked.text == f"@{X_PROGRAM} &lt;b&gt;tolong&lt;/b&gt; &amp; cepat"  # X sends these three as entities
    assert marked.created_at.timestamp() == items["xm133"]["created_ms"] // 1000
    assert (marked.lang, long.lang) == ("und", "in")  # two words are too few for X to guess
    assert marked.geo["place_id"] == page.includes["places"][0].id
    assert page.includes["places"][0].full_name == "Bekasi, Indonesia"
    assert marked.public_metrics["reply_count"] == 1
    assert len(long.text) == 278 and long.text.endswith("…")
    assert long.data["note_tweet"]["text"] == items["xm134"]["text"]
    assert long.referenced_tweets[0].id == marked.id == long.conversation_id
    assert long.in_reply_to_user_id == marked.author_id
    assert {user.id for user in page.includes["users"]} >= {post.author_id for post in page.data}
    assert [mention["username"] for mention in marked.entities["mentions"]] == [X_PROGRAM]
    assert marked.id in {post.id for post in page.includes["tweets"]}


def test_only_what_was_asked_for(api: tweepy.Client) -> None:
    post = api.get_users_mentions(PROGRAM_ID, max_results=5).data[0]
    assert set(post.data) == {"id", "text", "edit_history_tweet_ids"}


def test_an_edit_is_a_new_id_and_the_old_one_can_still_be_looked_up(standin: Standin, api: tweepy.Client) -> None:
    old, new = standin.items()["xm131"]["version_ids"]
    found = {str(post.id): post for post in api.get_tweets([old, new]).data}
    assert found[old].text == f"@{X_PROGRAM} kabar nomor 131"
    assert found[new].text == f"@{X_PROGRAM} kabar 131, diperbaiki"
    assert found[new].data["edit_history_tweet_ids"] == [old, new]
    listed = ids_of(tweepy.Paginator(api.get_users_mentions, PROGRAM_ID, max_results=100))
    assert int(new) in listed and int(old) not in listed


def test_what_is_deleted_or_unknown_comes_as_errors(standin: Standin, api: tweepy.Client) -> None:
    items = standin.items()
    gone, alive = items["xm135"]["id"], items["xm001"]["id"]
    answer = api.get_tweets([gone, alive])
    assert [str(post.id) for post in answer.data] == [alive]
    assert [(error["resource_id"], error["title"]) for error in answer.errors] == [(gone, "Not Found Error")]
    assert api.get_tweet(alive).data.id == int(alive)
    standin.delete_item("xm001")
    assert api.get_tweet(alive).data is None


def test_users_by_name_and_id(api: tweepy.Client) -> None:
    assert api.get_user(username=X_PROGRAM).data.id == int(PROGRAM_ID)
    answer = api.get_users(usernames=["pemkabbekasi", "tidak_ada"], user_fields="public_metrics")
    assert [user.username for user in answer.data] == ["pemkabbekasi"]
    assert answer.data[0].public_metrics["tweet_count"] >= 0
    assert [error["value"] for error in answer.errors] == ["tidak_ada"]
    assert api.get_user(id=PROGRAM_ID).data.username == X_PROGRAM
    assert api.get_me().data.id == int(PROGRAM_ID)
    nobody = api.get_users_mentions("42")
    assert nobody.data is None and nobody.errors[0]["resource_type"] == "user"


def test_the_author_timeline(standin: Standin, api: tweepy.Client) -> None:
    author = standin.items()["xm001"]
    posts = ids_of(tweepy.Paginator(api.get_users_tweets, author["author_id"], max_results=100))
    items = [item for item in standin.items().values() if item["author"] == author["author"] and item["visible"]]
    assert sorted(posts) == sorted(int(item["version_ids"][-1]) for item in items)


def test_counts_agree_with_the_search(api: tweepy.Client) -> None:
    counted = api.get_recent_tweets_count(QUERY, granularity="day")
    assert counted.meta["total_tweet_count"] == 30 == sum(bucket["tweet_count"] for bucket in counted.data)


def test_usage_is_what_was_billed(standin: Standin, api: tweepy.Client) -> None:
    api.get_users_mentions(PROGRAM_ID, max_results=100)
    answer = api.request("GET", "/2/usage/tweets", params={"days": 7}).json()["data"]
    units = sum(
        kinds[kind]["units"]
        for kinds in standin.bill()["days"].values()
        for kind in kinds
        if kind.endswith(("post_read", "owned_read"))
    )
    assert int(answer["project_usage"]) == units >= 100
    assert answer["daily_project_usage"]["usage"][-1]["date"].startswith(datetime.now(UTC).date().isoformat())


def test_since_id_is_exclusive_and_until_id_too(standin: Standin, api: tweepy.Client) -> None:
    ids = visible(standin, "mention")
    page = api.get_users_mentions(PROGRAM_ID, since_id=ids[20], until_id=ids[4], max_results=100)
    assert [post.id for post in page.data] == ids[5:20]
    assert page.meta == {"result_count": 15, "newest_id": str(ids[5]), "oldest_id": str(ids[19])}


def test_start_and_end_bound_the_time(standin: Standin, api: tweepy.Client) -> None:
    item = standin.items()["xs010"]
    moment = datetime.fromtimestamp(item["created_ms"] // 1000, UTC)
    page = api.search_recent_tweets(QUERY, start_time=moment, end_time=moment + timedelta(seconds=1))
    assert [str(post.id) for post in page.data] == [item["id"]]


def test_an_empty_page_has_no_data(standin: Standin, api: tweepy.Client) -> None:
    newest = visible(standin, "mention")[0]
    answer = api.request("GET", f"/2/users/{PROGRAM_ID}/mentions", params={"since_id": str(newest)})
    assert answer.json() == {"meta": {"result_count": 0}}


def test_the_search_ends_half_a_minute_ago_and_mentions_now(standin: Standin, api: tweepy.Client) -> None:
    fresh = standin.add_item({"key": "fresh", "channel": "search", "author": "w", "text": "pemkabbekasi banjir"})
    seen = standin.add_item({"key": "seen", "channel": "mention", "author": "w", "text": f"@{X_PROGRAM} banjir"})
    assert str(api.get_users_mentions(PROGRAM_ID).data[0].id) == seen["id"]
    assert str(api.search_recent_tweets(QUERY).data[0].id) != fresh["id"]
    standin.set_clock(advance_seconds=31)
    assert str(api.search_recent_tweets(QUERY).data[0].id) == fresh["id"]


def test_mentions_keep_eight_hundred(standin: Standin, api: tweepy.Client, tmp_path: Path) -> None:
    rows = [x_row(number % 200, key=f"xm{number:04}") for number in range(850)]
    with running(write_feed(tmp_path / "feed", *rows), tmp_path / "state") as crowded:
        ids = ids_of(tweepy.Paginator(tweepy_client(crowded).get_users_mentions, PROGRAM_ID, max_results=100))
        everything = visible(crowded, "mention")
    assert len(everything) == 850
    assert ids == everything[:800]


OLD = {"since_id": "1"}
BOTH = {"since_id": "1", "start_time": "2026-11-20T00:00:00Z"}
EARLY = {"start_time": "2020-01-01T00:00:00Z"}
LATE = {"end_time": "2099-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("parameters", "parameter", "said"),
    [
        (OLD, "since_id", "'since_id' must be a tweet id created after 20"),
        (BOTH, "since_id", "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'."),
        (EARLY, "start_time", "'start_time' must be on or after"),
        (LATE, "end_time", "'end_time' must be a minimum of 10 seconds prior to the request time."),
        ({"max_results": 9}, "max_results", "The `max_results` query parameter value [9] is not between 10 and 100"),
        ({"max_results": 101}, "max_results", "is not between 10 and 100"),
        ({"next_token": "salah"}, "next_token", "is not valid"),
        ({"tweet_fields": "warna"}, "tweet.fields", "The `tweet.fields` query parameter value [warna] is not one of"),
        ({"query": "(satu"}, "query", "missing ')'"),
        ({"query": "-satu"}, "query", "at least one positive"),
        ({"query": "x" * 513}, "query", "maximum of 512"),
    ],
)
def test_refused_parameters(api: tweepy.Client, parameters: dict[str, str], parameter: str, said: str) -> None:
    with pytest.raises(tweepy.BadRequest) as refused:
        api.search_recent_tweets(**{"query": QUERY} | parameters)
    body = refused.value.response.json()
    assert body["title"] == "Invalid Request"
    assert said in body["errors"][0]["message"]
    assert list(body["errors"][0]["parameters"]) == [parameter]


def test_a_token_belongs_to_its_query(api: tweepy.Client) -> None:
    token = api.search_recent_tweets(QUERY).meta["next_token"]
    assert token == token.lower() and token.isalnum()
    with pytest.raises(tweepy.BadRequest, match="next_token"):
        api.search_recent_tweets("pemkabbekasi", next_token=token)


def test_an_old_since_id_is_no_matter_for_mentions(api: tweepy.Client) -> None:
    assert api.get_users_mentions(PROGRAM_ID, since_id=1).meta["result_count"] == 10


@pytest.mark.parametrize("secret", ["X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"])
def test_each_of_the_four_keys_counts(standin: Standin, secret: str) -> None:
    with pytest.raises(tweepy.Unauthorized):
        tweepy_client(standin, **{secret: "salah"}).get_users_mentions(PROGRAM_ID, user_auth=True)


def test_a_wrong_bearer_token_is_refused(standin: Standin) -> None:
    with pytest.raises(tweepy.Unauthorized):
        tweepy_client(standin, X_BEARER_TOKEN="salah").get_users_mentions(PROGRAM_ID)


def test_rate_windows_are_told_and_kept(standin: Standin, api: tweepy.Client) -> None:
    def usage() -> requests.Response:
        answer: requests.Response = api.request("GET", "/2/usage/tweets")
        return answer

    standin.set_clock(datetime.now(UTC), frozen=True)
    first = usage()
    assert (first.headers["x-rate-limit-limit"], first.headers["x-rate-limit-remaining"]) == ("50", "49")
    for _ in range(49):
        last = usage()
    assert last.headers["x-rate-limit-remaining"] == "0"
    with pytest.raises(tweepy.TooManyRequests) as refused:
        usage()
    assert refused.value.reset_time == int(first.headers["x-rate-limit-reset"])
    api.get_user(username=X_PROGRAM)  # another endpoint, another window
    standin.set_clock(advance_seconds=900)
    assert usage().headers["x-rate-limit-remaining"] == "49"


def test_the_new_names_are_understood(api: tweepy.Client) -> None:
    parameters = {"post.fields": "created_at,referenced_posts", "expansions": "referenced_posts.id", "max_results": "5"}
    body = api.request("GET", f"/2/users/{PROGRAM_ID}/mentions", params=parameters).json()
    assert all("created_at" in post for post in body["data"])
    assert any("referenced_tweets" in post for post in body["data"])


def test_the_switch_to_the_new_names(standin: Standin, api: tweepy.Client) -> None:
    standin.switch(new_field_names=True)
    body = api.request("GET", f"/2/users/{PROGRAM_ID}/mentions", params={"tweet.fields": "referenced_tweets"}).json()
    assert all("edit_history_post_ids" in post and "edit_history_tweet_ids" not in post for post in body["data"])
    assert any("referenced_posts" in post for post in body["data"])
