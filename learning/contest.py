"""Champion against challenger on the same later weeks, and what a challenger must fulfil before a person may promote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from learning.learning_file import ContestRules

ROUNDS = 1_000
MOST_WEIGHT = (
    25.0  # of an audited post: one of them must not decide alone (trimmed weights: a little bias for much less chance)
)
GROUPS = ("category", "lang", "urgency")


@dataclass(frozen=True, slots=True)
class Condition:
    name: str
    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class Contest:
    """How it ended. ``measures``: of both models; ``difference``: challenger minus champion with its 90 % interval."""

    posts: int
    pleas: int
    passed: bool
    conditions: tuple[Condition, ...]
    measures: dict[str, dict[str, float]] = field(default_factory=dict)
    difference: tuple[float, float, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def contest(judged: pd.DataFrame, crossfitted: Mapping[str, Any], rules: ContestRules, fewest_pleas: int) -> Contest:
    """``judged``: a row for each post of the later weeks with its verdict: plea (bool), weight (1 / sampling probability),
    category, lang, urgency ("-" where absent), and for both models champion_score, champion_flagged, challenger_score,
    challenger_flagged. ``crossfitted``: the metrics of the challenger's card, on rows it had not seen."""
    truth = judged["plea"].to_numpy(dtype=bool)
    conditions = [*_on_the_corpus(crossfitted, rules)]
    if truth.sum() < fewest_pleas or truth.all():
        said = f"{int(truth.sum())} pleas among {len(truth)} judged posts of the later weeks; {fewest_pleas} are needed"
        conditions.insert(0, Condition("enough later verdicts", False, said))
        return Contest(len(truth), int(truth.sum()), False, tuple(conditions))
    weight = np.clip(judged["weight"].to_numpy(dtype=float), 1.0, MOST_WEIGHT)
    measures = {
        name: _measures(truth, judged[f"{name}_score"], judged[f"{name}_flagged"], weight)
        for name in ("champion", "challenger")
    }
    difference = _paired(truth, judged, weight)
    conditions = [
        *_not_worse(difference, rules),
        *_calibrated(measures, rules),
        *_floors_later(judged[truth], rules),
        *conditions,
    ]
    passed = all(one.holds for one in conditions)
    return Contest(len(truth), int(truth.sum()), passed, tuple(conditions), measures, difference)


def weighted_precision(truth: np.ndarray, score: np.ndarray, weight: np.ndarray) -> float:
    """Average precision where each post stands for ``weight`` posts; ties are taken together, as scikit-learn does."""
    order = np.argsort(-score, kind="stable")
    truth, score, weight = truth[order], score[order], weight[order]
    ends = np.append(np.nonzero(np.diff(score))[0], len(score) - 1)
    hits, seen = np.cumsum(weight * truth)[ends], np.cumsum(weight)[ends]
    if not len(hits) or hits[-1] == 0:
        return float("nan")
    return float(np.sum(np.diff(np.append(0.0, hits / hits[-1])) * hits / seen))


def weighted_calibration(truth: np.ndarray, score: np.ndarray, weight: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over bins of equal weight."""
    order = np.argsort(score, kind="stable")
    place = np.cumsum(weight[order]) / weight.sum()
    number = np.minimum((place * bins - 1e-9).astype(int), bins - 1)
    mass = np.bincount(number, weight[order], bins)
    said, true = (np.bincount(number, (weight * values)[order], bins) for values in (score, truth.astype(float)))
    return float(np.abs(said - true).sum() / mass.sum())


def _measures(truth: np.ndarray, score: pd.Series, flagged: pd.Series, weight: np.ndarray) -> dict[str, float]:
    values, chosen = score.to_numpy(dtype=float), flagged.to_numpy(dtype=bool)
    return {
        "ap": weighted_precision(truth, values, weight),
        "recall": float((weight * (chosen & truth)).sum() / (weight * truth).sum()),
        "precision": float((weight * (chosen & truth)).sum() / max((weight * chosen).sum(), 1e-9)),
        "calibration": weighted_calibration(truth, values, weight),
    }


def _paired(truth: np.ndarray, judged: pd.DataFrame, weight: np.ndarray) -> tuple[float, float, float]:
    """Difference in average precision and its 90 % interval: both models on the same posts drawn with replacement."""
    scores = [judged[f"{name}_score"].to_numpy(dtype=float) for name in ("challenger", "champion")]

    def difference(rows: np.ndarray) -> float:
        ours, theirs = (weighted_precision(truth[rows], score[rows], weight[rows]) for score in scores)
        return ours - theirs

    generator = np.random.default_rng(0)
    drawn = [difference(generator.integers(0, len(truth), len(truth))) for _ in range(ROUNDS)]
    low, high = np.nanpercentile(drawn, [5, 95])
    return difference(np.arange(len(truth))), float(low), float(high)


def _not_worse(difference: tuple[float, float, float], rules: ContestRules) -> Iterator[Condition]:
    value, low, high = difference
    said = (
        f"difference {value:+.3f} [{low:+.3f}, {high:+.3f}]; at least +0.000, and not below -{rules.worse_margin:.3f}"
    )
    yield Condition("average precision is not worse", value >= 0 and low >= -rules.worse_margin, said)


def _calibrated(measures: Mapping[str, Mapping[str, float]], rules: ContestRules) -> Iterator[Condition]:
    ours, theirs = measures["challenger"]["calibration"], measures["champion"]["calibration"]
    holds = ours <= max(rules.calibration_limit, theirs + rules.calibration_slack)
    yield Condition("calibration on the later weeks", holds, f"error {ours:.3f}, the champion's {theirs:.3f}")


def _floors_later(pleas: pd.DataFrame, rules: ContestRules) -> Iterator[Condition]:
    """A floor is broken where the challenger is below it and below the champion: what chance did to both breaks nothing."""
    for name in GROUPS:
        for value, part in pleas[pleas[name] != "-"].groupby(name):
            if len(part) < rules.fewest_pleas:
                continue
            ours, theirs = (float(part[f"{who}_flagged"].mean()) for who in ("challenger", "champion"))
            floor = floor_of(name, str(value), rules)
            said = f"recall {ours:.3f} of {len(part)} pleas, floor {floor:.2f}, the champion's {theirs:.3f}"
            yield Condition(f"later weeks, {name} {value}", ours >= min(floor, theirs), said)


def _on_the_corpus(crossfitted: Mapping[str, Any], rules: ContestRules) -> Iterator[Condition]:
    error = float(crossfitted.get("flag_ece", 1.0))
    yield Condition("calibration, cross-fitted", error <= rules.calibration_limit, f"error {error:.3f}")
    for name in GROUPS:
        for value, told in crossfitted.get("by", {}).get(name, {}).items():
            pleas = told.get("pleas", told.get("posts", 0))
            if pleas < rules.fewest_pleas:
                continue
            floor = floor_of(name, str(value), rules)
            said = f"recall {told['recall']:.3f}, floor {floor:.2f}"
            yield Condition(f"cross-fitted, {name} {value}", told["recall"] >= floor, said)


def floor_of(group: str, value: str, rules: ContestRules) -> float:
    """The share of the pleas of a group that must be flagged."""
    if group == "urgency":
        return {"0": rules.floor_urgency_0, "2": rules.floor_urgency_2}.get(value, rules.floor_urgency_1)
    return rules.floor_category if group == "category" else rules.floor_lang
