"""The way of the app's requests to the database: one thread opens the file once for all that wait, and never for long."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from triage.database import opened, transaction

P = ParamSpec("P")
T = TypeVar("T")
WAIT_SECONDS = 4.0  # for a file that another process holds; then the person is told and nothing is lost
LONGEST_HOLD = 0.1  # seconds; others (collecting, assessing) wait for the file, too
LINGER = 0.008  # seconds the open file waits for the next unit: a request asks two or three times in a row
AWAY = 0.005  # seconds the file is left alone after a full hold, so that another process finds it free


@dataclass(slots=True)
class _Unit:
    """One function's turn with the connection."""

    work: Callable[[Any], Any]
    read_only: bool
    done: Future[Any] = field(default_factory=Future)
    deadline: float = field(default_factory=lambda: time.monotonic() + WAIT_SECONDS)


class Database:
    """The triage database as requests use it. Each unit is a transaction of its own; its answer comes after the commit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: queue.SimpleQueue[_Unit] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    async def read(self, work: Callable[Concatenate[Any, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """``work(connection, …)`` in a transaction that refuses writes. Raises DatabaseHeld."""
        return await self._turn(lambda connection: work(connection, *arguments, **named), read_only=True)

    async def write(self, work: Callable[Concatenate[Any, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """``work(connection, …)``, committed when this returns. Raises DatabaseHeld: nothing was done then."""
        return await self._turn(lambda connection: work(connection, *arguments, **named), read_only=False)

    async def _turn(self, work: Callable[[Any], T], *, read_only: bool) -> T:
        unit = _Unit(work, read_only)
        self._waiting.put(unit)
        self._start()
        answer: T = await asyncio.wrap_future(unit.done)
        return answer

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._serve, name="database", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while True:
            if self._hold(self._waiting.get()):
                time.sleep(AWAY)

    def _hold(self, first: _Unit) -> bool:
        """Open the file for this unit and those behind it. Returns whether it was held for the longest time allowed."""
        unit: _Unit | None = first
        try:
            with opened(self.path, max(0.0, first.deadline - time.monotonic())) as connection:
                until = time.monotonic() + LONGEST_HOLD
                while unit is not None:
                    self._run(unit, connection)
                    unit = self._next(until)
                return time.monotonic() >= until
        except Exception as error:  # the file could not be opened, or not closed: whoever is waiting for it is told
            if unit is not None and not unit.done.done():
                unit.done.set_exception(error)
            return False

    def _next(self, until: float) -> _Unit | None:
        left = until - time.monotonic()
        if left <= 0:
            return None
        try:
            return self._waiting.get(timeout=min(LINGER, left))
        except queue.Empty:
            return None

    def _run(self, unit: _Unit, connection: Any) -> None:
        if not unit.done.set_running_or_notify_cancel():
            return  # the person has gone, and nothing was begun
        try:
            with transaction(connection, self.path, read_only=unit.read_only):
                answer = unit.work(connection)
        except BaseException as error:  # whatever it was, the one who asked is told, and the others go on
            unit.done.set_exception(error)
        else:
            unit.done.set_result(answer)
