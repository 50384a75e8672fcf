"""What somebody types, found among the cases that they may see; words are found in the masked text only, so that a search unmasks nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from cases.regions import places_in
from cases.routing import agency_name
from cases.rules import Rules
from review.masking import LONGEST_READ, PLACEHOLDERS, mask, shorten
from review.reading import Reader
from review.withheld import may_be_restricted
from review.wording import label
from triage.searching import Wanted, find_by_number, find_by_words, read_told

LONGEST_SEARCH = 100  # characters typed
MOST_WORDS, SHORTEST_WORD = 6, 3
MOST_CANDIDATES = 60  # cases whose texts are masked to look again: about a millisecond a text
MOST_SHOWN = 30
AROUND = 70  # characters shown on each side of a word that was found
_MASKED = re.compile("|".join(map(re.escape, PLACEHOLDERS)))


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found, a piece of its masked text, and the words to mark in it."""

    case_id: str
    piece: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, the best first; ``more``: there is more than is shown."""

    shown: Sequence[Hit]
    more: bool = False


def search(connection: duckdb.DuckDBPyConnection, rules: Rules, typed: str, reader: Reader) -> Hits:
    """Cases by number, or by every word typed: of the masked text, the place, the agency or the matter."""
    wanted = wanted_of(rules, typed)
    sees = reader.sees_restricted
    if numbered := find_by_number(connection, wanted.number, restricted=sees, most=MOST_SHOWN):
        told = read_told(connection, numbered)
        return Hits([Hit(one, _begins(_masked(told.get(one, []), reader)), ()) for one in numbered])
    if not wanted.words:
        return Hits([])
    found = find_by_words(connection, wanted, restricted=sees, most=MOST_CANDIDATES)
    told = read_told(connection, [one.case_id for one in found])
    hits = [_hit(one.case_id, set(wanted.words) - one.named_words, told.get(one.case_id, []), reader) for one in found]
    seen = [hit for hit in hits if hit is not None]
    return Hits(seen[:MOST_SHOWN], len(seen) > MOST_SHOWN or len(found) == MOST_CANDIDATES)


def wanted_of(rules: Rules, typed: str) -> Wanted:
    """What was typed, with everything of the desk that a word of it may name."""
    plain = " ".join(typed.split())[:LONGEST_SEARCH]
    every = list(dict.fromkeys(re.findall(r"[^\W_]+", plain.lower())))
    words = [word for word in every if len(word) >= SHORTEST_WORD][:MOST_WORDS]
    places = places_in(rules.home.region)
    agencies = [(name, f"{name} {agency_name(rules, name)}") for name in rules.agencies.agency]
    matters = [(name, label("category", name)) for name in rules.taxonomy.category]
    matters += [(name, label("topic", name)) for name in rules.taxonomy.topic]
    return Wanted(plain.upper(), words, _naming(words, places), _naming(words, agencies), _naming(words, matters))


def _naming(words: Sequence[str], names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each word with the codes whose name has a word that begins so."""
    return [
        (word, code)
        for code, name in names
        for part in re.findall(r"[^\W_]+", name.lower())
        for word in words
        if part.startswith(word)
    ]


def _hit(case_id: str, words: set[str], texts: Sequence[str], reader: Reader) -> Hit | None:
    """None when a word stands only in what is masked or withheld."""
    masked = _masked(texts, reader)
    visible = _MASKED.sub(" ", masked).lower()
    if any(word not in visible for word in words):
        return None
    return Hit(case_id, _around(masked, sorted(words)), tuple(sorted(words)))


def _masked(texts: Sequence[str], reader: Reader) -> str:
    shown = [text for text in texts if reader.sees_restricted or not may_be_restricted(text)]
    return "\n".join(" ".join(mask(text, (), LONGEST_READ).split()) for text in shown)


def _begins(masked: str) -> str:
    return shorten(masked.split("\n", maxsplit=1)[0], 2 * AROUND)


def _around(masked: str, words: Sequence[str]) -> str:
    """The piece of the text where the first of the words stands."""
    lower = masked.lower()
    places = [lower.find(word) for word in words]
    start = max(0, min(places, default=0) - AROUND)
    begun = masked[start:].partition(" ")[2] if start else masked
    return ("… " if start else "") + shorten(" ".join(begun.split()), 2 * AROUND)
