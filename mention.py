"""Mention: the one row that travels from a platform to a person, and the page it comes in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Mention:
    """A post, comment or reply that speaks to the program, as one platform showed it.

    Ids are text (platform ids exceed 2**53), times are aware UTC, and what the platform did not say is ``None``, never 0.
    """

    mention_id: str  # "x:<first id of the edit history>", "instagram:<media pk>", "instagram:c:<comment id>"
    platform_id: str  # the platform's id it was last seen under: an edited X post gets a new one, its mention_id stays
    platform: str  # x | instagram
    kind: str  # post | comment | reply
    author_id: str | None
    author_handle: str | None
    text: str
    lang: str | None  # the platform's own guess, kept and not relied on: X calls Sundanese "in" or "und"
    created_at: datetime
    url: str | None
    parent_id: str | None  # mention_id of what this answers
    thread_id: str | None  # mention_id of the first post of the thread
    matched: str  # the target that found it, e.g. "mentions:qr_kabbekasi"
    like_count: int | None
    reply_count: int | None
    client_version: str  # e.g. "tweepy 4.17.0"


@dataclass(frozen=True, slots=True)
class Payload:
    """What the platform sent for one item, verbatim; ``mention_id`` is None when it could not be mapped."""

    mention_id: str | None
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time span of a target that could not be read; an end that is not known is None."""

    from_at: datetime | None
    to_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a platform, mapped: what is stored in one transaction, with the cursor that leads on from it."""

    source: str
    target: str
    mentions: list[Mention]
    payloads: list[Payload]
    state: dict[str, Any]  # the target's cursor after this page, JSON-able
    requests: int
    reservation: str | None = None  # the money set aside before the request
    charges: list[tuple[str, str]] = field(default_factory=list)  # (price kind, resource id) the platform may bill
    gaps: list[Gap] = field(default_factory=list)
    answered_at: datetime | None = None  # by the platform's clock, where it says so
    billed_on: tuple[
        date, ...
    ] = ()  # the UTC days on which the platform may have billed it; empty: its clock is not known
    delivery: str | None = None  # the webhook's delivery that this page empties

    @property
    def unmapped(self) -> int:
        return sum(payload.mention_id is None for payload in self.payloads)
