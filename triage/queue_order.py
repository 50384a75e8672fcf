"""In which order cards come, and why a card is shown: the queue's one policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

WORTH_OF_URGENCY = {0: 1.0, 1: 2.0, 2: 3.0}  # how much more a confirmed need weighs; an absent opinion counts as 1
URGENT, WORTH, BY_LINK = "mendesak", "harapan", "tautan"  # shown_because


@dataclass(frozen=True, slots=True)
class Waiting:
    """One concern that waits for a verdict: a row of queue.sql."""

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
    together: int  # near-duplicates, itself included


@dataclass(frozen=True, slots=True)
class Turn:
    """A card and why it comes when it comes. ``sampling_probability``: with which chance the policy shows such a card (1: always)."""

    mention_id: str
    shown_because: str
    sampling_probability: float


def in_turn(waiting: Sequence[Waiting]) -> list[Turn]:
    """Lives at risk first, then by what a look is worth: the chance of a need times its weight; of equals the older first."""
    ordered = sorted(waiting, key=lambda one: (one.urgency != 2, -worth(one), one.created_at, one.mention_id))
    return [Turn(one.mention_id, _because(one.urgency), 1.0) for one in ordered]


def worth(one: Waiting) -> float:
    """The expected worth of looking at a card: P(need) × weight; for danger to life also × P(danger)."""
    urgency = 1 if one.urgency is None else one.urgency
    danger = one.urgency_score if urgency == 2 and one.urgency_score is not None else 1.0
    return one.flag_score * WORTH_OF_URGENCY[urgency] * danger


def shown_as(connection: duckdb.DuckDBPyConnection, mention_id: str) -> Turn:
    """Why the queue shows a mention, for its verdict's row; 'tautan' for one that is not flagged and was reached by its address."""
    row = connection.execute("SELECT urgency FROM flagged_mentions WHERE mention_id = ?", [mention_id]).fetchone()
    return Turn(mention_id, _because(row[0]), 1.0) if row else Turn(mention_id, BY_LINK, 0.0)


def _because(urgency: int | None) -> str:
    return URGENT if urgency == 2 else WORTH
