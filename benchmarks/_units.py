"""How long units of work hold the database in a benchmark: by the clock and by the processor, which other load on the machine does not stretch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

import triage.database


@dataclass(frozen=True, slots=True)
class Held:
    """Seconds that one unit held the file, by the clock and of this process's processor time."""

    wall: float
    cpu: float


@contextmanager
def watched_units() -> Iterator[list[Held]]:
    """Every unit of work from here on, wherever it is asked for: opening, work, commit and letting go."""
    held: list[Held] = []
    opened, let_go = triage.database.attach, triage.database.detach
    begun: list[tuple[float, float]] = []

    def attach(path: Path) -> duckdb.DuckDBPyConnection:
        begun.append((time.perf_counter(), time.process_time()))
        try:
            return opened(path)
        except BaseException:
            begun.pop()  # somebody else has the file
            raise

    def detach(path: Path, connection: duckdb.DuckDBPyConnection, *, keep_log: bool = False) -> None:
        let_go(path, connection, keep_log=keep_log)
        wall, cpu = begun.pop()
        held.append(Held(time.perf_counter() - wall, time.process_time() - cpu))

    module: Any = triage.database
    module.attach, module.detach = attach, detach
    try:
        yield held
    finally:
        module.attach, module.detach = opened, let_go


def told(held: Sequence[Held]) -> str:
    """Median, 99th of 100 and longest, in milliseconds; how many were over 150 ms."""
    return "; ".join(_told([getattr(one, name) for one in held], name) for name in ("wall", "cpu"))


def _told(seconds: list[float], name: str) -> str:
    ordered = sorted(seconds)
    median, nearly_all = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return (
        f"{name} median {median * 1e3:.0f} ms, 99 of 100 below {nearly_all * 1e3:.0f} ms, longest {ordered[-1] * 1e3:.0f} ms, "
        f"over 150 ms {sum(one > 0.15 for one in ordered) / len(ordered):.1%}"
    )
