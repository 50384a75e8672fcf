"""In which order cards come, and why a card is shown: rows of queue.sql in the hands of the desk's policy (cases/queue_policy.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from cases.queue_policy import RANDOM, URGENT, QueuePolicy, Turn, desk_policy
from cases.queue_policy import in_turn as mixed
from triage.database import sql

BY_LINK = "tautan"  # shown_because of a card that the queue does not hold and that was reached by its address


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mention that waits for a verdict: a row of queue.sql. ``audit_probability``: of a post that was drawn, None for a flagged one."""

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
    audit_probability: float | None = None

    @property
    def rank(self) -> int:
        """The urgency; an absent opinion counts as 1, so that it is neither hidden nor shouted."""
        return 1 if self.urgency is None else self.urgency


def folded(waiting: Iterable[Waiting]) -> list[Waiting]:
    """One a concern: near-duplicates under the most urgent of them, then the original, then the best."""
    heads: dict[str, Waiting] = {}
    for one in waiting:
        head = heads.get(one.concern)
        if head is None or _heads(one) > _heads(head):
            heads[one.concern] = one
    return list(heads.values())


def in_turn(waiting: Sequence[Waiting], now: datetime, policy: QueuePolicy | None = None) -> list[Turn]:
    """The cards as data/queue.toml mixes them: lives at risk first, then likely, uncertain and drawn ones."""
    return mixed(waiting, policy or desk_policy(), now)


def shown_as(connection: duckdb.DuckDBPyConnection, mention_id: str, now: datetime) -> Turn:
    """Why the queue shows a mention, for its verdict's row: as it would show it to anybody who has not judged it yet."""
    row = connection.execute(
        "SELECT urgency, audit_probability FROM queued_mentions WHERE mention_id = ?", [mention_id]
    ).fetchone()
    if row is None:
        return Turn(mention_id, BY_LINK, 0.0)
    if row[1] is not None:
        return Turn(mention_id, RANDOM, row[1])
    if row[0] == 2:
        return Turn(mention_id, URGENT, 1.0)
    rows = connection.execute(sql("queue"), {"reviewer": "", "restricted": True}).fetchall()
    turns = in_turn(folded(Waiting(*one) for one in rows), now)
    return next((turn for turn in turns if turn.mention_id == mention_id), Turn(mention_id, BY_LINK, 0.0))


def _heads(one: Waiting) -> tuple[int, bool, float, str]:
    return one.rank, one.mention_id == one.concern, one.flag_score, one.mention_id
