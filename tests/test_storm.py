"""The storm, short: a few seeds of `make chaos`, chosen for what they meet; the naive collector must lose in the same weather."""

from __future__ import annotations

import pytest

from tests.storm.seeds import CENT, Result, weather_seed

# X 4: a pause longer than the search reaches back, two kinds of reads, clocks set to another zone, kills around midnight.
# Instagram 4: refusals, broken answers, late tags.
SEEDS = [("x", 4), ("instagram", 4)]


@pytest.fixture(scope="module", params=SEEDS, ids=[f"{source}-{seed}" for source, seed in SEEDS])
def passed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Result:
    source, seed = request.param
    return weather_seed(source, seed, tmp_path_factory.mktemp("storm") / "seed")


def test_it_was_a_storm(passed: Result) -> None:
    assert passed.kills and passed.faults and passed.readable > 80
    assert passed.naive_lost > 0


def test_nothing_is_lost_and_what_cannot_be_read_is_a_gap(passed: Result) -> None:
    assert passed.lost == []


def test_nothing_is_doubled_and_every_check_is_empty(passed: Result) -> None:
    assert passed.doubled == []
    assert passed.unsound == []


def test_the_ledger_is_never_below_the_bill_and_equals_it_at_last(passed: Result) -> None:
    assert passed.below == 0
    assert passed.still_open == 0
    assert passed.ledger == pytest.approx(passed.bill, abs=CENT)


def test_no_secret_and_no_word_of_a_citizen_in_logs_and_ledgers(passed: Result) -> None:
    assert passed.leaks == []
