"""The labelled pairs of data/pairs: the situations of a half (tuning.txt, frozen.txt) and the pairs that follow from them (.tsv)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from settings import DATA

PAIRS = DATA / "pairs"
HALVES = ("tuning", "frozen")
SIDES = ("mention", "text", "platform", "author", "thread", "hours", "category")
COLUMNS = ("pair", "group", "kind", *(f"{name}_{side}" for side in "ab" for name in SIDES), "label", "why")
PLATFORMS = {"x": "x", "i": "instagram"}
_HEAD = re.compile(r"= (\w+) (\w+)")
_LINE = re.compile(r"([A-C]) ([xi])(\d) (\d+)(?: >(\d))? (?:\[([^\];]+)(?:; (\w+))?\] )?(.+)")


@dataclass(frozen=True, slots=True)
class Told:
    """One invented mention. hours: since the beginning of its group."""

    mention: str
    group: str
    kind: str
    category: str
    household: str
    platform: str
    author: str
    thread: str
    hours: int
    stranger: str  # why it is another household than the first; empty for the first
    text: str


def read_situations(half: str, folder: Path = PAIRS) -> list[Told]:
    """Every mention of a half, group by group."""
    path = folder / f"{half}.txt"
    told: list[Told] = []
    group, head, first = 0, ("", ""), 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if found := _HEAD.fullmatch(line):
            group, head, first = group + 1, (found[1], found[2]), len(told)
            continue
        if line.startswith("#"):
            continue
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise ValueError(f"{path} line {number}: expected HOUSEHOLD AUTHOR HOURS [>LINE] [why] text.")
        name, mention = f"{half[0]}{group:03d}", f"{half[0]}{group:03d}.{len(told) - first + 1}"
        author = f"{name}/{parts[3]}"
        thread = f"{name}.{parts[5]}" if parts[5] else mention
        told.append(
            Told(mention, name, head[1], parts[7] or head[0], f"{name}{parts[1]}", PLATFORMS[parts[2]], author, thread, int(parts[4]),
                 parts[6] or "", parts[8])
        )  # fmt: skip
    return told


def pair_rows(told: list[Told]) -> Iterator[dict[str, str]]:
    """Within a household the same, across the households of a group different."""
    for one, other in combinations(told, 2):
        if one.group != other.group:
            continue
        row = {"pair": f"{one.mention}-{other.mention}", "group": one.group, "kind": one.kind}
        for side, mention in (("a", one), ("b", other)):
            row |= {f"{name}_{side}": str(getattr(mention, name)) for name in SIDES}
        same = one.household == other.household
        yield row | {"label": "same" if same else "different", "why": _why(one, other, same)}


def _why(one: Told, other: Told, same: bool) -> str:
    if not same:
        return other.stranger or one.stranger or "two households of their own"
    return "same household, same author" if one.author == other.author else "same household, told by another"


def as_table(told: list[Told]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writeheader()
    writer.writerows(pair_rows(told))
    return written.getvalue()


def write_pairs() -> None:
    for half in HALVES:
        (PAIRS / f"{half}.tsv").write_text(as_table(read_situations(half)), encoding="utf-8")


if __name__ == "__main__":
    write_pairs()
