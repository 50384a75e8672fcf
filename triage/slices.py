"""How much long work does in one unit, so that nobody waits long for the database: measured, not guessed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from triage.database import unit_of_work

AIM = 0.1  # seconds a unit should hold the file; design.md: none over about 150 ms
RANGE = 5  # times smaller or larger than the first slice
_Row = TypeVar("_Row")


class Slice:
    """Rows a unit of work takes: ``first`` of them, then as many as the units before took about AIM seconds for."""

    def __init__(self, first: int) -> None:
        self.size, self._first = first, first

    @contextmanager
    def unit(self, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """One unit of work of ``size`` rows; waiting until the file is free is not counted."""
        began = 0.0
        try:
            with unit_of_work(database, one_of_many=True) as connection:
                began = time.perf_counter()
                yield connection
        finally:
            if began:
                self.took(time.perf_counter() - began)

    def took(self, seconds: float) -> None:
        """Follow one unit's time, by half at most: one slow moment of the disk is no rule."""
        wanted = self.size * min(1.5, max(0.5, AIM / max(seconds, 0.001)))
        self.size = min(self._first * RANGE, max(self._first // RANGE, 1, round(wanted)))

    def cut(self, rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
        """All rows in order, ``size`` at a time as it then is."""
        start = 0
        while start < len(rows):
            part = rows[start : start + self.size]
            start += len(part)
            yield part
