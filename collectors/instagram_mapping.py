"""What Instagram sends for one post or comment, as a Mention: pure functions of the stored payload."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import instaloader

from mention import Mention

SOURCE = "instagram"
CLIENT_VERSION = f"instaloader {instaloader.__version__}"


def comment_payload(
    comment: instaloader.PostComment | Any, post: instaloader.Post, parent_id: str | None
) -> dict[str, Any]:
    """A comment or an answer to one (parent_id), as JSON: instaloader hands both over as objects of the same public fields.

    The id is a str on the GraphQL route and an int on the iPhone route (seen 2026-11); here it is always text.
    """
    return {
        "type": "comment",
        "id": str(comment.id),
        "created_at": int(comment.created_at_utc.replace(tzinfo=UTC).timestamp()),
        "text": comment.text,
        "owner": {"id": str(comment.owner.userid), "username": comment.owner.username},
        "likes": comment.likes_count,
        "post": {"id": str(post.mediaid), "shortcode": post.shortcode},
        "parent": parent_id,
    }


def map_payload(payload: dict[str, Any], matched: str) -> Mention | None:
    """One stored payload as a Mention, or None when it lacks what a mention cannot do without (id, time)."""
    try:
        return _map_comment(payload, matched) if payload.get("type") == "comment" else _map_post(payload, matched)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # the caller keeps the payload and counts it as unmapped


def _map_post(node: dict[str, Any], matched: str) -> Mention:
    """Both shapes of a post: GraphQL (tagged posts) and the web app's (timeline)."""
    media_id = str(int(node["id"]))
    shortcode = node.get("shortcode") or node["code"]
    owner = node.get("owner") or (node.get("iphone_struct") or {}).get("user") or {}
    return Mention(
        mention_id=f"instagram:{media_id}",
        platform_id=media_id,
        platform=SOURCE,
        kind="post",
        author_id=_optional(owner.get("id") or owner.get("pk")),
        author_handle=_optional(owner.get("username")),
        text=_caption(node),
        lang=None,
        created_at=datetime.fromtimestamp(node.get("taken_at_timestamp") or node["date"], UTC),
        url=f"https://www.instagram.com/p/{shortcode}/",
        parent_id=None,
        thread_id=f"instagram:{media_id}",
        matched=matched,
        like_count=_count(node, "edge_media_preview_like"),
        reply_count=_count(node, "edge_media_to_comment"),
        client_version=CLIENT_VERSION,
    )


def _map_comment(payload: dict[str, Any], matched: str) -> Mention:
    post, parent = payload["post"], payload["parent"]
    return Mention(
        mention_id=f"instagram:c:{payload['id']}",
        platform_id=payload["id"],
        platform=SOURCE,
        kind="reply" if parent else "comment",
        author_id=_optional(payload["owner"].get("id")),
        author_handle=_optional(payload["owner"].get("username")),
        text=payload["text"] or "",
        lang=None,
        created_at=datetime.fromtimestamp(payload["created_at"], UTC),
        url=f"https://www.instagram.com/p/{post['shortcode']}/c/{payload['id']}/",
        parent_id=f"instagram:c:{parent}" if parent else f"instagram:{post['id']}",
        thread_id=f"instagram:{post['id']}",
        matched=matched,
        like_count=payload.get("likes"),
        reply_count=None,
        client_version=CLIENT_VERSION,
    )


def _caption(node: dict[str, Any]) -> str:
    """The caption, empty when there is none: a photo without a word is a mention all the same."""
    edges = (node.get("edge_media_to_caption") or {}).get("edges") or []
    return str(edges[0]["node"]["text"]) if edges else str(node.get("caption") or "")


def _count(node: dict[str, Any], edge: str) -> int | None:
    return (node.get(edge) or {}).get("count")


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)
