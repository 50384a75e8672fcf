"""Lists of Instagram posts, 12 a page: tagged posts and timelines. Cursors name the last post, so a growing head moves nothing."""

from __future__ import annotations

from itertools import islice
from typing import Any

from demo import identity
from demo.instagram_nodes import PINNED_AT_MOST, is_pinned, media_item, tagged_node
from demo.world import Item, Person, World

PAGE = 12


class CursorError(ValueError):
    """A cursor that is none of ours."""


def tagged_page(world: World, user_id: str, variables: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """Newest first by the time they were taken: a late tag appears at its place in the middle."""
    index = world.tagged if user_id == world.tagged_user.id else []
    count = sum(world.visible(world.items[key], now_ms) for _, key in index)
    after = variables.get("after")
    below = None if after is None else _number(identity.unpack_cursor, after)
    size = min(int(variables.get("first") or PAGE), 50)
    found = [item for _, item in islice(world.newest(index, below, now_ms), size + 1)]
    shown, more = found[:size], len(found) > size
    cursor = identity.pack_cursor(str(shown[-1].id)) if more else ""
    edges = [{"node": tagged_node(world, item, now_ms)} for item in shown]
    return {"count": count, "page_info": {"has_next_page": more, "end_cursor": cursor}, "edges": edges}


def timeline_page(world: World, person: Person, after: str | None, now_ms: int, *, full: bool) -> dict[str, Any]:
    """Pinned posts first, then newest first. ``full`` nodes carry everything, the others only code and pk."""
    posts = [item for _, item in world.newest(world.timelines.get(person.id, []), None, now_ms)]
    pinned = [item for item in posts if is_pinned(item)][:PINNED_AT_MOST]
    rest = [item for item in posts if item not in pinned]
    if after is None:
        start = pinned + rest
    else:
        below = _number(lambda cursor: cursor.partition("_")[0], after)
        start = [item for item in rest if item.id < below]
    shown, more = start[:PAGE], len(start) > PAGE
    cursor = f"{_last_unpinned(shown, pinned)}_{person.id}" if more else None
    nodes = [
        media_item(world, item, now_ms) if full else {"code": identity.shortcode(item.id), "pk": str(item.id)}
        for item in shown
    ]
    edges = [{"node": node, "cursor": f"{node['pk']}_{person.id}"} for node in nodes]
    return {
        "edges": edges,
        "page_info": {
            "has_next_page": more,
            "end_cursor": cursor,
            "has_previous_page": after is not None,
            "start_cursor": None,
        },
    }


def _last_unpinned(shown: list[Item], pinned: list[Item]) -> int:
    return next(item.id for item in reversed(shown) if item not in pinned)


def _number(read: Any, cursor: Any) -> int:
    try:
        return int(read(cursor))
    except (TypeError, ValueError, AttributeError):
        raise CursorError(f"cursor {cursor!r:.60} is not valid") from None
