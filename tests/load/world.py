"""A desk with cards to decide on, a server of its own process that may be killed, and others who use the database meanwhile."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from flows.casework import triage_cases
from flows.collecting import utc_now
from flows.progress import Steps
from serving.passwords import hash_password
from serving.people import Role
from settings import ROOT, Settings, load_settings
from tests.review_rows import NEEDS, post, store
from triage.accounts import NewAccount, add_account
from triage.database import prepare_database, unit_of_work

PASSWORD = "sapi-biru-makan-awan"
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class World:
    """cards: ids of mentions that wait for a verdict."""

    settings: Settings
    cards: Sequence[str]
    people: Sequence[str]


def make_world(home: Path, cards: int, people: int) -> World:
    shutil.copy(ROOT / "tanggap.toml", home)
    settings = load_settings({"TANGGAP_HOME": str(home)}, demo=True)
    prepare_database(settings.database, demo=True)
    rows = [post(number, f"{NEEDS[number % len(NEEDS)][1]} nomor {number}", category=NEEDS[number % len(NEEDS)][0]) for number in range(cards)]  # fmt: skip
    store(settings.database, rows)
    names, password = [f"peninjau{number}" for number in range(people)], hash_password(PASSWORD)
    with unit_of_work(settings.database) as connection:
        connection.execute("UPDATE mentions SET author_id = 'a' || mention_id")
        for name in names:
            account = NewAccount(name, name.title(), Role.reviewer, password, must_change=False)
            add_account(connection, account, "tests", utc_now())
    triage_cases(settings, Steps(None))
    return World(settings, [row["mention_id"] for row in rows], names)


class Server:
    """The app in a process of its own, on one port whatever happens to it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = _python(self.home, "tests.load.app", str(self.home), str(self.port), said=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                httpx.get(f"{self.address}/masuk", timeout=2, trust_env=False)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise RuntimeError(f"The server of {self.home} did not start.")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def beside(home: Path, *roles: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Others at the database while the block runs (tests/load/others.py); a fault of theirs is in their output."""
    running = [_python(home, "tests.load.others", role, str(home), said=subprocess.PIPE) for role in roles]
    try:
        yield running
    finally:
        for process in running:
            process.terminate()


def _python(home: Path, *words: str, said: int | IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "TANGGAP_HOME": str(home)}
    return subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=environment, stdout=said, stderr=subprocess.DEVNULL)  # fmt: skip
