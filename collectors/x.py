"""X API v2 through tweepy: own mentions and recent search.

state = {begun, ceiling, chain}: a chain is a walk from the newest post down to ``since``; the ceiling moves only when a chain has
ended, and a new chain starts 120 s below it, because ids are not strictly in time order and indexing lags. ``begun`` is when
a target that has no ceiling yet was first asked for: what a search could not reach any more is said as a gap.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import requests

from collectors import situations
from collectors.x_client import CLIENT_ERRORS, Client, connect, date_header, situation
from collectors.x_mapping import (
    SOURCE,
    map_payload,
    meta_of,
    payloads_of,
    posts_of,
    snowflake,
    snowflake_time,
    users_of,
)
from mention import Gap, Mention, Page, Payload
from settings import XSource

__all__ = ["Target", "collect", "connect", "map_payload", "targets"]

PAGE_SIZE = 100
OVERLAP = timedelta(seconds=120)
SEARCH_REACH = timedelta(days=7) - timedelta(minutes=1)
MENTIONS_REACH = 800  # posts: the mentions timeline keeps no more
DOUBTS = 2  # times a doubtful answer is asked for again
EMPTY_END = "the last page came empty"
_FIELDS: dict[str, Any] = {
    "tweet_fields": "author_id,conversation_id,created_at,edit_history_tweet_ids,geo,in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets",
    "expansions": "author_id,geo.place_id",
    "user_fields": "id,name,username,location",
    "place_fields": "id,full_name,name,place_type,country_code",
    "max_results": PAGE_SIZE,
}
LOOKUP_FIELDS = {name: value for name, value in _FIELDS.items() if name != "max_results"}  # of posts asked for by id
# Reserve(price kind -> units at most) sets the money aside and returns the reservation's id; it may raise BudgetSpent.
Reserve = Callable[[Mapping[str, int]], str]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to read: the mentions of an account, or a search query."""

    name: str
    account_id: str | None = None
    query: str | None = None
    own_ids: frozenset[str] = frozenset()


def targets(source: XSource) -> list[Target]:
    own = frozenset(account.id for account in source.accounts)
    mentions = [Target(f"mentions:{account.handle}", account_id=account.id, own_ids=own) for account in source.accounts]
    searches = [
        Target(f"search:{hashlib.sha256(query.encode()).hexdigest()[:8]}", query=query, own_ids=own)
        for query in source.queries
    ]
    return mentions + searches


def collect(
    client: Client, target: Target, state: dict[str, Any], *, reserve: Reserve, now: Callable[[], datetime]
) -> Iterator[Page]:
    """Yield pages until the target is read up to now; each must be stored before the next is asked for.

    Raises a Situation when the walk cannot go on; the state of the last stored page leads on from there.
    """
    state.setdefault("begun", now().isoformat())
    resumed = bool(state.get("chain"))
    yield from _walk_chain(client, target, state, reserve, now)
    if resumed:  # an old chain was finished: what came since stands above its ceiling
        yield from _walk_chain(client, target, state, reserve, now)


def _walk_chain(
    client: Client, target: Target, state: dict[str, Any], reserve: Reserve, now: Callable[[], datetime]
) -> Iterator[Page]:
    gaps = _drop_stale_chain(target, state, now())
    if not state.get("chain"):
        gaps += _start_chain(target, state, now())
    doubts = 0  # answers in a row that cannot be the next page
    while chain := state.get("chain"):
        try:
            answer = _fetch(client, target, chain, reserve)
        except situations.RequestRefused as refusal:
            gaps += _mend_chain(chain, refusal, now())
            continue
        doubt = _doubt(chain, answer.body)
        doubts = doubts + 1 if doubt else 0
        if not doubt or (doubts > DOUBTS and doubt == EMPTY_END):
            gaps += _advance(state, answer.body, target, now())
        yield _page(client, target, state, answer, gaps)
        gaps = []
        if doubts > DOUBTS and doubt != EMPTY_END:
            raise situations.Unreachable(f"X, {target.name}: {doubt}; it is tried again.", billable=False)


def _page(client: Client, target: Target, state: dict[str, Any], answer: _Answer, gaps: list[Gap]) -> Page:
    mentions, payloads = _map(answer.body, target)
    return Page(
        SOURCE,
        target.name,
        mentions,
        payloads,
        json.loads(json.dumps(state)),
        1,
        answer.reservation,
        _charges(client, target, answer.body),
        gaps,
        answer.answered_at,
        answer.billed_on,
    )


def _doubt(chain: dict[str, Any], body: dict[str, Any]) -> str | None:
    """Why an answer cannot be the page that was asked for, or None: taking it for the end of a chain would lose the rest."""
    meta = meta_of(body)
    if posts_of(body) and not body.get("meta"):
        return "the answer does not say whether more follows"
    if not chain["next"]:
        return None
    if chain["oldest"] and meta.get("newest_id") and int(meta["newest_id"]) >= int(chain["oldest"]):
        return "an earlier page came again"
    return EMPTY_END if not posts_of(body) and not meta.get("next_token") else None


def _mend_chain(chain: dict[str, Any], refusal: situations.RequestRefused, now: datetime) -> list[Gap]:
    """A chain that X calls wrong begins anew, once: without a token it no longer knows, without a since_id that is too old.

    Raises the refusal when there is nothing left to leave out.
    """
    too_old = isinstance(refusal, situations.SinceTooOld) and chain["since"]
    if chain.get("mended") or not (too_old or chain["next"]):
        raise refusal
    since = snowflake_time(chain["since"]) if chain["since"] else now
    chain |= {"next": None, "oldest": None, "mended": True, "since": None if too_old else chain["since"]}
    reach = now - SEARCH_REACH
    return [Gap(since, reach, "search reaches back 7 days only")] if too_old and since < reach else []


def _drop_stale_chain(target: Target, state: dict[str, Any], now: datetime) -> list[Gap]:
    """A search walk that stopped so long ago that its bottom is out of reach is given up; what it missed is a gap."""
    chain = state.get("chain")
    if (
        not chain
        or not target.query
        or not chain["oldest"]
        or snowflake_time(chain["since"] or chain["oldest"]) >= now - SEARCH_REACH
    ):
        return []
    state["chain"] = None
    state["ceiling"] = chain["ceiling"]
    return [
        Gap(
            snowflake_time(chain["since"]) if chain["since"] else None,
            snowflake_time(chain["oldest"]),
            "an interrupted search could not be finished within 7 days",
        )
    ]


def _start_chain(target: Target, state: dict[str, Any], now: datetime) -> list[Gap]:
    """A walk from now down to 120 s below the ceiling; what a search cannot reach any more is a gap."""
    ceiling = state.get("ceiling")
    since = snowflake(snowflake_time(ceiling) - OVERLAP) if ceiling else None
    wanted = snowflake_time(since) if since else datetime.fromisoformat(state["begun"]) - SEARCH_REACH
    reach = now - SEARCH_REACH
    gaps = []
    if target.query and wanted < reach:
        # a first search that had to wait for hours has lost the end of its reach; minutes are in the nature of asking
        if since or reach - wanted > OVERLAP:
            gaps.append(Gap(wanted, reach, "search reaches back 7 days only"))
        since = None
    state["chain"] = {"since": since, "next": None, "ceiling": None, "oldest": None, "seen": 0}
    return gaps


@dataclass(frozen=True, slots=True)
class _Answer:
    body: dict[str, Any]
    reservation: str
    answered_at: datetime | None
    billed_on: tuple[date, ...]


def _fetch(client: Client, target: Target, chain: dict[str, Any], reserve: Reserve) -> _Answer:
    kind = _price_kind(client, target)
    reservation = reserve({kind: PAGE_SIZE, "x.expanded_user": PAGE_SIZE})
    arguments = _FIELDS | ({"since_id": chain["since"]} if chain["since"] else {})
    where = f"X, {target.name}"
    try:
        response = _ask(client, target, chain, arguments)
        body = response.json()
    except CLIENT_ERRORS as error:
        raise situation(error, where) from None
    if not isinstance(body, dict) or not body.keys() & {"data", "meta", "errors"}:
        raise situations.Unreachable(f"{where}: the answer is no page; it is tried again.")
    if not body.get("data") and "meta" not in body:
        raise situations.AccountUnknown(
            f"X knows no account with the id of {target.name}: mend [x] accounts in tanggap.toml."
        )
    answered_at = date_header(response)
    return _Answer(body, reservation, answered_at, billing_days(answered_at, response.elapsed))


def _ask(client: Client, target: Target, chain: dict[str, Any], arguments: dict[str, Any]) -> requests.Response:
    if target.account_id:
        as_owner = client.user_only or client.owned_id == target.account_id
        response: Any = client.api.get_users_mentions(
            target.account_id, pagination_token=chain["next"], user_auth=as_owner, **arguments
        )
    else:
        response = client.api.search_recent_tweets(
            target.query, next_token=chain["next"], user_auth=client.user_only, **arguments
        )
    answer: requests.Response = response
    return answer


def billing_days(answered_at: datetime | None, took: timedelta) -> tuple[date, ...]:
    """The UTC days between the request and its answer, by X's clock; the Date header tells whole seconds."""
    if answered_at is None:
        return ()
    second = timedelta(seconds=1)
    return tuple(sorted({(answered_at - took - second).date(), (answered_at + second).date()}))


def _map(body: dict[str, Any], target: Target) -> tuple[list[Mention], list[Payload]]:
    mentions, payloads = [], []
    for item in payloads_of(body):
        mention = map_payload(item, target.name)
        if mention is not None and mention.author_id in target.own_ids:
            continue  # what the program says itself is no mention
        payloads.append(Payload(mention.mention_id if mention else None, item))
        if mention is not None:
            mentions.append(mention)
    return mentions, payloads


def _advance(state: dict[str, Any], body: dict[str, Any], target: Target, now: datetime) -> list[Gap]:
    chain, meta = state["chain"], meta_of(body)
    chain["ceiling"] = chain["ceiling"] or meta.get("newest_id")  # only the first page's is the high-water mark
    chain["oldest"] = meta.get("oldest_id") or chain["oldest"]
    chain["seen"] += len(posts_of(body))
    chain["next"] = meta.get("next_token")
    if chain["next"]:
        return []
    highest = max(int(chain["ceiling"] or 0), int(state.get("ceiling") or 0))
    state["ceiling"] = str(highest) if highest else None
    state["chain"], state["begun"] = None, now.isoformat()
    if target.account_id and chain["since"] and chain["oldest"] and chain["seen"] >= MENTIONS_REACH:
        reason = f"the mentions timeline keeps {MENTIONS_REACH} posts only"
        return [Gap(snowflake_time(chain["since"]), snowflake_time(chain["oldest"]), reason)]
    return []


def unread(state: Mapping[str, Any], now: datetime) -> tuple[datetime | None, datetime]:
    """The span a stopped walk has left for the next run: (from, to); from is None when nothing was ever read."""
    chain = state.get("chain") or {}
    since = chain.get("since") or state.get("ceiling")
    return snowflake_time(since) if since else None, snowflake_time(chain["oldest"]) if chain.get("oldest") else now


def _price_kind(client: Client, target: Target) -> str:
    return "x.owned_read" if target.account_id and client.owned_id == target.account_id else "x.post_read"


def _charges(client: Client, target: Target, body: dict[str, Any]) -> list[tuple[str, str]]:
    kind = _price_kind(client, target)
    posts = [(kind, str(post["id"])) for post in posts_of(body) if "id" in post]
    return posts + [("x.expanded_user", str(user["id"])) for user in users_of(body) if "id" in user]
