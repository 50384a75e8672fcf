"""Schema drift: a platform may rename, leave out or add what it likes; a post is mapped or kept as unmapped, and no page is lost."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.instagram_mapping import map_nodes
from collectors.x import Target, _advance, _charges, _doubt, _map
from collectors.x_client import Client
from demo.standin import Standin, running
from mention import Page
from settings import DATA
from tests.conftest import CHECKS
from tests.demo_fixtures import borrowed
from tests.platforms import desk_at, instagram_row, write_feed, x_row
from triage.collecting import save_page, start_run
from triage.database import prepare_database, unit_of_work
from triage.spending import load_prices

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PRICES = load_prices(DATA / "prices.toml", NOW.date())
TARGET = Target("mentions:a", account_id="1")
X_PAGE: dict[str, Any] = {
    "data": [
        {
            "id": "2124181713792794624", "text": "jalan rusak", "edit_history_tweet_ids": ["2124181713792794624"], "author_id": "11",
            "created_at": "2026-11-21T16:44:17.000Z", "lang": "in", "conversation_id": "2124181713792794624", "geo": {"place_id": "p1"},
            "public_metrics": {"like_count": 0, "reply_count": 2}, "note_tweet": {"text": "jalan rusak sekali"},
            "referenced_tweets": [{"type": "replied_to", "id": "5"}],
        },
        {"id": "2124181713792794000", "text": "banjir"},
    ],
    "includes": {"users": [{"id": "11", "username": "warga"}], "places": [{"id": "p1", "name": "Bekasi"}]},
    "meta": {"result_count": 2, "newest_id": "2124181713792794624", "oldest_id": "2124181713792794000", "next_token": "abc"},
}  # fmt: skip
NODES: list[dict[str, Any]] = [
    {
        "__typename": "GraphImage", "id": "3500000000030000090", "shortcode": "DCSbFo", "taken_at_timestamp": 1763742000,
        "owner": {"id": "502", "username": "warga_b"}, "edge_media_to_caption": {"edges": [{"node": {"text": "banjir"}}]},
        "edge_media_to_comment": {"count": 3}, "edge_media_preview_like": {"count": 5},
    },
    {"code": "DCSbFp", "pk": "3500000000030000091", "media_type": 99, "taken_at": 1763742001, "caption": None, "user": {"pk": "9"}},
    {
        "type": "comment", "id": "17900000000000001", "created_at": 1763742000, "text": None, "owner": {"id": "7", "username": None},
        "likes": 1, "post": {"id": "1", "shortcode": "a"}, "parent": None,
    },
]  # fmt: skip
WEIRD: list[Any] = [
    None,
    "",
    "teks",
    0,
    -1,
    2**70,
    True,
    1.5,
    [],
    {},
    [None],
    {"text": None},
    "\ud83d",
    "a\x00b",
    "0001-01-01T00:00:00",
]


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON tree."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, child in children:
        yield (*path, name)
        yield from places(child, (*path, name))


@st.composite
def drifted(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with up to three places left out, or holding something else."""
    changed = copy.deepcopy(tree)
    for path in draw(st.lists(st.sampled_from(sorted(places(tree), key=str)), max_size=3)):
        value = copy.deepcopy(draw(st.sampled_from([*WEIRD, "away"])))
        holder = changed
        try:
            for name in path[:-1]:
                holder = holder[name]
            if value == "away":
                del holder[path[-1]]
            else:
                holder[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return changed


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("drift") / "triage.duckdb"
    prepare_database(path, demo=True)
    with unit_of_work(path) as one:
        one.rollback()
        yield one
        one.begin()


def store(connection: duckdb.DuckDBPyConnection, page: Page) -> int:
    """Store a page, see that every check holds, and forget it; returns how many payloads it left."""
    connection.begin()
    try:
        save_page(connection, page, start_run(connection, page.source, "t", NOW), PRICES, NOW)
        for check in CHECKS:
            assert connection.execute(check.read_text(encoding="utf-8")).fetchall() == []
        row = connection.execute("SELECT count(*) FROM payloads").fetchone()
    finally:
        connection.rollback()
    assert row is not None
    return int(row[0])


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=drifted(X_PAGE))
def test_no_page_of_x_is_lost(connection: duckdb.DuckDBPyConnection, body: dict[str, Any]) -> None:
    mentions, payloads = _map(body, TARGET)
    items = body.get("data") or []
    assert len(payloads) == (len(items) if isinstance(items, list) else 1)
    assert len(mentions) == sum(payload.mention_id is not None for payload in payloads)
    charges = _charges(Client(None, None), TARGET, body)  # type: ignore[arg-type]
    state: dict[str, Any] = {"chain": {"since": None, "next": None, "ceiling": None, "oldest": None, "seen": 0}}
    if not _doubt(state["chain"], body):
        _advance(state, body, TARGET, NOW)
    assert store(connection, Page("x", "mentions:a", mentions, payloads, state, 1, charges=charges)) >= bool(payloads)


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nodes=drifted(NODES))
def test_no_page_of_instagram_is_lost(connection: duckdb.DuckDBPyConnection, nodes: list[Any]) -> None:
    mentions, payloads = map_nodes(nodes, "tagged:a", "501001")
    assert len(payloads) == len(nodes)
    assert store(connection, Page("instagram", "tagged:a", mentions, payloads, {}, 1)) >= bool(payloads)


def test_unchanged_everything_maps() -> None:
    mentions, _ = _map(X_PAGE, TARGET)
    assert [(one.text, one.kind, one.reply_count) for one in mentions] == [
        ("jalan rusak sekali", "reply", 2),
        ("banjir", "post", None),
    ]
    mentions, payloads = map_nodes(NODES, "tagged:a", "501001")
    assert [one.text for one in mentions] == ["banjir", "", ""]
    assert len(payloads) == 3


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("drifting")
    rows = [*(x_row(n) for n in range(5)), instagram_row(0, "own", author="qr.kabbekasi")]
    rows += [instagram_row(10 + n, "comment", parent="io000") for n in range(3)]
    with running(write_feed(folder / "feed", *rows), folder / "state") as standin:
        yield standin


def test_the_new_names_of_x_are_the_same_posts(shared: Standin, home: Path) -> None:
    with borrowed(shared) as standin:
        desk = desk_at(standin, home)
        desk.collect("x")
        old = desk.rows("SELECT * EXCLUDE (first_seen_at, last_seen_at) FROM mentions ORDER BY mention_id")
        standin.switch(new_field_names=True)
        desk.rows('UPDATE cursors SET state = \'{"begun": "2026-11-24T00:00:00+00:00"}\'')
        desk.rows("DELETE FROM mentions")
        assert desk.collect("x").unmapped == 0
        assert desk.rows("SELECT * EXCLUDE (first_seen_at, last_seen_at) FROM mentions ORDER BY mention_id") == old


def test_comments_under_a_post_of_an_unknown_kind_are_read(shared: Standin, home: Path) -> None:
    with borrowed(shared) as standin:
        standin.faults({"match": "29104886249145907", "kind": "poisoned-node"})
        assert desk_at(standin, home).collect("instagram").new == 3
