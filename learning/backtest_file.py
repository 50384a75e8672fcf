"""data/backtest.toml: half a year at an invented desk."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from cases.rule_file import parsed, read_rule_file
from cases.rule_models import Part

Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0)]
ByMonth = Annotated[list[Factor], Field(min_length=12, max_length=12)]
Hour = Annotated[int, Field(ge=0, le=23)]


class Calendar(Part):
    first_day: date
    weeks: Annotated[int, Field(ge=1, le=260)]


class Arrivals(Part):
    per_day: Factor
    share_of_pleas: Share
    measured_share: Share
    weekday: Annotated[list[Factor], Field(min_length=7, max_length=7)]
    hour: Annotated[list[Factor], Field(min_length=24, max_length=24)]
    season: ByMonth
    flood_share: ByMonth


class Flood(Part):
    week: Count
    times: Factor
    flood_share: Share
    share_of_pleas: Share


class Rumour(Part):
    week: Count
    per_day: Annotated[float, Field(ge=0, le=10_000)]
    texts: Annotated[int, Field(ge=1)]
    reworded: Share


class Desk(Part):
    cards_per_day: Count
    weekend: Share
    holiday_weeks: list[Count]
    sessions: Annotated[list[Hour], Field(min_length=1)]
    on_call: list[Hour]
    misses_plea: Share
    invents_plea: Share
    unsure: Share
    second_reading: bool
    waits_days: Count


class Answers(Part):
    urgent_hours: Factor
    other_hours: Annotated[float, Field(ge=0, le=1000)]


class Loop(Part):
    retrain_weeks: Annotated[int, Field(ge=1)]
    audit_per_day: Count


class BacktestFile(Part):
    calendar: Calendar
    arrivals: Arrivals
    flood: Flood
    rumour: Rumour
    desk: Desk
    answers: Answers
    loop: Loop


def read_backtest(path: Path) -> BacktestFile:
    """The file, checked. Raises RulesError naming file and line."""
    return parsed(read_rule_file(path), BacktestFile)
