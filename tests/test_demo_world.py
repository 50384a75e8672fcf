"""The world behind the stand-in: ids, days, what is visible when, and the shipped feed."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from instaloader import Post

from demo import identity
from demo.clock import to_ms
from demo.feed import FeedError
from demo.world import JAKARTA, World, day_zero, load_world
from demo.x_objects import searchable
from demo.x_query import parse_query
from settings import DATA, ROOT
from tests.platforms import instagram_row, write_feed, x_row

ANCHOR = datetime(2026, 11, 24, 9, 30, tzinfo=JAKARTA)
SIX = datetime(2026, 11, 24, 6, 0, tzinfo=JAKARTA)


def world_of(folder: Path, *rows: dict[str, Any], anchor: datetime = ANCHOR) -> World:
    return load_world(write_feed(folder, *rows), anchor)


def wib(world: World, key: str) -> datetime:
    return datetime.fromtimestamp(world.items[key].created_ms / 1000, JAKARTA)


@pytest.mark.parametrize(
    ("anchor", "day"),
    [("2026-11-24T06:00", 24), ("2026-11-24T23:59", 24), ("2026-11-25T05:59", 24), ("2026-11-25T06:00", 25)],
)
def test_day_zero_begins_six_hours_after_midnight(anchor: str, day: int) -> None:
    assert day_zero(datetime.fromisoformat(f"{anchor}+07:00")) == datetime(2026, 11, day, tzinfo=JAKARTA)


def test_a_row_stands_in_its_minute(tmp_path: Path) -> None:
    world = world_of(tmp_path, x_row(1, day=-3, time="05:42"), instagram_row(1, day=0, time="00:05"))
    assert wib(world, "xm001").replace(second=0, microsecond=0) == datetime(2026, 11, 21, 5, 42, tzinfo=JAKARTA)
    assert wib(world, "it001").replace(second=0, microsecond=0) == datetime(2026, 11, 24, 0, 5, tzinfo=JAKARTA)


def test_ids_depend_on_key_and_time_only(tmp_path: Path) -> None:
    rows = [x_row(1), x_row(2), instagram_row(1), instagram_row(2, "own"), instagram_row(3, "comment", parent="io002")]
    first, shuffled = world_of(tmp_path / "a", *rows), world_of(tmp_path / "b", *reversed(rows[:2]), *rows[2:])
    ids = {key: item.id for key, item in first.items.items()}
    assert ids == {key: item.id for key, item in shuffled.items.items()}
    later = world_of(tmp_path / "a", *rows, anchor=ANCHOR + timedelta(days=1))
    assert {key for key, item in later.items.items() if item.id == ids[key]} == {"ic003"}  # comment ids tell no time


def test_ids_are_what_the_platforms_make_of_them(tmp_path: Path) -> None:
    world = world_of(tmp_path, x_row(1), instagram_row(1))
    post, tag = world.items["xm001"], world.items["it001"]
    assert identity.snowflake_ms(post.id) == post.created_ms
    assert Post.mediaid_to_shortcode(tag.id) == identity.shortcode(tag.id)
    assert (
        Post.shortcode_to_mediaid(identity.shortcode(tag.id))
        == identity.shortcode_pk(identity.shortcode(tag.id))
        == tag.id
    )
    assert identity.shortcode_pk("bukan kode!") not in world.by_media


def test_a_child_is_never_before_its_parent(tmp_path: Path) -> None:
    rows = [
        instagram_row(1, "own", time="10:00"),
        *(instagram_row(n, "comment", parent="io001", time="10:00") for n in range(2, 30)),
    ]
    world = world_of(tmp_path, *rows)
    assert all(world.items[f"ic{n:03}"].created_ms > world.items["io001"].created_ms for n in range(2, 30))


def test_late_rows_and_edits_are_there_by_six(tmp_path: Path) -> None:
    edits = [{"after_minutes": 30, "text": "dua"}, {"after_minutes": 60, "text": "tiga"}]
    rows = [
        instagram_row(1, day=0, time="05:50", extra={"late_minutes": 640}),
        x_row(1, day=0, time="05:50", extra={"edits": edits}),
        instagram_row(2, day=-3, time="10:00", extra={"late_minutes": 60}),
    ]
    world = world_of(tmp_path, *rows)
    tag, post, early = world.items["it001"], world.items["xm001"], world.items["it002"]
    assert not world.visible(tag, tag.created_ms + 1000)
    assert world.visible(tag, to_ms(SIX))
    assert post.version_at(to_ms(SIX)).text == "tiga"
    assert len({version.id for version in post.versions}) == 3
    assert not world.visible(early, early.created_ms + 59 * 60_000)
    assert world.visible(early, early.created_ms + 61 * 60_000)


def test_what_is_deleted_goes_with_its_answers(tmp_path: Path) -> None:
    rows = [
        instagram_row(1, "own", day=-2, time="08:00"),
        instagram_row(2, "comment", day=-2, time="09:00", parent="io001", extra={"deleted_after_hours": 2}),
        instagram_row(3, "reply", day=-2, time="09:30", parent="ic002"),
        instagram_row(4, "reply", day=-2, time="09:40", parent="ir003"),
    ]
    world = world_of(tmp_path, *rows)
    comment = world.items["ic002"]
    before, after = comment.created_ms + 3_600_000, comment.created_ms + 7_200_000
    assert [item.key for item in world.children_of("ic002", before)] == [
        "ir003",
        "ir004",
    ]  # Instagram knows two levels only
    assert [item.key for item in world.children_of("io001", after)] == []
    assert not world.visible(world.items["ir004"], after)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (x_row(1) | {"channel": "dm"}, "line 2: channel 'dm' is none of own, tagged"),
        (x_row(1) | {"time": "25:00"}, "line 2: time must be HH:MM"),
        (x_row(1) | {"day": 1}, "line 2: day must be a whole number, 0 or less"),
        (x_row(1) | {"day": 0, "time": "07:00"}, "line 2: xm001 lies after 05:58 of day 0"),
        (x_row(1) | {"text": None}, "line 2: text is missing or not text"),
        (x_row(0), "line 2: the key xm000 is used twice"),
        (x_row(1) | {"parent": "xm999"}, "line 2: xm001 answers xm999, which is not there"),
        (x_row(0) | {"key": "xm001", "parent": "xm000", "day": -5}, "line 2: xm001 answers xm000, which is not there"),
        (x_row(1, "search") | {"channel": "comment"}, "line 2: xs001 is a comment without a parent"),
    ],
)
def test_a_bad_row_is_named_with_file_and_line(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    with pytest.raises(FeedError) as refused:
        world_of(tmp_path, x_row(0), row)
    assert said in str(refused.value)
    assert str(tmp_path / "x.jsonl") in str(refused.value)


def test_lines_that_are_no_json_and_folders_without_a_feed(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"holds no \.jsonl feed"):
        load_world(tmp_path, ANCHOR)
    (tmp_path / "x.jsonl").write_text('{"key": \n', encoding="utf-8")
    with pytest.raises(FeedError, match="line 1: this is not JSON"):
        load_world(tmp_path, ANCHOR)


def shipped_rows() -> list[dict[str, Any]]:
    files = sorted((DATA / "feed").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def shipped_world() -> World:
    return load_world(DATA / "feed", ANCHOR)


def test_the_shipped_feed_loads_whole_and_lies_in_the_past() -> None:
    world, rows = shipped_world(), shipped_rows()
    assert set(world.items) == {row["key"] for row in rows} and len(rows) >= 600
    settled = to_ms(SIX)
    assert all(item.created_ms < settled and item.visible_ms <= settled for item in world.items.values())
    assert all(version.from_ms <= settled for item in world.items.values() for version in item.versions)


def test_the_shipped_feed_is_found_by_the_shipped_configuration() -> None:
    (query,) = tomllib.loads((ROOT / "tanggap.toml").read_text(encoding="utf-8"))["x"]["queries"]
    world, matches = shipped_world(), parse_query(query)
    mentioning = {key for _, key in world.x_mentions}
    unfound = {
        item.key
        for item in world.items.values()
        if item.platform == "x" and item.author.handle != "qr_kabbekasi"
        if not (item.key in mentioning or matches(searchable(world, item, item.versions[0])))
    }
    assert unfound == set()


def test_truth_is_dropped_at_the_door() -> None:
    """Rows carry labels for checking only; neither they nor any field beside the known ones may reach the world."""
    assert all("truth" in row for row in shipped_rows())
    assert not any("truth" in repr(item) or "urgency" in repr(item) for item in shipped_world().items.values())
