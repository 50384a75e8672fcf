"""How far reviewers agree beyond chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, groupby

from learning.labels import FIELD, Verdict


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two reviewers on the mentions that both judged. ``kappa``: 1 always, 0 as by chance; None when chance alone explains all."""

    first: str
    second: str
    both: int
    same: int
    kappa: float | None


def cohen_kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa (1960) of paired verdicts; None without pairs or when both always say the same one thing."""
    pairs = list(pairs)
    if not pairs:
        return None
    share = len(pairs)
    observed = sum(one == other for one, other in pairs) / share
    kinds = {kind for pair in pairs for kind in pair}
    expected = sum(
        sum(one == kind for one, _ in pairs) * sum(other == kind for _, other in pairs) / share**2 for kind in kinds
    )
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def agreements(verdicts: Iterable[Verdict]) -> list[Agreement]:
    """Every pair of reviewers who judged the same mentions, most in common first; field visits stand as the reviewer `lapangan`."""
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    ordered = sorted(verdicts, key=lambda one: one.mention_id)
    for _, group in groupby(ordered, key=lambda one: one.mention_id):
        said = {FIELD if one.shown_because == FIELD else one.reviewer: one.verdict for one in group}
        for first, second in combinations(sorted(said), 2):
            pairs.setdefault((first, second), []).append((said[first], said[second]))
    found = [
        Agreement(*names, len(both), sum(one == other for one, other in both), cohen_kappa(both))
        for names, both in pairs.items()
    ]
    return sorted(found, key=lambda one: (-one.both, one.first, one.second))


def pooled(verdicts: Iterable[Verdict]) -> Agreement | None:
    """All pairs together; each pair counts both ways round, so that it does not matter who is named first (Scott 1955)."""
    pairs: list[tuple[str, str]] = []
    ordered = sorted(verdicts, key=lambda one: one.mention_id)
    for _, group in groupby(ordered, key=lambda one: one.mention_id):
        pairs += combinations([one.verdict for one in group], 2)
    if not pairs:
        return None
    both_ways = pairs + [(other, one) for one, other in pairs]
    return Agreement("semua", "semua", len(pairs), sum(one == other for one, other in pairs), cohen_kappa(both_ways))
