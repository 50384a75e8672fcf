"""Verdicts to labels: one for each mention that reviewers agree on; what they do not agree on is listed, not learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import pandas as pd

from classifiers.corpus import COLUMNS

FIELD = "lapangan"  # shown_because of what was seen at the place: it outweighs what was read
FILE = "reviews"  # the name of the labels among the files of the corpus
_REGISTERS = {"comment": "komentar", "reply": "balasan"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of label_verdicts.sql."""

    review_id: str
    mention_id: str
    reviewer: str
    verdict: str  # ya | bukan
    made_at: datetime
    shown_because: str | None
    corrected: bool
    category: str | None
    urgency: int | None
    place_code: str | None
    lang: str | None
    concern: str  # near-duplicates share it
    audit_probability: float | None
    restricted: bool
    text: str
    platform: str
    kind: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Label:
    """What is believed of a mention. ``origin``: lapangan (seen at the place), audit (drawn by chance) or putusan."""

    verdict: Verdict
    made_at: datetime
    origin: str
    votes: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Reviewers who say ya and reviewers who say bukan; ``settled``: what a field visit or the majority made of it, or None."""

    mention_id: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    settled: str | None


def verdicts_of(frame: pd.DataFrame) -> list[Verdict]:
    """The rows of label_verdicts.sql, absent values as None."""
    clean = frame.astype(object).where(frame.notna(), None)
    return [Verdict(**{str(name): value for name, value in row.items()}) for row in clean.to_dict("records")]


def labels_and_conflicts(verdicts: Iterable[Verdict]) -> tuple[list[Label], list[Conflict]]:
    """One label a mention, oldest first: a field visit decides, else the majority of reviewers; a tie decides nothing."""
    labels, conflicts = [], []
    by_mention = sorted(verdicts, key=lambda one: (one.mention_id, one.made_at, one.review_id))
    for mention_id, group in groupby(by_mention, key=lambda one: one.mention_id):
        said = list(group)
        believed = _believed(said)
        sides = {side: tuple(sorted(one.reviewer for one in said if one.verdict == side)) for side in ("ya", "bukan")}
        if all(sides.values()):
            conflicts.append(Conflict(mention_id, sides["ya"], sides["bukan"], believed))
        if believed:
            labels.append(_label([one for one in said if one.verdict == believed]))
    return sorted(labels, key=lambda one: (one.made_at, one.verdict.mention_id)), conflicts


def _believed(said: Sequence[Verdict]) -> str | None:
    visited = [one for one in said if one.shown_because == FIELD]
    if visited:
        return visited[-1].verdict
    (first, most), *others = Counter(one.verdict for one in said).most_common()
    return None if others and others[0][1] == most else first


def _label(agreeing: Sequence[Verdict]) -> Label:
    """The last of those who agree, one who corrected before one who did not."""
    best = max(agreeing, key=lambda one: (one.shown_because == FIELD, one.corrected, one.made_at))
    origin = FIELD if best.shown_because == FIELD else "audit" if best.audit_probability is not None else "putusan"
    return Label(best, agreeing[-1].made_at, origin, len(agreeing))


def as_corpus(labels: Sequence[Label], weight: float) -> pd.DataFrame:
    """The labels as rows of a corpus (columns of ``read_corpus``, ``weight`` and ``mention_id``): what people really send is lifelike."""
    rows = [_row(one) for one in labels]
    frame = pd.DataFrame(rows, columns=["file", *COLUMNS, "kecamatan", "kabkota", "line", "mention_id"])
    frame["lifelike"] = True
    frame["weight"] = weight
    return frame


def _row(label: Label) -> dict[str, Any]:
    said = label.verdict
    need = said.verdict == "ya" and said.category is not None
    return dict.fromkeys([*COLUMNS, "kecamatan", "kabkota"], "-") | {
        "file": FILE,
        "situation": f"{FILE}:{said.concern}",
        "register": _REGISTERS.get(said.kind, "cuitan" if said.platform == "x" else "takarir"),
        "platform": said.platform,
        "lang": said.lang or "-",
        "text": said.text,
        "flag": "1" if said.verdict == "ya" else "0",
        "category": said.category if need else "-",
        "urgency": str(said.urgency) if need and said.urgency is not None else "-",
        "line": 0,
        "mention_id": said.mention_id,
    }
