"""Ideas behind words: "gering", "sakit" and "udur" are one idea in three languages (data/lexicon/concepts.tsv)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from classifiers.lexicon import LEXICON, LexiconError

NEAR = 8  # words between two ideas that are read together
NEXT = 7  # following ideas looked at, so that a long text costs no more per word than a short one
MOST_REMEMBERED = 100_000  # tokens whose ideas are kept
ENDINGS = ("nya", "na", "ku", "mu", "lah", "kan", "keun", "in", "an", "e")


@lru_cache(maxsize=1)
def idea_words() -> dict[str, str]:
    """Word (or beginning with a star) -> its ideas, joined by a space."""
    path = LEXICON / "concepts.tsv"
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        idea, tab, words = line.partition("\t")
        if not tab or not idea.isalpha():
            raise LexiconError(f"{path} line {number}: expected an idea, a tab and its words.")
        for word in words.split():
            if idea not in found.get(word, "").split():
                found[word] = f"{found[word]} {idea}" if word in found else idea
    return found


class Ideas:
    """Finds the ideas of a normalised token."""

    def __init__(self, words: Mapping[str, str]):
        self._words = {word: tuple(ideas.split()) for word, ideas in words.items() if not word.endswith("*")}
        self._remembered: dict[str, tuple[str, ...]] = {}
        self._beginnings = {word[:-1]: tuple(i.split()) for word, i in words.items() if word.endswith("*")}

    def of(self, token: str) -> tuple[str, ...]:
        """The token's ideas: listed, listed without its ending, or by its beginning."""
        known = self._remembered.get(token)
        if known is None:
            known = self._find(token)
            if len(self._remembered) < MOST_REMEMBERED:
                self._remembered[token] = known
        return known

    def _find(self, token: str) -> tuple[str, ...]:
        if token in self._words:
            return self._words[token]
        for ending in ENDINGS:
            stem = token[: -len(ending)]
            if token.endswith(ending) and len(stem) >= 3 and stem in self._words:
                return self._words[stem]
        return tuple(idea for start, ideas in self._beginnings.items() if token.startswith(start) for idea in ideas)

    def terms(self, tokens: Sequence[str]) -> list[str]:
        """Every idea of a text and every two of them near each other, in order."""
        placed = [(place, idea) for place, token in enumerate(tokens) for idea in self.of(token)]
        found = [idea for _, idea in placed]
        for k, (place, idea) in enumerate(placed):
            found += [f"{idea} {other}" for there, other in placed[k + 1 : k + 1 + NEXT] if 0 < there - place <= NEAR]
        return found
