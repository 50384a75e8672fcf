"""How right the joiner is on a half of data/pairs: pair by pair, and over a night with everything in one heap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.joining.pairs import Told, pair_rows, read_situations
from benchmarks.joining.reading import described
from cases.joining import join_or_open
from cases.likeness import Described, compare
from cases.matching import KnownMentions

RESAMPLINGS, SEED = 4_000, 7


@dataclass(frozen=True, slots=True)
class Share:
    """A share of counted things. low, high: 95 % interval over resampled groups (Wilson's over groups where nothing is wrong)."""

    right: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.right / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.right} of {self.of}; 95 % {self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Measured:
    """precision of what is joined by itself; recall of that and the suggestions; what a suggestion is worth."""

    pairs: int
    same: int
    precision: Share
    merged: Share
    recall: Share
    suggested: Share


def measure_pairs(half: str, *, read_category: Callable[[list[str]], list[str]] | None = None) -> Measured:
    """Every labelled pair of a half, compared as the night compares them."""
    told = read_situations(half)
    mentions = described(_with_categories(told, read_category))
    groups: list[str] = []
    counts: list[tuple[bool, bool, bool]] = []  # same, merged, suggested
    for row in pair_rows(told):
        one, other = mentions[row["mention_a"]], mentions[row["mention_b"]]
        likeness = compare(one, other)
        merged = likeness.sure or _repeats(one, other)
        groups.append(row["group"])
        counts.append((row["label"] == "same", merged, not merged and likeness.worth_asking))
    same, merged_, asked = (np.array(column) for column in zip(*counts, strict=True))
    return Measured(
        len(counts), int(same.sum()), _share(same, merged_, groups), _share(merged_, same, groups),
        _share(merged_ | asked, same, groups), _share(same, asked, groups),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Night:
    """All mentions of a half placed one after the other, none knowing its group."""

    mentions: int
    joined: Share  # joined by itself: into a case of its own household
    found: Share  # mentions whose household has a case: joined it or were suggested to it
    suggestions: int


def measure_night(half: str) -> Night:
    """Mentions in order of time, all groups in the same weeks: strangers of other groups are candidates, too."""
    told = read_situations(half)
    mentions, known = described(told), KnownMentions()
    household: dict[str, str] = {}  # of a case: that of the mention which opened it
    joins: list[bool] = []
    found: list[bool] = []
    suggestions = 0
    for one in sorted(told, key=lambda one: (one.hours, one.mention)):
        joining, asked = join_or_open(mentions[one.mention], known)
        case_id = joining.case_id or one.mention
        suggestions += len(asked)
        if joining.case_id is not None:
            joins.append(household[case_id] == one.household)
        if one.household in household.values():
            reached = {household[case] for case in (joining.case_id, *(each.other_case_id for each in asked)) if case}
            found.append(one.household in reached)
        household.setdefault(case_id, one.household)
        known.add(mentions[one.mention], case_id)
    alone = [str(number) for number in range(len(told))]
    return Night(
        len(told), _share(np.array(joins), np.ones(len(joins), bool), alone),
        _share(np.array(found), np.ones(len(found), bool), alone), suggestions,
    )  # fmt: skip


def _with_categories(told: list[Told], read: Callable[[list[str]], list[str]] | None) -> list[Told]:
    if read is None:
        return told
    return [
        replace(one, category=category) for one, category in zip(told, read([one.text for one in told]), strict=True)
    ]


def _repeats(one: Described, other: Described) -> bool:
    """A repost is folded before any case: classifiers/duplicates.py decides that."""
    mine, theirs = one.mention, other.mention
    originals = {mine.duplicate_of or mine.mention_id, theirs.duplicate_of or theirs.mention_id}
    return len(originals) == 1


def _share(right: np.ndarray, among: np.ndarray, groups: Sequence[str]) -> Share:
    """Pairs of one group hang together: the interval resamples groups, not pairs."""
    names, index = np.unique(np.array(groups)[: len(right)], return_inverse=True)
    hits = np.bincount(index, weights=right & among, minlength=len(names))
    all_ = np.bincount(index, weights=among, minlength=len(names))
    total, good = int(all_.sum()), int(hits.sum())
    if total == 0:
        return Share(0, 0, 0.0, 1.0)
    if good == total:
        independent = int((all_ > 0).sum())  # groups, for the pairs of one stand or fall together
        return Share(good, total, independent / (independent + 1.96**2), 1.0)
    drawn = np.random.default_rng(SEED).integers(0, len(names), (RESAMPLINGS, len(names)))
    shares = hits[drawn].sum(axis=1) / np.maximum(all_[drawn].sum(axis=1), 1)
    low, high = np.quantile(shares, (0.025, 0.975))
    return Share(good, total, float(low), float(high))
