"""`make load`: prints p95 of pages and decisions, and whether any decision was lost or doubled; then the same with a server killed at random."""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from tests.conftest import assert_sound
from tests.load.reviewing import Shift, review
from tests.load.world import Server, World, beside, make_world
from triage.database import unit_of_work

PAGE_MS, DECISION_MS = 200, 250  # issue 6 point 7


def main() -> int:
    options = argparse.ArgumentParser(prog="make load", description=__doc__)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--kills", type=int, default=5)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), cards=wanted.people * 40, people=wanted.people)
        calm = under_load(world, wanted.seconds, think=(1.0, 3.0))
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), cards=wanted.people * 40, people=wanted.people)
        killed = under_load(world, wanted.seconds, think=(0.2, 0.6), kills=wanted.kills)
    return 1 if calm or killed else 0


def under_load(world: World, seconds: float, think: tuple[float, float], kills: int = 0) -> list[str]:
    """One run, told in print; returns what was wrong with it (a late page is told, not wrong: machines differ)."""
    server = Server(world.settings.home)
    server.start()
    killer = threading.Thread(target=_kill, args=(server, kills, seconds))
    with beside(world.settings.home, "flow", "analyst") as others:
        shifts = review(server, world, (seconds, think), begin=killer.start)
        killer.join()
    server.kill()
    said = [line for process in others for line in process.communicate()[0].decode().splitlines()]
    wrong = [line for line in said if line.startswith("fault")] + verified(world, shifts)
    _tell(shifts, said, kills)
    for fault in wrong:
        print(f"  WRONG: {fault}")
    return wrong


def verified(world: World, shifts: Sequence[Shift]) -> list[str]:
    """Lost, doubled or contradictory decisions, and answers that nobody should get."""
    acknowledged = dict(chain.from_iterable(shift.acknowledged.items() for shift in shifts))
    with unit_of_work(world.settings.database) as connection:
        kept = dict(connection.execute("SELECT review_id, mention_id FROM reviews").fetchall())
        doubled = connection.execute(
            "SELECT mention_id FROM reviews GROUP BY mention_id HAVING count(*) > 1 AND count(supersedes) < count(*) - 1"
        ).fetchall()
    assert_sound(world.settings.database)
    wrong = [f"lost: {review_id} on {card}" for review_id, card in acknowledged.items() if kept.get(review_id) != card]
    wrong += [f"doubled: {card}" for (card,) in doubled]
    return wrong + [fault for shift in shifts for fault in shift.faults]


def _kill(server: Server, times: int, seconds: float) -> None:
    """kill -9 at random moments, and up again at once."""
    for _ in range(times):
        time.sleep(random.uniform(0.3, 1.0) * seconds / (times + 1))
        server.kill()
        server.start()


def _tell(shifts: Sequence[Shift], said: Sequence[str], kills: int) -> None:
    decided, told = sum(len(one.acknowledged) for one in shifts), sum(len(one.told) for one in shifts)
    pages = sorted(chain.from_iterable(one.pages for one in shifts))
    decisions = sorted(chain.from_iterable(one.decisions for one in shifts))
    print(
        f"{len(shifts)} reviewers, {said.count('turn')} turns of flow and analyst beside them, {kills} kills of the server"
    )
    print(f"  {decided} decisions acknowledged, {told} told that somebody was faster")
    for name, times, bar in (("page", pages, PAGE_MS), ("decision", decisions, DECISION_MS)):
        print(
            f"  {name}: median {_at(times, 50):.0f} ms, p95 {_at(times, 95):.0f} ms (to be at most {bar} on two quiet cores)"
        )


def _at(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000 if ordered else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
