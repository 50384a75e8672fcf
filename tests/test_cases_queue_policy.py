"""The order of the queue: lives first, then the mix, whatever waits."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cases.queue_policy import LIKELY, RANDOM, UNCERTAIN, URGENT, Card, in_turn, read_queue_policy
from cases.rule_file import RulesError
from settings import DATA

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
POLICY = read_queue_policy(DATA / "queue.toml")


def card(number: int, score: float, urgency: int | None = 1, **more: object) -> Card:
    return Card(f"x:{number}", score, urgency, NOW - timedelta(minutes=number), **more)  # type: ignore[arg-type]


CARDS = st.builds(
    card,
    st.integers(1, 10**6),
    st.floats(0, 1),
    st.sampled_from([None, 0, 1, 2]),
    urgency_score=st.none() | st.floats(0, 1),
    audit_probability=st.none() | st.floats(0.01, 1),
)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(CARDS, max_size=60, unique_by=lambda one: one.mention_id))
def test_every_card_once_lives_first_and_chance_as_drawn(waiting: list[Card]) -> None:
    turns = in_turn(waiting, POLICY, NOW)
    assert Counter(turn.mention_id for turn in turns) == Counter(one.mention_id for one in waiting)
    because = [turn.shown_because for turn in turns]
    assert because == sorted(because, key=lambda why: why != URGENT)
    known = {one.mention_id: one for one in waiting}
    for turn in turns:
        one = known[turn.mention_id]
        assert (turn.shown_because == RANDOM) == (one.audit_probability is not None)
        assert turn.sampling_probability == (1.0 if one.audit_probability is None else one.audit_probability)
    assert turns == in_turn(waiting[::-1], POLICY, NOW)  # the order things come in says nothing


def test_however_few_are_looked_at_each_lane_has_its_share() -> None:
    waiting = [card(n, 0.05 + 0.009 * n, 1) for n in range(100)]
    waiting += [card(200 + n, 0.01, 1, audit_probability=0.1) for n in range(40)]
    turns = in_turn(waiting, POLICY, NOW)
    for few in (10, 20, 40):
        seen = Counter(turn.shown_because for turn in turns[:few])
        assert abs(seen[LIKELY] - 0.7 * few) <= 1
        assert abs(seen[UNCERTAIN] - 0.2 * few) <= 1
        assert abs(seen[RANDOM] - 0.1 * few) <= 1
    best = next(turn.mention_id for turn in turns if turn.shown_because == LIKELY)
    assert best == "x:99"
    unsure = next(turn.mention_id for turn in turns if turn.shown_because == UNCERTAIN)
    assert unsure == "x:50"


def test_a_desk_that_is_behind_helps_first() -> None:
    waiting = [card(n, 0.05 + 0.004 * n, 1) for n in range(200)]
    waiting += [card(300 + n, 0.01, 1, audit_probability=0.1) for n in range(40)]
    seen = Counter(turn.shown_because for turn in in_turn(waiting, POLICY, NOW)[:40])
    assert (seen[LIKELY], seen[UNCERTAIN], seen[RANDOM]) == (38, 0, 2)


def test_a_day_of_waiting_counts_a_little() -> None:
    old = Card("x:1", 0.30, 1, NOW - timedelta(days=30))
    new = Card("x:2", 0.50, 1, NOW)
    assert [turn.mention_id for turn in in_turn([new, old], POLICY, NOW)] == ["x:1", "x:2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("likely = 0.90", "add up to 1"),
        ("likely = 1.7", "less than or equal to 1"),
        ("likly = 0.7", "likely is missing"),
    ],
)
def test_a_wrong_policy_is_one_sentence(tmp_path: Path, line: str, said: str) -> None:
    text = (DATA / "queue.toml").read_text(encoding="utf-8").replace("likely = 0.70", line)
    (tmp_path / "queue.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=f"queue.toml, line .*{said}"):
        read_queue_policy(tmp_path / "queue.toml")
