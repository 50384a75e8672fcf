"""Clocks against an oracle that walks day by day with a calendar of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.clocks import due_at, end_of, is_forecast, last_day, limit_of, standing
from cases.rule_models import CalendarRules
from cases.working_days import WorkingDays
from tests.case_fixtures import NOW, WIB, copy_rules, done, new_case, rules_in, shipped_rules

RULES = shipped_rules()
CLOCKS = sorted(RULES.deadlines.clock)
OFF = holidays.country_holidays("ID", years=range(2024, 2031), categories=("public", "government"))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 6, 1), timezones=st.just(UTC))


def wib(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H.%M").replace(tzinfo=WIB).astimezone(UTC)


def oracle(clock: str, started: datetime, pauses: list[tuple[datetime, datetime]]) -> datetime:
    """Tear one leaf a day off the calendar until enough of them counted."""
    rule, limit = RULES.clock(clock), limit_of(RULES, clock, None, started.astimezone(WIB).date())
    leaf, counted = started.astimezone(WIB).date(), 0
    while True:
        leaf += timedelta(days=1)
        midnight = datetime(leaf.year, leaf.month, leaf.day, tzinfo=WIB) + timedelta(days=1)
        free = rule.working_days is not None and (leaf.weekday() in (5, 6) or leaf in OFF)
        if not free and not any(begin <= midnight < end for begin, end in pauses):
            counted += 1
        if counted == limit:
            return midnight


@st.composite
def pauses_after(draw: st.DrawFn) -> tuple[datetime, list[tuple[datetime, datetime]]]:
    """A start, and up to four pauses after it that do not overlap; some begin or end at 24.00 sharp."""
    started = draw(MOMENTS)
    at, found = started, []
    for _ in range(draw(st.integers(0, 4))):
        ends = []
        for _ in range(2):
            at += draw(st.timedeltas(timedelta(0), timedelta(days=9)))
            if draw(st.booleans()):
                at = max(at, end_of(at.astimezone(WIB).date(), WIB))
            ends.append(at)
        found.append((ends[0], ends[1]))
    return started, found


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([name for name in CLOCKS if RULES.clock(name).hours is None]), pauses_after())
def test_days_agree_with_the_calendar_on_the_wall(
    clock: str, spans: tuple[datetime, list[tuple[datetime, datetime]]]
) -> None:
    started, pauses = spans
    assert due_at(RULES, clock, None, started, pauses) == oracle(clock, started, pauses)


@settings(max_examples=100, deadline=None)
@given(pauses_after())
def test_hours_run_through_nights_and_stand_still_in_pauses(
    spans: tuple[datetime, list[tuple[datetime, datetime]]],
) -> None:
    started, pauses = spans
    paused = sum((end - begin).total_seconds() for begin, end in pauses)
    assert (due_at(RULES, "darurat", None, started, pauses) - started).total_seconds() == pytest.approx(
        8 * 3600 + paused
    )


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CLOCKS), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_starting_later_is_never_due_earlier(clock: str, started: datetime, later: timedelta) -> None:
    assert due_at(RULES, clock, None, started + later) >= due_at(RULES, clock, None, started)


@pytest.mark.parametrize(
    ("clock", "started", "due"),
    [
        ("darurat", "24-11-2026 22.30", "25-11-2026 06.30"),  # over midnight
        ("darurat", "31-12-2026 23.00", "01-01-2027 07.00"),  # over the year's end, on a holiday
        ("verifikasi", "24-11-2026 09.30", "28-11-2026 00.00"),  # Tuesday: Wednesday, Thursday, Friday, until 24.00
        ("verifikasi", "24-11-2026 23.59", "28-11-2026 00.00"),
        ("verifikasi", "25-11-2026 00.00", "01-12-2026 00.00"),  # 24.00 WIB is 17.00 UTC of the day before
        ("verifikasi", "27-11-2026 16.00", "03-12-2026 00.00"),  # Friday: the weekend does not count
        ("verifikasi", "28-11-2026 10.00", "03-12-2026 00.00"),  # nor does starting on Saturday
        ("verifikasi", "22-12-2026 10.00", "30-12-2026 00.00"),  # 24th cuti bersama, 25th Christmas, weekend
        ("verifikasi", "30-12-2026 10.00", "07-01-2027 00.00"),  # New Year, and Isra Mikraj on the 5th
        (
            "verifikasi",
            "16-03-2026 10.00",
            "27-03-2026 00.00",
        ),  # Nyepi, Idul Fitri and their cuti bersama, 18th to 24th
        ("pelapor_diam", "24-11-2026 09.30", "05-12-2026 00.00"),
    ],
)
def test_due_dates_a_person_has_counted(clock: str, started: str, due: str) -> None:
    assert due_at(RULES, clock, None, wib(started)) == wib(due)


def test_cuti_bersama_is_a_switch_and_single_days_can_be_set() -> None:
    base = RULES.deadlines.calendar.model_dump()
    christmas_eve = date(2026, 12, 24)
    assert not WorkingDays(CalendarRules(**base)).is_working(christmas_eve)
    assert WorkingDays(CalendarRules(**base | {"cuti_bersama": False})).is_working(christmas_eve)
    day = {"date": date(2026, 11, 25), "name": "Pilkades", "source": "uji"}
    assert not WorkingDays(CalendarRules(**base | {"extra": [day]})).is_working(date(2026, 11, 25))
    taken_back = {"date": christmas_eve, "name": "Dicabut", "source": "uji"}
    assert WorkingDays(CalendarRules(**base | {"not_off": [taken_back]})).is_working(christmas_eve)


def test_years_without_a_decree_are_a_forecast() -> None:
    assert [WorkingDays.is_forecast(year) for year in (2025, 2026, 2028, 2030)] == [False, False, True, True]
    assert is_forecast(RULES, wib("01-01-2028 08.00"))
    assert not is_forecast(RULES, wib("01-01-2027 00.00"))  # 24.00 of 31 December 2026
    assert last_day(wib("01-01-2027 00.00"), WIB) == date(2026, 12, 31)


def test_overrides_by_agency_and_by_date(tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = copy_rules(tmp_path)
    text = (folder / "deadlines.toml").read_text(encoding="utf-8")
    own = 'clock = "jawaban_dinas"\nagency = "dinkes"\nlimit = 2\nlegal_basis = "uji"\nsource = "uji"\nvalid_from = 2026-12-01\n'
    (folder / "deadlines.toml").write_text(f"{text}\n[[override]]\n{own}", encoding="utf-8")
    rules = rules_in(folder)
    before, after = date(2026, 11, 30), date(2026, 12, 1)
    assert limit_of(rules, "jawaban_dinas", "dinkes", before) == 4  # everyone's, asked by the acting Sekda
    assert limit_of(rules, "jawaban_dinas", "dinkes", after) == 2
    assert limit_of(rules, "jawaban_dinas", "dinsos", after) == 4
    assert limit_of(rules, "jawaban_dinas", "dinsos", date(2025, 9, 30)) == 5  # before anybody asked
    assert limit_of(rules, "verifikasi", "dinkes", after) == 3


def test_due_nearly_due_late() -> None:
    case, _ = new_case(wib("24-11-2026 09.30"))  # due at the end of Friday
    said = {when: standing(RULES, case, wib(when)) for when in ("26-11-2026 23.59", "27-11-2026 00.00", "27-11-2026 23.59", "28-11-2026 00.00")}  # fmt: skip
    assert list(said.values()) == ["running", "nearly_due", "nearly_due", "late"]
    urgent, _ = new_case(wib("24-11-2026 22.00"), urgency=2)
    said = {when: standing(RULES, urgent, wib(when)) for when in ("25-11-2026 03.59", "25-11-2026 04.00", "25-11-2026 06.00")}  # fmt: skip
    assert list(said.values()) == ["running", "nearly_due", "late"]


def test_a_case_pauses_while_the_reporter_is_waited_for() -> None:
    case, _ = new_case(wib("24-11-2026 09.30"))
    case = done(case, "check", wib("24-11-2026 10.00"))
    assert case.due_at == wib("28-11-2026 00.00")  # the same clock goes on
    waiting = done(case, "wait", wib("25-11-2026 10.00"))
    assert (waiting.due_at, standing(RULES, waiting, NOW + timedelta(days=90))) == (None, "paused")
    back = done(waiting, "resume", wib("27-11-2026 09.00"))  # the ends of Wednesday and Thursday were not counted
    assert back.due_at == wib("02-12-2026 00.00")
    again = done(done(back, "wait", wib("27-11-2026 10.00")), "visit", wib("27-11-2026 11.00"))  # acting ends the pause
    assert (again.paused_at, again.due_at, len(again.pauses)) == (None, wib("02-12-2026 00.00"), 2)


def test_an_emergency_does_not_wait() -> None:
    from cases.acting import CaseRefused

    case, _ = new_case(urgency=2)
    with pytest.raises(CaseRefused, match="tidak bisa dihentikan"):
        done(done(case, "check"), "wait")
