"""One run of the collector in a process of its own that may be killed around any commit, by a clock that is not this machine's."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flows.collecting
import flows.collection_run
import flows.instagram_account
import flows.x_budget
from flows.progress import Steps
from settings import load_settings
from triage.database import unit_of_work

UNITS = (flows.collecting, flows.collection_run, flows.instagram_account, flows.x_budget)
# Forked from a process that has imported everything and opened nothing: a run costs milliseconds, not an interpreter's start.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Fate:
    """What happens to a run. ``clock_off`` is how wrong this machine's clock is, ``ahead`` how far the platform's time is."""

    source: str
    environment: dict[str, str]
    control_port: int
    ahead: timedelta
    log: Path
    kill: tuple[int, str] | None = None
    midnight_after: int | None = None
    clock_off: timedelta = timedelta(0)


def run_mortal(fate: Fate) -> bool:
    """Run the collector once; whether it lived to its end."""
    process = _context.Process(target=_live, args=(fate,))
    process.start()
    process.join(120)
    if process.is_alive():
        process.kill()
        raise AssertionError(f"a run did not end within 120 s; see {fate.log}")
    assert process.exitcode in (0, -signal.SIGKILL), f"a run ended with {process.exitcode}; see {fate.log}"
    return process.exitcode == 0


def _live(fate: Fate) -> None:
    os.environ.update(fate.environment)
    stream = fate.log.open("a", encoding="utf-8")
    sys.stdout = sys.stderr = stream
    os.dup2(stream.fileno(), 1)
    os.dup2(stream.fileno(), 2)
    logging.basicConfig(level=logging.DEBUG, stream=stream, force=True)  # everything anybody would ever log
    life = _Life(fate)
    for module in UNITS:
        module.unit_of_work = life.unit  # type: ignore[attr-defined]
    flows.collecting.utc_now = life.now
    settings = load_settings(demo=True)
    outcome = flows.collecting.collect_source(settings, fate.source, Steps(None))
    print(outcome, flush=True)


class _Life:
    def __init__(self, fate: Fate) -> None:
        self.fate, self.commits, self.ahead = fate, 0, fate.ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead + self.fate.clock_off

    @contextmanager
    def unit(self, path: Path, *rest: Any) -> Iterator[Any]:
        with unit_of_work(path, *rest) as connection:
            yield connection
            self.commits += 1
            number = self.commits
            self._die_if((number, "before"))
        self._die_if((number, "after"))
        if self.fate.midnight_after == number:
            self._advance(60)

    def _die_if(self, moment: tuple[int, str]) -> None:
        if self.fate.kill == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def _advance(self, seconds: float) -> None:
        """The platform's day ends while we are at work."""
        self.ahead += timedelta(seconds=seconds)
        body = json.dumps({"advance_seconds": seconds}).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(
            urllib.request.Request(f"http://127.0.0.1:{self.fate.control_port}/clock", body, method="POST")
        ).close()
