"""What differs between the last week and the weeks before: scores, flags, sources, places, words; and who has fallen silent."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from learning.learning_file import DriftRules

BINS = 10
MOST_WORDS = 8
SURPRISING = 0.01  # chance of so long a silence where writing goes on as usual


@dataclass(frozen=True, slots=True)
class Sign:
    """One difference. ``strength``: in units of its limit, 1 and more is an alert; ``mention_id``: an example, never restricted."""

    kind: str
    name: str
    value: float
    usual: float
    strength: float
    mention_id: str | None = None
    alert: bool = False


def drift_signs(
    week: pd.DataFrame, usual: pd.DataFrame, tokens: Callable[[str], list[str]], rules: DriftRules
) -> list[Sign]:
    """Signs of the last week against the weeks before, strongest first; none while either has too few posts to say anything.

    Both frames: mention_id, text, author_id, flag_score, flagged, platform, kecamatan (None: none named), restricted.
    ``tokens``: the words of a text as the classifier reads it.
    """
    if min(len(week), len(usual)) < rules.fewest_posts:
        return []
    signs = [
        _scores(week, usual, rules),
        _flagged(week, usual, rules),
        *_shares("source", "platform", week, usual, rules.share_limit),
        *_shares("place", "kecamatan", week, usual, rules.share_limit),
        *_words(week, usual, tokens, rules),
    ]
    return sorted((_judged(one) for one in signs), key=lambda one: -one.strength)


def _judged(sign: Sign) -> Sign:
    return Sign(sign.kind, sign.name, sign.value, sign.usual, sign.strength, sign.mention_id, sign.strength >= 1)


def _scores(week: pd.DataFrame, usual: pd.DataFrame, rules: DriftRules) -> Sign:
    """Population stability index over tenths of the usual scores; what chance alone gives, (bins - 1)(1/n + 1/m), is taken off."""
    edges = np.unique(np.quantile(usual["flag_score"], np.linspace(0, 1, BINS + 1)[1:-1]))
    now, then = (np.digitize(part["flag_score"], edges) for part in (week, usual))
    p, q = ((np.bincount(part, minlength=len(edges) + 1) + 0.5) / (len(part) + 0.5 * BINS) for part in (now, then))
    index = float(((p - q) * np.log(p / q)).sum()) - len(edges) * (1 / len(week) + 1 / len(usual))
    grown = int(np.argmax(p - q))
    mean_now, mean_then = float(week["flag_score"].mean()), float(usual["flag_score"].mean())
    return Sign("scores", "psi", mean_now, mean_then, max(index, 0) / rules.scores_limit, _example(week[now == grown]))


def _flagged(week: pd.DataFrame, usual: pd.DataFrame, rules: DriftRules) -> Sign:
    now, then = float(week["flagged"].mean()), float(usual["flagged"].mean())
    both = (now * len(week) + then * len(usual)) / (len(week) + len(usual))
    chance = 2 * math.sqrt(max(both * (1 - both), 0) * (1 / len(week) + 1 / len(usual)))
    beyond = max(abs(now - then) - chance, 0)
    shown = week[week["flagged"]] if now > then else week[~week["flagged"]]
    return Sign("flagged", "share", now, then, beyond / rules.flagged_limit, _example(shown))


def _shares(kind: str, column: str, week: pd.DataFrame, usual: pd.DataFrame, limit: float) -> Iterator[Sign]:
    """Total variation distance of the shares, less what chance gives; named by the share that changed most."""
    now, then = week[week[column].notna()], usual[usual[column].notna()]
    if not len(now) or not len(then):
        return
    p, q = (part[column].value_counts(normalize=True) for part in (now, then))
    p, q = p.align(q, fill_value=0.0)
    both = (p * len(now) + q * len(then)) / (len(now) + len(then))
    chance = float(np.sqrt(2 / math.pi * both * (1 - both) * (1 / len(now) + 1 / len(then))).sum() / 2)
    distance = float((p - q).abs().sum() / 2)
    name = str((p - q).abs().idxmax())
    strength = max(distance - 2 * chance, 0) / limit
    yield Sign(kind, name, float(p[name]), float(q[name]), strength, _example(now[now[column] == name]))


def _words(
    week: pd.DataFrame, usual: pd.DataFrame, tokens: Callable[[str], list[str]], rules: DriftRules
) -> Iterator[Sign]:
    """Words that more people use than before: log-likelihood ratio of the posts they stand in (Dunning 1993)."""
    now, then = (_posts_with(part, tokens) for part in (week, usual))
    risen = []
    for word, rows in now.items():
        here, before = len(rows), len(then.get(word, ()))
        if here / len(week) <= before / len(usual):
            continue
        if week["author_id"].iloc[rows].nunique() >= rules.word_authors:
            risen.append((_likelihood_ratio(here, len(week), before, len(usual)), word, here, before))
    for ratio, word, here, before in sorted(risen, reverse=True)[:MOST_WORDS]:
        example = _example(week.iloc[now[word]])
        yield Sign("words", word, here / len(week), before / len(usual), ratio / rules.word_limit, example)


def _posts_with(posts: pd.DataFrame, tokens: Callable[[str], list[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, text in enumerate(posts["text"]):
        for word in set(tokens(text)):
            if word.isalpha() and len(word) > 2:
                found.setdefault(word, []).append(row)
    return found


def _likelihood_ratio(here: int, posts: int, before: int, earlier: int) -> float:
    def term(seen: int, expected: float) -> float:
        return seen * math.log(seen / expected) if seen else 0.0

    both = (here + before) / (posts + earlier)
    return 2 * (
        term(here, posts * both)
        + term(before, earlier * both)
        + term(posts - here, posts * (1 - both))
        + term(earlier - before, earlier * (1 - both))
    )


def _example(posts: pd.DataFrame) -> str | None:
    """The last of the posts that may be shown."""
    open_ones = posts[~posts["restricted"]]
    return str(open_ones["mention_id"].iloc[-1]) if len(open_ones) else None


def silent_sources(
    arrivals: Sequence[tuple[str, datetime]], since: datetime, now: datetime, rules: DriftRules
) -> list[Sign]:
    """Sources without a post for ``silent_days`` that would be surprising: before, they wrote so often that chance explains it in
    less than one of a hundred such spans (Poisson). ``arrivals``: (source, moment) of every post since ``since``."""
    recent = timedelta(days=rules.silent_days)
    days_before = max((now - recent - since).total_seconds() / 86_400, 1e-9)
    signs = []
    for source in sorted({source for source, _ in arrivals}):
        moments = [moment for name, moment in arrivals if name == source]
        if max(moments) > now - recent:
            continue
        per_day = len(moments) / days_before
        strength = per_day * rules.silent_days / -math.log(SURPRISING)
        signs.append(Sign("silent_source", source, 0.0, per_day, strength, None, strength >= 1))
    return signs


def silent_places(named: Collection[str], earlier: Collection[str], every: Sequence[str]) -> list[Sign]:
    """Kecamatan that nobody has named for ``silent_place_days``; an alert where people did name it before."""
    return [
        Sign("silent_place", name, 0.0, float(name in earlier), float(name in earlier), None, name in earlier)
        for name in every
        if name not in named
    ]
