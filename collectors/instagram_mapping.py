"""What Instagram sends for one post or comment, as a Mention: pure functions of the stored payload."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import instaloader
from instaloader.structures import get_json_structure

from mention import Mention, Payload

SOURCE = "instagram"
CLIENT_VERSION = f"instaloader {instaloader.__version__}"


def comment_payload(
    comment: instaloader.PostComment | Any, post: instaloader.Post, parent_id: str | None
) -> dict[str, Any]:
    """A comment or an answer to one (parent_id), as JSON: instaloader hands both over as objects of the same public fields.

    The id is a str on the GraphQL route and an int on the iPhone route (seen 2026-11); here it is always text.
    """
    owner = _author(comment)
    return {
        "type": "comment",
        "id": str(comment.id),
        "created_at": _read(lambda: int(comment.created_at_utc.replace(tzinfo=UTC).timestamp())),
        "text": _read(lambda: comment.text),
        "owner": {"id": _optional(owner.get("id") or owner.get("pk")), "username": owner.get("username")},
        "likes": _read(lambda: comment.likes_count),
        "post": {"id": str(post.mediaid), "shortcode": post.shortcode},
        "parent": parent_id,
    }


def _author(comment: Any) -> dict[str, Any]:
    """What the comment itself says of its author: asking the profile for an absent name would cost a request a comment."""
    return _read(lambda: get_json_structure(comment.owner)["node"]) or {}


def _read(part: Callable[[], Any]) -> Any:
    """A part of a comment, None when Instagram left it out."""
    try:
        return part()
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def map_nodes(nodes: list[dict[str, Any]], matched: str, own_id: str) -> tuple[list[Mention], list[Payload]]:
    """A page's payloads and those that map; what the program says itself is no mention and not kept."""
    mapped = [(map_payload(node, matched), node) for node in nodes]
    others = [(mention, node) for mention, node in mapped if mention is None or mention.author_id != own_id]
    mentions = [mention for mention, _ in others if mention]
    return mentions, [Payload(mention.mention_id if mention else None, node) for mention, node in others]


def map_payload(payload: dict[str, Any], matched: str) -> Mention | None:
    """One stored payload as a Mention, or None when it lacks what a mention cannot do without (id, time)."""
    try:
        return _map_comment(payload, matched) if payload.get("type") == "comment" else _map_post(payload, matched)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None  # the caller keeps the payload and counts it as unmapped


def _map_post(node: dict[str, Any], matched: str) -> Mention:
    """The shapes of a post: GraphQL (tagged posts), the web app's (timeline) and instaloader's mixture of both."""
    media_id = _id(str(node.get("id") or node["pk"]).split("_")[0])
    shortcode = node.get("shortcode") or node["code"]
    owner = node.get("owner") or node.get("user") or (node.get("iphone_struct") or {}).get("user") or {}
    taken_at = node.get("taken_at_timestamp") or node.get("taken_at") or node["date"]
    return Mention(
        mention_id=f"instagram:{media_id}",
        platform_id=media_id,
        platform=SOURCE,
        kind="post",
        author_id=_optional(owner.get("id") or owner.get("pk")),
        author_handle=_optional(owner.get("username")),
        text=_caption(node),
        lang=None,
        created_at=datetime.fromtimestamp(taken_at, UTC),
        url=f"https://www.instagram.com/p/{shortcode}/",
        parent_id=None,
        thread_id=f"instagram:{media_id}",
        matched=matched,
        like_count=_count(node, "edge_media_preview_like", "like_count"),
        reply_count=_count(node, "edge_media_to_comment", "comment_count"),
        client_version=CLIENT_VERSION,
    )


def _map_comment(payload: dict[str, Any], matched: str) -> Mention:
    post, parent = payload["post"], payload["parent"]
    comment_id = _id(payload["id"])
    return Mention(
        mention_id=f"instagram:c:{comment_id}",
        platform_id=comment_id,
        platform=SOURCE,
        kind="reply" if parent else "comment",
        author_id=_optional(payload["owner"].get("id")),
        author_handle=_optional(payload["owner"].get("username")),
        text=payload["text"] if isinstance(payload["text"], str) else "",
        lang=None,
        created_at=datetime.fromtimestamp(payload["created_at"], UTC),
        url=f"https://www.instagram.com/p/{post['shortcode']}/c/{comment_id}/",
        parent_id=f"instagram:c:{parent}" if parent else f"instagram:{post['id']}",
        thread_id=f"instagram:{post['id']}",
        matched=matched,
        like_count=_number(payload.get("likes")),
        reply_count=None,
        client_version=CLIENT_VERSION,
    )


def _caption(node: dict[str, Any]) -> str:
    """The caption, empty when there is none: a photo without a word is a mention all the same."""
    edges = (node.get("edge_media_to_caption") or {}).get("edges") or []
    caption = edges[0]["node"] if edges else node.get("caption")
    text = caption.get("text") if isinstance(caption, dict) else caption
    return text if isinstance(text, str) else ""


def _count(node: dict[str, Any], edge: str, field: str) -> int | None:
    counted = node.get(edge)
    return _number(counted.get("count") if isinstance(counted, dict) else node.get(field))


def _number(value: Any) -> int | None:
    """A number of likes or replies; anything that is none is not known."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _id(value: Any) -> str:
    """Raises ValueError for anything but digits."""
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise ValueError("no id of Instagram")
    return text


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)
