"""Which posts come when: the written arrival model of data/backtest.toml, drawn from labelled posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

from learning.backtest_file import BacktestFile


@dataclass(frozen=True, slots=True)
class Arrival:
    """``post``: a row of the table drawn from; ``week`` counts from 1; ``rumour``: a copy of the false alarm, ``folded`` under another."""

    number: int
    post: int
    at: datetime
    week: int
    rumour: bool = False
    folded: bool = False


def arrivals(posts: pd.DataFrame, rumours: list[int], rules: BacktestFile, seed: int) -> list[Arrival]:
    """All posts of the half-year in order. ``posts``: plea, measured, flood (bool); ``rumours``: rows that the rumour is worded in."""
    generator = np.random.default_rng(seed)
    pools = {key: rows.to_numpy() for key, rows in posts.groupby(["measured", "plea", "flood"]).groups.items()}
    drawn: list[tuple[datetime, int, int, bool, bool]] = []
    for week in range(1, rules.calendar.weeks + 1):
        for day in _days(rules.calendar.first_day, week):
            drawn += [(at, post, week, False, False) for at, post in _everyday(day, week, pools, rules, generator)]
            if week == rules.rumour.week:
                drawn += [
                    (at, post, week, True, folded) for at, post, folded in _rumour(day, rumours, rules, generator)
                ]
    return [
        Arrival(n, post, at, week, rumour, folded) for n, (at, post, week, rumour, folded) in enumerate(sorted(drawn))
    ]


def _days(first_day: date, week: int) -> Iterator[date]:
    for day in range(7):
        yield first_day + timedelta(weeks=week - 1, days=day)


def _everyday(
    day: date, week: int, pools: dict[object, np.ndarray], rules: BacktestFile, generator: np.random.Generator
) -> Iterator[tuple[datetime, int]]:
    usual, flooded = rules.arrivals, week == rules.flood.week
    mean = usual.per_day * usual.weekday[day.weekday()] * usual.season[day.month - 1]
    pleas, floods = usual.share_of_pleas, usual.flood_share[day.month - 1]
    if flooded:
        mean, pleas, floods = mean * rules.flood.times, rules.flood.share_of_pleas, rules.flood.flood_share
    for _ in range(generator.poisson(mean)):
        kind = tuple(bool(generator.random() < share) for share in (usual.measured_share, pleas, floods))
        yield _moment(day, rules, generator), int(generator.choice(pools[kind]))


def _rumour(
    day: date, rumours: list[int], rules: BacktestFile, generator: np.random.Generator
) -> Iterator[tuple[datetime, int, bool]]:
    for _ in range(generator.poisson(rules.rumour.per_day)):
        folded = bool(generator.random() >= rules.rumour.reworded)
        yield _moment(day, rules, generator), int(generator.choice(rumours)), folded


def _moment(day: date, rules: BacktestFile, generator: np.random.Generator) -> datetime:
    weights = np.array(rules.arrivals.hour)
    hour = int(generator.choice(24, p=weights / weights.sum()))
    return datetime.combine(day, time(hour)) + timedelta(minutes=float(generator.random() * 60))
