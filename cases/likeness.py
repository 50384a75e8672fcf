"""Whether two mentions speak of one household: signs for it, conflicts against it, and the sum of both as a chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cases.facts import Facts
from cases.joining import Incoming

NEAR_IN_TIME = 72.0  # hours
DISTRICT, VILLAGE = 3, 4  # parts of a Kemendagri code: kecamatan, desa
LEAST_READING = 0.2  # weight from which a reading of a place counts
# Log odds, fitted to the tuning half of data/pairs (`python -m benchmarks.joining --fit`), rounded.
WEIGHTS: Mapping[str, float] = {}
OFFSET = 0.0


@dataclass(frozen=True, slots=True)
class Described:
    """A mention with what its text says. places: Kemendagri code -> weight of that reading."""

    mention: Incoming
    facts: Facts
    places: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two mentions are. chance: 0..1 that it is one household; signs and conflicts by name."""

    chance: float
    signs: tuple[str, ...]
    conflicts: tuple[str, ...]


def compare(one: Described, other: Described) -> Likeness:
    """Look at everything that two mentions say."""
    found = features(one, other)
    odds = OFFSET + sum(WEIGHTS.get(name, 0.0) * value for name, value in found.items())
    chance = 1 / (1 + math.exp(-odds))
    return Likeness(chance, tuple(_signs(found)), tuple(_conflicts(found)))


def features(one: Described, other: Described) -> dict[str, float]:
    """Everything that speaks for or against one household, as numbers of about 0..3."""
    mine, theirs = one.facts, other.facts
    hours = abs((one.mention.created_at - other.mention.created_at).total_seconds()) / 3600
    shared = {word: weight for word, weight in mine.words.items() if word in theirs.words}
    names = mine.names & theirs.names
    named_in_words = _named_in_words(mine, theirs)
    both_named = bool(mine.names and theirs.names)
    same_author = one.mention.author_id is not None and (one.mention.platform, one.mention.author_id) == (
        other.mention.platform,
        other.mention.author_id,
    )
    ideas = mine.ideas & theirs.ideas
    return {
        "author": float(same_author),
        "thread": float(_one_thread(one.mention, other.mention)),
        "reporter": float(same_author and (mine.reports or theirs.reports)),
        "also": float(mine.also or theirs.also),
        **_place_features(one.places, other.places),
        "category": float(one.mention.category is not None and one.mention.category == other.mention.category),
        "name": float(bool(names or named_in_words)),
        "names": float(max(len(names) - 1, 0)),
        "other_name": float(both_named and not names and not named_in_words),
        **_number_features(mine, theirs),
        "rare": min(sum(shared.values()), 30.0) / 10,
        "rare_share": sum(shared.values()) / max(min(sum(mine.words.values()), sum(theirs.words.values())), 8.0),
        "ideas": min(len(ideas), 6) / 6,
        "days": math.log1p(hours / 24),
        "weeks": float(hours > 10 * 24),
    }


def _named_in_words(mine: Facts, theirs: Facts) -> bool:
    """One text names with a title whom the other names without."""
    return any(name in theirs.words for name in mine.names) or any(name in mine.words for name in theirs.names)


def _one_thread(one: Incoming, other: Incoming) -> bool:
    ids = {one.mention_id, one.thread_id, one.parent_id} - {None}
    return bool(ids & ({other.mention_id, other.thread_id, other.parent_id} - {None}))


def _place_features(mine: Mapping[str, float], theirs: Mapping[str, float]) -> dict[str, float]:
    village = district = apart = 0.0
    mine = {code: weight for code, weight in mine.items() if weight >= LEAST_READING}
    theirs = {code: weight for code, weight in theirs.items() if weight >= LEAST_READING}
    for code, weight in mine.items():
        for other, against in theirs.items():
            both = min(weight, against)
            if code == other and code.count(".") + 1 >= VILLAGE:
                village = max(village, both)
            elif _district(code) and _district(code) == _district(other):
                if code == other or code.count(".") != other.count("."):
                    district = max(district, both)
    if mine and theirs and not village and not district:
        apart = float(not any(_inside(code, other) for code in mine for other in theirs))
    return {"village": float(village > 0), "district": float(district > 0 and not village), "apart": apart,
            "placeless": float(not mine or not theirs)}  # fmt: skip


def _district(code: str) -> str | None:
    parts = code.split(".")
    return ".".join(parts[:DISTRICT]) if len(parts) >= DISTRICT else None


def _inside(code: str, other: str) -> bool:
    return code == other or code.startswith(other + ".") or other.startswith(code + ".")


def _number_features(mine: Facts, theirs: Facts) -> dict[str, float]:
    kinds = {kind for kind, _ in mine.address} & {kind for kind, _ in theirs.address}
    same = {kind for kind, value in mine.address if (kind, value) in theirs.address}
    return {
        "age": float(bool(mine.ages & theirs.ages)),
        "other_age": float(bool(mine.ages and theirs.ages) and not mine.ages & theirs.ages),
        "address": min(len(same), 2) * float(kinds == same),
        "other_address": float(bool(kinds - same)),
        "phone": float(bool(mine.phones & theirs.phones)),
        "other_phone": float(bool(mine.phones and theirs.phones) and not mine.phones & theirs.phones),
    }


def _signs(found: Mapping[str, float]) -> list[str]:
    named = ("author", "thread", "name", "address", "phone", "age", "village", "district", "category")
    signs = [name for name in named if found[name]]
    if found["rare"] >= 1.0 and found["rare_share"] >= 0.2:
        signs.append("words")
    if found["days"] <= math.log1p(NEAR_IN_TIME / 24):
        signs.append("time")
    return signs


def _conflicts(found: Mapping[str, float]) -> list[str]:
    return [name for name in ("other_name", "other_age", "other_address", "other_phone", "apart") if found[name]]
