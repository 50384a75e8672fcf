"""X API v2 through tweepy: own mentions and recent search.

The algorithm and the wire facts are those of the protocol notes (docs/protocol is their summary): state = {ceiling, chain},
where a chain is a walk from the newest post down to ``since``; the ceiling moves only when a chain has ended, and a new
chain starts 120 s below it, because ids are not strictly in time order and indexing lags.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tweepy
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from collectors import situations
from collectors.x_mapping import SOURCE, map_payload, payloads_of, snowflake, snowflake_time
from mention import Gap, Mention, Page, Payload
from settings import XSource

__all__ = ["Target", "collect", "connect", "map_payload", "targets"]

PAGE_SIZE = 100
TIMEOUT_SECONDS = 30.0
OVERLAP = timedelta(seconds=120)
SEARCH_REACH = timedelta(days=7) - timedelta(minutes=1)
MENTIONS_REACH = 800  # posts: the mentions timeline keeps no more
_FIELDS: dict[str, Any] = {
    "tweet_fields": "author_id,conversation_id,created_at,edit_history_tweet_ids,geo,in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets",
    "expansions": "author_id,geo.place_id",
    "user_fields": "id,name,username,location",
    "place_fields": "id,full_name,name,place_type,country_code",
    "max_results": PAGE_SIZE,
}
# Reserve(price kind -> units at most) sets the money aside and returns the reservation's id; it may raise BudgetSpent.
Reserve = Callable[[Mapping[str, int]], str]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to read: the mentions of an account, or a search query."""

    name: str
    account_id: str | None = None
    query: str | None = None
    own_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Client:
    """tweepy's client and whether it speaks as the account itself (owned reads cost a fifth)."""

    api: tweepy.Client
    owned_id: str | None


class _Timeout(HTTPAdapter):
    """tweepy passes no timeout (tweepy#2024): a silent server would block for ever."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT_SECONDS
        return super().send(request, **kwargs)


class _NoNetrc(AuthBase):
    """A ~/.netrc entry would replace the Bearer header (seen 2026-11); a session with an auth of its own is left alone."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def connect(secrets: Mapping[str, str]) -> Client:
    """Raises AccessRefused when neither a bearer token nor the four user-context keys are there."""
    keys = [secrets.get(name) for name in ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")]
    bearer = secrets.get("X_BEARER_TOKEN")
    if not bearer and not all(keys):
        raise situations.AccessRefused(
            "X has no credentials: set X_BEARER_TOKEN (or the four keys X_API_KEY, X_API_SECRET, X_ACCESS_TOKEN, X_ACCESS_TOKEN_SECRET) in .env."
        )
    logging.getLogger("tweepy").setLevel(logging.CRITICAL)  # at DEBUG it prints tokens and posts
    api = tweepy.Client(bearer, *keys, return_type=requests.Response, wait_on_rate_limit=False)
    api.session.mount("https://", _Timeout())
    api.session.auth = _NoNetrc()
    # An access token of X begins with the id of the account it speaks for.
    token = keys[2] or ""
    return Client(api, owned_id=token.split("-", 1)[0] if all(keys) and "-" in token else None)


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
    while chain := state.get("chain"):
        page = _fetch(client, target, chain, reserve)
        mentions, payloads = _map(page.body, target)
        gaps += _advance(state, page.body, target, now())
        yield Page(
            SOURCE,
            target.name,
            mentions,
            payloads,
            json.loads(json.dumps(state)),
            1,
            page.reservation,
            _charges(client, target, page.body),
            gaps,
            page.answered_at,
        )
        gaps = []


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
    ceiling = state.get("ceiling")
    since = snowflake(snowflake_time(ceiling) - OVERLAP) if ceiling else None
    gaps = []
    if since and target.query and snowflake_time(since) < now - SEARCH_REACH:
        gaps.append(Gap(snowflake_time(since), now - SEARCH_REACH, "search reaches back 7 days only"))
        since = None
    state["chain"] = {"since": since, "next": None, "ceiling": None, "oldest": None, "seen": 0}
    return gaps


@dataclass(frozen=True, slots=True)
class _Answer:
    body: dict[str, Any]
    reservation: str
    answered_at: datetime | None


def _fetch(client: Client, target: Target, chain: dict[str, Any], reserve: Reserve) -> _Answer:
    kind = _price_kind(client, target)
    reservation = reserve({kind: PAGE_SIZE, "x.expanded_user": PAGE_SIZE})
    arguments = _FIELDS | ({"since_id": chain["since"]} if chain["since"] else {})
    try:
        if target.account_id:
            response: Any = client.api.get_users_mentions(
                target.account_id,
                pagination_token=chain["next"],
                user_auth=client.owned_id == target.account_id,
                **arguments,
            )
        else:
            response = client.api.search_recent_tweets(target.query, next_token=chain["next"], **arguments)
        body = response.json()
    except (tweepy.TweepyException, requests.RequestException, AttributeError, ValueError) as error:
        # AttributeError: tweepy on a 5xx whose JSON is a list; ValueError: a 200 that is not JSON (seen 2026-11)
        raise _situation(error, target) from error
    if not isinstance(body, dict):
        raise situations.Unreachable(f"X answered {target.name} with something that is no page; it is tried again.")
    if not body.get("data") and "meta" not in body:
        raise situations.AccountUnknown(
            f"X knows no account with the id of {target.name}: mend [x] accounts in tanggap.toml."
        )
    return _Answer(body, reservation, _date_header(response))


def _date_header(response: requests.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


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
    chain, meta = state["chain"], body.get("meta") or {}
    chain["ceiling"] = chain["ceiling"] or meta.get("newest_id")  # only the first page's is the high-water mark
    chain["oldest"] = meta.get("oldest_id") or chain["oldest"]
    chain["seen"] += int(meta.get("result_count") or 0)
    chain["next"] = meta.get("next_token")
    if chain["next"]:
        return []
    state["ceiling"] = (
        str(max(int(chain["ceiling"] or 0), int(state.get("ceiling") or 0)))
        if chain["ceiling"] or state.get("ceiling")
        else None
    )
    state["chain"] = None
    if target.account_id and chain["since"] and chain["seen"] >= MENTIONS_REACH:
        return [
            Gap(
                snowflake_time(chain["since"]),
                snowflake_time(chain["oldest"]),
                f"the mentions timeline keeps {MENTIONS_REACH} posts only",
            )
        ]
    return []


def _price_kind(client: Client, target: Target) -> str:
    return "x.owned_read" if target.account_id and client.owned_id == target.account_id else "x.post_read"


def _charges(client: Client, target: Target, body: dict[str, Any]) -> list[tuple[str, str]]:
    kind = _price_kind(client, target)
    posts = [(kind, str(post["id"])) for post in body.get("data") or [] if "id" in post]
    users = (body.get("includes") or {}).get("users") or []
    return posts + [("x.expanded_user", str(user["id"])) for user in users if "id" in user]


def _situation(error: Exception, target: Target) -> situations.Situation:  # noqa: PLR0911 - a table of cases reads best so
    """tweepy's exception as one of ours; 429 by its title, because the window and the monthly cap are one class."""
    title, detail = _problem(error)
    where = f"X, {target.name}"
    if isinstance(error, tweepy.TooManyRequests):
        if "UsageCapExceeded" in title:
            return situations.CapReached(
                f"{where}: the monthly cap of posts is used up; raise it in the developer portal or wait for the next month."
            )
        until = datetime.fromtimestamp(error.reset_time, UTC) if error.reset_time else None
        when = f" until {until:%H:%M} UTC" if until else ""
        return situations.RateLimited(f"{where}: the rate limit is used up{when}; the next run goes on.", until)
    if isinstance(error, tweepy.Unauthorized):
        return situations.AccessRefused(
            f"{where}: the token was rejected (401); make a new one in the developer portal and put it into .env."
        )
    if isinstance(error, tweepy.Forbidden):
        return situations.AccessRefused(
            f"{where}: access is refused (403{detail}); check the app's project and plan in the developer portal."
        )
    if isinstance(error, tweepy.NotFound):
        return situations.AccountUnknown(f"{where}: not found (404); mend [x] accounts in tanggap.toml.")
    if isinstance(error, tweepy.BadRequest):
        return situations.RequestRefused(f"{where}: the request was refused (400{detail}).")
    if isinstance(error, tweepy.HTTPException) and error.response.status_code == 402:
        return situations.CapReached(f"{where}: the credit is used up (402); top it up in the developer portal.")
    kind = type(error).__name__
    return situations.Unreachable(f"{where}: no usable answer ({kind}); it is tried again.")


def _problem(error: Exception) -> tuple[str, str]:
    response = getattr(error, "response", None)
    try:
        body = response.json() if response is not None else {}
    except ValueError:
        body = {}
    title = str(body.get("title") or "") if isinstance(body, dict) else ""
    return title, f", {title}" if title else ""
