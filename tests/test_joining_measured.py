"""The joiner on the frozen half of data/pairs, to which nothing was fitted; and the pairs follow from their situations."""

from __future__ import annotations

import pytest

from benchmarks.joining.measuring import Measured, Night, measure_night, measure_pairs
from benchmarks.joining.pairs import HALVES, PAIRS, as_table, read_situations


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure_pairs("frozen")


@pytest.fixture(scope="module")
def night() -> Night:
    return measure_night("frozen")


def test_pairs_are_many_and_follow_from_the_situations() -> None:
    tables = {half: as_table(read_situations(half)) for half in HALVES}
    assert sum(table.count("\n") - 1 for table in tables.values()) >= 1_500
    for half, table in tables.items():
        assert (PAIRS / f"{half}.tsv").read_text(encoding="utf-8") == table, "run python -m benchmarks.joining.pairs"


def test_what_is_joined_by_itself_is_right(measured: Measured) -> None:
    assert measured.precision.of >= 75
    assert measured.precision.value >= 0.99, str(measured.precision)


def test_what_belongs_together_is_joined_or_suggested(measured: Measured) -> None:
    assert measured.recall.value >= 0.9
    assert measured.recall.low >= 0.9, str(measured.recall)


def test_a_night_with_everything_in_one_heap_is_as_right(night: Night) -> None:
    assert night.joined.value >= 0.98, str(night.joined)
    assert night.found.value >= 0.9, str(night.found)
    assert night.suggestions <= night.mentions  # a person can read them


def test_nobody_is_in_both_halves() -> None:
    texts = [{one.text for one in read_situations(half)} for half in HALVES]
    assert not texts[0] & texts[1]
