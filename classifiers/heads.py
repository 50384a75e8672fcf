"""The linear heads of the model and the arithmetic of their probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Head:
    """One question to a post. ``weights`` has a column per class, except for the flag: one column, "1" against "0"."""

    name: str
    classes: tuple[str, ...]
    weights: np.ndarray  # float32, columns of the vocabulary x classes (or x 1)
    bias: np.ndarray  # float64
    slope: float = 1.0  # calibration: probability = sigmoid(slope * margin + offset), or softmax(slope * margins)
    offset: float = 0.0


def sigmoid(margin: np.ndarray) -> np.ndarray:
    """Logistic function without overflow."""
    low = 1 / (1 + np.exp(-np.abs(margin)))
    return np.asarray(np.where(margin >= 0, low, 1 - low))


def softmax(margins: np.ndarray) -> np.ndarray:
    """Rows that sum to 1."""
    shifted = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def log_odds(probability: np.ndarray | float) -> np.ndarray:
    """ln(p / (1 - p)), held inside what a float can say."""
    clipped = np.clip(np.asarray(probability, dtype=np.float64), 1e-9, 1 - 1e-9)
    return np.log(clipped) - np.log1p(-clipped)


def shift_share(probability: np.ndarray, learned: float, expected: np.ndarray | float) -> np.ndarray:
    """A probability learned where a share ``learned`` were pleas, for a source where ``expected`` are (Saerens 2002)."""
    return sigmoid(log_odds(probability) + log_odds(expected) - log_odds(learned))


def fit_platt(margins: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Slope and offset that make sigmoid(slope * margin + offset) a probability (Platt 1999, Newton's method)."""
    positives, negatives = truth.sum(), len(truth) - truth.sum()
    target = np.where(truth == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.column_stack([margins, np.ones_like(margins)])
    beta = np.array([1.0, 0.0])
    for _ in range(100):
        p = sigmoid(design @ beta)
        step = np.linalg.solve((design * (p * (1 - p))[:, None]).T @ design + 1e-9 * np.eye(2), design.T @ (target - p))
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[0]), float(beta[1])


def fit_temperature(margins: np.ndarray, truth: np.ndarray) -> float:
    """The factor on the margins under which softmax fits the truth best (class numbers); searched on a grid of 5 %."""
    factors = 0.2 * 1.05 ** np.arange(80)
    rows = np.arange(len(truth))
    losses = [-np.log(softmax(margins * f)[rows, truth] + 1e-12).mean() for f in factors]
    return float(factors[int(np.argmin(losses))])
