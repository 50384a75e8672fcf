"""Comments and replies of a post, by Instagram's two routes: GraphQL (the web) and the phone app's endpoints.

Comments stand newest first, replies oldest first. Cursors name the last one shown (its time and id).
"""

from __future__ import annotations

import json
from typing import Any

from demo import identity
from demo.instagram_lists import CursorError
from demo.instagram_nodes import app_user
from demo.world import Item, World

GRAPHQL_PAGE = 12
PHONE_PAGE = 20
EMBEDDED_REPLIES = 2

Place = tuple[int, int]  # (milliseconds, id): where a comment stands in its list


def web_comments(world: World, post: Item, variables: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """The GraphQL list of a post's comments, each with its first replies."""
    after = _read(variables.get("after"))
    everything = _newest_first(world, post, now_ms)
    shown, more = _cut([item for item in everything if after is None or _place(item) < after], _size(variables))
    edges = [{"node": _web_comment(world, item, now_ms)} for item in shown]
    total = len(everything) + sum(len(world.children_of(item.key, now_ms)) for item in everything)
    return {"count": total, "page_info": _page_info(shown, more), "edges": edges}


def web_replies(world: World, comment: Item, variables: dict[str, Any], now_ms: int) -> dict[str, Any]:
    after = _read(variables.get("after"))
    replies = world.children_of(comment.key, now_ms)
    shown, more = _cut([item for item in replies if after is None or _place(item) > after], _size(variables))
    return {
        "count": len(replies),
        "page_info": _page_info(shown, more),
        "edges": [{"node": _web_node(item, now_ms)} for item in shown],
    }


def phone_comments(world: World, post: Item, min_id: str | None, now_ms: int) -> dict[str, Any]:
    """20 comments; ``next_min_id`` is there when more follow."""
    after = _read(_phone_cursor(min_id))
    everything = _newest_first(world, post, now_ms)
    shown, more = _cut([item for item in everything if after is None or _place(item) < after], PHONE_PAGE)
    page: dict[str, Any] = {
        "comments": [_phone_comment(world, item, now_ms) for item in shown],
        "comment_count": len(everything),
        "comment_likes_enabled": True,
        "has_more_comments": more,
        "has_more_headload_comments": more,
        "caption": None,
    }
    if more:
        page["next_min_id"] = json.dumps(
            {"cached_comments_cursor": str(shown[-1].id), "bifilter_token": _cursor(shown[-1])}
        )
    return page | {"status": "ok"}


def phone_replies(world: World, comment: Item, max_id: str, now_ms: int) -> dict[str, Any]:
    """20 replies a page; instaloader reads one page only."""
    after = _read(max_id)
    replies = world.children_of(comment.key, now_ms)
    shown, more = _cut([item for item in replies if after is None or _place(item) > after], PHONE_PAGE)
    page: dict[str, Any] = {
        "child_comments": [_phone_node(item, now_ms) for item in shown],
        "child_comment_count": len(replies),
        "has_more_tail_child_comments": more,
        "has_more_head_child_comments": False,
        "parent_comment": _phone_node(comment, now_ms),
    }
    if more:
        page["next_max_child_cursor"] = _cursor(shown[-1])
    return page | {"status": "ok"}


def _newest_first(world: World, post: Item, now_ms: int) -> list[Item]:
    return world.children_of(post.key, now_ms)[::-1]


def _web_node(item: Item, now_ms: int) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "text": item.version_at(now_ms).text,
        "created_at": item.created_ms // 1000,
        "did_report_as_spam": False,
        "owner": {
            "id": item.author.id,
            "username": item.author.handle,
            "is_verified": False,
            "profile_pic_url": app_user(item.author)["profile_pic_url"],
        },
        "viewer_has_liked": False,
        "edge_liked_by": {"count": item.likes},
    }


def _web_comment(world: World, item: Item, now_ms: int) -> dict[str, Any]:
    return _web_node(item, now_ms) | {
        "edge_threaded_comments": web_replies(world, item, {"first": EMBEDDED_REPLIES}, now_ms)
    }


def _phone_node(item: Item, now_ms: int) -> dict[str, Any]:
    return {
        "pk": str(item.id),
        "created_at": item.created_ms // 1000,
        "created_at_utc": item.created_ms // 1000,
        "text": item.version_at(now_ms).text,
        "user": app_user(item.author),
        "user_id": item.author.id,
        "comment_like_count": item.likes,
        "has_liked_comment": False,
        "status": "Active",
        "content_type": "comment",
    }


def _phone_comment(world: World, item: Item, now_ms: int) -> dict[str, Any]:
    replies = world.children_of(item.key, now_ms)
    preview = [_phone_node(reply, now_ms) for reply in replies[:EMBEDDED_REPLIES]]
    return _phone_node(item, now_ms) | {"child_comment_count": len(replies), "preview_child_comments": preview}


def _page_info(shown: list[Item], more: bool) -> dict[str, Any]:
    return {"has_next_page": more, "end_cursor": _cursor(shown[-1]) if more else None}


def _cut(items: list[Item], size: int) -> tuple[list[Item], bool]:
    return items[:size], len(items) > size


def _size(variables: dict[str, Any]) -> int:
    return max(1, min(int(variables.get("first") or GRAPHQL_PAGE), 50))


def _place(item: Item) -> Place:
    return item.created_ms, item.id


def _cursor(item: Item) -> str:
    return identity.pack_cursor(f"{item.created_ms}:{item.id}")


def _read(cursor: str | None) -> Place | None:
    """Raises CursorError."""
    if not cursor:
        return None
    try:
        ms, _, number = identity.unpack_cursor(cursor).partition(":")
        return int(ms), int(number)
    except (TypeError, ValueError):
        raise CursorError(f"cursor {cursor!r:.60} is not valid") from None


def _phone_cursor(min_id: str | None) -> str | None:
    if not min_id:
        return None
    try:
        return str(json.loads(min_id)["bifilter_token"])
    except (KeyError, TypeError, ValueError):
        raise CursorError(f"min_id {min_id!r:.60} is not valid") from None
