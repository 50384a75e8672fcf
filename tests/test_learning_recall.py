"""The estimate of recall: right on paper, honest where nothing was found, and its interval covers what it says."""

from __future__ import annotations

import numpy as np
import pytest

from learning.auditing import PassedOver, draw_audit, stratum_of
from learning.learning_file import read_learning
from learning.recall import Stratum, estimate_recall
from settings import DATA

STRATA = read_learning(DATA / "learning.toml").audit.stratum


def test_the_estimate_is_what_one_counts_on_paper() -> None:
    flagged = Stratum("tinggi", True, 100, (True,) * 80 + (False,) * 20)
    audited = Stratum("dekat", False, 1000, (True,) + (False,) * 99, (0.1,) * 100)
    found = estimate_recall([flagged, audited])
    assert (found.flagged_pleas, found.missed_pleas) == pytest.approx((80, 10))
    assert found.value == pytest.approx(80 / 90)
    assert found.low < found.value < found.high  # type: ignore[operator]


def test_unequal_chances_are_undone_and_silence_is_not_an_answer() -> None:
    """Two days: 10 of 100 and 10 of 1,000 drawn; a plea of the second day stands for ten of the first's."""
    days = Stratum("jauh", False, 1100, (False,) * 10 + (True,) + (False,) * 9, (0.1,) * 10 + (0.01,) * 10)
    assert days.pleas == pytest.approx(100)
    half_silent = Stratum("jauh", False, 1100, (True,) + (False,) * 4, (0.1,) * 5)
    assert half_silent.pleas == pytest.approx(220)


def test_nothing_found_is_not_certainty_and_nothing_asked_is_no_estimate() -> None:
    flagged = Stratum("tinggi", True, 50, (True,) * 50)
    found = estimate_recall([flagged, Stratum("dekat", False, 900, (False,) * 60, (1 / 15,) * 60)])
    assert found.value == 1.0 and found.low < 0.97  # type: ignore[operator]
    unasked = estimate_recall([flagged, Stratum("dekat", False, 900, ())])
    assert (unasked.value, unasked.low, unasked.high) == (None, None, None)
    assert estimate_recall([]).value is None
    assert estimate_recall([Stratum("dekat", False, 9, (False,), (0.1,))]).value is None


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """200 simulated months with a known recall near 0.9: a 95 % interval must hold the truth in at least 90 % of them."""
    generator = np.random.default_rng(7)
    covered = 0
    for round_ in range(200):
        near, far = generator.random(600) < 0.03, generator.random(3000) < 0.001
        flagged = generator.random(400) < 0.55
        strata = [Stratum("tinggi", True, len(flagged), tuple(generator.permutation(flagged)[:300].tolist()))]
        for name, posts, asked in (("dekat", near, 150), ("jauh", far, 180)):
            drawn = generator.permutation(posts)[:asked]
            strata.append(Stratum(name, False, len(posts), tuple(drawn.tolist()), (asked / len(posts),) * asked))
        truth = flagged.sum() / (flagged.sum() + near.sum() + far.sum())
        found = estimate_recall(strata, seed=round_)
        covered += found.low <= truth <= found.high  # type: ignore[operator]
    assert covered >= 180


def test_the_audit_is_drawn_by_strata_by_chance_and_again_the_same() -> None:
    generator = np.random.default_rng(0)
    posts = [PassedOver(f"x:{n}", float(score), 0.1) for n, score in enumerate(generator.random(500) * 0.1)]
    drawn = draw_audit(posts, STRATA, 12, "2026-11-24")
    assert 12 <= len(drawn) <= 14
    assert drawn == draw_audit(posts[::-1], STRATA, 12, "2026-11-24")
    assert {one.mention_id for one in drawn} != {one.mention_id for one in draw_audit(posts, STRATA, 12, "2026-11-25")}
    for one in drawn:
        there = [post for post in posts if stratum_of(post, STRATA) == one.stratum]
        assert one.passed_over == len(there)
        assert one.sampling_probability == pytest.approx(sum(d.stratum == one.stratum for d in drawn) / len(there))
    few = draw_audit(posts[:3], STRATA, 12, "2026-11-24")
    assert len(few) == 3 and all(one.sampling_probability == 1 for one in few)
    assert draw_audit([], STRATA, 12, "2026-11-24") == []


def test_every_post_of_a_stratum_has_the_same_chance() -> None:
    posts = [PassedOver(f"x:{n}", 0.09, 0.1) for n in range(40)]
    counts = dict.fromkeys((post.mention_id for post in posts), 0)
    for day in range(400):
        for one in draw_audit(posts, STRATA, 8, f"day {day}"):
            counts[one.mention_id] += 1
    expected = sum(counts.values()) / 40
    assert (
        sum((count - expected) ** 2 / expected for count in counts.values()) < 70
    )  # chi-square, 39 degrees: p < 0.002
