"""The feature matrix built from remembered words: each written chunk is normalised, split and looked up once.

A word has the same character n-grams wherever it stands, so counting a post's columns is one sparse product: posts by
tokens, times tokens by the columns each brings. What is left per post is a split at white space and dictionary look-ups.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from classifiers.features import BLOCKS, JOINT, TextReader, Vocabulary, character_ngrams
from classifiers.ideas import NEAR, NEXT
from classifiers.normalising import CHUNK, LONGEST_TEXT, fold_text, join_spaced_out
from classifiers.ragged import Ragged

MOST_REMEMBERED = 150_000  # chunks, and twice as many tokens; then all is learned anew: bounds memory at some 150 MB
PAIR_BITS = np.int64(31)
SIEVE = np.int64((1 << 20) - 1)  # places in the sieve of word pairs
LOGARITHMS = (np.log(np.arange(1, LONGEST_TEXT + 2)) + 1).astype(np.float32)  # 1 + ln(count), from count 1
LOGARITHMS = np.concatenate([[0], LOGARITHMS]).astype(np.float32)
SPACED_LETTERS = 4  # from this many single letters in a post on, a spaced-out word is looked for


class TokenRows(NamedTuple):
    """Token numbers of a batch with the row (post) of each: all as written, then from place ``even`` on all evenly spelt."""

    tokens: np.ndarray
    rows: np.ndarray
    even: int
    posts: int


class RememberedChunks(dict[str, int]):
    """Pieces of text between white space -> number, each learned when first seen."""

    def __init__(self, builder: FeatureBuilder):
        super().__init__()
        self._learn = builder.learn_chunk

    def __missing__(self, chunk: str) -> int:
        number = self[chunk] = self._learn(chunk)
        return number


class FeatureBuilder:
    """Texts to TF-IDF rows for one vocabulary. ``numbers`` is for one thread at a time, ``weighted`` for any."""

    def __init__(self, vocabulary: Vocabulary, reader: TextReader):
        self.vocabulary, self.reader = vocabulary, reader
        self._idf = vocabulary.idf.astype(np.float32)
        self.forget()

    def forget(self) -> None:
        """Drops what was remembered and numbers the vocabulary's own words anew.

        The first numbers are the columns themselves, so that what is one column, like a word pair, is counted in the same
        product as the tokens, which are numbered after them.
        """
        self._chunks = RememberedChunks(self)
        self._letters = Ragged()  # per chunk: an entry if it is a single letter
        self._written, self._even = Ragged(), Ragged()  # tokens of each chunk
        self._numbers: dict[tuple[str, str], int] = {}
        self._repeats: list[bool] = []  # per token: whether the same twice in a row counts twice
        self._ideas = Ragged()  # of each token
        self._columns = Ragged(
            np.arange(self.vocabulary.width)
        )  # of each token, after those that are columns themselves
        self._idea_numbers = {
            idea: n for n, idea in enumerate(sorted({i for w in self.reader.idea_words.values() for i in w.split()}))
        }
        self._idea_columns = self._idea_table()
        self._pair_keys, self._pair_columns = self._pair_table()
        self._pair_sieve = np.zeros(SIEVE + 1, dtype=bool)
        self._pair_sieve[_sifted(self._pair_keys >> PAIR_BITS, self._pair_keys)] = True
        self._settle()

    def _settle(self) -> None:
        self._written.settle()
        self._even.settle()
        self._ideas.settle()
        if self._columns.settle():
            ones = np.ones(len(self._columns.flat), dtype=np.float32)
            shape = (len(self._columns), self.vocabulary.width)
            self._brings = sparse.csr_matrix((ones, self._columns.flat, self._columns.ends), shape=shape)

    def _pair_table(self) -> tuple[np.ndarray, np.ndarray]:
        """Sorted keys of the known word pairs of both spellings and their columns."""
        pairs = [
            (self._pair_key(block, *term.split(JOINT)), column)
            for block in ("words", "even")
            for term, column in self.vocabulary.terms[block].items()
            if JOINT in term
        ]
        keys = np.array([key for key, _ in pairs], dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        return keys[order], np.array([column for _, column in pairs], dtype=np.int32)[order]

    def _pair_key(self, block: str, first: str, second: str) -> int:
        return (self._number(block, first) << int(PAIR_BITS)) + self._number(block, second)

    def _idea_table(self) -> np.ndarray:
        """Column of one idea (row 0) and of every ordered pair of ideas (row 1 + first); -1 when unknown."""
        known = len(self._idea_numbers)
        table = np.full((known + 1, max(known, 1)), -1, dtype=np.int32)
        for term, column in self.vocabulary.terms["ideas"].items():
            *first, last = (self._idea_numbers[idea] for idea in term.split(JOINT))
            table[first[0] + 1 if first else 0, last] = column
        return table

    def _number(self, block: str, token: str) -> int:
        known = self._numbers.get((block, token))
        if known is None:
            columns, ideas = self._brought(block, token)
            known = self._numbers[block, token] = self._add_token(columns, ideas, repeats=token[0].isalpha())
        return known

    def _add_token(self, columns: list[int], ideas: list[int], *, repeats: bool) -> int:
        self._repeats.append(repeats)
        self._ideas.add(ideas)
        return self._columns.add(columns)

    def _brought(self, block: str, token: str) -> tuple[list[int], list[int]]:
        """Columns and ideas of a token."""
        terms = self.vocabulary.terms
        columns = [terms[block][token]] if token in terms[block] else []
        if block == "words":
            settings, known = self.vocabulary.settings, terms["characters"]
            grams = character_ngrams(token, settings.shortest, settings.longest) if known else []
            return columns + [known[gram] for gram in grams if gram in known], []
        ideas = [self._idea_numbers[idea] for idea in self.reader.ideas.of(token)] if terms["ideas"] else []
        single = self._idea_columns[0, ideas]
        return columns + single[single >= 0].tolist(), ideas

    def learn_chunk(self, chunk: str) -> int:
        """The number of a new piece of text between white space."""
        folded = fold_text(chunk)
        plain = folded.isalpha() or folded.isdecimal()  # most are: one piece, no need to look for its borders
        pieces = [folded] if plain else [match[0] for match in CHUNK.finditer(join_spaced_out(folded))]
        return self._add_chunk(
            [token for piece in pieces for token in self.reader.written.chunk(piece)],
            [token for piece in pieces for token in self.reader.even.chunk(piece)],
            letter=len(chunk) == 1,
        )

    def _add_chunk(self, written: list[str], even: list[str], *, letter: bool) -> int:
        self._letters.add([1] if letter else [])
        self._even.add([self._number("even", token) for token in even])
        return self._written.add([self._number("words", token) for token in written])

    def numbers(self, texts: Sequence[str | None]) -> TokenRows:
        """Token numbers of all texts."""
        if len(self._chunks) > MOST_REMEMBERED or len(self._numbers) > 2 * MOST_REMEMBERED:
            self.forget()
        found: list[int] = []
        ends = [0]
        for text in texts:
            found += map(self._chunks.__getitem__, (text or "")[:LONGEST_TEXT].split())
            ends.append(len(found))
        chunks, rows = self._with_spaced(texts, np.array(found, dtype=np.int32), np.diff(ends))
        self._settle()
        written, counts = self._written.of(chunks)
        even, even_counts = self._even.of(chunks)
        tokens = np.concatenate([written, even])
        token_rows = np.concatenate([np.repeat(rows, counts), np.repeat(rows, even_counts)])
        kept = self._kept(tokens, token_rows)
        return TokenRows(tokens[kept], token_rows[kept], int(kept[: len(written)].sum()), len(texts))

    def _with_spaced(
        self, texts: Sequence[str | None], chunks: np.ndarray, counts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Chunks and their rows. A post with single letters is read the careful way, over the whole text and as one
        chunk: ``t o l o n g`` is one word."""
        rows = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
        self._letters.settle()
        letters = np.bincount(rows, weights=self._letters.counts[chunks], minlength=len(texts))
        spaced = np.flatnonzero(letters >= SPACED_LETTERS)
        if not len(spaced):
            return chunks, rows
        readings = [self.reader.read((texts[row] or "")[:LONGEST_TEXT]) for row in spaced.tolist()]
        whole = [self._add_chunk(reading.written, reading.even, letter=False) for reading in readings]
        others = letters[rows] < SPACED_LETTERS
        return np.concatenate([chunks[others], whole]), np.concatenate([rows[others], spaced.astype(np.int32)])

    def _kept(self, tokens: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The same emoji, mark or placeholder several times in a row counts once."""
        kept = np.ones(len(tokens), dtype=bool)
        again = np.flatnonzero((tokens[1:] == tokens[:-1]) & (rows[1:] == rows[:-1])) + 1
        kept[again] = [self._repeats[token] for token in (tokens[again] - self.vocabulary.width).tolist()]
        return kept

    def _word_pairs(self, numbered: TokenRows) -> tuple[np.ndarray, np.ndarray]:
        """Columns of the known pairs of neighbours, and their rows. Numbers of both spellings differ: they never mix."""
        first, second = numbered.tokens[:-1].astype(np.int64), numbered.tokens[1:]
        likely = np.flatnonzero(self._pair_sieve[_sifted(first, second)])
        likely = likely[numbered.rows[likely] == numbered.rows[likely + 1]]
        wanted = (first[likely] << PAIR_BITS) + second[likely]
        places = np.searchsorted(self._pair_keys, wanted)
        hit = np.append(self._pair_keys, -1)[places] == wanted
        return self._pair_columns[places[hit]], numbered.rows[likely[hit]]

    def _idea_pairs(self, numbered: TokenRows) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Columns of ideas that stand near each other, and their rows."""
        ideas, counts = self._ideas.of(numbered.tokens[numbered.even :] - self.vocabulary.width)
        rows = np.repeat(numbered.rows[numbered.even :], counts)
        places = np.repeat(np.arange(len(counts)), counts)
        found, found_rows = [], []
        for step in range(1, NEXT + 1):
            apart = places[step:] - places[:-step]
            near = np.nonzero((apart > 0) & (apart <= NEAR) & (rows[step:] == rows[:-step]))[0]
            pairs = self._idea_columns[ideas[near] + 1, ideas[near + step]]
            found.append(pairs[pairs >= 0])
            found_rows.append(rows[near][pairs >= 0])
        return found, found_rows

    def counted(self, numbered: TokenRows) -> sparse.csc_matrix:
        """How often each column occurs in each post, column after column: linear work, no sort of the cells."""
        pairs, pair_rows = self._word_pairs(numbered)
        ideas, idea_rows = self._idea_pairs(numbered)
        rows = np.concatenate([numbered.rows, pair_rows, *idea_rows])
        numbers = np.concatenate([numbered.tokens, pairs, *ideas])[_order(rows, numbered.posts)]
        ends = np.append(0, np.cumsum(np.bincount(rows, minlength=numbered.posts)))
        brings = self._brings
        ones = np.ones(len(numbers), dtype=np.float32)
        posts = sparse.csr_matrix((ones, numbers, ends.astype(np.int32)), shape=(numbered.posts, brings.shape[0]))
        return (posts @ brings).tocsc()

    def weighted(self, numbered: TokenRows) -> sparse.csc_matrix:
        """TF-IDF, column after column: 1 + ln(count) times idf, each block of a row of unit length times its weight."""
        found, starts = self.counted(numbered), self.vocabulary.starts
        counts = np.minimum(found.data.astype(np.int32), len(LOGARITHMS) - 1)
        values = LOGARITHMS[counts] * np.repeat(self._idf, np.diff(found.indptr))
        for block, (first, last) in zip(BLOCKS, itertools.pairwise(starts), strict=True):
            own = slice(found.indptr[first], found.indptr[last])
            rows = found.indices[own]
            squares = np.bincount(rows, weights=values[own] ** 2, minlength=numbered.posts)
            scale = self.vocabulary.settings.weight(block) / np.sqrt(np.where(squares > 0, squares, 1))
            values[own] *= scale.astype(np.float32)[rows]
        found.data = values
        return found

    def matrix(self, texts: Sequence[str | None]) -> sparse.csr_matrix:
        """TF-IDF rows (texts, columns), float32: the same as scikit-learn's to 1e-6."""
        return self.weighted(self.numbers(texts)).tocsr()


def _order(rows: np.ndarray, posts: int) -> np.ndarray:
    """Places in the order of the rows; two bytes a row are sorted by their bits, in linear time."""
    return np.argsort(rows.astype(np.uint16) if posts <= 1 << 16 else rows, kind="stable")


def _sifted(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """A place in the sieve for each pair: most pairs that are not known end on an empty place."""
    return np.asarray((first * 40_503 + (second & ((1 << PAIR_BITS) - 1))) & SIEVE)
