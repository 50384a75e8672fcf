"""What Meta's official API sends for one post or comment, as a Mention: pure functions of the stored payload.

The rows are those of instaloader: one post has one mention_id, its media pk, which the shortcode in its address spells. Meta's
ids of people are made for one app and say nothing elsewhere; they stay in the payload, and author_id is left to the other way.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

from collectors.graph_client import VERSION
from mention import Mention

SOURCE = "instagram_graph"
PLATFORM = "instagram"
CLIENT_VERSION = f"graph api {VERSION}"
_SHORTCODE = re.compile(r"/(?:p|reel|reels|tv)/([A-Za-z0-9_-]{5,})")
_SHORTCODE_LENGTH = 11  # what follows, in addresses of private posts, is no part of the number


def media_payload(media: dict[str, Any]) -> dict[str, Any]:
    return {"type": "media", "media": media}


def comment_payload(comment: dict[str, Any], media: dict[str, Any], parent_id: str | None) -> dict[str, Any]:
    """A comment, or a reply to the comment ``parent_id``, with as much of its post as names it."""
    named = {name: media[name] for name in ("id", "permalink", "shortcode") if name in media}
    alone = {name: value for name, value in comment.items() if name not in ("replies", "media")}
    return {"type": "comment", "comment": alone, "media": named, "parent": parent_id or comment.get("parent_id")}


def map_payload(payload: dict[str, Any], matched: str) -> Mention | None:
    """One stored payload as a Mention, or None when it lacks what a mention cannot do without (id, time)."""
    try:
        return _map_comment(payload, matched) if payload["type"] == "comment" else _map_media(payload["media"], matched)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # the caller keeps the payload and counts it as unmapped


def shortcode_of(media: dict[str, Any]) -> str | None:
    found = _SHORTCODE.search(str(media.get("permalink") or ""))
    code = media.get("shortcode") or (found.group(1) if found else None)
    return str(code) if code else None


def media_pk(shortcode: str) -> str:
    """The number that a shortcode spells: the id of the post on every other way. Raises ValueError."""
    code = shortcode[:_SHORTCODE_LENGTH].rjust(12, "A")
    return str(int.from_bytes(urlsafe_b64decode(code), "big"))


def media_mention_id(media: dict[str, Any]) -> str:
    """Without an address, Meta's own id: 17 digits, which no media pk of these years has."""
    code = shortcode_of(media)
    return f"{PLATFORM}:{media_pk(code) if code else int(media['id'])}"


def _map_media(media: dict[str, Any], matched: str) -> Mention:
    mention_id, code = media_mention_id(media), shortcode_of(media)
    return Mention(
        mention_id=mention_id,
        platform_id=mention_id.removeprefix(f"{PLATFORM}:"),
        platform=PLATFORM,
        kind="post",
        author_id=None,
        author_handle=_optional(media.get("username")),
        text=str(media.get("caption") or ""),
        lang=None,
        created_at=_time(media["timestamp"]),
        url=f"https://www.instagram.com/p/{code}/" if code else None,
        parent_id=None,
        thread_id=mention_id,
        matched=matched,
        like_count=media.get("like_count"),
        reply_count=media.get("comments_count"),
        client_version=CLIENT_VERSION,
    )


def _map_comment(payload: dict[str, Any], matched: str) -> Mention:
    comment, media, parent = payload["comment"], payload["media"], payload["parent"]
    comment_id, code = str(int(comment["id"])), shortcode_of(media)
    thread_id = f"{PLATFORM}:{media_pk(code)}" if code else None
    return Mention(
        mention_id=f"{PLATFORM}:c:{comment_id}",
        platform_id=comment_id,
        platform=PLATFORM,
        kind="reply" if parent else "comment",
        author_id=None,
        author_handle=_optional(comment.get("username") or (comment.get("from") or {}).get("username")),
        text=str(comment.get("text") or ""),
        lang=None,
        created_at=_time(comment["timestamp"]),
        url=f"https://www.instagram.com/p/{code}/c/{comment_id}/" if code else None,
        parent_id=f"{PLATFORM}:c:{parent}" if parent else thread_id,
        thread_id=thread_id,
        matched=matched,
        like_count=comment.get("like_count"),
        reply_count=None,
        client_version=CLIENT_VERSION,
    )


def _time(value: str | int) -> datetime:
    """ISO with +0000, as objects have it, or seconds since 1970, as deliveries have it."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(value).astimezone(UTC)


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)
