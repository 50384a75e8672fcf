"""Instagram's official API for accounts the regency owns: tags, comments under own posts, hashtags, and what a webhook told.

Tags: finish an interrupted walk first, then walk from the head until two whole pages are known; the first walk goes to the end.
Comments: walk the posts whose comment count has changed since they were read whole. Hashtags: the last 24 hours, in no order.
Deliveries of the webhook stand in graph_deliveries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from collectors import situations
from collectors.graph_client import Client, connect
from collectors.graph_deliveries import COMMENT_FIELDS, Questions, read_deliveries
from collectors.instagram_graph_mapping import (
    CLIENT_VERSION,
    SOURCE,
    comment_payload,
    map_payload,
    media_mention_id,
    media_payload,
)
from mention import Gap, Mention, Page, Payload
from settings import InstagramGraphSource

__all__ = ["CLIENT_VERSION", "Client", "Questions", "Target", "collect", "connect", "map_payload", "targets"]

PAGE_SIZE = 50
KNOWN_ENOUGH = 2 * PAGE_SIZE
HASHTAG_REACH = timedelta(hours=24)
HASHTAG_PAGES = 40  # of 50: a flood beyond is a gap
_MEDIA_FIELDS = "id,caption,media_type,permalink,timestamp,username,comments_count,like_count"
_HASHTAG_FIELDS = "id,caption,media_type,permalink,timestamp,comments_count,like_count"
_OWN_FIELDS = "id,permalink,timestamp,comments_count"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to read of one account. kind: tags | comments | hashtag | webhooks (of all accounts)."""

    kind: str
    handle: str
    account_id: str
    own_posts: int = 0
    hashtag: str = ""

    @property
    def name(self) -> str:
        return f"hashtag:{self.hashtag}" if self.kind == "hashtag" else f"{self.kind}:{self.handle}"

    @property
    def where(self) -> str:
        return f"Instagram (official), {self.name}"


def targets(source: InstagramGraphSource) -> list[Target]:
    """The webhook's inbox first: what waits there can be asked for only while it is not deleted."""
    found = []
    for account in source.accounts:
        found += [Target("webhooks", account.handle, account.id), Target("tags", account.handle, account.id)]
        if source.own_posts:
            found.append(Target("comments", account.handle, account.id, source.own_posts))
    first = source.accounts[0] if source.accounts else None
    return found + [Target("hashtag", first.handle, first.id, hashtag=tag) for tag in source.hashtags if first]


def collect(
    client: Client, target: Target, state: dict[str, Any], *, questions: Questions, now: Callable[[], datetime]
) -> Iterator[Page]:
    """Yield pages until the target is read; each must be stored before the next is asked for. Raises a Situation."""
    walks: dict[str, Callable[[], Iterator[Page]]] = {
        "webhooks": lambda: read_deliveries(client, target, questions),
        "tags": lambda: _tags(client, target, state, questions),
        "comments": lambda: _comments(client, target, state, now),
        "hashtag": lambda: _hashtag(client, target, state, questions, now),
    }
    before = client.requests
    for page in walks[target.kind]():
        yield replace(page, requests=client.requests - before)
        before = client.requests


def _tags(client: Client, target: Target, state: dict[str, Any], questions: Questions) -> Iterator[Page]:
    if tail := state.get("tail"):
        try:
            yield from _walk_tags(client, target, state, questions, tail)
        except situations.RequestRefused:  # the cursor is too old
            state["tail"], state["whole"] = None, False
    yield from _walk_tags(client, target, state, questions, None)


def _walk_tags(
    client: Client, target: Target, state: dict[str, Any], questions: Questions, after: str | None
) -> Iterator[Page]:
    known_in_a_row, ended = 0, False
    while not ended:
        body = client.get(f"{target.account_id}/tags", target.where, fields=_MEDIA_FIELDS, limit=PAGE_SIZE, after=after)
        payloads = [media_payload(media) for media in _data(body) if media.get("username") != target.handle]
        mentions, kept = _map(payloads, target)
        ids = [mention.mention_id for mention in mentions]
        unknown = set(ids) - questions.is_known(ids)
        known_in_a_row = 0 if unknown else known_in_a_row + len(ids)
        after = _next(body, after, target)
        state["whole"] = bool(state.get("whole")) or after is None
        ended = after is None or (state["whole"] and known_in_a_row >= KNOWN_ENOUGH)
        state["tail"] = None if ended else after
        yield _page(target, mentions, kept, state)


def _comments(client: Client, target: Target, state: dict[str, Any], now: Callable[[], datetime]) -> Iterator[Page]:
    read: dict[str, int] = state.get("read", {})
    listed = list(islice(_own_media(client, target), target.own_posts))
    state["read"] = {media["id"]: read[media["id"]] for media in listed if media["id"] in read}
    for media in listed:
        count = media.get("comments_count")
        if count is not None and state["read"].get(media["id"]) == count:
            continue
        walked = 0
        for payloads in _comment_pages(client, target, media):
            walked += len(payloads)
            strangers = [one for one in payloads if one["comment"].get("username") != target.handle]
            yield _page(target, *_map(strangers, target), state)
        missing = (count or 0) - walked
        reason = f"{missing} of {count} comments under one post were not shown"
        state["read"][media["id"]] = walked if count is None else count
        yield _page(target, [], [], state, [Gap(None, now(), reason)] if missing > 0 else [])


def _own_media(client: Client, target: Target) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        body = client.get(f"{target.account_id}/media", target.where, fields=_OWN_FIELDS, limit=PAGE_SIZE, after=after)
        yield from _data(body)
        after = _next(body, after, target)
        if after is None:
            return


def _comment_pages(client: Client, target: Target, media: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """A post's comments with their replies, a list a page."""
    after, fields = None, f"{COMMENT_FIELDS},replies.limit({PAGE_SIZE}){{{COMMENT_FIELDS}}}"
    while True:
        body = client.get(f"{media['id']}/comments", target.where, fields=fields, limit=PAGE_SIZE, after=after)
        payloads = []
        for comment in _data(body):
            payloads.append(comment_payload(comment, media, None))
            replies = _replies(client, target, comment)
            payloads += [comment_payload(reply, media, str(comment.get("id"))) for reply in replies]
        yield payloads
        after = _next(body, after, target)
        if after is None:
            return


def _replies(client: Client, target: Target, comment: dict[str, Any]) -> Iterator[dict[str, Any]]:
    body = comment.get("replies") or {}
    yield from _data(body)
    after = _next(body, None, target)
    while after is not None:
        body = client.get(f"{comment['id']}/replies", target.where, fields=COMMENT_FIELDS, limit=PAGE_SIZE, after=after)
        yield from _data(body)
        after = _next(body, after, target)


def _hashtag(
    client: Client, target: Target, state: dict[str, Any], questions: Questions, now: Callable[[], datetime]
) -> Iterator[Page]:
    """The cursor of Meta is always the same, so an interrupted walk begins again; own posts are told by their ids alone."""
    began = now()
    if not questions.take_hashtag(target.account_id, target.hashtag):
        raise situations.RequestRefused(
            f"{target.where}: 30 hashtags were asked for in the last 7 days; it is read when one of them is over, or name fewer in tanggap.toml."
        )
    found = _data(client.get("ig_hashtag_search", target.where, user_id=target.account_id, q=target.hashtag))
    if not found:
        raise situations.RequestRefused(f"{target.where}: Instagram knows no such hashtag; mend tanggap.toml.")
    own = {media_mention_id(media) for media in islice(_own_media(client, target), PAGE_SIZE)}
    seen: set[str] = set()
    after, pages, ended = None, 0, False
    while not ended:
        body = client.get(
            f"{found[0]['id']}/recent_media",
            target.where,
            user_id=target.account_id,
            fields=_HASHTAG_FIELDS,
            limit=PAGE_SIZE,
            after=after,
        )
        fresh = [media for media in _data(body) if str(media.get("id")) not in seen]
        seen |= {str(media.get("id")) for media in fresh}
        mentions, kept = _map([media_payload(media) for media in fresh], target)
        pages += 1
        after = (body.get("paging") or {}).get("cursors", {}).get("after")
        more = "next" in (body.get("paging") or {}) and bool(fresh)
        ended = not more or pages == HASHTAG_PAGES
        gaps = _hashtag_gaps(state, began, cut=more) if ended else []
        others = [mention for mention in mentions if mention.mention_id not in own]
        yield _page(target, others, [one for one in kept if one.mention_id not in own], state, gaps)


def _hashtag_gaps(state: dict[str, Any], began: datetime, *, cut: bool) -> list[Gap]:
    """What lies between the last reading and the 24 hours Meta shows, and what a flood left unread."""
    read_at = state.get("read_at")
    state["read_at"] = began.isoformat()
    gaps = [Gap(None, began, f"more than {HASHTAG_PAGES * PAGE_SIZE} posts with a hashtag in 24 hours")] if cut else []
    if read_at and datetime.fromisoformat(read_at) < began - HASHTAG_REACH:
        reason = "a hashtag can be read 24 hours back only"
        gaps.append(Gap(datetime.fromisoformat(read_at), began - HASHTAG_REACH, reason))
    return gaps


def _data(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in body.get("data") or [] if isinstance(one, dict)]


def _next(body: dict[str, Any], before: str | None, target: Target) -> str | None:
    """The cursor of the next page. Raises ListCut when it is the one that led here: the walk would never end."""
    paging = body.get("paging") or {}
    if "next" not in paging:
        return None
    after = (paging.get("cursors") or {}).get("after")
    if not after or after == before:
        raise situations.ListCut(f"{target.where}: a list came cut; it is walked again.")
    return str(after)


def _map(payloads: list[dict[str, Any]], target: Target) -> tuple[list[Mention], list[Payload]]:
    mapped = [(map_payload(payload, target.name), payload) for payload in payloads]
    kept = [Payload(mention.mention_id if mention else None, payload) for mention, payload in mapped]
    return [mention for mention, _ in mapped if mention], kept


def _page(
    target: Target,
    mentions: list[Mention],
    payloads: list[Payload],
    state: dict[str, Any],
    gaps: list[Gap] | None = None,
) -> Page:
    return Page(SOURCE, target.name, mentions, payloads, json.loads(json.dumps(state)), 0, gaps=gaps or [])
