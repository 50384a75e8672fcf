"""Measures of a classifier, with their intervals; numpy only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def average_precision(truth: np.ndarray, score: np.ndarray) -> float:
    """Area under precision over recall as scikit-learn counts it (ties taken together)."""
    truth, score = np.asarray(truth, dtype=float), np.asarray(score, dtype=float)
    if truth.sum() == 0:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    truth, score = truth[order], score[order]
    ends = np.append(np.nonzero(np.diff(score))[0], len(score) - 1)
    hits = np.cumsum(truth)[ends]
    precision, recall = hits / (ends + 1), hits / truth.sum()
    return float(np.sum(np.diff(np.append(0.0, recall)) * precision))


def calibration_error(truth: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, min(bins, max(len(order), 1)))
    gaps = [len(p) * abs(float(np.mean(truth[p])) - float(np.mean(probability[p]))) for p in parts if len(p)]
    return float(sum(gaps) / max(len(order), 1))


def recall_within(truth: np.ndarray, score: np.ndarray, places: int) -> float:
    """Share of the pleas among the ``places`` highest scores."""
    best = np.argsort(-np.asarray(score), kind="stable")[:places]
    return float(np.sum(np.asarray(truth)[best]) / max(np.sum(truth), 1))


def precision_within(truth: np.ndarray, score: np.ndarray, places: int = 20) -> float:
    """Share of pleas among the ``places`` highest scores."""
    best = np.argsort(-np.asarray(score), kind="stable")[:places]
    return float(np.mean(np.asarray(truth)[best])) if len(best) else float("nan")


def macro_f1(truth: list[str], guess: list[str]) -> float:
    """Mean over the classes that occur of the harmonic mean of precision and recall."""
    values = []
    for label in sorted(set(truth)):
        hit = sum(t == label == g for t, g in zip(truth, guess, strict=True))
        total = sum(t == label for t in truth) + sum(g == label for g in guess)
        values.append(2 * hit / total if total else 0.0)
    return float(np.mean(values)) if values else float("nan")


def interval(
    measure: Callable[[np.ndarray], float], rows: int, rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """95 % bootstrap interval; ``measure`` gets row numbers drawn with replacement."""
    if rows == 0:
        return float("nan"), float("nan")
    generator = np.random.default_rng(seed)
    found = [measure(generator.integers(0, rows, rows)) for _ in range(rounds)]
    found = [value for value in found if not np.isnan(value)]
    if not found:
        return float("nan"), float("nan")
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
