"""Whether a corpus was written post by post: near-duplicates, repeated phrases, repeated openings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from classifiers.duplicates import duplicate_groups, plain_text

WORDS = 4  # length of the phrases counted
OPENING = 3  # words a post begins with


def diversity(texts: Sequence[str]) -> dict[str, float]:
    """``near_duplicate_share``: posts that repeat an earlier one; ``distinct_4grams``: different ones among all
    four-word phrases; ``commonest_opening_share``: posts that share the most used three first words (all 0..1)."""
    groups = duplicate_groups(range(len(texts)), texts, range(len(texts)))
    words = [plain_text(text).split() for text in texts]
    phrases = Counter(tuple(w[i : i + WORDS]) for w in words for i in range(len(w) - WORDS + 1))
    openings = Counter(tuple(w[:OPENING]) for w in words if len(w) >= OPENING)
    return {
        "posts": float(len(texts)),
        "near_duplicate_share": sum(i != first for i, first in groups.items()) / max(len(texts), 1),
        "distinct_4grams": len(phrases) / max(sum(phrases.values()), 1),
        "commonest_opening_share": max(openings.values(), default=0) / max(len(texts), 1),
    }
