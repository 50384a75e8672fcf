"""A simulated month of the desk by the real rules: queue, lateness and lounge load, and how they move with staff capacity.

`python -m benchmarks.cases_month [ARRIVALS A DAY]`. Invented: arrivals, their mix, and how slow agencies are; the seed is fixed. Real: routing,
clocks, transitions, the ladder and the gate. No database: what is measured is the procedure, not the machine.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cases.acting import Act, decide
from cases.case import SYSTEM, Case, apply
from cases.escalation import rung_by_clock
from cases.lounge import LoungeFile, Minutes, Promise, arranged, load_lounge, minutes_act
from cases.opening import Intake, opened
from cases.routing import Need
from cases.rules import Home, Rules, load_rules
from settings import DATA, ROOT, load_settings

FIRST_DAY, DAYS = date(2026, 11, 23), 30  # a Monday
HOURS = (8, 11, 14, 17, 20)  # when somebody looks at the desk; after 17 and on days off only at emergencies
CAPACITIES = (10, 20, 30, 35, 40, 60)
MIX = {"kesehatan": 30, "pangan_ekonomi": 25, "rumah": 15, "terlantar": 12, "bencana": 10, "pendidikan": 8}
EMERGENCIES, NO_NEED, SILENT = (
    0.06,
    0.25,
    0.12,
)  # of arrivals; of arrivals, found out at the desk; of agencies' cases, until the lounge
ANSWER_DAYS = 2.5  # median working days until an agency answers; lognormal, so that some take weeks


@dataclass
class Month:
    """What happened: cases by id, when agencies will move, and what was counted day by day."""

    rules: Rules
    lounge: LoungeFile
    capacity: int
    luck: random.Random
    cases: dict[str, Case] = field(default_factory=dict)
    moves_at: dict[str, datetime] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    first_hours: list[float] = field(default_factory=list)
    first_late: int = 0
    agency_late: set[str] = field(default_factory=set)
    heard: list[int] = field(default_factory=list)

    def do(self, case: Case, act: Act, now: datetime) -> Case:
        self.cases[case.case_id] = case = apply(case, decide(self.rules, case, act, now))
        return case


def simulate(rules: Rules, lounge: LoungeFile, capacity: int, arrivals: int = 25, days: int = DAYS) -> Month:
    """``days`` days of ``arrivals`` needs each, with staff who can look at ``capacity`` cases on a working day."""
    month = Month(rules, lounge, capacity, random.Random(5))
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        left = capacity if rules.working_days.is_working(day) else 0
        fresh = [_arrival(month, day) for _ in range(arrivals)]
        for hour in HOURS:
            now = _moment(day, hour, rules.home.zone)
            for case, _ in [one for one in fresh if one[1] <= now]:
                month.cases[case.case_id] = case
            fresh = [one for one in fresh if one[1] > now]
            _agencies_move(month, now)
            _close(month, now)
            _climb(month, now)
            left = _staff_work(month, now, left if hour <= 17 else 0)
        for case, _ in fresh:  # came late in the evening
            month.cases[case.case_id] = case
        if day.weekday() == 2:
            _sit(month, day)
        month.waiting.append(sum(map(_waits, month.cases.values())))
    return month


def _arrival(month: Month, day: date) -> tuple[Case, datetime]:
    luck = month.luck
    came = _moment(day, 0, month.rules.home.zone) + timedelta(minutes=luck.randrange(24 * 60))
    urgency = 2 if luck.random() < EMERGENCIES else luck.choice((0, 1))
    need = Need(luck.choices(list(MIX), list(MIX.values()))[0], urgency=urgency)
    event = opened(month.rules, need, Intake("mention", came, mention_id=f"x:{luck.getrandbits(60)}"), came)
    return apply(None, event), came


def _staff_work(month: Month, now: datetime, left: int) -> int:
    """Emergencies at any hour, beyond every capacity; the others by their clock while somebody has time."""
    new = sorted(
        (case for case in month.cases.values() if _waits(case)),
        key=lambda case: (not case.emergency, case.due_at),
    )
    for case in new:
        if not case.emergency and left <= 0:
            break
        left -= 1
        month.first_hours.append((now - (case.clock_started_at or now)).total_seconds() / 3600)
        month.first_late += case.due_at is not None and now > case.due_at
        if not case.emergency and month.luck.random() < NO_NEED:
            month.do(case, Act("reject", "petugas", "Bukan kebutuhan."), now)
            continue
        case = month.do(case, Act("forward", "petugas", changes={"agency": case.agency}), now)
        _plan(month, case, now)
    return left


def _waits(case: Case) -> bool:
    """Nobody of the desk has looked at it yet, however high its lateness has carried it."""
    return not case.closed and case.forwarded_at is None


def _plan(month: Month, case: Case, now: datetime) -> None:
    if case.emergency:
        month.moves_at[case.case_id] = now + timedelta(hours=month.luck.lognormvariate(1, 0.8))
    elif month.luck.random() > SILENT:
        month.moves_at[case.case_id] = now + timedelta(days=1.4 * ANSWER_DAYS * month.luck.lognormvariate(0, 0.9))


def _agencies_move(month: Month, now: datetime) -> None:
    for case_id, at in list(month.moves_at.items()):
        case = month.cases[case_id]
        if at > now or case.state not in {"diteruskan", "ditangani", "eskalasi"}:
            continue
        if case.due_at is not None and at > case.due_at:
            month.agency_late.add(case_id)
        case = month.do(case, Act("attempt", "dinas", "Ditangani."), now)
        if case.state != "ditangani":
            case = month.do(case, Act("accept", "dinas"), now)
        month.do(case, Act("finish", "dinas", "Selesai."), now)
        del month.moves_at[case_id]


def _close(month: Month, now: datetime) -> None:
    """Who is silent after the answer is content."""
    for case in list(month.cases.values()):
        if case.state == "selesai_penanganan" and case.due_at is not None and case.due_at <= now:
            month.do(case, Act("close", "petugas", "Pelapor diam."), now)


def _climb(month: Month, now: datetime) -> None:
    for case in list(month.cases.values()):
        while (rung := rung_by_clock(month.rules, case, now)) is not None:
            if case.forwarded_at is not None:
                month.agency_late.add(case.case_id)
            case = month.do(case, Act("escalate", SYSTEM, "Lewat batas waktu.", rung=rung.id), now)


def _sit(month: Month, day: date) -> None:
    """The lounge hears what it has time for; what is promised there is mostly kept."""
    now = _moment(day, 13, month.rules.home.zone)
    waiting = [case for case in month.cases.values() if case.rung == month.rules.states.gate.rung and not case.closed]
    slots = arranged(month.rules, month.lounge, day, waiting, [])
    month.heard.append(len(waiting))
    for slot in slots:
        case = month.cases[slot.case_id]
        promise = Promise(case.agency or "bupati", "ditangani", day + timedelta(days=7))
        case = month.do(
            case,
            minutes_act(
                month.rules, month.lounge, case, Minutes("pimpinan", "Ditangani.", case.agency or "", [promise]), now
            ),
            now,
        )
        month.moves_at[case.case_id] = now + timedelta(days=month.luck.uniform(1, 9))


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def table(rules: Rules, lounge: LoungeFile, arrivals: int) -> Iterator[str]:
    yield f"{arrivals} arrivals a day, {DAYS} days, one lounge a week of {_places(rules, lounge)} cases"
    yield f"{'staff a day':>11} {'queue, end':>11} {'longest':>8} {'first act, median':>18} {'acted late':>11} {'agencies late':>14} {'lounge a week':>14}"
    for capacity in CAPACITIES:
        month = simulate(rules, lounge, capacity, arrivals)
        sent = [case for case in month.cases.values() if case.forwarded_at is not None]
        late = month.first_late / len(month.first_hours)
        yield (
            f"{capacity:>11} {month.waiting[-1]:>11} {max(month.waiting):>8} {statistics.median(month.first_hours):>16.1f} h {late:>11.0%} "
            f"{len(month.agency_late) / max(1, len(sent)):>14.0%} {statistics.mean(month.heard):>14.1f}"
        )


def _places(rules: Rules, lounge: LoungeFile) -> int:
    many = [
        apply(None, opened(rules, Need("rumah"), Intake("other", datetime.now(UTC)), datetime.now(UTC)))
        for _ in range(50)
    ]
    return len(arranged(rules, lounge, FIRST_DAY, many, []))


def main(arrivals: int) -> None:
    settings = load_settings({"TANGGAP_HOME": str(ROOT)})
    rules = load_rules(
        lambda name: DATA / f"{name}.toml", Home(settings.program.region, "Kabupaten Bekasi", settings.zone)
    )
    for line in table(rules, load_lounge(settings), arrivals):
        print(line)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
