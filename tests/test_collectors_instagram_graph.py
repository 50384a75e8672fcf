"""Instagram's official API over real HTTP: complete, once, the same rows as instaloader, every refusal named."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.instagram_graph_mapping import map_payload, media_pk
from demo import identity
from demo.standin import Standin, running
from tests.conftest import assert_sound
from tests.demo_fixtures import borrowed
from tests.platforms import Desk, desk_at, instagram_row, write_feed
from triage.database import unit_of_work
from triage.deliveries import take_hashtag

SOURCE = "instagram_graph"
OWN_HANDLE = "qr.kabbekasi"
TAGGED = [instagram_row(number, text=f"@{OWN_HANDLE} kabar {number}") for number in range(60)]
OWN = [instagram_row(number, "own", author=OWN_HANDLE) for number in range(2)]
COMMENTS = [instagram_row(10 + number, "comment", parent=f"io{number % 2:03}") for number in range(30)]
REPLIES = [instagram_row(50 + number, "reply", parent="ic010") for number in range(15)]
ANSWER = instagram_row(300, "reply", parent="ic010", author=OWN_HANDLE, text="terima kasih, kami catat")
EVERYTHING = len(TAGGED) + len(COMMENTS) + len(REPLIES)


def with_graph(one: Desk, **changes: Any) -> Desk:
    section = one.settings.instagram_graph.model_copy(update={"enabled": True, **changes})
    return Desk(dataclasses.replace(one.settings, instagram_graph=section), one.standin)


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("standin")
    feed = write_feed(folder / "feed", *TAGGED, *OWN, *COMMENTS, *REPLIES, ANSWER)
    with running(feed, folder / "state") as one:
        yield one


@pytest.fixture
def graph(home: Path, standin: Standin) -> Iterator[Desk]:
    with borrowed(standin):
        one = desk_at(standin, home)
        yield with_graph(one)
        assert_sound(one.settings.database)


def test_everything_once_and_again_nothing(graph: Desk) -> None:
    first = graph.collect(SOURCE)
    assert (first.status, first.error, first.new) == ("ok", None, EVERYTHING)
    assert graph.rows("SELECT count(*) FROM mentions WHERE text LIKE '%kami catat%'") == [
        (0,)
    ]  # the program's own answer
    second = graph.collect(SOURCE)
    assert (second.status, second.new) == ("ok", 0)
    assert second.requests < first.requests  # two known pages end the walk, unchanged posts are not opened
    assert not [entry for entry in graph.standin.log() if "access_token" in str(entry.get("query"))]


def test_one_post_seen_both_ways_is_one_mention_with_the_same_row(graph: Desk) -> None:
    """Whichever way comes first: same ids, texts (with their @), parents, addresses; no version, nothing new."""
    columns = "mention_id, platform_id, platform, kind, author_handle, text, created_at, url, parent_id, thread_id, like_count, reply_count"
    graph.collect("instagram")
    by_instaloader = graph.rows(f"SELECT {columns} FROM mentions ORDER BY mention_id")
    assert len(by_instaloader) >= EVERYTHING
    assert graph.collect(SOURCE).new == 0
    assert graph.rows(f"SELECT {columns} FROM mentions ORDER BY mention_id") == by_instaloader
    assert graph.rows("SELECT count(*) FROM mention_versions") == [(0,)]
    assert graph.rows("SELECT count(*) FROM mentions WHERE author_id IS NULL") == [(0,)]
    assert (
        graph.rows("SELECT count(DISTINCT source) FROM payloads GROUP BY mention_id HAVING count(DISTINCT source) <> 2")
        == []
    )


def test_the_official_way_first_then_instaloader(graph: Desk) -> None:
    graph.collect(SOURCE)
    assert graph.rows("SELECT count(*) FROM mentions WHERE text LIKE '@%' OR author_id IS NOT NULL") == [(0,)]
    assert graph.collect("instagram").new == 0
    assert graph.rows("SELECT count(*) FROM mentions WHERE text LIKE '@%'") == [(len(TAGGED),)]
    assert graph.rows("SELECT count(*) FROM mentions WHERE author_id IS NULL") == [(0,)]
    assert graph.rows("SELECT count(*) FROM mention_versions") == [(0,)]


REFUSALS = {
    "401": "Meta rejected the token",
    "403": "lacks a permission",
    "429": r"asks for a pause until \d\d:\d\d UTC",
    "400": "calls the request wrong",
    "404": "knows no such object",
    "500": "is tried again",
    "503-html": "is tried again",
    "html-200": "is tried again",
    "truncated-json": "is tried again",
    "reset": "is tried again",
    "list-body": "is tried again",
}


def test_each_refusal_is_named_and_nothing_is_lost(graph: Desk) -> None:
    for kind, said in REFUSALS.items():
        graph.standin.faults({"match": "/tags", "kind": kind})
        outcome = with_graph(graph, own_posts=0).collect(SOURCE)
        assert outcome.status != "ok" and outcome.error is not None
        assert re.search(said, outcome.error), outcome.error
        assert "kabar" not in outcome.error and "EAA" not in outcome.error
        graph.standin.clear_faults()
    assert graph.collect(SOURCE).status == "ok"
    assert graph.rows("SELECT count(*) FROM mentions") == [(EVERYTHING,)]


@pytest.mark.parametrize("kind", ["503-html", "equal-page", "400"])
def test_an_interrupted_walk_goes_on(graph: Desk, kind: str) -> None:
    graph.standin.faults({"match": "/tags", "kind": kind, "skip": 1})  # the second page of tags
    outcome = graph.collect(SOURCE)
    assert outcome.status == "degraded"
    assert graph.rows(
        "SELECT json_extract_string(state, '$.tail') IS NOT NULL FROM cursors WHERE target LIKE 'tags%'"
    ) == [(True,)]
    graph.standin.clear_faults()
    graph.standin.faults({"match": "after=", "kind": "400"} if kind == "400" else {"match": "/nothing", "kind": "400"})
    graph.collect(SOURCE)  # a cursor that has become too old begins again at the head
    assert graph.rows("SELECT count(*) FROM mentions") == [(EVERYTHING,)]


def test_a_late_tag_in_the_middle_is_found_and_the_cursor_keeps_no_words(graph: Desk) -> None:
    graph.collect(SOURCE)
    late = {key: value for key, value in instagram_row(999).items() if key not in ("day", "time")}
    graph.standin.add_item(late | {"text": "tag yang terlambat", "seconds_ago": 40 * 3600})
    graph.collect(SOURCE)
    assert "tag yang terlambat" in graph.texts()
    assert "kabar" not in str(graph.rows("SELECT state FROM cursors"))


def test_a_post_without_a_time_is_kept_and_counted(graph: Desk) -> None:
    graph.standin.faults({"match": "/tags", "kind": "poisoned-node"})
    outcome = graph.collect(SOURCE)
    assert (outcome.status, outcome.unmapped, outcome.new) == ("ok", 1, EVERYTHING - 1)


def test_hashtags_of_the_last_day_without_the_own_posts(graph: Desk) -> None:
    def post(key: str, text: str, seconds_ago: float, **changes: str) -> None:
        row = instagram_row(1, key=key, text=text, **changes)
        graph.standin.add_item(
            {name: row[name] for name in row.keys() - {"day", "time"}} | {"seconds_ago": seconds_ago}
        )

    for number in range(70):
        post(f"ih{number:03}", f"air naik {number} #BanjirBekasi", 60 + number * 60)
    post("iold", "lama #banjirbekasi", 90_000)
    post("iown", "siaga #banjirbekasi", 60, channel="own", author=OWN_HANDLE)
    graph.standin.faults({"match": "/tags", "kind": "404", "times": 9})  # these posts are to come by the hashtag alone
    reading = with_graph(graph, hashtags=["banjirbekasi"], own_posts=0)
    assert reading.collect(SOURCE).new == 70
    by_hashtag = "SELECT count(*) FROM mentions WHERE author_handle IS NULL AND matched = 'hashtag:banjirbekasi'"
    assert reading.rows(by_hashtag) == [(70,)]
    assert reading.collect(SOURCE).new == 0
    with unit_of_work(graph.settings.database) as connection:
        long_ago = '{"read_at": "2026-01-01T00:00:00+00:00"}'
        connection.execute("UPDATE cursors SET state = ?::json WHERE target LIKE 'hashtag:%'", [long_ago])
    reading.collect(SOURCE)
    assert reading.rows("SELECT reason FROM gaps") == [("a hashtag can be read 24 hours back only",)]


def test_thirty_hashtags_in_any_seven_days(database: Path) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with unit_of_work(database) as connection:
        assert all(take_hashtag(connection, "1", f"tagar{number}", now) for number in range(30))
        assert not take_hashtag(connection, "1", "tagar30", now + timedelta(days=6))
        assert take_hashtag(
            connection, "1", "tagar0", now + timedelta(days=6)
        )  # asked before: counts once, its days run on
        assert take_hashtag(connection, "2", "tagar30", now)  # another account
        assert take_hashtag(connection, "1", "tagar30", now + timedelta(days=7))
        assert connection.execute("SELECT count(*) FROM hashtag_ledger WHERE account_id = '1'").fetchone() == (31,)


def test_the_31st_hashtag_is_never_asked_for(graph: Desk) -> None:
    before = len(graph.standin.log())
    with unit_of_work(graph.settings.database) as connection:
        for number in range(30):
            take_hashtag(connection, "17841400000501001", f"tagar{number}", datetime.now(UTC))
    outcome = with_graph(graph, hashtags=["banjirbekasi"]).collect(SOURCE)
    assert outcome.status == "degraded" and "30 hashtags were asked for" in (outcome.error or "")
    assert outcome.new == EVERYTHING  # the other targets are read
    assert not [entry for entry in graph.standin.log(before) if "hashtag" in entry["path"]]


def test_the_days_requests_are_a_hard_stop(graph: Desk) -> None:
    outcome = with_graph(graph, requests_per_day=3).collect(SOURCE)
    assert "today's 3 requests are used up" in (outcome.error or "")
    assert outcome.requests == 3


def test_without_a_token_one_sentence(graph: Desk) -> None:
    secrets = {name: value for name, value in graph.settings.secrets.items() if name != "META_ACCESS_TOKEN"}
    outcome = Desk(dataclasses.replace(graph.settings, secrets=secrets), graph.standin).collect(SOURCE)
    assert outcome.status == "failed" and "set META_ACCESS_TOKEN" in (outcome.error or "")


def test_a_shortcode_spells_the_media_pk() -> None:
    number = identity.media_pk(1_763_742_000_000, "i001")
    assert media_pk(identity.shortcode(number)) == str(number)
    media = {"id": "17990000000000001", "timestamp": "2026-11-21T16:20:00+0000", "caption": None}
    reel = map_payload(
        {
            "type": "media",
            "media": media | {"permalink": f"https://www.instagram.com/reel/{identity.shortcode(number)}/"},
        },
        "tags:a",
    )
    assert reel is not None and (reel.mention_id, reel.text) == (f"instagram:{number}", "")
    nameless = map_payload({"type": "media", "media": media}, "tags:a")
    assert nameless is not None and nameless.mention_id == "instagram:17990000000000001"
    assert map_payload({"type": "media", "media": {"id": "1"}}, "tags:a") is None
