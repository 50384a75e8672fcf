"""What somebody types, found among the cases that they may see; words are found in the masked text only, so that a search unmasks nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cases.regions import places_in
from cases.routing import agency_name
from cases.rules import Rules
from review.masking import LONGEST_READ, PLACEHOLDERS, mask, shorten
from review.reading import Reader
from review.withheld import may_be_restricted
from review.wording import label
from triage.searching import Found, Wanted, find_by_number, find_by_words

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


def find(connection: Any, rules: Rules, typed: str, reader: Reader) -> list[Found]:
    """Cases by number, or by every word typed: of the text, the place, the agency or the matter. Not yet to be shown: see ``hits``."""
    wanted, sees = wanted_of(rules, typed), reader.sees_restricted
    if numbered := find_by_number(connection, wanted.number, restricted=sees, most=MOST_SHOWN):
        return numbered
    return find_by_words(connection, wanted, restricted=sees, most=MOST_CANDIDATES) if wanted.words else []


def hits(rules: Rules, typed: str, found: Sequence[Found], reader: Reader) -> Hits:
    """Those of the cases in which the words still stand once the texts are masked; the masking needs no database."""
    words = frozenset(wanted_of(rules, typed).words)
    looked_at = [_hit(one, words - one.named_words, reader) for one in found]
    seen = [hit for hit in looked_at if hit is not None]
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


def _hit(one: Found, words: frozenset[str], reader: Reader) -> Hit | None:
    """None when a word stands only in what is masked or withheld. Texts are masked until every word has been found."""
    missing, piece = set(words), ""
    wanted = () if one.numbered else tuple(sorted(words))
    for text in one.texts:
        if may_be_restricted(text) and not reader.sees_restricted:
            continue
        shown = " ".join(mask(text, (), LONGEST_READ).split())
        visible = _MASKED.sub(lambda match: " " * len(match[0]), shown).lower()
        there = [word for word in wanted if word in visible]
        if not piece or (there and missing == words):
            piece = _around(shown, visible, there)
        missing -= set(there)
        if one.numbered or not missing:
            break
    return Hit(one.case_id, piece, wanted) if one.numbered or not missing else None


def _around(shown: str, visible: str, words: Sequence[str]) -> str:
    """The piece of a masked text where the first of the words stands."""
    start = max(0, min((visible.find(word) for word in words), default=0) - AROUND)
    begun = shown[start:].partition(" ")[2] if start else shown
    return ("… " if start else "") + shorten(begun, 2 * AROUND)
