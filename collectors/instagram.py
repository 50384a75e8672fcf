"""Instagram through instaloader: posts in which an account is tagged, and what people say under its own posts.

Tagged posts: finish a frozen tail first, then walk from the head until two whole pages are known (no test of dates: a late
tag stands in the middle). Comments: walk the posts whose comment count has changed since they were read whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import instaloader
from instaloader.nodeiterator import FrozenNodeIterator, NodeIterator
from instaloader.structures import get_json_structure

from collectors.instagram_client import RaisingRateController, TakeRequest, named_situations
from collectors.instagram_client import connect as open_session
from collectors.instagram_mapping import CLIENT_VERSION, SOURCE, comment_payload, map_payload
from mention import Gap, Mention, Page, Payload
from settings import InstagramSource

__all__ = ["CLIENT_VERSION", "Target", "collect", "connect", "map_payload", "targets"]

PAGE_SIZE = 12
KNOWN_ENOUGH = 24  # consecutive known posts that end a walk: two whole pages
COMMENTS_A_PAGE = 50
IsKnown = Callable[[list[str]], set[str]]  # which of these mention_ids are stored already


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to read: the posts an account is tagged in, or the comments under its own posts."""

    name: str
    handle: str
    account_id: str
    own_posts: int


@dataclass(frozen=True, slots=True)
class Client:
    loader: instaloader.Instaloader
    pace: RaisingRateController


def connect(secrets: Mapping[str, str], take_request: TakeRequest) -> Client:
    return Client(*open_session(secrets, take_request))


def targets(source: InstagramSource) -> list[Target]:
    kinds = ["tagged"] + (["comments"] if source.own_posts else [])
    return [
        Target(f"{kind}:{account.handle}", account.handle, account.id, source.own_posts)
        for account in source.accounts
        for kind in kinds
    ]


def collect(
    client: Client, target: Target, state: dict[str, Any], *, is_known: IsKnown, now: Callable[[], datetime]
) -> Iterator[Page]:
    """Yield pages until the target is read; each must be stored before the next is asked for. Raises a Situation."""
    walk = (
        _tagged(client, target, state, is_known, now)
        if target.name.startswith("tagged:")
        else _comments(client, target, state, now)
    )
    requests_before = client.pace.requests
    while True:
        with named_situations(f"Instagram, {target.name}"):
            page = next(walk, None)
        if page is None:
            return
        yield replace(page, requests=client.pace.requests - requests_before)
        requests_before = client.pace.requests


def _profile(client: Client, target: Target) -> instaloader.Profile:
    """The account by its stored id: no look-up request, and a renamed account stays the same one."""
    return instaloader.Profile(client.loader.context, {"username": target.handle, "id": target.account_id})


def _tagged(
    client: Client, target: Target, state: dict[str, Any], is_known: IsKnown, now: Callable[[], datetime]
) -> Iterator[Page]:
    if tail := state.get("tail"):
        posts = _profile(client, target).get_tagged_posts()
        if _thaw(posts, tail):
            yield from _walk_tagged(posts, target, state, is_known, now, until_known=False)
        state["tail"] = None
    posts = _profile(client, target).get_tagged_posts()
    yield from _walk_tagged(posts, target, state, is_known, now, until_known=not state.get("suspect"))


def _walk_tagged(
    posts: NodeIterator[instaloader.Post],
    target: Target,
    state: dict[str, Any],
    is_known: IsKnown,
    now: Callable[[], datetime],
    *,
    until_known: bool,
) -> Iterator[Page]:
    known_in_a_row, ended = 0, False
    while not ended:
        nodes = _next_nodes(posts)
        mentions, payloads = _map_nodes(nodes, target)
        ids = [mention.mention_id for mention in mentions]
        known = is_known(ids)
        known_in_a_row = 0 if set(ids) - known or not ids else known_in_a_row + len(ids)
        exhausted = len(nodes) < PAGE_SIZE
        ended = exhausted or (until_known and known_in_a_row >= KNOWN_ENOUGH)
        gaps = _suspect(posts, state, now()) if exhausted else []
        state["tail"] = None if ended else _freeze(posts)
        yield Page(SOURCE, target.name, mentions, payloads, json.loads(json.dumps(state)), 0, gaps=gaps)


def _next_nodes(posts: NodeIterator[instaloader.Post]) -> list[dict[str, Any]]:
    """Up to a page of raw nodes. A node that instaloader cannot wrap is skipped by its iterator; its JSON is taken all the same."""
    nodes: list[dict[str, Any]] = []
    while len(nodes) < PAGE_SIZE:
        before = posts.total_index
        try:
            nodes.append(get_json_structure(next(posts))["node"])
        except StopIteration:
            break
        except (KeyError, TypeError, ValueError, instaloader.BadResponseException):
            if posts.total_index == before:
                raise  # the page itself was bad, not one node of it
            frozen = posts.freeze().remaining_data or {}
            nodes.append(frozen["edges"][0]["node"])
    return nodes


def _map_nodes(nodes: list[dict[str, Any]], target: Target) -> tuple[list[Mention], list[Payload]]:
    mapped = [(map_payload(node, target.name), node) for node in nodes]
    others = [(mention, node) for mention, node in mapped if mention is None or mention.author_id != target.account_id]
    return [mention for mention, _ in others if mention], [
        Payload(mention.mention_id if mention else None, node) for mention, node in others
    ]


def _freeze(posts: NodeIterator[instaloader.Post]) -> dict[str, Any]:
    """The place in the list without the posts themselves: a cursor must not keep citizens' words."""
    frozen = posts.freeze()._asdict()
    remaining = frozen["remaining_data"] or {}
    return frozen | {"first_node": None, "remaining_data": {**remaining, "edges": []}, "total_index": posts.total_index}


def _thaw(posts: NodeIterator[instaloader.Post], tail: dict[str, Any]) -> bool:
    """Whether the frozen place fits this list; otherwise the list is walked from its head."""
    try:
        posts.thaw(FrozenNodeIterator(**tail))
    except (instaloader.InvalidArgumentException, TypeError):
        return False
    return True


def _suspect(posts: NodeIterator[instaloader.Post], state: dict[str, Any], now: datetime) -> list[Gap]:
    """A list that ended before its own count may have been cut (an empty or repeated page ends it silently): walk it whole next time."""
    missing = (posts.count or 0) - posts.total_index
    was_suspect = bool(state.get("suspect"))
    state["suspect"] = missing > 0 and not was_suspect
    return (
        [Gap(None, now, f"the list ended {missing} posts before its count")] if missing > 0 and not was_suspect else []
    )


def _comments(client: Client, target: Target, state: dict[str, Any], now: Callable[[], datetime]) -> Iterator[Page]:
    read: dict[str, int] = state.setdefault("read", {})
    for post in islice(_profile(client, target).get_posts(), target.own_posts):
        count = get_json_structure(post)["node"].get("comments")  # free here; post.comments would cost a request
        if count is not None and read.get(post.shortcode) == count:
            continue
        walked = 0
        for batch in _batches(_comment_payloads(post), COMMENTS_A_PAGE):
            walked += len(batch)
            yield _comment_page(batch, target, state, [])
        gaps = []
        if count is not None and walked < count:
            gaps.append(Gap(None, now(), f"{count - walked} of {count} comments under one post were not shown"))
        read[post.shortcode] = count if count is not None else walked
        yield _comment_page([], target, state, gaps)


def _comment_payloads(post: instaloader.Post) -> Iterator[dict[str, Any]]:
    for comment in post.get_comments():
        payload = comment_payload(comment, post, None)
        yield payload
        for answer in comment.answers:
            yield comment_payload(answer, post, payload["id"])


def _comment_page(batch: list[dict[str, Any]], target: Target, state: dict[str, Any], gaps: list[Gap]) -> Page:
    mentions, payloads = _map_nodes(batch, target)
    return Page(SOURCE, target.name, mentions, payloads, json.loads(json.dumps(state)), 0, gaps=gaps)


def _batches(items: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(items, size)):
        yield batch
