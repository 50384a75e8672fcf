"""NDJSON of Zeeschuimer, as it exports it and as 4CAT keeps it: what X's and Instagram's web pages were sent, an item a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from collectors import instagram_mapping, x_mapping
from collectors.files.rows import FileFormat, Place, Reading, Row, Unmappable, checked, json_lines
from mention import Mention

_X_TIME = "%a %b %d %H:%M:%S %z %Y"
# Parts of an item that hold other people's posts.
_OTHERS = {
    "quoted_status_result",
    "retweeted_status_result",
    "quoted_refs",
    "preview_comments",
    "comments",
    "edge_media_to_parent_comment",
}


def fits(line: dict[str, Any]) -> bool:
    item = _item(line)
    return _is_x(item) or _is_instagram(item) or {"source_platform", "item_id", "data"} <= line.keys()


def read(path: Path, start: Place, reading: Reading) -> Iterator[Row]:
    for parsed, line, after in json_lines(path, start):
        if isinstance(parsed, str):
            yield Row(line, None, after, parsed)
            continue
        item = _item(parsed)
        if _is_x(item) or _is_instagram(item):
            yield Row(line, _alone(item), after)
        else:
            yield Row(line, None, after, "is no post of X or Instagram")


def map_row(payload: dict[str, Any], matched: str) -> Mention:
    """Raises Unmappable, also for an item whose page left out its time or author (grid views of Instagram do)."""
    try:
        if _is_x(payload):
            return checked(x_mapping.map_payload(_as_api(payload), matched))
        return checked(instagram_mapping.map_payload(_as_node(payload), matched))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise Unmappable("lacks a part that every post has") from None


def _item(line: dict[str, Any]) -> dict[str, Any]:
    data = line.get("data")
    return data if isinstance(data, dict) and "item_id" in line else line


def _is_x(item: dict[str, Any]) -> bool:
    return isinstance(item.get("legacy"), dict)


def _is_instagram(item: dict[str, Any]) -> bool:
    return ("code" in item or "shortcode" in item) and ("pk" in item or "id" in item)


def _alone(value: dict[str, Any]) -> dict[str, Any]:
    kept = {name: one for name, one in value.items() if name not in _OTHERS}
    if isinstance(kept.get("legacy"), dict):
        kept["legacy"] = {name: one for name, one in kept["legacy"].items() if name not in _OTHERS}
    return kept


def _as_api(item: dict[str, Any]) -> dict[str, Any]:
    """A post of X's web pages in the form of API v2: its own id in rest_id, its words in legacy, a long one's in note_tweet."""
    legacy = item["legacy"]
    post_id = str(item.get("rest_id") or legacy["id_str"])
    edits = item.get("edit_control") or {}
    edits = edits.get("edit_control_initial") or edits
    note = (((item.get("note_tweet") or {}).get("note_tweet_results") or {}).get("result") or {}).get("text")
    answered = legacy.get("in_reply_to_status_id_str")
    post = {
        "id": post_id,
        "text": note or legacy.get("full_text"),
        "edit_history_tweet_ids": edits.get("edit_tweet_ids") or [edits.get("initial_tweet_id") or post_id],
        "author_id": legacy.get("user_id_str"),
        "created_at": datetime.strptime(legacy["created_at"], _X_TIME).isoformat(),
        "lang": legacy.get("lang"),
        "conversation_id": legacy.get("conversation_id_str"),
        "referenced_tweets": [{"type": "replied_to", "id": answered}] if answered else [],
        "public_metrics": {"like_count": legacy.get("favorite_count"), "reply_count": legacy.get("reply_count")},
    }
    return {"data": post, "user": {"username": _screen_name(item)}}


def _screen_name(item: dict[str, Any]) -> str | None:
    """Where the name has stood over time: in the user's legacy part, since 2025 in its core part, in adaptive pages beside the post."""
    user = (((item.get("core") or {}).get("user_results") or {}).get("result")) or item.get("user") or {}
    name = (user.get("legacy") or {}).get("screen_name") or (user.get("core") or {}).get("screen_name")
    return name or user.get("screen_name")


def _as_node(item: dict[str, Any]) -> dict[str, Any]:
    """A post of Instagram's web pages in the form the collector stores; the id may carry its author's behind a "_"."""
    if "shortcode" in item and "taken_at_timestamp" in item:
        return item
    user = item.get("user") or item.get("owner") or {}
    caption = item.get("caption")
    return {
        "id": str(item.get("pk") or item["id"]).split("_")[0],
        "code": item["code"],
        "date": item["taken_at"],
        "owner": {"id": user.get("pk") or user.get("id"), "username": user.get("username")},
        "caption": caption.get("text") if isinstance(caption, dict) else caption,
        "edge_media_preview_like": {"count": item.get("like_count")},
        "edge_media_to_comment": {"count": item.get("comment_count")},
    }


FORMAT = FileFormat("zeeschuimer", read, map_row)
