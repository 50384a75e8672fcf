"""In which order the queue asks people: lives at risk first, then likely, uncertain and random cards mixed by data/queue.toml."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import Field, model_validator

from cases.rule_file import parsed, read_rule_file
from cases.rule_models import Part
from settings import DATA, find_home

URGENT, LIKELY, UNCERTAIN, RANDOM = "mendesak", "harapan", "bimbang", "acak"  # shown_because; never said on the card
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=100)]


class Mix(Part):
    likely: Share
    uncertain: Share
    random: Share

    @model_validator(mode="after")
    def _a_whole(self) -> Mix:
        if abs(self.likely + self.uncertain + self.random - 1) > 1e-6:
            raise ValueError("does not add up to 1: likely + uncertain + random")
        return self


class Behind(Part):
    """Another mix while more than ``after_cards`` flagged cards wait: first help, then learn."""

    after_cards: Annotated[int, Field(ge=1)]
    mix: Mix


class LikelyWorth(Part):
    weight_urgency_0: Weight
    weight_urgency_1: Weight
    weight_urgency_2: Weight
    per_day_waited: Share


class UncertainAround(Part):
    around: Annotated[float, Field(gt=0, lt=1)]


class QueuePolicy(Part):
    mix: Mix
    behind: Behind
    likely: LikelyWorth
    uncertain: UncertainAround

    def weight(self, urgency: int | None) -> float:
        """An absent opinion counts as 1."""
        weights = (self.likely.weight_urgency_0, self.likely.weight_urgency_1, self.likely.weight_urgency_2)
        return weights[1 if urgency is None else urgency]


class Waiting(Protocol):
    """What the policy needs to know of a card. ``audit_probability``: the chance with which a passed-over post was drawn; None: flagged."""

    @property
    def mention_id(self) -> str: ...
    @property
    def flag_score(self) -> float: ...
    @property
    def urgency(self) -> int | None: ...
    @property
    def urgency_score(self) -> float | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def audit_probability(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Card:
    """A row of the queue, for those who have no class of their own."""

    mention_id: str
    flag_score: float
    urgency: int | None
    created_at: datetime
    urgency_score: float | None = None
    audit_probability: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A card and why it comes when it comes. ``sampling_probability``: 1 where a rule decided, the audit's chance where chance did."""

    mention_id: str
    shown_because: str
    sampling_probability: float


def desk_policy() -> QueuePolicy:
    """The desk's own data/queue.toml in TANGGAP_HOME, else the repository's. Raises RulesError naming file and line."""
    own = find_home() / "data" / "queue.toml"
    path = own if own.is_file() else DATA / "queue.toml"
    return _policy_as_of(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _policy_as_of(path: Path, changed_ns: int) -> QueuePolicy:
    """Read again only when the file has changed: the queue is asked for with every card."""
    return read_queue_policy(path)


def read_queue_policy(path: Path) -> QueuePolicy:
    return parsed(read_rule_file(path), QueuePolicy)


def in_turn(waiting: Sequence[Waiting], policy: QueuePolicy, now: datetime) -> list[Turn]:
    """Every card once. However few are looked at, each lane gets its share of them; a lane that runs dry leaves its turns to the others."""
    urgent = [one for one in waiting if one.urgency == 2 and one.audit_probability is None]
    drawn = [one for one in waiting if one.audit_probability is not None]
    rest = [one for one in waiting if one.urgency != 2 and one.audit_probability is None]
    lanes = {
        LIKELY: sorted(rest, key=lambda one: (-worth(one, policy, now), one.created_at, one.mention_id)),
        UNCERTAIN: sorted(rest, key=lambda one: (_certainty(one, policy), one.created_at, one.mention_id)),
        RANDOM: sorted(drawn, key=lambda one: (one.created_at, one.mention_id)),
    }
    mix = policy.behind.mix if len(urgent) + len(rest) > policy.behind.after_cards else policy.mix
    shares = {LIKELY: mix.likely, UNCERTAIN: mix.uncertain, RANDOM: mix.random}
    first = sorted(urgent, key=lambda one: (-worth(one, policy, now), one.created_at, one.mention_id))
    return [Turn(one.mention_id, URGENT, 1.0) for one in first] + _mixed(lanes, shares)


def worth(one: Waiting, policy: QueuePolicy, now: datetime) -> float:
    """The expected worth of a look: P(need) × weight of its urgency (× P(danger) for lives), and a little for each day it waited."""
    danger = one.urgency_score if one.urgency == 2 and one.urgency_score is not None else 1.0
    waited = max((now - one.created_at).total_seconds() / 86_400, 0.0)
    return one.flag_score * policy.weight(one.urgency) * danger + policy.likely.per_day_waited * waited


def _certainty(one: Waiting, policy: QueuePolicy) -> float:
    """Distance of the log-odds from where the model is least sure."""
    score = min(max(one.flag_score, 1e-9), 1 - 1e-9)
    return abs(math.log(score / (1 - score)) - math.log(policy.uncertain.around / (1 - policy.uncertain.around)))


def _mixed(lanes: dict[str, list[Waiting]], shares: dict[str, float]) -> list[Turn]:
    """The lanes one after the other so that every beginning of the list holds them in their shares: the lane furthest behind is next."""
    turns: list[Turn] = []
    taken: set[str] = set()
    ahead = dict.fromkeys(lanes, 0.0)
    places = dict.fromkeys(lanes, 0)
    while True:
        for name, cards in lanes.items():
            while places[name] < len(cards) and cards[places[name]].mention_id in taken:
                places[name] += 1
        open_lanes = [name for name, cards in lanes.items() if places[name] < len(cards)]
        if not open_lanes:
            return turns
        name = min(open_lanes, key=lambda lane: ((ahead[lane] + 1) / max(shares[lane], 1e-9), -shares[lane]))
        one = lanes[name][places[name]]
        ahead[name] += 1
        taken.add(one.mention_id)
        turns.append(Turn(one.mention_id, name, 1.0 if one.audit_probability is None else one.audit_probability))
