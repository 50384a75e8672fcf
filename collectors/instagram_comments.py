"""What people say under an account's own posts: posts whose comment count has changed are read whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import instaloader
from instaloader.structures import get_json_structure

from collectors import situations
from collectors.instagram_mapping import SOURCE, comment_payload, map_nodes
from mention import Gap, Page

COMMENTS_A_PAGE = 50
WHOLE_EVERY = timedelta(hours=24)
TRIES = 3  # walks of a post that shows fewer comments than it counts, before that is taken for how it is
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, AssertionError, instaloader.BadResponseException)


def walk_comments(
    posts: Iterator[instaloader.Post],
    target: str,
    account_id: str,
    state: dict[str, Any],
    now: Callable[[], datetime],
) -> Iterator[Page]:
    """Yield pages of comments; a post is done when as many were seen as it counts, or after three tries.

    Raises Unreachable at the end when answers under some post could not be read: the others are read all the same.
    """
    read: dict[str, dict[str, Any]] = state.setdefault("read", {})  # shortcode -> {"count", "at"}
    tries: dict[str, int] = state.setdefault("tries", {})
    broken = 0
    for post in posts:
        count = get_json_structure(post)["node"].get("comments")
        before = read.get(post.shortcode, {})
        if count is not None and before.get("count") == count and not is_old(before.get("at"), now()):
            continue
        walked, fault = 0, False
        comments = comment_payloads(post)
        while not fault:
            batch, fault = _batch(comments)
            walked += len(batch)
            if not batch:
                break
            yield _page(batch, target, account_id, state, [])
        broken += fault
        gaps = _close(post.shortcode, count, walked, read, tries, now())
        yield _page([], target, account_id, state, gaps)
    if broken:
        raise situations.Unreachable(
            f"Instagram, {target}: the comments under {broken} posts could not be read; it is tried again."
        )


def is_old(moment: str | None, now: datetime) -> bool:
    """Whether something has to be read whole again: a deletion and an addition leave a count as it was."""
    return moment is None or now - datetime.fromisoformat(moment) >= WHOLE_EVERY


def _batch(comments: Iterator[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """Up to a page of comments, and whether an answer broke: what came before it is kept."""
    batch: list[dict[str, Any]] = []
    try:
        for payload in islice(comments, COMMENTS_A_PAGE):
            batch.append(payload)
    except _BROKEN:
        return batch, True
    return batch, False


def _close(
    shortcode: str,
    count: int | None,
    walked: int,
    read: dict[str, dict[str, Any]],
    tries: dict[str, int],
    now: datetime,
) -> list[Gap]:
    """Remember how far a post is read; fewer comments than it counts are a gap, and the post is walked again."""
    missing = (count or 0) - walked
    if missing <= 0:
        tries.pop(shortcode, None)
        read[shortcode] = {"count": walked if count is None else count, "at": now.isoformat()}
        return []
    tries[shortcode] = tries.get(shortcode, 0) + 1
    if tries[shortcode] >= TRIES:
        tries.pop(shortcode)
        read[shortcode] = {"count": count, "at": now.isoformat()}
    return [Gap(None, now, f"{missing} of {count} comments under one post were not shown")]


def comment_payloads(post: instaloader.Post) -> Iterator[dict[str, Any]]:
    for comment in post.get_comments():
        payload = comment_payload(comment, post, None)
        yield payload
        for answer in comment.answers:
            yield comment_payload(answer, post, payload["id"])


def _page(batch: list[dict[str, Any]], target: str, account_id: str, state: dict[str, Any], gaps: list[Gap]) -> Page:
    mentions, payloads = map_nodes(batch, target, account_id)
    return Page(SOURCE, target, mentions, payloads, json.loads(json.dumps(state)), 0, gaps=gaps)
