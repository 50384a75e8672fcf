"""The desk played through: sessions of reviewers with errors and little time, who look at cards in an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import numpy as np
import pandas as pd

from cases.queue_policy import RANDOM, Card, QueuePolicy, in_turn
from learning.arrivals import Arrival
from learning.auditing import PassedOver, draw_audit
from learning.backtest_file import BacktestFile
from learning.learning_file import AuditStratum
from learning.recall import Recall, Stratum, estimate_recall


@dataclass(frozen=True)
class Opinions:
    """A model's opinion of every post of the table: score and urgency by row, and the threshold."""

    score: np.ndarray
    urgent: np.ndarray
    threshold: float


@dataclass(frozen=True, slots=True)
class Look:
    """A card that was looked at: when, why, and what was said (ya, bukan, ragu)."""

    arrival: Arrival
    at: datetime
    because: str
    said: str


@dataclass
class Half:
    """What happened: the looks, and which arrivals were audited with which chance."""

    looks: dict[int, Look] = field(default_factory=dict)
    audits: dict[int, tuple[str, float, int]] = field(
        default_factory=dict
    )  # number -> stratum, chance, passed over that day
    flagged: set[int] = field(default_factory=set)
    models: int = 1


@dataclass(frozen=True)
class Loop:
    """What the loop adds: the queue's policy, audits, and a new model from verdicts every few weeks."""

    policy: QueuePolicy
    strata: list[AuditStratum]
    learn: Callable[
        [list[tuple[int, str]]], Opinions
    ]  # (row, verdict) of posts that may be learned from -> a new model


def play(
    stream: list[Arrival], posts: pd.DataFrame, opinions: Opinions, rules: BacktestFile, loop: Loop | None, seed: int
) -> Half:
    """The half-year hour by hour. Without ``loop`` the flagged come by urgency and score, as the daily report lists them."""
    generator = np.random.default_rng(seed)
    truth, measured = posts["plea"].to_numpy(dtype=bool), posts["measured"].to_numpy(dtype=bool)
    half, waiting, learned = Half(), {}, []  # type: Half, dict[int, Card], list[tuple[int, str]]
    days = [rules.calendar.first_day + timedelta(days=n) for n in range(7 * rules.calendar.weeks)]
    coming = iter([*stream, None])
    following = next(coming)
    passed: list[tuple[Arrival, float, float]] = []
    for number, day in enumerate(days):
        week = number // 7 + 1
        if loop and number and number % (7 * rules.loop.retrain_weeks) == 0:
            opinions, half.models = loop.learn(learned), half.models + 1
        if loop:
            _audit(half, waiting, passed, loop, rules, day.isoformat())
        passed = []
        for hour in sorted({*rules.desk.sessions, *rules.desk.on_call}):
            now = datetime.combine(day, time(hour))
            while following is not None and following.at <= now:
                _arrive(following, opinions, half, waiting, passed)
                following = next(coming)
            _drop_old(waiting, now, rules)
            room = _room(day.weekday(), week, rules) if hour in rules.desk.sessions else None
            for name, because in _chosen(list(waiting.values()), loop, now, room):
                card = waiting.pop(int(name))
                arrival = stream[int(card.mention_id)]
                said = _verdict(bool(truth[arrival.post]), rules, generator)
                if because == RANDOM and said == "ya" and rules.desk.second_reading:
                    said = _verdict(bool(truth[arrival.post]), rules, generator)
                half.looks[arrival.number] = Look(arrival, now, because, said)
                if said != "ragu" and not measured[arrival.post]:
                    learned.append((arrival.post, said))
    return half


def _arrive(
    arrival: Arrival,
    opinions: Opinions,
    half: Half,
    waiting: dict[int, Card],
    passed: list[tuple[Arrival, float, float]],
) -> None:
    score = float(opinions.score[arrival.post])
    if arrival.folded:
        return
    if score >= opinions.threshold:
        half.flagged.add(arrival.number)
        urgency = 2 if opinions.urgent[arrival.post] else 1
        waiting[arrival.number] = Card(str(arrival.number), score, urgency, arrival.at)
    else:
        passed.append((arrival, score, opinions.threshold))


def _audit(
    half: Half,
    waiting: dict[int, Card],
    passed: list[tuple[Arrival, float, float]],
    loop: Loop,
    rules: BacktestFile,
    day: str,
) -> None:
    """Yesterday's unflagged, drawn from as the desk does it."""
    known = {str(arrival.number): (arrival, score) for arrival, score, _ in passed}
    candidates = [PassedOver(str(arrival.number), score, threshold) for arrival, score, threshold in passed]
    for one in draw_audit(candidates, loop.strata, rules.loop.audit_per_day, day):
        arrival, score = known[one.mention_id]
        half.audits[arrival.number] = (one.stratum, one.sampling_probability, one.passed_over)
        waiting[arrival.number] = Card(one.mention_id, score, 1, arrival.at, audit_probability=one.sampling_probability)


def _drop_old(waiting: dict[int, Card], now: datetime, rules: BacktestFile) -> None:
    oldest = now - timedelta(days=rules.desk.waits_days)
    for number in [number for number, card in waiting.items() if card.created_at < oldest]:
        del waiting[number]


def _room(weekday: int, week: int, rules: BacktestFile) -> int:
    """Cards of a session."""
    desk = rules.desk
    share = (desk.weekend if weekday >= 5 else 1.0) * (0.5 if week in desk.holiday_weeks else 1.0)
    return round(desk.cards_per_day * share / len(desk.sessions))


def _chosen(cards: list[Card], loop: Loop | None, now: datetime, room: int | None) -> Iterable[tuple[str, str]]:
    """The cards of a session with the reason each is shown; on call (no ``room``) only flagged lives at risk."""
    if room is None:
        return [(one.mention_id, "mendesak") for one in cards if one.urgency == 2]
    if loop is None:
        ordered = sorted(cards, key=lambda one: (one.urgency != 2, -one.flag_score, one.created_at))
        return [(one.mention_id, "skor") for one in ordered[:room]]
    return [(turn.mention_id, turn.shown_because) for turn in in_turn(cards, loop.policy, now)[:room]]


def _verdict(plea: bool, rules: BacktestFile, generator: np.random.Generator) -> str:
    if generator.random() < rules.desk.unsure:
        return "ragu"
    wrong = generator.random() < (rules.desk.misses_plea if plea else rules.desk.invents_plea)
    return "ya" if plea != wrong else "bukan"


def estimated_recall(stream: list[Arrival], half: Half, weeks: range) -> Recall:
    """What the desk itself would have estimated for some weeks, from its audits and verdicts alone."""
    told = {"ya": True, "bukan": False}
    flagged = [n for n in half.flagged if stream[n].week in weeks]
    answers = tuple(told[half.looks[n].said] for n in flagged if n in half.looks and half.looks[n].said in told)
    strata = [Stratum("ditandai", True, len(flagged), answers)]
    audited = {n: told_ for n, told_ in half.audits.items() if stream[n].week in weeks}
    for name in sorted({stratum for stratum, _, _ in audited.values()}):
        part = {n: row for n, row in audited.items() if row[0] == name}
        judged = [n for n in part if n in half.looks and half.looks[n].said in told]
        posts = sum({stream[n].at.date(): passed for n, (_, _, passed) in part.items()}.values())
        said = tuple(told[half.looks[n].said] for n in judged)
        strata.append(Stratum(name, False, posts, said, tuple(part[n][1] for n in judged)))
    return estimate_recall(strata)
