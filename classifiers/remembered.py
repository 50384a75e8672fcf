"""The feature matrix built from remembered words: each written chunk is normalised, split and looked up once.

A word has the same character n-grams wherever it stands, so a post's row is put together from its words' columns;
what is left per post is a split at white space, dictionary look-ups and array arithmetic over the whole batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from classifiers.features import BLOCKS, JOINT, TextReader, Vocabulary, character_ngrams
from classifiers.ideas import NEAR, NEXT
from classifiers.normalising import CHUNK, LONGEST_TEXT, fold_text, join_spaced_out
from classifiers.token_numbers import TokenNumbers

MOST_REMEMBERED = 150_000  # chunks or tokens; then all is forgotten and learned anew: bounds memory at some 150 MB
PAIR_BITS = np.int64(31)
LOGARITHMS = (np.log(np.arange(1, LONGEST_TEXT + 2)) + 1).astype(np.float32)  # 1 + ln(count), from count 1
LOGARITHMS = np.concatenate([[0], LOGARITHMS]).astype(np.float32)
SPACED_LETTERS = 4  # from this many single letters in a post on, a spaced-out word is looked for
Numbered = tuple[tuple[int, ...], tuple[int, ...]]


class TokenRows(NamedTuple):
    """Token numbers of a batch, one post after the other, with the row (post) of each; as written and even."""

    written: np.ndarray
    written_rows: np.ndarray
    even: np.ndarray
    even_rows: np.ndarray
    posts: int


class FeatureBuilder:
    """Texts to TF-IDF rows for one vocabulary. ``numbers`` is for one thread at a time, ``rows`` for any."""

    def __init__(self, vocabulary: Vocabulary, reader: TextReader):
        self.vocabulary, self.reader = vocabulary, reader
        self._bits = np.int64(max(vocabulary.width, 2)).item().bit_length()
        self._idf = vocabulary.idf.astype(np.float32)
        self._block = np.repeat(np.arange(len(BLOCKS)), np.diff(vocabulary.starts))
        self._weights = np.array([vocabulary.settings.weight(block) for block in BLOCKS])
        self.forget()

    def forget(self) -> None:
        """Drops what was remembered and numbers the vocabulary's own words anew."""
        self._chunks: dict[str, Numbered] = {}
        self._written, self._even = TokenNumbers(), TokenNumbers()
        self._idea_numbers = {
            idea: n for n, idea in enumerate(sorted({i for w in self.reader.idea_words.values() for i in w.split()}))
        }
        self._idea_columns = self._idea_table()
        self._pairs = {
            "words": self._pair_table("words", self._written),
            "even": self._pair_table("even", self._even),
        }
        self._written.settle()
        self._even.settle()

    def _pair_table(self, block: str, tokens: TokenNumbers) -> tuple[np.ndarray, np.ndarray]:
        """Sorted keys of the known word pairs and their columns."""
        pairs = [(t.split(JOINT), column) for t, column in self.vocabulary.terms[block].items() if JOINT in t]
        keys = np.array(
            [
                (self._number(a, tokens, block) << int(PAIR_BITS)) + self._number(b, tokens, block)
                for (a, b), _ in pairs
            ],
            dtype=np.int64,
        )
        order = np.argsort(keys, kind="stable")
        return keys[order], np.array([column for _, column in pairs], dtype=np.int32)[order]

    def _idea_table(self) -> np.ndarray:
        """Column of one idea (row 0) and of every ordered pair of ideas (row 1 + first); -1 when unknown."""
        known = len(self._idea_numbers)
        table = np.full((known + 1, max(known, 1)), -1, dtype=np.int32)
        for term, column in self.vocabulary.terms["ideas"].items():
            *first, last = (self._idea_numbers[idea] for idea in term.split(JOINT))
            table[first[0] + 1 if first else 0, last] = column
        return table

    def _number(self, token: str, tokens: TokenNumbers, block: str) -> int:
        known = tokens.numbers.get(token)
        if known is not None:
            return known
        if block == "words":
            columns, settings = self.vocabulary.terms["characters"], self.vocabulary.settings
            grams = character_ngrams(token, settings.shortest, settings.longest) if columns else []
            brought = [columns[gram] for gram in grams if gram in columns]
        else:
            brought = [self._idea_numbers[idea] for idea in self.reader.ideas.of(token)]
        return tokens.add(token, self.vocabulary.terms[block].get(token, -1), brought)

    def _chunk(self, chunk: str) -> Numbered:
        """The token numbers of one piece of text between white space; remembered."""
        pieces = [match[0] for match in CHUNK.finditer(join_spaced_out(fold_text(chunk)))]
        found = (
            tuple(self._number(t, self._written, "words") for p in pieces for t in self.reader.written.chunk(p)),
            tuple(self._number(t, self._even, "even") for p in pieces for t in self.reader.even.chunk(p)),
        )
        self._chunks[chunk] = found
        return found

    def numbers(self, texts: Sequence[str | None]) -> TokenRows:
        """Token numbers of all texts."""
        if len(self._chunks) > MOST_REMEMBERED or len(self._written) > MOST_REMEMBERED:
            self.forget()
        found = [self._read((text or "")[:LONGEST_TEXT]) for text in texts]
        self._written.settle()
        self._even.settle()
        views: list[np.ndarray] = []
        for view, known in ((0, self._written), (1, self._even)):
            counts = [len(row[view]) for row in found]
            tokens = np.fromiter((t for row in found for t in row[view]), dtype=np.int64, count=sum(counts))
            views += _without_repeats(tokens, np.repeat(np.arange(len(found)), counts), known)
        written, written_rows, even, even_rows = views
        return TokenRows(written, written_rows, even, even_rows, len(found))

    def _read(self, text: str) -> tuple[list[int], list[int]]:
        written: list[int] = []
        even: list[int] = []
        chunks, letters = self._chunks, 0
        for chunk in text.split():
            known = chunks.get(chunk) or self._chunk(chunk)
            written += known[0]
            even += known[1]
            letters += len(chunk) == 1
        if letters >= SPACED_LETTERS:
            return self._read_spaced(text)
        return written, even

    def _read_spaced(self, text: str) -> tuple[list[int], list[int]]:
        """The careful way, over the whole text: ``t o l o n g`` is one word."""
        reading = self.reader.read(text)
        return (
            [self._number(t, self._written, "words") for t in reading.written],
            [self._number(t, self._even, "even") for t in reading.even],
        )

    def _words(self, tokens: np.ndarray, rows: np.ndarray, block: str, known: TokenNumbers) -> list[np.ndarray]:
        single = known.single[tokens]
        found = [(rows | single)[single >= 0]]
        keys, columns = self._pairs[block]
        if len(keys) and len(tokens) > 1:
            wanted = (tokens[:-1] << PAIR_BITS) + tokens[1:]
            places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            hit = (keys[places] == wanted) & (rows[1:] == rows[:-1])
            found.append(rows[:-1][hit] | columns[places[hit]])
        return found

    def _ideas(self, even: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
        if not self.vocabulary.terms["ideas"]:
            return []
        ideas, lengths = self._even.brought(even)
        rows, places = np.repeat(rows, lengths), np.repeat(np.arange(len(even)), lengths)
        columns = self._idea_columns[0, ideas]
        found = [(rows | columns)[columns >= 0]]
        for step in range(1, NEXT + 1):
            apart = places[step:] - places[:-step]
            near = np.nonzero((apart > 0) & (apart <= NEAR) & (rows[step:] == rows[:-step]))[0]
            pairs = self._idea_columns[ideas[near] + 1, ideas[near + step]]
            found.append((rows[near] | pairs)[pairs >= 0])
        return found

    def rows(self, numbered: TokenRows) -> sparse.csr_matrix:
        """TF-IDF rows: 1 + ln(count) times idf, each block of unit length times its weight; float32.

        Row and column of a cell are one number, so that one fast sort brings equal cells together.
        """
        posts = numbered.posts
        kind = np.int32 if posts.bit_length() + self._bits <= 31 else np.int64  # half the bytes sort twice as fast
        written_rows = (numbered.written_rows << self._bits).astype(kind)
        even_rows = (numbered.even_rows << self._bits).astype(kind)
        characters, lengths = self._written.brought(numbered.written)
        parts = [np.repeat(written_rows, lengths) | characters]
        parts += self._words(numbered.written, written_rows, "words", self._written)
        if self.vocabulary.terms["even"]:
            parts += self._words(numbered.even, even_rows, "even", self._even)
        parts += self._ideas(numbered.even, even_rows)
        cells, counts = _counted(np.concatenate(parts))
        columns = (cells & ((1 << self._bits) - 1)).astype(np.int32)
        values = LOGARITHMS[np.minimum(counts, len(LOGARITHMS) - 1)] * self._idf[columns]
        rows = cells >> self._bits
        group = rows.astype(np.int64) * len(BLOCKS) + self._block[columns]
        squares = np.bincount(group, weights=values * values, minlength=posts * len(BLOCKS))
        scale = np.tile(self._weights, posts) / np.sqrt(np.where(squares > 0, squares, 1))
        values *= scale.astype(np.float32)[group]
        starts = np.searchsorted(rows, np.arange(posts + 1)).astype(np.int32)
        return sparse.csr_matrix((values, columns, starts), shape=(posts, self.vocabulary.width))

    def matrix(self, texts: Sequence[str | None]) -> sparse.csr_matrix:
        """``rows`` of ``numbers``."""
        return self.rows(self.numbers(texts))


def _counted(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different cells in order and how often each occurs."""
    cells.sort()
    if not len(cells):
        return cells, np.zeros(0, dtype=np.int64)
    first = np.nonzero(np.concatenate([[True], cells[1:] != cells[:-1]]))[0]
    return cells[first], np.diff(first, append=len(cells))


def _without_repeats(tokens: np.ndarray, rows: np.ndarray, known: TokenNumbers) -> tuple[np.ndarray, np.ndarray]:
    """The same emoji, mark or placeholder several times in a row counts once."""
    if len(tokens) < 2:
        return tokens, rows
    same = (tokens[1:] == tokens[:-1]) & (rows[1:] == rows[:-1])
    kept = np.concatenate([[True], ~(same & ~known.repeats[tokens[1:]])])
    return tokens[kept], rows[kept]
