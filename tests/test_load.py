"""A short `make load`: a few reviewers over HTTP beside a flow and an analyst, and a server killed meanwhile."""

from __future__ import annotations

from pathlib import Path

from tests.load.__main__ import under_load, verified
from tests.load.reviewing import Shift
from tests.load.world import make_world


def test_no_decision_is_lost_or_doubled_though_the_server_is_killed(tmp_path: Path) -> None:
    world = make_world(tmp_path, cards=60, people=5)
    assert under_load(world, 6.0, think=(0.05, 0.3), kills=1) == []


def test_a_lost_decision_would_show(tmp_path: Path) -> None:
    world = make_world(tmp_path, cards=1, people=1)
    assert verified(world, [Shift(acknowledged={"r1": world.cards[0]})]) == [f"lost: r1 on {world.cards[0]}"]
