"""Instagram through instaloader: posts in which an account is tagged, and what people say under its own posts.

Tagged posts: finish a frozen tail first, then walk from the head until two whole pages are known and the list counts no more
than is known (no test of dates: a late tag stands in the middle); once a day, walk it whole. Comments: walk the posts whose
comment count has changed since they were read whole, and each once a day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import instaloader
from instaloader.nodeiterator import FrozenNodeIterator, NodeIterator
from instaloader.structures import get_json_structure

from collectors import situations
from collectors.instagram_client import Client, connect, named_situations
from collectors.instagram_comments import is_old, walk_comments
from collectors.instagram_mapping import CLIENT_VERSION, SOURCE, map_nodes, map_payload
from mention import Gap, Page
from settings import InstagramSource

__all__ = [
    "CLIENT_VERSION",
    "Client",
    "Target",
    "canary_is_healthy",
    "collect",
    "connect",
    "map_payload",
    "session_is_alive",
    "signed_in_as",
    "targets",
]

PAGE_SIZE = 12
VIEWER = "d6f4427fbe92d846298cf93df0b937d3"  # the query that tells who is signed in
KNOWN_ENOUGH = 24  # consecutive known posts that end a walk: two whole pages
# What instaloader raises for one node it cannot wrap: a missing part, an unknown kind of media.
NODE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, AssertionError, instaloader.BadResponseException)
IsKnown = Callable[[list[str]], set[str]]  # which of these mention_ids are stored already


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to read: the posts an account is tagged in, or the comments under its own posts."""

    name: str
    handle: str
    account_id: str
    own_posts: int


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
        else walk_comments(_own_posts(client, target), target.name, target.account_id, state, now)
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
            yield from _walk_tagged(posts, target, state, is_known, now, until_known=False, counted=False)
            if state["count"] >= (tail["remaining_data"].get("count") or 0):
                state["whole_at"] = now().isoformat()  # everything that was counted when the walk began is known
        state["tail"] = None
    posts = _profile(client, target).get_tagged_posts()
    whole = state.get("suspect") or is_old(state.get("whole_at"), now())
    yield from _walk_tagged(posts, target, state, is_known, now, until_known=not whole)


def _walk_tagged(
    posts: NodeIterator[instaloader.Post],
    target: Target,
    state: dict[str, Any],
    is_known: IsKnown,
    now: Callable[[], datetime],
    *,
    until_known: bool,
    counted: bool = True,
) -> Iterator[Page]:
    """Pages until the end, or until enough is known; ``counted``: the walk began at the head, so that its length can be checked."""
    known_in_a_row, ended = 0, False
    while not ended:
        nodes = _next_nodes(posts)
        mentions, payloads = map_nodes(nodes, target.name, target.account_id)
        ids = [mention.mention_id for mention in mentions]
        known = is_known(ids)
        new = len(set(ids) - known)
        known_in_a_row = 0 if new or not ids else known_in_a_row + len(ids)
        state["count"] = state.get("count", 0) + new
        more_than_known = (posts.count or 0) > state["count"]  # somebody tagged the account in an old post
        exhausted = len(nodes) < PAGE_SIZE
        ended = exhausted or (until_known and known_in_a_row >= KNOWN_ENOUGH and not more_than_known)
        gaps = _suspect(posts, state, now()) if exhausted and counted else []
        state["tail"] = None if ended else _freeze(posts)
        yield Page(SOURCE, target.name, mentions, payloads, json.loads(json.dumps(state)), 0, gaps=gaps)
        if gaps:
            raise situations.ListCut(
                f"Instagram, {target.name}: the list ended before its own count; it is walked whole in the next run."
            )


def _next_nodes(posts: NodeIterator[instaloader.Post]) -> list[dict[str, Any]]:
    """Up to a page of raw nodes. A node that instaloader cannot wrap is skipped by its iterator; its JSON is taken all the same."""
    nodes: list[dict[str, Any]] = []
    while len(nodes) < PAGE_SIZE:
        before = posts.total_index
        try:
            nodes.append(get_json_structure(next(posts))["node"])
        except StopIteration:
            break
        except NODE_ERRORS:
            if posts.total_index == before:
                raise  # the page itself was bad, not one node of it
            frozen = posts.freeze().remaining_data or {}
            nodes.append(frozen["edges"][0]["node"])
    return nodes


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
    """A list that ended before its own count may have been cut (an empty or repeated page ends it silently): walk it whole next time.

    What is still missing after a whole walk is hidden from this account (private authors) and no sign of a cut any more.
    """
    count = posts.count or 0
    missing = count - posts.total_index
    confirmed = state.get("suspect") and missing <= state.get("cut", missing)
    known_to_miss = state.get("missing", 0)
    emptied = count == 0 and state.get("count", 0) > 0 and not state.get("suspect")
    doubtful = emptied or (missing > known_to_miss and not confirmed)
    state["suspect"], state["cut"] = doubtful, missing
    if doubtful:
        reason = "the list came empty" if emptied else f"the list ended {missing} posts before its count"
        return [Gap(None, now, reason)]
    state |= {"missing": max(missing, 0), "count": count, "whole_at": now.isoformat()}
    return []


def _own_posts(client: Client, target: Target) -> Iterator[instaloader.Post]:
    """The account's newest own posts, made of what the list says: opening each would cost a request.

    A post of a kind that instaloader does not know is skipped by its iterator; its comments can be read all the same.
    """
    posts = _profile(client, target).get_posts()
    for _ in range(target.own_posts):
        before = posts.total_index
        try:
            node = get_json_structure(next(posts))["node"]
        except StopIteration:
            return
        except NODE_ERRORS:
            if posts.total_index == before:
                raise
            node = (posts.freeze().remaining_data or {})["edges"][0]["node"]
        if post := _commented(client, node):
            yield post


def _commented(client: Client, node: dict[str, Any]) -> instaloader.Post | None:
    shortcode, media_id = node.get("shortcode") or node.get("code"), node.get("id") or node.get("pk")
    if not shortcode or not str(media_id).split("_")[0].isdigit():
        return None
    count = node.get("comments", node.get("comment_count"))
    known = {"count": count if isinstance(count, int) else 1, "edges": []}
    facts = {"shortcode": shortcode, "id": str(media_id).split("_")[0], "comments": count}
    return instaloader.Post(
        client.loader.context, facts | {"edge_media_to_comment": known, "edge_media_to_parent_comment": known}
    )


def canary_is_healthy(client: Client, shortcode: str) -> bool:
    """Whether a post that is known to be there can be read; if not, the account is blocked, whatever else it is told."""
    try:
        post: Any = instaloader.Post.from_shortcode(client.loader.context, shortcode)
        return bool(post.shortcode == shortcode)
    except (*NODE_ERRORS, instaloader.InstaloaderException, instaloader.AbortDownloadException):
        return False


def signed_in_as(client: Client) -> str | None:
    """The user name that Instagram knows this session by, None when it is dead. Raises a Situation when it does not say."""
    with named_situations("Instagram, session"):
        answer: dict[str, Any] = client.loader.context.graphql_query(VIEWER, {})
        viewer = answer["data"]["user"]
        return str(viewer["username"]) if viewer else None


def session_is_alive(client: Client) -> bool:
    """True also when Instagram does not say. Raises BudgetSpent when there is no request left to ask with."""
    try:
        return signed_in_as(client) is not None
    except situations.AccessRefused:
        return False
    except (situations.Unreachable, situations.RateLimited, situations.RequestRefused, situations.AccountUnknown):
        return True
