"""Are stored X posts still there, and has one been edited? GET /2/tweets by up to 100 ids; each edit is a new post id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from collectors import situations
from collectors.x import LOOKUP_FIELDS, Reserve, billing_days
from collectors.x_client import CLIENT_ERRORS, Client, date_header, situation
from collectors.x_mapping import SOURCE, map_payload, payloads_of, posts_of, users_of
from mention import Mention, Page, Payload

IDS_A_REQUEST = 100
TARGET = "sync"
_KIND = "x.post_read"
_WHERE = "X, look-up of stored posts"
# The last word of the problem's type; anything else (a server's own trouble) says nothing of the post.
_GONE = ("resource-not-found", "not-authorized-for-resource")


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One answer. newest: the id of the last version of each post that is there; gone: deleted, protected or suspended."""

    newest: dict[str, str]
    gone: set[str]
    page: Page  # the money and the clock; no mentions


@dataclass(frozen=True, slots=True)
class _Answer:
    body: dict[str, Any]
    reservation: str
    answered_at: datetime | None
    billed_on: tuple[date, ...]


def look_up(client: Client, post_ids: Sequence[str], reserve: Reserve, unbilled: int) -> LookedUp:
    """Ask for up to 100 ids, ``unbilled`` of which may cost money. Raises a Situation."""
    answer = _ask(client, post_ids, reserve, {_KIND: unbilled}, {"tweet_fields": "edit_history_tweet_ids"})
    newest = {str(post["id"]): _newest_version(post) for post in posts_of(answer.body) if "id" in post}
    faults = [fault for fault in answer.body.get("errors") or [] if isinstance(fault, dict)]
    gone = {str(fault.get("resource_id")) for fault in faults if str(fault.get("type")).endswith(_GONE)}
    charges = [(_KIND, post_id) for post_id in newest]
    return LookedUp(newest, gone.intersection(post_ids) - newest.keys(), _page(answer, [], [], charges))


def fetch(client: Client, post_ids: Sequence[str], reserve: Reserve) -> Page:
    """The posts whole, as a page to be stored."""
    units = {_KIND: len(post_ids), "x.expanded_user": len(post_ids)}
    answer = _ask(client, post_ids, reserve, units, LOOKUP_FIELDS)
    mapped = [(map_payload(item, TARGET), item) for item in payloads_of(answer.body)]
    kept = [Payload(mention.mention_id if mention else None, item) for mention, item in mapped]
    charges = [(_KIND, str(post["id"])) for post in posts_of(answer.body) if "id" in post]
    charges += [("x.expanded_user", str(user["id"])) for user in users_of(answer.body) if "id" in user]
    return _page(answer, [mention for mention, _ in mapped if mention], kept, charges)


def _ask(
    client: Client, post_ids: Sequence[str], reserve: Reserve, units: dict[str, int], fields: dict[str, Any]
) -> _Answer:
    reservation = reserve(units)
    try:
        response: Any = client.api.get_tweets(list(post_ids), user_auth=client.user_only, **fields)
        body = response.json()
    except CLIENT_ERRORS as error:
        raise situation(error, _WHERE) from None
    if not isinstance(body, dict):
        raise situations.Unreachable(f"{_WHERE}: the answer is no page; it is tried again.")
    answered_at = date_header(response)
    return _Answer(body, reservation, answered_at, billing_days(answered_at, response.elapsed))


def _newest_version(post: dict[str, Any]) -> str:
    history = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids")
    return str(history[-1]) if isinstance(history, list) and history else str(post["id"])


def _page(answer: _Answer, mentions: list[Mention], payloads: list[Payload], charges: list[tuple[str, str]]) -> Page:
    told = answer.answered_at.isoformat() if answer.answered_at else None
    return Page(
        SOURCE,
        TARGET,
        mentions,
        payloads,
        {"looked_up_at": told},
        1,
        answer.reservation,
        charges,
        answered_at=answer.answered_at,
        billed_on=answer.billed_on,
    )
