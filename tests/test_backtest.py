"""The backtest: arrivals as written, a desk that does what it says, and no post of the frozen part ever learned."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cases.queue_policy import read_queue_policy
from cases.rule_file import RulesError
from classifiers.corpus import read_corpus
from learning.arrivals import arrivals
from learning.backtest import _Models, run_backtest
from learning.backtest_file import BacktestFile, read_backtest
from learning.learning_file import read_learning
from learning.simulated_desk import Opinions, play
from settings import DATA

RULES = read_backtest(DATA / "backtest.toml")


def shortened(weeks: int, **desk: object) -> BacktestFile:
    return RULES.model_copy(
        update={
            "calendar": RULES.calendar.model_copy(update={"weeks": weeks}),
            "desk": RULES.desk.model_copy(update=desk),
        }
    )


@pytest.fixture(scope="module")
def posts() -> pd.DataFrame:
    """300 posts of every kind, a fifth of them pleas."""
    rows = np.arange(300)
    frame = pd.DataFrame({"plea": rows % 5 == 0, "measured": rows % 2 == 0, "flood": rows % 3 == 0})
    return frame.assign(urgency=np.where(rows % 10 == 0, "2", "1"))


def test_arrivals_follow_what_is_written(posts: pd.DataFrame) -> None:
    stream = arrivals(posts, [1, 3], RULES, seed=0)
    assert stream == arrivals(posts, [1, 3], RULES, seed=0)
    assert [one.number for one in stream] == list(range(len(stream)))
    assert [one.at for one in stream] == sorted(one.at for one in stream)
    weekly = Counter(one.week for one in stream if not one.rumour)
    assert set(weekly) == set(range(1, 27))
    assert weekly[RULES.flood.week] > 2.5 * weekly[RULES.flood.week - 2]
    everyday = [one for one in stream if one.week not in (RULES.flood.week, RULES.rumour.week)]
    share = np.mean([posts["plea"][one.post] for one in everyday])
    assert abs(share - RULES.arrivals.share_of_pleas) < 0.015
    rumour = [one for one in stream if one.rumour]
    assert {one.week for one in rumour} == {RULES.rumour.week} and {one.post for one in rumour} == {1, 3}
    assert abs(np.mean([one.folded for one in rumour]) - (1 - RULES.rumour.reworded)) < 0.05
    in_flood = [posts["flood"][one.post] for one in stream if one.week == RULES.flood.week]
    assert abs(np.mean(in_flood) - RULES.flood.flood_share) < 0.08


def test_a_desk_with_time_and_no_errors_sees_what_is_flagged_and_nothing_else(posts: pd.DataFrame) -> None:
    rules = shortened(
        3, cards_per_day=3000, weekend=1.0, holiday_weeks=[], misses_plea=0.0, invents_plea=0.0, unsure=0.0
    )
    perfect = Opinions(posts["plea"].to_numpy(dtype=float) * 0.9, (posts["urgency"] == "2").to_numpy(), 0.5)
    stream = arrivals(posts, [1], rules, seed=1)
    half = play(stream, posts, perfect, rules, None, seed=1)
    until = stream[-1].at - timedelta(days=2)
    pleas = {one.number for one in stream if posts["plea"][one.post] and one.at < until}
    assert pleas <= set(half.looks) <= half.flagged
    assert {look.said for look in half.looks.values()} == {"ya"}
    assert all(timedelta() <= look.at - look.arrival.at <= timedelta(hours=18) for look in half.looks.values())
    idle = play(stream, posts, perfect, shortened(3, cards_per_day=0, on_call=[]), None, seed=1)
    assert idle.looks == {}


def test_with_and_without_the_loop_on_a_small_corpus() -> None:
    corpus, frozen = (read_corpus(DATA / "corpus" / part) for part in ("train", "test"))
    corpus = corpus.groupby("file").head(45).reset_index(drop=True)
    ways = (read_queue_policy(DATA / "queue.toml"), read_learning(DATA / "learning.toml").audit.stratum)
    said: list[str] = []
    arms = run_backtest(corpus, frozen, shortened(9), ways, 0, lambda step, share: said.append(step))
    without, with_loop, shipped = arms
    assert (without.models, with_loop.models, shipped.models) == (1, 3, 1)
    for span, counts in without.weeks.items():
        for arm in arms:
            one = arm.weeks[span]
            assert one.pleas == counts.pleas > 0 and one.seen + one.never_shown == one.pleas
            assert one.confirmed + one.said_no == one.seen and one.late <= one.seen
            assert one.urgent_late <= one.urgent <= one.pleas and one.cards_right <= one.cards
    assert set(without.weeks) == {"all weeks", "last 8 weeks", "flood week"}
    assert with_loop.recall is not None and without.recall is None
    truth, told = with_loop.recall
    assert told.low is not None and told.high is not None and 0 <= told.low <= told.high <= 1 and 0.3 < truth <= 1
    assert sum("verdicts" in step for step in said) == 2


def test_the_frozen_part_is_never_learned() -> None:
    corpus, frozen = (read_corpus(DATA / "corpus" / part).groupby("file").head(30) for part in ("train", "test"))
    models = _Models(corpus.reset_index(drop=True), frozen.reset_index(drop=True))
    measured = int(np.argmax(models.posts["measured"].to_numpy()))
    with pytest.raises(ValueError, match="frozen part must never be learned"):
        models.opinions(models.begins, [(measured, "ya")])


def test_a_wrong_arrival_model_is_one_sentence(tmp_path: Path) -> None:
    text = (DATA / "backtest.toml").read_text(encoding="utf-8").replace("share_of_pleas = 0.10", "share_of_pleas = 10")
    (tmp_path / "backtest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=r"backtest.toml, line \d+: arrivals.share_of_pleas"):
        read_backtest(tmp_path / "backtest.toml")
