"""Which days count: Saturday, Sunday, public holidays and, as a switch, cuti bersama do not."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from cases.rule_models import CalendarRules

SATURDAY = 5


class WorkingDays:
    """The working days of Indonesia under one calendar rule."""

    def __init__(self, rules: CalendarRules) -> None:
        self._extra = {day.date for day in rules.extra}
        self._not_off = {day.date for day in rules.not_off}
        self._categories = ("public", "government") if rules.cuti_bersama else ("public",)
        self.is_working(rules.valid_from)  # loads the package now and not while somebody holds the database

    def is_working(self, day: date) -> bool:
        if day.weekday() >= SATURDAY or day in self._extra:
            return False
        return day in self._not_off or day not in _days_off(day.year, self._categories)

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after a day; the day itself when count is 0."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day

    @staticmethod
    def is_forecast(year: int) -> bool:
        """Whether the year's decree (SKB) is not known: its movable holidays are then computed, its cuti bersama missing."""
        return not _days_off(year, ("government",))


@lru_cache(maxsize=64)
def _days_off(year: int, categories: tuple[str, ...]) -> frozenset[date]:
    import holidays  # half a second, which `tanggap predict` must not wait for

    return frozenset(holidays.country_holidays("ID", years=year, categories=categories))
