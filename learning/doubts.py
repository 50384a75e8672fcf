"""Labels that a model which had not seen them finds hard to believe: confident learning (Northcutt, Jiang and Chuang 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Doubt:
    """``row`` of the labels asked about; ``chance`` of the label as given; ``margin`` by which the other is ahead."""

    row: int
    chance: float
    margin: float


def doubtful_labels(given: np.ndarray, chance_of_yes: np.ndarray) -> list[Doubt]:
    """Worst first. ``given``: 0 or 1 (n,); ``chance_of_yes``: out-of-fold probabilities (n,).

    A label is doubted when the chance of the other class reaches what that class has on average where it is given
    (its self-confidence), and its own does not: so a class that the model is shy about is not doubted as a whole.
    """
    given = np.asarray(given, dtype=int)
    chances = np.column_stack([1 - chance_of_yes, chance_of_yes])
    if len(set(given.tolist())) < 2:
        return []
    confidence = np.array([chances[given == kind, kind].mean() for kind in (0, 1)])
    own, other = chances[np.arange(len(given)), given], chances[np.arange(len(given)), 1 - given]
    doubted = np.nonzero((other >= confidence[1 - given]) & (own < confidence[given]) & (other > own))[0]
    worst = doubted[np.argsort(own[doubted] - other[doubted], kind="stable")]
    return [Doubt(int(row), float(own[row]), float(other[row] - own[row])) for row in worst]
