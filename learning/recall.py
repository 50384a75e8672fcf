"""What share of the pleas the model flags, told from verdicts on flagged posts and from audits of those it passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 4_000
_PRIOR = 0.5  # of each side of the Beta distribution: Webber's "half" prior


@dataclass(frozen=True, slots=True)
class Stratum:
    """Posts of one kind: how many there are, and for each one judged whether it was a plea and with which chance it was drawn.

    ``probabilities``: None where the judged were not drawn by chance (flagged posts): then each counts alike.
    """

    name: str
    flagged: bool
    posts: int
    answers: tuple[bool, ...]
    probabilities: tuple[float, ...] | None = None

    @property
    def weights(self) -> np.ndarray:
        """How many posts each judged one stands for (Horvitz and Thompson 1952), made to add up to the posts of the stratum:
        drawn ones that nobody judged are taken to be like those that were."""
        if not self.answers:
            return np.zeros(0)
        raw = 1 / np.asarray(self.probabilities or np.ones(len(self.answers)), dtype=float)
        return np.asarray(raw * self.posts / raw.sum())

    @property
    def pleas(self) -> float:
        """Estimated pleas of the stratum."""
        return float(self.weights @ np.asarray(self.answers, dtype=float)) if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Recall:
    """``value`` with its 95 % interval, all None when there is nothing to tell it from; pleas are estimated counts."""

    value: float | None
    low: float | None
    high: float | None
    flagged_pleas: float
    missed_pleas: float


def estimate_recall(strata: Sequence[Stratum], seed: int = 0) -> Recall:
    """Recall over all strata. No interval without a judged flagged post and an audit in every stratum that was passed over.

    The interval is Webber's beta-binomial one with half priors ("Approximate recall confidence intervals", ACM TOIS 31(1), 2013):
    in each stratum the share of pleas is drawn from Beta(yes + 1/2, no + 1/2), the pleas among the posts that nobody judged
    from the binomial; unlike a bootstrap it stays honest where no missed plea was found. Unequal weights count as Kish's
    effective number of answers.
    """
    flagged, missed = (sum(one.pleas for one in strata if one.flagged is side) for side in (True, False))
    told = [one for one in strata if one.posts]
    if not told or any(not one.answers for one in told) or not any(one.flagged for one in told):
        return Recall(None, None, None, flagged, missed)
    generator = np.random.default_rng(seed)
    drawn = {side: np.zeros(DRAWS) for side in (True, False)}
    for one in told:
        drawn[one.flagged] += _pleas_drawn(one, generator)
    total = drawn[True] + drawn[False]
    recalls = np.where(total > 0, drawn[True] / np.maximum(total, 1), np.nan)
    low, high = np.nanpercentile(recalls, [2.5, 97.5])
    value = flagged / (flagged + missed) if flagged + missed else None
    return Recall(value, float(low), float(high), flagged, missed)


def _pleas_drawn(one: Stratum, generator: np.random.Generator) -> np.ndarray:
    weights = one.weights
    share = one.pleas / one.posts
    answers = weights.sum() ** 2 / (weights**2).sum()  # Kish's effective number
    chance = generator.beta(share * answers + _PRIOR, (1 - share) * answers + _PRIOR, DRAWS)
    known = sum(one.answers)
    return known + generator.binomial(max(one.posts - len(one.answers), 0), chance)
