"""TF-IDF of a post in four blocks: words, characters inside words, evenly spelt words, and ideas.

The same matrix as scikit-learn's union of four TfidfVectorizers, to 1e-6; ``remembered.py`` builds it fast.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from classifiers.ideas import Ideas
from classifiers.normalising import Normaliser

JOINT = " "  # between the two words of a word pair; no token holds a space
BLOCKS = ("words", "characters", "even", "ideas")


class Reading(NamedTuple):
    """A text as tokens: as written (folded, elongations undone) and with the spelling lexicon."""

    written: list[str]
    even: list[str]


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """What is counted. Each block of a row has unit length times its weight; a weight of 0 leaves the block out."""

    word_pairs: bool = True
    shortest: int = 2  # characters
    longest: int = 5
    word_weight: float = 1.0
    character_weight: float = 1.0
    even_weight: float = 0.7
    idea_weight: float = 0.5
    rarest_word: int = 1  # posts a word (pair) must occur in
    rarest_characters: int = 2
    rarest_even: int = 2
    rarest_idea: int = 2

    def weight(self, block: str) -> float:
        """Weight of a block."""
        named = (self.word_weight, self.character_weight, self.even_weight, self.idea_weight)
        return dict(zip(BLOCKS, named, strict=True))[block]

    def rarest(self, block: str) -> int:
        """Posts a term of a block must occur in."""
        named = (self.rarest_word, self.rarest_characters, self.rarest_even, self.rarest_idea)
        return dict(zip(BLOCKS, named, strict=True))[block]


class TextReader:
    """Texts to readings, with the lexicon and the ideas the model was trained with."""

    def __init__(self, lexicon: Mapping[str, str], idea_words: Mapping[str, str]):
        self.lexicon, self.idea_words = dict(lexicon), dict(idea_words)
        self.written = Normaliser()
        self.even = Normaliser(lexicon)
        self.ideas = Ideas(idea_words)

    def read(self, text: str | None) -> Reading:
        """Both token lists of a text."""
        return Reading(self.written.tokens(text or ""), self.even.tokens(text or ""))


def character_ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """scikit-learn's ``char_wb`` n-grams of one word: padded by a space on both sides, a short word whole and once."""
    padded = f" {word} "
    grams: list[str] = []
    for size in range(shortest, longest + 1):
        grams.append(padded[:size])
        grams += [padded[i : i + size] for i in range(1, len(padded) - size + 1)]
        if size >= len(padded):
            break
    return grams


def word_terms(tokens: Sequence[str], pairs: bool) -> list[str]:
    """Words and, if wanted, neighbouring pairs."""
    return [*tokens, *map(JOINT.join, itertools.pairwise(tokens))] if pairs else list(tokens)


def block_terms(block: str, reading: Reading, settings: FeatureSettings, ideas: Ideas) -> list[str]:
    """All terms of a block in a reading, repeated as often as they occur: the plain definition."""
    if block == "words":
        return word_terms(reading.written, settings.word_pairs)
    if block == "even":
        return word_terms(reading.even, settings.word_pairs)
    if block == "ideas":
        return ideas.terms(reading.even)
    found: list[str] = []
    for token in reading.written:
        found += character_ngrams(token, settings.shortest, settings.longest)
    return found


@dataclass
class Vocabulary:
    """The columns of the matrix, block after block. ``terms[block]`` maps a term to its column."""

    settings: FeatureSettings
    terms: dict[str, dict[str, int]]
    idf: np.ndarray
    starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        sizes = [len(self.terms[block]) for block in BLOCKS]
        self.starts = [0, *np.cumsum(sizes).tolist()]

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.starts[-1]

    @classmethod
    def fit(cls, readings: Sequence[Reading], ideas: Ideas, settings: FeatureSettings | None = None) -> Vocabulary:
        """Columns and weights from posts; terms in too few posts are left out."""
        settings = settings or FeatureSettings()
        terms: dict[str, dict[str, int]] = {}
        posts: list[int] = []
        for block in BLOCKS:
            counted = _posts_of_terms(block, readings, settings, ideas) if settings.weight(block) else Counter()
            kept = sorted(term for term, number in counted.items() if number >= settings.rarest(block))
            terms[block] = {term: column for column, term in enumerate(kept, start=len(posts))}
            posts += [counted[term] for term in kept]
        idf = np.log((1 + len(readings)) / (1 + np.array(posts, dtype=np.float64))) + 1
        return cls(settings, terms, idf)


def _posts_of_terms(block: str, readings: Sequence[Reading], settings: FeatureSettings, ideas: Ideas) -> Counter[str]:
    """In how many posts each term occurs."""
    found: Counter[str] = Counter()
    if block != "characters":
        for reading in readings:
            found.update(set(block_terms(block, reading, settings, ideas)))
        return found
    grams: dict[str, frozenset[str]] = {}
    for reading in readings:
        seen: set[str] = set()
        for token in set(reading.written):
            if token not in grams:
                grams[token] = frozenset(character_ngrams(token, settings.shortest, settings.longest))
            seen |= grams[token]
        found.update(seen)
    return found


def vocabulary_arrays(vocabulary: Vocabulary) -> dict[str, np.ndarray]:
    """The vocabulary as plain arrays for the model file: terms joined by line breaks as UTF-8 bytes."""
    found = {"idf": vocabulary.idf.astype(np.float32)}
    for block in BLOCKS:
        joined = "\n".join(vocabulary.terms[block]).encode("utf-8")
        found[f"terms_{block}"] = np.frombuffer(joined, dtype=np.uint8)
    return found


def vocabulary_from_arrays(arrays: Mapping[str, Any], settings: FeatureSettings) -> Vocabulary:
    """The other way round."""
    terms: dict[str, dict[str, int]] = {}
    column = 0
    for block in BLOCKS:
        joined = bytes(arrays[f"terms_{block}"]).decode("utf-8")
        names = joined.split("\n") if joined else []
        terms[block] = dict(zip(names, range(column, column + len(names)), strict=True))
        column += len(names)
    return Vocabulary(settings, terms, np.asarray(arrays["idf"], dtype=np.float64))
