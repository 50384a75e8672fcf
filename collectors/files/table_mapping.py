"""A row of a table as a Mention: the platform's own id wherever the row has one, else an id made of what it says."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Any

import instaloader

from collectors.files.rows import Unmappable, checked
from collectors.files.table_columns import find_columns
from collectors.files.times import parse_time
from collectors.x_mapping import snowflake_time
from mention import Mention

_X_URL = re.compile(r"(?:twitter|x)\.com/(?:i/web|[^/]+)/status(?:es)?/([0-9]+)", re.IGNORECASE)
_INSTAGRAM_URL = re.compile(
    r"instagram\.com/(?:[^/]+/)?(?:p|reel|reels|tv)/([A-Za-z0-9_-]{5,})(?:/c/([0-9]+))?", re.IGNORECASE
)
_SHORTCODE = re.compile(r"[A-Za-z0-9_-]{9,11}|[A-Za-z0-9_-]{20,}")


def map_row(payload: dict[str, Any], matched: str) -> Mention:
    """Raises Unmappable. The platform's own id wherever the row has it; else an id made of platform, author, time and text."""
    row: dict[str, str] = payload["row"]
    told: dict[str, str] = payload["reading"]
    cells = [cell.strip() for cell in row.values()]
    values = {
        field: next((cells[place] for place in places if cells[place]), "")
        for field, places in find_columns(tuple(row)).items()
    }
    platform = _platform(values, told.get("platform"))
    mention = _x_mention(values, told, matched) if platform == "x" else _instagram_mention(values, told, matched)
    return checked(mention)


def _platform(values: dict[str, str], told: str | None) -> str:
    for name in (values.get("platform", "").lower(), values.get("url", "").lower()):
        if "instagram" in name or name in {"ig", "insta"}:
            return "instagram"
        if name == "x" or "twitter" in name or "x.com/" in name or name == "x.com":
            return "x"
        if name and name == values.get("platform", "").lower():
            raise Unmappable("is of a platform that is neither X nor Instagram")
    if told:
        return told
    raise Unmappable("does not say whether it is of X or of Instagram (add a column platform, or --platform)")


def _x_mention(values: dict[str, str], told: dict[str, str], matched: str) -> Mention:
    found = _X_URL.search(values.get("url", ""))
    given = values.get("id", "")
    post_id = given if re.fullmatch(r"[0-9]{1,20}", given) else found[1] if found else None
    created_at = _time(values, told) or (snowflake_time(post_id) if post_id and len(post_id) > 14 else None)
    parent, thread = (_digits(values.get(name)) for name in ("parent", "thread"))
    # 4CAT names the conversation only: that the post answers in it is known, what it answers is not.
    answers = bool(parent and parent != post_id) or bool(post_id and thread and thread != post_id)
    mention = _mention(values, "x", post_id, created_at, matched)
    return replace(
        mention,
        kind="reply" if answers else "post",
        url=f"https://x.com/i/web/status/{post_id}" if post_id else values.get("url") or None,
        parent_id=f"x:{parent}" if parent and parent != post_id else None,
        thread_id=f"x:{thread}" if thread else None,
    )


def _instagram_mention(values: dict[str, str], told: dict[str, str], matched: str) -> Mention:
    found = _INSTAGRAM_URL.search(values.get("url", ""))
    media_id = _media_id(values.get("thread", "")) or (_media_id(found[1]) if found else None)
    if values.get("kind", "").lower() in {"comment", "komentar", "reply", "balasan"} or (found and found[2]):
        return _comment(values, told, matched, media_id, found[2] if found else None)
    post_id = _media_id(values.get("id", "")) or media_id
    mention = _mention(values, "instagram", post_id, _time(values, told), matched)
    shortcode = instaloader.Post.mediaid_to_shortcode(int(post_id)) if post_id else None
    return replace(
        mention,
        url=f"https://www.instagram.com/p/{shortcode}/" if shortcode else values.get("url") or None,
        thread_id=mention.mention_id,
    )


def _comment(
    values: dict[str, str], told: dict[str, str], matched: str, media_id: str | None, linked: str | None
) -> Mention:
    comment_id = _digits(values.get("id")) or linked
    parent = _digits(values.get("parent"))
    mention = _mention(values, "instagram", f"c:{comment_id}" if comment_id else None, _time(values, told), matched)
    above = f"instagram:c:{parent}" if parent and parent != media_id else f"instagram:{media_id}" if media_id else None
    return replace(
        mention,
        platform_id=comment_id or mention.platform_id,
        kind="reply" if parent and parent != media_id else "comment",
        parent_id=above,
        thread_id=f"instagram:{media_id}" if media_id else None,
    )


def _mention(
    values: dict[str, str], platform: str, own_id: str | None, created_at: datetime | None, matched: str
) -> Mention:
    if created_at is None:
        raise Unmappable("has no time that can be read")
    text, handle = values.get("text", ""), values.get("author_handle", "").removeprefix("@") or None
    if not text and not own_id:
        raise Unmappable("has neither an id nor a text")
    own_id = own_id or f"i:{_made_id(handle, created_at.isoformat(timespec='seconds'), text)}"
    return Mention(
        mention_id=f"{platform}:{own_id}",
        platform_id=own_id,
        platform=platform,
        kind="post",
        author_id=values.get("author_id") or None,
        author_handle=handle,
        text=text,
        lang=values.get("lang") or None,
        created_at=created_at,
        url=values.get("url") or None,
        parent_id=None,
        thread_id=None,
        matched=matched,
        like_count=_number(values.get("like_count")),
        reply_count=_number(values.get("reply_count")),
        client_version="csv",
    )


def _made_id(handle: str | None, created_at: str, text: str) -> str:
    """The same post gives the same id from whichever file: author, second and text as one reads them, not as bytes."""
    words = " ".join(unicodedata.normalize("NFKC", text).split())
    return hashlib.sha256("\0".join(((handle or "").lower(), created_at, words)).encode()).hexdigest()[:32]


def _time(values: dict[str, str], told: dict[str, str]) -> datetime | None:
    text, clock = values.get("time", ""), values.get("clock", "")
    return (parse_time(f"{text} {clock}", told["zone"]) if clock else None) or parse_time(text or clock, told["zone"])


def _media_id(value: str) -> str | None:
    """Instagram's numeric id from what stands in a column: the id, id_author, or a shortcode."""
    head = value.split("_", maxsplit=1)[0]
    if re.fullmatch(r"[0-9]{15,20}", head):
        return head
    if not _SHORTCODE.fullmatch(value) or value.isdigit():
        return None
    return str(
        instaloader.Post.shortcode_to_mediaid(value[:11])
    )  # a private post's is longer and begins with the public one


def _digits(value: str | None) -> str | None:
    return value if value and re.fullmatch(r"[0-9]{1,20}", value) else None


def _number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"[0-9]{1,18}", value) else None
