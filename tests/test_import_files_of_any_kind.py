"""Whatever stands in a file: it is read to its end in order, or said in one sentence; nothing else is ever raised."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.files.recognising import FORMATS, recognise
from collectors.files.rows import ImportFileError, Place, Row, Unmappable
from collectors.files.times import parse_time

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["1", "9" * 30, "x"])
)
WORDS = """id text data created_at author edit_history_tweet_ids includes users referenced_tweets legacy rest_id core user caption code pk
taken_at shortcode node instaloader owner answers full_text note_tweet edit_control item_id type post public_metrics"""
KEYS = st.sampled_from(WORDS.split())
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=25
)


def read_all(content: bytes) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            file_format, reading = recognise(path, "x", "Asia/Jakarta")
            rows = list(file_format.read(path, Place(), reading))
        except ImportFileError as error:
            assert "\n" not in str(error)
            return []
        for row in rows:
            assert (row.payload is None) != (row.fault is None)
            if row.payload is not None:
                map_quietly(file_format.name, json.loads(json.dumps(row.payload)))
        places = [row.after.position for row in rows if row.after]
        assert places == sorted(places) and all(place <= len(content) for place in places)
        if places:  # going on from any place brings the rest, not less and not more
            middle = next(number for number, row in enumerate(rows) if row.after)
            after = rows[middle].after
            assert after is not None
            assert list(file_format.read(path, after, reading)) == rows[middle + 1 :]
        return rows


def map_quietly(name: str, payload: dict[str, Any]) -> None:
    try:
        mention = FORMATS[name].map_row(payload, "m")
    except Unmappable:
        return
    assert mention.created_at.tzinfo is not None and isinstance(mention.text, str)
    for value in (mention.author_id, mention.author_handle, mention.lang, mention.url):
        assert value is None or isinstance(value, str)


@QUICK
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(content: bytes) -> None:
    read_all(content)


@QUICK
@given(st.lists(ANYTHING, max_size=4), st.sampled_from([b"", b"{half\n", b"\xef\xbb\xbf", b"\n\n"]))
def test_any_json_lines(values: list[Any], head: bytes) -> None:
    lines = (json.dumps(value, allow_nan=True) for value in values)
    read_all(head + "".join(f"{line}\n" for line in lines).encode())


@QUICK
@given(st.lists(st.text('ab1,;"\n\r\t\x00é|', max_size=25), max_size=6))
def test_any_table(records: list[str]) -> None:
    read_all(("id,text,created_at\n" + "\n".join(records)).encode())


@QUICK
@given(st.dictionaries(KEYS, ANYTHING, max_size=8), st.sampled_from(sorted(FORMATS)))
def test_any_payload(payload: dict[str, Any], name: str) -> None:
    if name == "csv":
        payload = {
            "row": {str(key): str(value) for key, value in payload.items()},
            "reading": {"zone": "UTC", "platform": "x"},
        }
    map_quietly(name, payload)


@QUICK
@given(st.text("0123456789 :./-TZ+WIBNovember,", max_size=24) | st.text(max_size=20))
def test_any_time(text: str) -> None:
    moment = parse_time(text, "Asia/Jakarta")
    assert moment is None or moment.utcoffset() is not None


def test_times_as_people_write_them() -> None:
    expected = "2026-11-12T14:05:00+00:00"
    for text in (
        "12/11/2026 21:05", "12-11-2026 21.05", "12.11.2026, 21:05:00", "12 November 2026 21.05 WIB", "Kamis, 12 Nov 2026 pukul 21:05",
        "2026-11-12 21:05", "2026-11-12T14:05:00Z", "2026-11-12T14:05:00.000Z", "1794492300", "1794492300000", "Thu Nov 12 14:05:00 +0000 2026",
        "12 Nov 2026 22:05 WITA", "12/11/2026 23:05 WIT",
    ):  # fmt: skip
        moment = parse_time(text, "Asia/Jakarta")
        assert moment is not None and moment.isoformat() == expected, text
    assert parse_time("11/24/2026", "UTC") == parse_time("24/11/2026", "UTC")
    assert [parse_time(text, "UTC") for text in ("", "kemarin", "32/13/2026", "2026", "24 Foo 2026")] == [None] * 5


ODD = (None, "", "x", 1, -1, 2**70, 1.5, True, [], {}, [None], {"a": 1}, ["x"], "9" * 400, float("1e300"))
POSTS = {
    "twarc2": {
        "data": {
            "id": "2124181713792794624", "text": "a", "created_at": "2026-11-21T16:44:17.000Z", "author_id": "1", "lang": "in", "conversation_id": "2",
            "edit_history_tweet_ids": ["2124181713792794624"], "referenced_tweets": [{"type": "replied_to", "id": "3"}],
            "public_metrics": {"like_count": 1, "reply_count": 2}, "note_tweet": {"text": "ab"},
        },
        "user": {"id": "1", "username": "u"},
    },
    "instaloader": {
        "id": "3500000000030000090", "shortcode": "DCSbFo_oW6a", "taken_at_timestamp": 1763742000, "owner": {"id": "1", "username": "u"},
        "edge_media_to_caption": {"edges": [{"node": {"text": "a"}}]}, "edge_media_to_comment": {"count": 1},
    },
    "zeeschuimer": {
        "rest_id": "2124181713792794624", "core": {"user_results": {"result": {"legacy": {"screen_name": "u"}}}},
        "note_tweet": {"note_tweet_results": {"result": {"text": "a"}}}, "edit_control": {"edit_tweet_ids": ["2124181713792794624"]},
        "legacy": {
            "id_str": "2124181713792794624", "full_text": "a", "created_at": "Sat Nov 21 16:44:17 +0000 2026", "user_id_str": "1",
            "conversation_id_str": "2", "in_reply_to_status_id_str": "2", "favorite_count": 1, "reply_count": 1, "lang": "in",
        },
    },
}  # fmt: skip


def spoiled(value: Any) -> Iterator[Any]:
    """The value with each of its parts in turn replaced by each odd thing, or left out."""
    yield from ODD
    if isinstance(value, dict):
        for name, part in value.items():
            yield {key: one for key, one in value.items() if key != name}
            yield from ({**value, name: odd} for odd in spoiled(part))
    if isinstance(value, list):
        yield from ([odd] for odd in spoiled(value[0]))


@pytest.mark.parametrize("name", POSTS)
def test_a_post_with_any_part_spoiled(name: str, tmp_path: Path) -> None:
    variants = [one for one in spoiled(POSTS[name]) if isinstance(one, dict)]
    assert len(variants) > 150
    for one in variants:
        map_quietly(name, one)
    flattened = [
        one["data"] | {"author": one.get("user")} if name == "twarc2" and isinstance(one.get("data"), dict) else one
        for one in variants
    ]
    read_all("".join(f"{json.dumps(one)}\n" for one in [POSTS[name], *flattened]).encode())
