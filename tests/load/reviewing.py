"""Reviewers at work: look at a card, decide, note what the server acknowledged; whoever gets no answer sends the same decision again."""

from __future__ import annotations

import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from tests.load.world import PASSWORD, Server, World

CSRF = re.compile(r'name="csrf-token" content="([0-9a-f]{64})"')
PATIENCE = 60.0  # seconds until a reviewer gives up on a server that does not come back
SHARED = 5  # every fifth card is dealt to two


@dataclass
class Shift:
    """What one reviewer saw. acknowledged: card by review_id; told: cards that somebody else decided first; faults: anything else."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)  # seconds
    decisions: list[float] = field(default_factory=list)


def dealt(cards: Sequence[str], people: int) -> list[list[str]]:
    """Cards for each; some to two at the same place of their stacks, so that they decide at the same time."""
    hands: list[list[str]] = [[] for _ in range(people)]
    for number, card in enumerate(cards):
        hands[number % people].append(card)
        if number % SHARED == 0:
            hands[(number + 1) % people].append(card)
    return hands


def review(
    server: Server, world: World, pace: tuple[float, tuple[float, float]], begin: Callable[[], None]
) -> list[Shift]:
    """Everybody at once, each over connections of their own, until the hands are empty or the time is over.

    pace: seconds of work, and the least and most seconds between two cards; ``begin`` is called when all have signed in.
    """
    seconds, think = pace
    shifts = [Shift() for _ in world.people]
    hands = dealt(world.cards, len(world.people))
    all_in = threading.Barrier(len(world.people), action=begin)

    def work(name: str, hand: list[str], shift: Shift) -> None:
        try:
            with httpx.Client(base_url=server.address, trust_env=False, timeout=20) as client:
                desk = _Desk(client, shift)
                desk.sign_in(name)
                all_in.wait()
                end = time.monotonic() + seconds
                for card in hand:
                    if time.monotonic() > end:
                        return
                    desk.decide(card)
                    time.sleep(random.uniform(*think))
        except Exception as fault:
            all_in.abort()
            shift.faults.append(f"{name}: {fault!r}")

    threads = [threading.Thread(target=work, args=each) for each in zip(world.people, hands, shifts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shifts


@dataclass
class _Desk:
    client: httpx.Client
    shift: Shift
    csrf: str = ""

    def sign_in(self, name: str) -> None:
        self._get("/masuk")
        form = {"csrf": self.csrf, "nama": name, "sandi": PASSWORD}
        answer = self.client.post("/masuk", data=form, timeout=60)  # everybody's passwords at once
        if answer.status_code != 303:
            raise RuntimeError(f"signing in: {answer.status_code}")
        self._get(answer.headers["location"])

    def decide(self, card: str) -> None:
        began = time.perf_counter()
        page = self._get(f"/kartu/{card}")
        self.shift.pages.append(time.perf_counter() - began)
        if page.status_code != 200:
            self.shift.faults.append(f"card {page.status_code}")
            return
        review_id = uuid.uuid4().hex
        form = {"csrf": self.csrf, "verdict": "ya", "review_id": review_id, "category": "rumah"}
        began = time.perf_counter()
        answer = self._patiently(lambda: self.client.post(f"/kartu/{card}/putusan", data=form, headers={"accept": "application/json"}))  # fmt: skip
        self.shift.decisions.append(time.perf_counter() - began)
        if answer.status_code == 200 and answer.json().get("keadaan") == "tersimpan":
            self.shift.acknowledged[review_id] = card
        elif answer.status_code == 409:
            self.shift.told.append(card)
        else:
            self.shift.faults.append(f"decision {answer.status_code}: {answer.text[:120]}")

    def _get(self, address: str) -> httpx.Response:
        answer = self._patiently(lambda: self.client.get(address))
        if found := CSRF.search(answer.text):
            self.csrf = found[1]
        return answer

    @staticmethod
    def _patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return ask()
            except httpx.TransportError:  # killed in the middle: nobody knows whether it was kept
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
