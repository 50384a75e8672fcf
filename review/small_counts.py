"""Small counts hidden in what the public reads: below five one may know who is meant, and one hidden number must not follow from the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from review.wording import number

LEAST = 5


class Count(NamedTuple):
    """A count as it may be told: its value, or None and words that say no more than "<5" or "5+"."""

    value: int | None
    words: str


def told(count: int) -> Count:
    """A count that stands alone. Nobody stands behind a nought, so it stays."""
    return Count(None, f"<{LEAST}") if 0 < count < LEAST else Count(count, number(count))


def told_together(counts: Mapping[str, int]) -> dict[str, Count]:
    """Counts whose total is told, too: further ones are hidden until the small ones cannot be worked out from the rest.

    What the hidden ones add up to is the total less the shown ones. Unless that leaves every small one at least two values, the smallest
    shown count is hidden with them, as "5+"; when none is left to hide, nothing is told ("–").
    """
    small = {name: count for name, count in counts.items() if 0 < count < LEAST}
    larger = sorted((name for name, count in counts.items() if count >= LEAST), key=lambda name: (counts[name], name))
    hidden: list[str] = []
    while small and not _open(small, [counts[name] for name in hidden]):
        if not larger:
            return dict.fromkeys(counts, Count(None, "–"))
        hidden.append(larger.pop(0))
    return {name: Count(None, f"{LEAST}+") if name in hidden else told(count) for name, count in counts.items()}


def _open(small: Mapping[str, int], larger: list[int]) -> bool:
    """Whether the sum of the hidden ones leaves every small one at least two values (a larger one is known to be 5 or more)."""
    total = sum(small.values()) + sum(larger)
    others = len(small) - 1
    # The smallest and largest that one small count can be, the others being anything that they may be.
    least = max(1, total - others * (LEAST - 1)) if not larger else 1
    most = min(LEAST - 1, total - others - LEAST * len(larger))
    return most > least


def out_of_ten(hits: int, of: int, base: int = 10) -> str:
    """ "7 dari 10", "semua" …, when there are enough to say so; rounded, so that no count follows from it."""
    tenths = round(10 * hits / of) if of else 0
    if of < base:
        return ""
    if tenths in (0, 10):
        return {0: "tidak satu pun", of: "semua"}.get(hits, "hampir semua" if tenths else "hampir tidak ada")
    return f"{tenths} dari 10"
