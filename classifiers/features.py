"""TF-IDF of words and of characters inside words, with every word's n-grams remembered.

Character n-grams never cross a word's border (``char_wb``), so a word has the same n-grams wherever it stands and the
matrix of a text is put together from its words. Same matrix as scikit-learn's union of two TfidfVectorizers, to 1e-6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

JOINT = " "  # between the two words of a word pair; no token holds a space
REMEMBERED_WORDS = 300_000  # words beyond these are worked out anew: bounds memory at about 100 MB


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """What is counted. Weights multiply the two unit-length halves of a row."""

    word_pairs: bool = True
    shortest: int = 2  # characters
    longest: int = 5
    word_weight: float = 1.0
    character_weight: float = 1.0
    rarest_word: int = 1  # posts a word (pair) must occur in
    rarest_characters: int = 2
    sublinear: bool = True  # 1 + ln(count)


def character_ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """scikit-learn's ``char_wb`` n-grams of one word: padded by a space on both sides, short words whole and once."""
    padded = f" {word} "
    grams: list[str] = []
    for size in range(shortest, longest + 1):
        grams.append(padded[:size])
        offset = 0
        while offset + size < len(padded):
            offset += 1
            grams.append(padded[offset : offset + size])
        if offset == 0:
            break
    return grams


def word_terms(tokens: Sequence[str], pairs: bool) -> list[str]:
    """Words and, if wanted, neighbouring pairs."""
    if not pairs:
        return list(tokens)
    return [*tokens, *map(JOINT.join, zip(tokens, tokens[1:], strict=False))]


@dataclass
class Vocabulary:
    """The columns of the matrix: words and pairs first, then characters. ``idf`` has one weight per column."""

    settings: FeatureSettings
    words: dict[str, int]
    characters: dict[str, int]
    idf: np.ndarray
    _remembered: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.words) + len(self.characters)

    @classmethod
    def fit(cls, documents: Sequence[Sequence[str]], settings: FeatureSettings | None = None) -> Vocabulary:
        """Columns and weights from tokenised posts; terms in too few posts are left out."""
        settings = settings or FeatureSettings()
        word_posts: Counter[str] = Counter()
        character_posts: Counter[str] = Counter()
        grams_of: dict[str, frozenset[str]] = {}
        for tokens in documents:
            word_posts.update(set(word_terms(tokens, settings.word_pairs)))
            seen: set[str] = set()
            for token in set(tokens):
                if token not in grams_of:
                    grams_of[token] = frozenset(character_ngrams(token, settings.shortest, settings.longest))
                seen |= grams_of[token]
            character_posts.update(seen)
        words = sorted(term for term, posts in word_posts.items() if posts >= settings.rarest_word)
        characters = sorted(term for term, posts in character_posts.items() if posts >= settings.rarest_characters)
        posts = np.array([word_posts[t] for t in words] + [character_posts[t] for t in characters], dtype=np.float64)
        idf = np.log((1 + len(documents)) / (1 + posts)) + 1
        return cls(
            settings,
            {term: i for i, term in enumerate(words)},
            {term: i + len(words) for i, term in enumerate(characters)},
            idf,
        )

    def _characters_of(self, token: str) -> np.ndarray:
        known = self._remembered.get(token)
        if known is None:
            grams = character_ngrams(token, self.settings.shortest, self.settings.longest)
            found = [self.characters[gram] for gram in grams if gram in self.characters]
            known = np.array(found, dtype=np.int32)
            if len(self._remembered) < REMEMBERED_WORDS:
                self._remembered[token] = known
        return known

    def counts(self, documents: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """How often each column occurs in each tokenised post."""
        pieces: list[np.ndarray] = []
        lengths = np.zeros(len(documents) + 1, dtype=np.int64)
        words, characters_of = self.words, self._characters_of
        for row, tokens in enumerate(documents):
            terms = [words[t] for t in word_terms(tokens, self.settings.word_pairs) if t in words]
            row_pieces = [np.array(terms, dtype=np.int32), *map(characters_of, tokens)]
            pieces.extend(row_pieces)
            lengths[row + 1] = sum(map(len, row_pieces))
        indices = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)
        starts = np.cumsum(lengths)
        matrix = sparse.csr_matrix(
            (np.ones(len(indices), dtype=np.float32), indices, starts), shape=(len(documents), self.width)
        )
        matrix.sum_duplicates()
        return matrix

    def matrix(self, documents: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """TF-IDF rows: each half (words, characters) of unit length times its weight."""
        matrix = self.counts(documents)
        values = matrix.data.astype(np.float64)
        if self.settings.sublinear:
            values = np.log(values) + 1
        values *= self.idf[matrix.indices]
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        is_word = matrix.indices < len(self.words)
        for half, weight in ((is_word, self.settings.word_weight), (~is_word, self.settings.character_weight)):
            squares = np.bincount(rows[half], weights=values[half] ** 2, minlength=matrix.shape[0])
            norms = np.sqrt(squares)
            norms[norms == 0] = 1
            values[half] *= weight / norms[rows[half]]
        return sparse.csr_matrix((values.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def vocabulary_arrays(vocabulary: Vocabulary) -> dict[str, Any]:
    """The vocabulary as plain arrays for the model file: terms joined by line breaks as UTF-8 bytes."""
    joined = {name: "\n".join(terms).encode("utf-8") for name, terms in _term_lists(vocabulary)}
    return {
        **{name: np.frombuffer(blob, dtype=np.uint8) for name, blob in joined.items()},
        "idf": vocabulary.idf.astype(np.float32),
    }


def _term_lists(vocabulary: Vocabulary) -> Iterable[tuple[str, list[str]]]:
    yield "words", list(vocabulary.words)
    yield "characters", list(vocabulary.characters)


def vocabulary_from_arrays(arrays: Any, settings: FeatureSettings) -> Vocabulary:
    """The other way round."""
    terms = {name: _split(bytes(arrays[name]).decode("utf-8")) for name in ("words", "characters")}
    first = len(terms["words"])
    return Vocabulary(
        settings,
        {term: i for i, term in enumerate(terms["words"])},
        {term: i + first for i, term in enumerate(terms["characters"])},
        np.asarray(arrays["idf"], dtype=np.float64),
    )


def _split(joined: str) -> list[str]:
    return joined.split("\n") if joined else []
