"""Taking a person's words out of what staff wrote about a case: the step, its time and its effect stay, the words do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ERASED = "Dihapus atas permintaan subjek data (UU 27/2022)."
EXPIRED = "Dihapus setelah masa simpan."
GROUND = "legal_basis"
WORDED = frozenset(("why", "reason", "what", "note", GROUND))  # keys of an event's detail that hold sentences
RUN = 4  # words in a row that two texts share: one was taken from the other
_ENOUGH_DIGITS = 6
_WORD = re.compile(r"[^\W_]+")
_FOREIGN = re.compile(r"^(?:62|0)+")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: words as ``plain`` makes them, and digits without 0 or 62 before them."""

    words: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()
    runs: frozenset[str] = frozenset()  # of RUN words

    def within(self, text: str) -> bool:
        read = plain(text)
        if any(word in read for word in self.words):
            return True
        if self.digits and (numbers := re.sub(r"\D", "", text)) and any(one in numbers for one in self.digits):
            return True
        return bool(self.runs) and not self.runs.isdisjoint(runs_of(read))


def sought(phrases: Sequence[str], texts: Sequence[str] = ()) -> Sought:
    """What finds these names and numbers, however they are written, and what was copied from these texts."""
    words = tuple(dict.fromkeys(plain(one) for one in phrases if plain(one).strip()))
    numbers = (_FOREIGN.sub("", re.sub(r"\D", "", one)) for one in phrases)
    runs = frozenset(run for text in texts for run in runs_of(plain(text)))
    return Sought(words, tuple(one for one in numbers if len(one) >= _ENOUGH_DIGITS), runs)


def plain(text: str) -> str:
    """Lower-case words with one blank between and around them: fancy letters, hidden characters and signs are gone."""
    shown = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    return f" {' '.join(_WORD.findall(shown.casefold()))} "


def runs_of(read: str) -> set[str]:
    """Every RUN words in a row of a plain text; a shorter text is one run, if it is long enough to say something."""
    words = read.split()
    if len(words) < RUN:
        return set()
    return {" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def without_words(detail: Any, theirs: Callable[[str], bool] | None, instead: str = ERASED) -> Any:
    """The detail with ``instead`` in the place of each sentence that is ``theirs``; everything a replay needs is as it was.

    None: every sentence but the legal basis, which is a person's only where a name stands in it.
    """
    if isinstance(detail, Mapping):
        return {
            key: instead if _goes(key, value, theirs) else without_words(value, theirs, instead)
            for key, value in detail.items()
        }
    if isinstance(detail, list | tuple):
        return [without_words(value, theirs, instead) for value in detail]
    return detail


def _goes(key: str, value: Any, theirs: Callable[[str], bool] | None) -> bool:
    if key not in WORDED or not isinstance(value, str):
        return False
    return key != GROUND if theirs is None else theirs(value)
