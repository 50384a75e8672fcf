"""Arithmetic that notebooks share: shares with their uncertainty, waiting times of which some have not ended, recall by sampling."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

Z = 1.96  # two-sided 95 %


class Estimate(NamedTuple):
    """A value with its 95 % interval; NaN where nothing is known."""

    value: float
    low: float
    high: float


def share(hits: int, of: int) -> Estimate:
    """A share with Wilson's interval, which stays honest for small numbers and near 0 and 1."""
    if not of:
        return Estimate(float("nan"), float("nan"), float("nan"))
    p, spread = hits / of, Z * Z / of
    middle = (p + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * np.sqrt(p * (1 - p) / of + spread / (4 * of))
    return Estimate(p, float(middle - half), float(middle + half))


def still_waiting(days: pd.Series[float], ended: pd.Series[bool]) -> pd.DataFrame:
    """Kaplan-Meier: which share still waits after so many days. Cases that still wait count for as long as they have waited.

    Gives days, waiting, low, high (Greenwood's 95 % interval); begins at 0 days with everybody.
    """
    steps = pd.DataFrame({"days": days, "ended": ended.astype(bool)}).sort_values("days").groupby("days")["ended"]
    table = pd.DataFrame({"ended": steps.sum(), "gone": steps.size()}).reset_index()
    at_risk = len(days) - table["gone"].cumsum() + table["gone"]
    waiting = (1 - table["ended"] / at_risk).cumprod()
    spread = np.sqrt((table["ended"] / (at_risk * (at_risk - table["ended"]).clip(lower=1e-9))).cumsum()) * waiting * Z
    curve = pd.DataFrame({"days": table["days"], "waiting": waiting, "low": (waiting - spread).clip(0, 1), "high": (waiting + spread).clip(0, 1)})  # fmt: skip
    first = pd.DataFrame({"days": [0.0], "waiting": [1.0], "low": [1.0], "high": [1.0]})
    return pd.concat([first, curve[table["ended"] > 0]], ignore_index=True)


def recall_by_sampling(found: float, chances: pd.Series[float], missed: pd.Series[bool], draws: int = 2000) -> Estimate:
    """Recall when ``found`` complaints were flagged and of the unflagged some were looked at by chance.

    ``chances``: each looked-at mention's chance to be chosen; ``missed``: it was a complaint. Each stands for 1/chance others
    (Horvitz-Thompson); the interval comes from drawing the sample again, and where no miss was seen its low end is the rule of three.
    """
    if not len(chances) or not found:
        return Estimate(float("nan"), float("nan"), float("nan"))
    weights, hits = 1 / chances.to_numpy(float), missed.to_numpy(bool)
    recall = found / (found + weights @ hits)
    if not hits.any():
        return Estimate(1.0, float(found / (found + 3 * weights.mean())), 1.0)
    chosen = np.random.default_rng(1).integers(len(weights), size=(draws, len(weights)))
    spread = found / (found + (weights * hits)[chosen].sum(axis=1))
    low, high = np.quantile(spread, [0.025, 0.975])
    return Estimate(float(recall), float(low), float(high))
