"""What loses or doubles posts, row by row: the twenty-two behaviours of the platforms that cost other collectors their posts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from collectors.instagram_mapping import map_payload as map_instagram
from collectors.x_mapping import map_payload as map_x
from collectors.x_mapping import snowflake, snowflake_time
from demo.standin import Standin, running
from demo.world import INSTAGRAM_PROGRAM
from flows.one_worker import lock_file, only_worker
from settings import ROOT, XSource
from tests.conftest import assert_sound
from tests.demo_fixtures import TAGGED, borrowed
from tests.platforms import Desk, desk_at, instagram_row, write_feed, x_row

MENTIONS, SEARCH = "/mentions", "/search/recent"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("rows")
    with running(write_feed(folder / "feed", x_row(0)), folder / "state") as standin:
        yield standin


class Place:
    """A stand-in with a world of the test's own, and a desk before it."""

    def __init__(self, standin: Standin, home: Path) -> None:
        self.standin, self.home = standin, home

    def desk(self, *rows: dict[str, Any]) -> Desk:
        write_feed(self.standin.state_dir.parent / "feed", *rows)
        self.standin.reload()
        return desk_at(self.standin, self.home)

    def add(self, key: str, number: int, seconds_ago: float, **changes: Any) -> None:
        row = x_row(number) if key.startswith("x") else instagram_row(number)
        row = {name: value for name, value in row.items() if name not in ("day", "time")}
        self.standin.add_item(row | {"key": key, "seconds_ago": seconds_ago} | changes)


@pytest.fixture
def place(shared: Standin, home: Path) -> Iterator[Place]:
    with borrowed(shared) as standin:
        yield Place(standin, home)
        assert_sound(home / "var" / "triage.duckdb")


def texts(*rows: dict[str, Any]) -> set[str]:
    return {row["text"] for row in rows}


def mentions(count: int) -> list[dict[str, Any]]:
    return [x_row(number) for number in range(count)]


def tagged(count: int) -> list[dict[str, Any]]:
    return [instagram_row(number) for number in range(count)]


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    monkeypatch.setattr("flows.collecting.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))


def test_row_01_since_id_moves_only_when_the_chain_has_ended(place: Place) -> None:
    desk = place.desk(*mentions(230))
    place.standin.faults({"match": MENTIONS, "kind": "503", "skip": 1})
    assert desk.collect("x").new == 100
    desk.collect("x")
    assert desk.texts() == texts(*mentions(230))


def test_row_02_the_high_water_mark_is_the_first_pages(place: Place) -> None:
    desk = place.desk(*mentions(230))
    desk.collect("x")
    newest = max(int(item["id"]) for item in place.standin.items().values())
    ((ceiling,),) = desk.rows("SELECT state ->> 'ceiling' FROM cursors WHERE target LIKE 'mentions:%'")
    assert int(ceiling) == newest
    bill = place.standin.bill()["usd"]
    desk.collect("x")
    assert place.standin.bill()["usd"] == bill  # nothing that was paid for is read again


def test_row_03_a_post_indexed_late_is_found(place: Place) -> None:
    desk = place.desk(*mentions(2))
    place.add("xnew", 7, seconds_ago=40)
    desk.collect("x")
    place.add("xlate", 8, seconds_ago=100, text="@qr_kabbekasi diindeks terlambat")  # below the ceiling by now
    desk.collect("x")
    assert "@qr_kabbekasi diindeks terlambat" in desk.texts()


def test_row_04_a_since_id_that_is_too_old_is_dropped_and_the_hole_said(place: Place) -> None:
    desk = place.desk(*(x_row(number, "search") for number in range(20)))
    long_ago = snowflake(datetime.now(UTC) - timedelta(days=30))
    desk.rows(f"INSERT INTO cursors SELECT 'x', '{_search(desk)}', '{{\"ceiling\": \"{long_ago}\"}}', now()")
    assert desk.collect("x").status == "ok"
    assert desk.rows("SELECT reason, from_at < to_at FROM gaps") == [("search reaches back 7 days only", True)]
    place.standin.faults({"match": SEARCH, "kind": "since_id-too-old"})  # X counts more strictly than we do
    assert desk.collect("x").status == "ok"


def test_row_05_a_flood_beyond_the_timelines_reach_is_a_gap(place: Place) -> None:
    few = [x_row(number) for number in range(5)]
    desk = place.desk(*few)
    desk.collect("x")
    flood = [x_row(n, key=f"xf{n}", day=0, time=f"{1 + n % 240 // 60:02}:{n % 60:02}") for n in range(801)]
    place.desk(*few, *flood)
    assert desk.collect("x").new == 800
    assert desk.rows("SELECT reason FROM gaps") == [("the mentions timeline keeps 800 posts only",)]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("429", "rate limit is used up until"), ("cap", "monthly cap of posts"), ("402", "credit is used up")],
)
def test_row_06_window_cap_and_credit_are_told_apart(place: Place, kind: str, said: str) -> None:
    desk = place.desk(*mentions(3))
    place.standin.faults({"match": MENTIONS, "kind": kind, "times": 9})
    asked = len(place.standin.log())
    assert said in (desk.collect("x").error or "")
    assert len(place.standin.log()) - asked == 2  # X's counter and one request: no storm


def test_row_07_an_edit_is_a_version_not_a_post(place: Place) -> None:
    desk = place.desk(*mentions(3))
    desk.collect("x")
    place.standin.edit_item("xm002", "@qr_kabbekasi diralat")
    assert desk.collect("x").new == 0
    assert desk.rows("SELECT count(*) FROM mentions") == [(3,)]
    assert "@qr_kabbekasi diralat" in desk.texts()


def test_row_08_no_query_may_leave_out_sundanese() -> None:
    with pytest.raises(ValidationError, match="neither Sundanese nor Javanese"):
        XSource(queries=["banjir lang:in"])
    assert XSource(queries=["banjir -from:a"]).queries


def test_row_09_one_bad_field_costs_no_page(place: Place) -> None:
    desk = place.desk(*mentions(5))
    place.standin.faults({"match": MENTIONS, "kind": "poisoned-node"})
    assert desk.collect("x").new == 5


def test_row_10_no_stream_is_relied_upon() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "collectors").glob("*.py"))
    assert "Streaming" not in source and "search_recent_tweets" in source


def test_row_11_a_late_tag_deep_in_the_list_and_posts_of_one_second(place: Place) -> None:
    desk = place.desk(*tagged(50))
    desk.collect("instagram")
    late = [instagram_row(2, key=f"itlate{number}", text=f"tag terlambat {number}") for number in range(2)]
    place.desk(*tagged(50), *late)  # four pages down, among posts that are known
    desk.collect("instagram")
    assert desk.texts() == texts(*tagged(50), *late)


@pytest.mark.parametrize("kind", ["empty-page", "equal-page"])
def test_row_12_a_list_that_ends_too_early_is_walked_again(place: Place, kind: str) -> None:
    desk = place.desk(*tagged(40))
    place.standin.faults({"match": TAGGED, "kind": kind, "skip": 1})
    first = desk.collect("instagram")
    assert first.status == "degraded" and "ended before its own count" in (first.error or "")
    assert desk.collect("instagram").status == "ok"
    assert desk.texts() == texts(*tagged(40))


def test_row_13_after_a_frozen_tail_the_head_is_walked(place: Place) -> None:
    desk = place.desk(*tagged(40))
    place.standin.faults({"match": TAGGED, "kind": "500", "skip": 2})
    desk.collect("instagram")
    place.add("ithead", 77, seconds_ago=5, text="kepala baru")
    desk.collect("instagram")
    assert desk.texts() == texts(*tagged(40)) | {"kepala baru"}


def test_row_14_a_poisoned_node_is_kept(place: Place) -> None:
    desk = place.desk(*tagged(15))
    place.standin.faults({"match": TAGGED, "kind": "poisoned-node"})
    outcome = desk.collect("instagram")
    assert outcome.new + outcome.unmapped == 15
    desk.collect("instagram")
    assert desk.texts() == texts(*tagged(15))


@pytest.mark.parametrize("kind", ["child-page-cut", "comments-missing", "next_min_id-missing"])
def test_rows_15_16_comments_that_are_not_shown_are_a_gap_and_read_later(place: Place, kind: str) -> None:
    comments = [instagram_row(20 + n, "comment", parent="io000") for n in range(30)]
    replies = [instagram_row(60 + n, "reply", parent="ic020") for n in range(9)]
    desk = place.desk(instagram_row(0, "own", author=INSTAGRAM_PROGRAM), *comments, *replies)
    place.standin.faults({"match": "/comments/.*child" if kind == "child-page-cut" else "/comments/", "kind": kind})
    desk.collect("instagram")
    assert desk.texts() < texts(*comments, *replies)
    assert any("comments under one post were not shown" in reason for (reason,) in desk.rows("SELECT reason FROM gaps"))
    desk.collect("instagram")
    assert desk.texts() == texts(*comments, *replies)


def test_row_17_a_comment_is_one_by_both_routes(place: Place) -> None:
    few = [instagram_row(20 + n, "comment", parent="io000") for n in range(9)]
    desk = place.desk(instagram_row(0, "own", author=INSTAGRAM_PROGRAM), *few)
    desk.collect("instagram")  # GraphQL, ids as text
    for number in range(9):
        place.add(
            f"icm{number}", 40 + number, seconds_ago=60, channel="comment", parent="io000", text=f"tambahan {number}"
        )
    desk.collect("instagram")  # more than 12: the phone's endpoint, ids as numbers
    assert desk.rows("SELECT count(*), count(DISTINCT text) FROM mentions") == [(18, 18)]


def test_row_18_no_hashtag_list_that_merges_top_posts() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "collectors").glob("*.py"))
    assert "instaloader.Hashtag" not in source and "get_all_posts" not in source


def test_row_19_a_429_is_raised_not_slept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = place.desk(*tagged(3))
    monkeypatch.setattr("time.sleep", lambda secs: pytest.fail(f"slept {secs} s"))
    place.standin.faults({"match": TAGGED, "kind": "429", "times": 5})
    assert "asks for a pause (429)" in (desk.collect("instagram").error or "")


def test_row_20_times_are_utc_whatever_they_come_as(monkeypatch: pytest.MonkeyPatch) -> None:
    for created in (
        "2026-11-21T16:44:17.000Z",
        "2026-11-21T16:44:17Z",
        "2026-11-21T16:44:17",
        "2026-11-21T23:44:17+07:00",
    ):
        mention = map_x({"data": {"id": "2124181713792794624", "text": "t", "created_at": created}}, "m")
        assert mention is not None and mention.created_at == datetime(2026, 11, 21, 16, 44, 17, tzinfo=UTC)
    post = map_instagram({"id": "9", "shortcode": "a", "taken_at_timestamp": 1763742000}, "m")
    assert post is not None and post.created_at == datetime.fromtimestamp(1763742000, UTC)
    without = map_x({"data": {"id": "2124181713792794624", "text": "t", "created_at": "kemarin"}}, "m")
    assert without is not None and without.created_at == snowflake_time("2124181713792794624")


def test_row_21_a_deleted_post_or_author_breaks_no_page(place: Place) -> None:
    desk = place.desk(*mentions(5))
    place.standin.faults({"match": MENTIONS, "kind": "suspended-author"})
    place.standin.delete_item("xm001")
    outcome = desk.collect("x")
    assert (outcome.status, outcome.new) == ("ok", 4)


def test_row_22_one_worker_per_account(place: Place) -> None:
    desk = place.desk(*tagged(3))
    asked = len(place.standin.log())
    with only_worker("instagram", lock_file("instagram", desk.settings.secrets, desk.settings.var)):
        outcome = desk.collect("instagram")
    assert "is reading with the same account" in (outcome.error or "") and len(place.standin.log()) == asked
    assert desk.collect("instagram").status == "ok"


def test_every_row_has_its_test() -> None:
    names = [
        node.name
        for node in ast.parse(Path(__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]
    found = {
        int(part)
        for name in names
        if name.startswith("test_row")
        for part in name.split("_")
        if part.isdigit() and len(part) == 2
    }
    assert found == set(range(1, 23))


def _search(desk: Desk) -> str:
    from collectors.x import targets

    return targets(desk.settings.x)[-1].name
