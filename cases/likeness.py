"""Whether two mentions speak of one household: signs for it, conflicts against it, and the sum of both as a chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cases.facts import Facts

NEAR_IN_TIME = 72.0  # hours
DISTRICT, VILLAGE = 3, 4  # parts of a Kemendagri code: kecamatan, desa
TEMPLATE = 0.45  # of all words of two texts that stand in both
LEAST_READING = 0.2  # weight from which a reading of a place counts
SURE, WORTH_ASKING = (
    0.85,
    0.15,
)  # chances: from here on by itself (with an identifying sign), from here on a person is asked
SHARED_WORDS = 0.15  # share of the rare words that both say
SOMETHING_MORE = 4.5  # nats of shared rare words besides the name: one word that few texts hold
SOON = 12.0  # hours
LONG_AGO = 14 * 24  # hours
THIN = 6  # words: too short to tell of another household
# Log odds, fitted to the tuning half of data/pairs (`python -m benchmarks.joining.fit`); phone by hand, the pairs hold none.
OFFSET = -3.42
WEIGHTS: Mapping[str, float] = {
    "author": 3.35,
    "thread": 2.35,
    "reporter": -2.56,
    "series": -2.36,
    "also": -1.62,
    "village": 0.56,
    "district": -0.42,
    "apart": -2.53,
    "placeless": 0.40,
    "category": 0.14,
    "name": 2.82,
    "stranger": 1.09,
    "other_name": -4.59,
    "template": -2.87,
    "age": 2.38,
    "other_age": -2.89,
    "address": 1.19,
    "other_address": -4.93,
    "phone": 3.00,
    "rare": 1.44,
    "rare_share": 1.86,
    "ideas": 0.32,
    "days": -0.71,
    "weeks": -1.47,
}
PLACED = ("village", "district")
GENERAL = ("category", "time")  # signs that half of all pairs show
CONFLICTS = ("other_name", "other_age", "other_address", "apart", "template")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is compared of a mention: ids and the opinion."""

    mention_id: str
    platform: str
    author_id: str | None
    parent_id: str | None
    thread_id: str | None
    duplicate_of: str | None
    category: str | None
    created_at: datetime


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
    sure: bool  # joined without asking
    hours: float  # between them

    @property
    def worth_asking(self) -> bool:
        """A place, a person, a writer or telling words agree: one short sentence in a hundred mouths is nothing to ask about."""
        return self.chance >= WORTH_ASKING and any(sign not in GENERAL for sign in self.signs)


def compare(one: Described, other: Described) -> Likeness:
    """Look at everything that two mentions say."""
    found = features(one, other)
    odds = OFFSET + sum(WEIGHTS[name] * value for name, value in found.items())
    chance = 1 / (1 + math.exp(-odds))
    conflicts = tuple(name for name in CONFLICTS if found[name])
    likely = chance >= SURE and not found["weeks"] and _identified(one.facts, other.facts, found)
    sure = not conflicts and (likely or _goes_on(one, other, found))
    return Likeness(chance, tuple(_signs(found)), conflicts, sure, _hours(one, other))


def _identified(one: Facts, other: Facts, found: Mapping[str, float]) -> bool:
    """Somebody or some house is named in both, at one place, and something else agrees: two people may bear one name in one village."""
    house = found["address"] > 1 or (found["address"] and found["stranger"])
    somebody = found["name"] or found["phone"] or house
    somewhere = any(found[name] for name in PLACED) or found["author"] or found["thread"]
    named = one.names | other.names | one.beside | other.beside
    more = sum(weight for word, weight in one.words.items() if word in other.words and word not in named)
    return bool(somebody and somewhere and (more >= SOMETHING_MORE or found["age"] or (found["name"] and house)))


def _goes_on(one: Described, other: Described, found: Mapping[str, float]) -> bool:
    """The same author about the same need: not one who reports for many, not "here, too", and about their own."""
    if not found["category"] or found["weeks"] or found["reporter"] or found["also"]:
        return False
    if found["name"] and (found["author"] or found["thread"]):
        return True
    thin = any(len(mention.facts.said) <= THIN and not mention.facts.names for mention in (one, other))
    return bool(found["author"] and (thin or _of_their_own(one, other, found)))


def _of_their_own(one: Described, other: Described, found: Mapping[str, float]) -> bool:
    """Both speak of the writer's own matter, and neither names somebody."""
    if found["series"] or one.facts.names or other.facts.names:
        return False
    own = all("SELF" in mention.facts.ideas for mention in (one, other))
    shared = found["rare_share"] >= SHARED_WORDS or _hours(one, other) <= SOON
    return bool(found["thread"] or (own and shared))


def features(one: Described, other: Described) -> dict[str, float]:
    """Everything that speaks for or against one household, as numbers of about 0..3."""
    mine, theirs = one.facts, other.facts
    hours = _hours(one, other)
    shared = {word: weight for word, weight in mine.words.items() if word in theirs.words}
    names = mine.names & theirs.names
    named_in_words = _named_in_words(mine, theirs)
    same_author = one.mention.author_id is not None and (one.mention.platform, one.mention.author_id) == (
        other.mention.platform,
        other.mention.author_id,
    )
    ideas = mine.ideas & theirs.ideas
    return {
        "author": float(same_author),
        "thread": float(_one_thread(one.mention, other.mention)),
        "reporter": float(same_author and (mine.reports or theirs.reports)),
        "series": float(same_author and mine.opening == theirs.opening and mine.said != theirs.said),
        "also": float(mine.also or theirs.also),
        **_place_features(one.places, other.places),
        "category": float(one.mention.category is not None and one.mention.category == other.mention.category),
        "name": float(bool(names or named_in_words)),
        "stranger": float(bool(mine.strangers & theirs.strangers)),
        "other_name": float(bool(mine.names and theirs.names) and not names and not named_in_words),
        "template": float(_one_template(mine, theirs)),
        **_number_features(mine, theirs),
        "rare": min(sum(shared.values()), 30.0) / 10,
        "rare_share": sum(shared.values()) / max(min(sum(mine.words.values()), sum(theirs.words.values())), 8.0),
        "ideas": min(len(ideas), 6) / 6,
        "days": math.log1p(hours / 24),
        "weeks": float(hours > LONG_AGO),
    }


def _hours(one: Described, other: Described) -> float:
    return abs((one.mention.created_at - other.mention.created_at).total_seconds()) / 3600


def _named_in_words(mine: Facts, theirs: Facts) -> bool:
    """One text names with a title whom the other names without."""
    return any(name in theirs.words for name in mine.names) or any(name in mine.words for name in theirs.names)


def _one_template(mine: Facts, theirs: Facts) -> bool:
    """The same sentence with other words filled in: both say something that the other does not."""
    only_mine, only_theirs = mine.said - theirs.said, theirs.said - mine.said
    alike = len(mine.said & theirs.said) / max(len(mine.said | theirs.said), 1)
    return alike >= TEMPLATE and min(len(only_mine), len(only_theirs)) > 0


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
            elif _one_district(code, other):
                district = max(district, both)
    if mine and theirs and not village and not district:
        apart = float(not any(_inside(code, other) for code in mine for other in theirs))
    return {"village": float(village > 0), "district": float(district > 0 and not village), "apart": apart,
            "placeless": float(not mine or not theirs)}  # fmt: skip


def _district(code: str) -> str | None:
    parts = code.split(".")
    return ".".join(parts[:DISTRICT]) if len(parts) >= DISTRICT else None


def _one_district(code: str, other: str) -> bool:
    """In one kecamatan, and not in two desa of it."""
    district = _district(code)
    return district is not None and district == _district(other) and (code == other or len(code) != len(other))


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
    }


def _signs(found: Mapping[str, float]) -> list[str]:
    named = ("author", "thread", "name", "address", "phone", "age", "village", "district", "category")
    signs = [name for name in named if found[name]]
    if found["rare"] >= 1.0 and found["rare_share"] >= 0.2:
        signs.append("words")
    if found["days"] <= math.log1p(NEAR_IN_TIME / 24):
        signs.append("time")
    return signs
