"""The simulated month keeps its word: more staff leave no longer queue, and what the lounge hears passed the gate."""

from __future__ import annotations

from benchmarks.cases_month import simulate
from cases.lounge import load_lounge
from settings import Settings
from tests.case_fixtures import shipped_rules


def test_more_staff_shorter_queue(settings: Settings) -> None:
    few, many = (
        simulate(shipped_rules(), load_lounge(settings), capacity, arrivals=8, days=17) for capacity in (1, 12)
    )
    assert few.waiting[-1] > many.waiting[-1]
    assert few.first_late > many.first_late
    assert sum(many.heard) > 0  # agencies that stay silent end before the regent
