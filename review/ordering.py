"""Which flagged mention stands where: near-duplicates together, today's first, capacity folds and never drops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pandas as pd

from triage.reporting import ReportFacts

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One concern: the mention shown and the near-duplicates folded under it, all flagged and undecided."""

    head: Row
    others: Sequence[Row]

    @property
    def rows(self) -> list[Row]:
        return [self.head, *self.others]


@dataclass(frozen=True, slots=True)
class Ordered:
    """The groups of the page. ``urgent`` to ``older`` are within capacity (urgent always), the folded ones beyond it."""

    fresh: list[Group]
    older: list[Group]
    fresh_folded: list[Group]
    older_folded: list[Group]

    @property
    def all_groups(self) -> list[Group]:
        return [*self.fresh, *self.fresh_folded, *self.older, *self.older_folded]


def ordered(facts: ReportFacts, capacity: int) -> Ordered:
    """Sort the flagged mentions. facts.flagged comes best first; that order is kept inside every part."""
    groups = _groups(facts.flagged.to_dict("records"))
    is_fresh = [any(_is_fresh(row, facts) for row in group.rows) for group in groups]
    fresh = [group for group, new in zip(groups, is_fresh, strict=True) if new]
    older = [group for group, new in zip(groups, is_fresh, strict=True) if not new]
    shown_fresh, folded_fresh = _fold(fresh, capacity)
    shown_older, folded_older = _fold(older, capacity - len(shown_fresh))
    return Ordered(shown_fresh, shown_older, folded_fresh, folded_older)


def urgency_of(row: Row) -> int:
    """0, 1 or 2; an absent opinion counts as 1, so that it is neither hidden nor shouted."""
    return 1 if pd.isna(row["urgency"]) else int(row["urgency"])


def _is_fresh(row: Row, facts: ReportFacts) -> bool:
    """Written since the start of yesterday, or first seen since the report before. The first report has none before it."""
    yesterday = datetime.combine(facts.day - timedelta(days=1), time(), facts.zone)
    return bool(row["created_at"] >= yesterday) or (facts.covered_from is not None and bool(row["is_new"]))


def _fold(groups: list[Group], room: int) -> tuple[list[Group], list[Group]]:
    """The first ``room`` groups, and every one with a life at risk wherever it stands."""
    shown: list[Group] = []
    folded: list[Group] = []
    for group in groups:
        urgent = any(urgency_of(row) == 2 for row in group.rows)
        (shown if urgent or len(shown) < room else folded).append(group)
    return shown, folded


def _groups(rows: list[dict[Any, Any]]) -> list[Group]:
    """Near-duplicates under the most urgent of them, then the original, then the best; in the order of the best."""
    by_id = {row["mention_id"]: row for row in rows}
    members: dict[str, list[Row]] = {}
    for row in rows:
        members.setdefault(_root(row, by_id), []).append(row)
    groups = []
    for root, together in members.items():
        head = max(together, key=lambda row: (urgency_of(row), row["mention_id"] == root))
        groups.append(Group(head, [row for row in together if row is not head]))
    return groups


def _root(row: Row, by_id: Mapping[str, Row]) -> str:
    """The first of its chain of near-duplicates, even when that one is not in the list; a circle ends where it began."""
    seen = {row["mention_id"]}
    current = row
    while isinstance(current["duplicate_of"], str) and current["duplicate_of"] not in seen:
        seen.add(current["duplicate_of"])
        if current["duplicate_of"] not in by_id:
            return str(current["duplicate_of"])
        current = by_id[current["duplicate_of"]]
    return min(seen) if isinstance(current["duplicate_of"], str) else str(current["mention_id"])
