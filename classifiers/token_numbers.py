"""Numbers for tokens and, in flat arrays, the columns each token brings along."""

from __future__ import annotations

import numpy as np


class TokenNumbers:
    """A growing numbering of tokens. ``single``: column of the word itself (-1: none); ``repeats``: whether the same
    token twice in a row counts twice; ``letter``: whether it is one letter (a spaced-out word may hide there)."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._new: list[tuple[int, bool, bool, list[int]]] = []
        self.single = np.zeros(0, dtype=np.int32)
        self.repeats = np.zeros(0, dtype=bool)
        self.letter = np.zeros(0, dtype=bool)
        self.starts = np.zeros(0, dtype=np.int64)
        self.lengths = np.zeros(0, dtype=np.int64)
        self.columns = np.zeros(0, dtype=np.int32)

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, token: str, single: int, columns: list[int]) -> int:
        """A new token's number."""
        number = len(self.numbers)
        self.numbers[token] = number
        self._new.append((single, token[0].isalpha(), len(token) == 1 and token.isalpha(), columns))
        return number

    def settle(self) -> None:
        """Moves tokens added since the last call into the arrays."""
        if not self._new:
            return
        single, repeats, letter, columns = zip(*self._new, strict=True)
        lengths = np.array([len(c) for c in columns], dtype=np.int64)
        starts = len(self.columns) + np.cumsum(lengths) - lengths
        flat = np.fromiter((c for part in columns for c in part), dtype=np.int32, count=int(lengths.sum()))
        self.single = np.concatenate([self.single, np.array(single, dtype=np.int32)])
        self.repeats = np.concatenate([self.repeats, np.array(repeats, dtype=bool)])
        self.letter = np.concatenate([self.letter, np.array(letter, dtype=bool)])
        self.starts = np.concatenate([self.starts, starts])
        self.lengths = np.concatenate([self.lengths, lengths])
        self.columns = np.concatenate([self.columns, flat])
        self._new = []

    def brought(self, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The columns all the tokens bring along, one token after the other, and how many each brings."""
        lengths = self.lengths[tokens]
        ends = np.cumsum(lengths)
        shift = np.repeat(self.starts[tokens] - (ends - lengths), lengths)
        shift += np.arange(len(shift))
        return self.columns[shift], lengths
