"""A growing table of rows of different lengths, kept flat so that many rows are read at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Ragged:
    """Rows of small integers, numbered from 0. Rows added count after ``settle``.

    ``flat`` holds all rows one after the other, row n from ``ends[n]`` on ``counts[n]`` numbers. All only grow and are
    replaced whole: a thread that still works with earlier rows reads old or new ones alike.
    """

    def __init__(self, singles: Sequence[int] | np.ndarray = ()) -> None:
        """Begins with one row for each of ``singles``, which holds just that number."""
        self.flat = np.array(singles, dtype=np.int32)
        self.counts = np.ones(len(singles), dtype=np.int32)
        self.ends = np.arange(len(singles) + 1, dtype=np.int32)
        self._rows = len(singles)
        self._new: list[Sequence[int]] = []

    def __len__(self) -> int:
        return self._rows

    def add(self, row: Sequence[int]) -> int:
        """The new row's number."""
        self._new.append(row)
        self._rows += 1
        return self._rows - 1

    def settle(self) -> bool:
        """Moves added rows into the arrays; whether there were any."""
        if not self._new:
            return False
        counts = np.fromiter(map(len, self._new), dtype=np.int32, count=len(self._new))
        ends = self.ends[-1] + np.cumsum(counts, dtype=np.int32)
        added = np.fromiter((n for row in self._new for n in row), dtype=np.int32, count=int(counts.sum()))
        self.flat = np.concatenate([self.flat, added])
        self.counts = np.concatenate([self.counts, counts])
        self.ends = np.concatenate([self.ends, ends])
        self._new = []
        return True

    def of(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The rows of these numbers one after the other, and how long each is."""
        counts = self.counts[numbers]
        ends = np.cumsum(counts, dtype=np.int32)
        places = np.repeat(self.ends[numbers] - ends + counts, counts)
        places += np.arange(len(places), dtype=np.int32)
        return self.flat[places], counts
