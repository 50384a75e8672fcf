"""Which of the posts that the model passed over are looked at: by chance, more of those near the threshold."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from learning.learning_file import AuditStratum


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A row of passed_over.sql."""

    mention_id: str
    flag_score: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A post to be audited, and with which chance it was drawn from its stratum."""

    mention_id: str
    stratum: str
    passed_over: int
    drawn: int

    @property
    def sampling_probability(self) -> float:
        return self.drawn / self.passed_over


def draw_audit(posts: Sequence[PassedOver], strata: Sequence[AuditStratum], per_day: int, day: str) -> list[Drawn]:
    """A simple random sample in each stratum. "Chance" is a hash of day and id: the same day draws the same posts."""
    members: dict[str, list[str]] = {}
    for one in posts:
        members.setdefault(stratum_of(one, strata), []).append(one.mention_id)
    sizes = _sizes({name: len(ids) for name, ids in members.items()}, strata, per_day)
    return [
        Drawn(mention_id, name, len(ids), sizes[name])
        for name, ids in sorted(members.items())
        for mention_id in sorted(ids, key=lambda one: _lot(day, one))[: sizes[name]]
    ]


def stratum_of(one: PassedOver, strata: Sequence[AuditStratum]) -> str:
    """The first stratum whose lower end the score reaches, as a part of the threshold; the last one takes the rest."""
    part = one.flag_score / one.threshold if one.threshold else 0.0
    return next((s.name for s in strata if part >= s.from_part), strata[-1].name)


def _sizes(there: dict[str, int], strata: Sequence[AuditStratum], per_day: int) -> dict[str, int]:
    """Posts to draw from each stratum that has any: its share, at least one, at most all; what one lacks others get."""
    sizes: dict[str, int] = {}
    room, shares = per_day, {s.name: s.share for s in strata if there.get(s.name)}
    for name in sorted(
        shares, key=lambda one: (there[one], one)
    ):  # small strata first, so that what they leave is passed on
        wanted = math.ceil(room * shares[name] / sum(shares.values()) - 1e-9)
        sizes[name] = max(1, min(wanted, there[name]))
        room = max(0, room - sizes[name])
        del shares[name]
        if not any(shares.values()):
            break
    return sizes | {name: 1 for name in shares if name not in sizes}


def _lot(day: str, mention_id: str) -> str:
    return hashlib.sha256(f"{day}/{mention_id}".encode()).hexdigest()
