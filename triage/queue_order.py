"""In which order cards come, and why a card is shown: the queue's one policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

WORTH_OF_URGENCY = {0: 1.0, 1: 2.0, 2: 3.0}  # how much more a confirmed need weighs
URGENT, WORTH, DRAWN, BY_LINK = "mendesak", "harapan", "acak", "tautan"  # shown_because


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mention that waits for a verdict: a row of queue.sql."""

    mention_id: str
    platform: str
    category: str | None
    urgency: int | None
    urgency_score: float | None
    flag_score: float
    threshold: float
    kecamatan: str | None
    created_at: datetime
    first_seen_at: datetime
    concern: str  # the first of its near-duplicates
    audit_probability: float | None = None  # with which chance a passed-over one was drawn; None: flagged

    @property
    def rank(self) -> int:
        """The urgency; an absent opinion counts as 1, so that it is neither hidden nor shouted."""
        return 1 if self.urgency is None else self.urgency


@dataclass(frozen=True, slots=True)
class Turn:
    """A card and why it comes when it comes. ``sampling_probability``: with which chance the policy shows such a card (1: always)."""

    mention_id: str
    shown_because: str
    sampling_probability: float


def in_turn(waiting: Sequence[Waiting], now: datetime) -> list[Turn]:
    """Lives at risk first, then by what a look is worth: the chance of a need times its weight; of equals the older first."""
    ordered = sorted(waiting, key=lambda one: (one.urgency != 2, -worth(one), one.created_at, one.mention_id))
    return [_turn(one.mention_id, one.urgency, one.audit_probability) for one in ordered]


def worth(one: Waiting) -> float:
    """The expected worth of looking at a card: P(need) × weight; for danger to life also × P(danger)."""
    danger = one.urgency_score if one.rank == 2 and one.urgency_score is not None else 1.0
    return one.flag_score * WORTH_OF_URGENCY[one.rank] * danger


def shown_as(connection: duckdb.DuckDBPyConnection, mention_id: str, now: datetime) -> Turn:
    """Why the queue shows a mention, for its verdict's row; 'tautan' for one that it does not hold and that was reached by its address."""
    row = connection.execute(
        "SELECT urgency, audit_probability FROM queued_mentions WHERE mention_id = ?", [mention_id]
    ).fetchone()
    return _turn(mention_id, *row) if row else Turn(mention_id, BY_LINK, 0.0)


def _turn(mention_id: str, urgency: int | None, audit_probability: float | None) -> Turn:
    if audit_probability is not None:
        return Turn(mention_id, DRAWN, audit_probability)
    return Turn(mention_id, URGENT if urgency == 2 else WORTH, 1.0)
