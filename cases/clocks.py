"""How long a step may take: 8 hours around the clock for emergencies, working days for the rest, pauses left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from cases.case import Case
from cases.rules import Rules

Standing = Literal["none", "paused", "running", "nearly_due", "late"]
Pause = tuple[datetime, datetime]
DAY = timedelta(days=1)


def clock_of(rules: Rules, state: str, emergency: bool, handling: str) -> str | None:
    """The clock that a state starts; None: none of its own."""
    clocks = rules.state(state).clocks
    return clocks.get("darurat" if emergency else handling) or clocks.get("lain")  # type: ignore[call-overload]


def limit_of(rules: Rules, clock: str, agency: str | None, day: date) -> int:
    """The limit in the clock's own unit: the agency's, everyone's ("*") or the clock's; the newest in force on the day."""
    overrides = [one for one in rules.deadlines.override if one.clock == clock and one.valid_from <= day]
    for name in (agency, "*"):
        named = [one for one in overrides if one.agency == name]
        if named:
            return max(named, key=lambda one: one.valid_from).limit
    return rules.clock(clock).limit


def due_at(
    rules: Rules, clock: str, agency: str | None, started_at: datetime, pauses: Iterable[Pause] = ()
) -> datetime:
    """When a clock runs out (aware UTC).

    Hours run on through nights and holidays. A day counts when it lies after the start's local day, is a working day (for
    working_days), and the clock was not paused at its end; due is the end of the last one, 24.00 local time.
    """
    zone, rule = rules.home.zone, rules.clock(clock)
    limit = limit_of(rules, clock, agency, started_at.astimezone(zone).date())
    if rule.hours is not None:
        return started_at + timedelta(hours=limit) + sum((end - begin for begin, end in pauses), timedelta())
    remaining = limit
    for first, last in _running_days(started_at, sorted(pauses), zone):
        day = first - DAY
        while remaining and day < last:
            day += DAY
            remaining -= rule.days is not None or rules.working_days.is_working(day)
        if not remaining:
            return end_of(day, zone)
    raise AssertionError("the last span of days has no end")


def standing(rules: Rules, case: Case, now: datetime) -> Standing:
    """How a case's clock stands."""
    if case.paused_at is not None:
        return "paused"
    if case.due_at is None or case.clock is None:
        return "none"
    if now >= case.due_at:
        return "late"
    return "nearly_due" if is_near(rules, case.clock, case.due_at, now) else "running"


def is_forecast(rules: Rules, due: datetime) -> bool:
    """Whether a due date hangs on a year whose holidays are not decreed yet."""
    return rules.working_days.is_forecast(last_day(due, rules.home.zone).year)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """24.00 of a local day, as UTC."""
    return datetime.combine(day + DAY, time(), zone).astimezone(UTC)


def last_day(due: datetime, zone: ZoneInfo) -> date:
    """The local day on which a due moment falls; 24.00 belongs to the day it ends."""
    return (due.astimezone(zone) - timedelta(microseconds=1)).date()


def _running_days(started_at: datetime, pauses: list[Pause], zone: ZoneInfo) -> Iterator[tuple[date, date]]:
    """Spans of local days after the start at whose end no pause lasts; the last one is open."""
    first = started_at.astimezone(zone).date() + DAY
    for begin, end in pauses:
        # Days whose 24.00 lies in [begin, end): from the day that begins at or after `begin` less one, to the day before `end`'s.
        last_before = last_day(begin, zone) - DAY
        if last_before >= first:
            yield first, last_before
        first = max(first, last_day(end, zone))
    yield first, date.max


def is_near(rules: Rules, clock: str, due: datetime, now: datetime) -> bool:
    """Whether so little time is left that the clock warns."""
    return due <= near_until(rules, clock, now)


def near_until(rules: Rules, clock: str, now: datetime) -> datetime:
    """The last moment (aware UTC) about which a clock warns now: what is due by then is nearly due."""
    rule, zone = rules.clock(clock), rules.home.zone
    if rule.hours is not None:
        return now + timedelta(hours=rule.warn)
    day, left = now.astimezone(zone).date(), 0
    while left <= rule.warn:
        left += rule.days is not None or rules.working_days.is_working(day)
        day += DAY
    return end_of(day - 2 * DAY, zone)
