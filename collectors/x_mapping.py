"""What X sends for one post, as a Mention: a pure function of the stored payload, old and new field names alike."""

from __future__ import annotations

import re
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


def posts_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The posts of a page, whatever else X put there."""
    return _objects(body.get("data"))


def users_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    return _objects(_object(body.get("includes")).get("users"))


def meta_of(body: dict[str, Any]) -> dict[str, Any]:
    """newest_id, oldest_id and next_token of a page; ids that are not said or are no ids are taken from its posts."""
    meta = _object(body.get("meta"))
    ids = [int(post["id"]) for post in posts_of(body) if str(post.get("id", "")).isdigit()]
    said = {name: value for name in ("newest_id", "oldest_id") if str(value := meta.get(name, "")).isdigit()}
    derived = {"newest_id": str(max(ids)), "oldest_id": str(min(ids))} if ids else {}
    token = meta.get("next_token")
    return derived | said | {"next_token": token if isinstance(token, str) and token else None}


def payloads_of(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Cut a page into one payload per post: the post with its own author and place, so that one can be blanked alone."""
    users = {str(user.get("id")): user for user in users_of(body)}
    places = {str(place.get("id")): place for place in _objects(_object(body.get("includes")).get("places"))}
    data = body.get("data") or []
    for post in data if isinstance(data, list) else [data]:
        payload: dict[str, Any] = {"data": post}
        if not isinstance(post, dict):
            yield payload
            continue
        if author := users.get(str(post.get("author_id"))):
            payload["user"] = author
        if place := places.get(str(_object(post.get("geo")).get("place_id"))):
            payload["place"] = place
        yield payload


def map_payload(payload: dict[str, Any], matched: str) -> Mention | None:
    """One stored payload as a Mention, or None when it lacks what a mention cannot do without (id, text, time)."""
    try:
        return _map_post(payload["data"], _object(payload.get("user")), matched)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None  # the caller keeps the payload and counts it as unmapped


def _map_post(post: dict[str, Any], user: dict[str, Any], matched: str) -> Mention:
    """Raises KeyError, TypeError or ValueError for what is no post."""
    post_id = str(post["id"])
    if not re.fullmatch(r"[0-9]{1,19}", post_id):
        raise ValueError("a post without an id")
    parent = next((ref.get("id") for ref in _references(post) if ref.get("type") == "replied_to"), None)
    metrics = _object(post.get("public_metrics"))
    conversation = post.get("conversation_id")
    return Mention(
        mention_id=f"x:{_first_id(post, post_id)}",
        platform_id=post_id,
        platform=SOURCE,
        kind="reply" if parent else "post",
        author_id=_optional(post.get("author_id")),
        author_handle=_optional(user.get("username")),
        text=_text(post),
        lang=_optional(post.get("lang")),
        created_at=_time(post, post_id),
        url=f"https://x.com/i/web/status/{post_id}",
        parent_id=f"x:{parent}" if parent else None,
        thread_id=f"x:{conversation}" if conversation else None,
        matched=matched,
        like_count=_count(metrics.get("like_count")),
        reply_count=_count(metrics.get("reply_count")),
        client_version=CLIENT_VERSION,
    )


def _first_id(post: dict[str, Any], post_id: str) -> str:
    """The first id of the edit history: every edit is a new post id on X, the mention stays one."""
    history = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids")
    first = str(history[0]) if isinstance(history, list) and history else post_id
    return first if first.isdigit() else post_id


def _text(post: dict[str, Any]) -> str:
    """A long post carries its whole text in note_tweet (note_post since 2026-08); `text` is then its beginning."""
    note = _object(post.get("note_tweet") or post.get("note_post"))
    text = note.get("text") or post.get("text")
    if not isinstance(text, str):
        raise TypeError("a post without text")
    return text


def _time(post: dict[str, Any], post_id: str) -> datetime:
    """created_at (UTC where it names no zone) with or without fractions; absent or unreadable, the id itself tells the time."""
    try:
        created = datetime.fromisoformat(post["created_at"])
        return created.replace(tzinfo=UTC) if created.tzinfo is None else created.astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return snowflake_time(post_id)


def _references(post: dict[str, Any]) -> list[dict[str, Any]]:
    return _objects(post.get("referenced_tweets") or post.get("referenced_posts"))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    """A number of likes or replies; anything that is none is not known."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)
