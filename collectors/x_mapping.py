"""What X sends for one post, as a Mention: a pure function of the stored payload, old and new field names alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import tweepy

from mention import Mention

SOURCE = "x"
CLIENT_VERSION = f"tweepy {tweepy.__version__}"
_EPOCH_MS = 1288834974657  # X's snowflake epoch, 2010-11-04


def snowflake_time(post_id: str) -> datetime:
    """When a post id was made (UTC, to the millisecond)."""
    return datetime.fromtimestamp(((int(post_id) >> 22) + _EPOCH_MS) / 1000, UTC)


def snowflake(moment: datetime) -> str:
    """The lowest post id of a moment."""
    return str((round(moment.timestamp() * 1000) - _EPOCH_MS) << 22)


def payloads_of(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Cut a page into one payload per post: the post with its own author and place, so that one can be blanked alone."""
    includes = body.get("includes") or {}
    users = {str(user.get("id")): user for user in includes.get("users") or []}
    places = {str(place.get("id")): place for place in includes.get("places") or []}
    for post in body.get("data") or []:
        payload: dict[str, Any] = {"data": post}
        if author := users.get(str(post.get("author_id"))):
            payload["user"] = author
        if place := places.get(str((post.get("geo") or {}).get("place_id"))):
            payload["place"] = place
        yield payload


def map_payload(payload: dict[str, Any], matched: str) -> Mention | None:
    """One stored payload as a Mention, or None when it lacks what a mention cannot do without (id, text, time)."""
    post = payload.get("data")
    if not isinstance(post, dict) or not str(post.get("id", "")).isdigit():
        return None
    text = _text(post)
    created_at = _time(post)
    if text is None or created_at is None:
        return None
    history = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids") or [post["id"]]
    parent = next((ref.get("id") for ref in _references(post) if ref.get("type") == "replied_to"), None)
    metrics = post.get("public_metrics") or {}
    conversation = post.get("conversation_id")
    return Mention(
        mention_id=f"x:{history[0]}",
        platform_id=str(post["id"]),
        platform=SOURCE,
        kind="reply" if parent else "post",
        author_id=_optional(post.get("author_id")),
        author_handle=_optional((payload.get("user") or {}).get("username")),
        text=text,
        lang=_optional(post.get("lang")),
        created_at=created_at,
        url=f"https://x.com/i/web/status/{post['id']}",
        parent_id=f"x:{parent}" if parent else None,
        thread_id=f"x:{conversation}" if conversation else None,
        matched=matched,
        like_count=metrics.get("like_count"),
        reply_count=metrics.get("reply_count"),
        client_version=CLIENT_VERSION,
    )


def _text(post: dict[str, Any]) -> str | None:
    """A long post carries its whole text in note_tweet (note_post since 2026-08); `text` is then its beginning."""
    note = post.get("note_tweet") or post.get("note_post") or {}
    text = note.get("text") or post.get("text")
    return text if isinstance(text, str) else None


def _time(post: dict[str, Any]) -> datetime | None:
    """created_at with or without fractions; absent or unreadable, the id itself tells the time."""
    try:
        return datetime.fromisoformat(post["created_at"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return snowflake_time(post["id"])


def _references(post: dict[str, Any]) -> list[dict[str, Any]]:
    found = post.get("referenced_tweets") or post.get("referenced_posts") or []
    return [ref for ref in found if isinstance(ref, dict)]


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)
