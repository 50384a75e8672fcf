"""The ladder upwards and the gate to the regent: only what the agencies could not settle goes there, with proof that they tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.case import Case
from cases.clocks import end_of, last_day, standing
from cases.rule_models import Rung
from cases.rules import Rules


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a case may go to the regent, and why, as staff read it."""

    open: bool
    reason: str


def gate(rules: Rules, case: Case, now: datetime) -> Gate:
    """Life in danger passes at once; else the agency must have tried, or its deadline have passed."""
    rule = rules.states.gate
    if case.closed:
        return Gate(False, "Kasus sudah ditutup.")
    if case.emergency and rule.danger_skips:
        return Gate(True, "Nyawa terancam: tangga eskalasi dilewati.")
    if case.forwarded_at is None:
        return Gate(False, "Belum pernah diteruskan ke dinas: teruskan dulu.")
    if case.attempts >= rule.attempts:
        return Gate(True, f"Upaya atau jawaban dinas tercatat {case.attempts} kali, belum selesai.")
    of_the_agency = case.clock_started_at is not None and case.clock_started_at >= case.forwarded_at
    if rule.or_late and of_the_agency and standing(rules, case, now) == "late":
        return Gate(True, "Batas waktu dinas sudah lewat.")
    return Gate(False, "Belum ada upaya atau jawaban dinas yang tercatat, dan batas waktunya belum lewat.")


def rungs_of(rules: Rules, case: Case) -> list[Rung]:
    """The rungs that there are for a case: an agency's head only when an agency has it."""
    return [rung for rung in rules.rungs if case.forwarded_at is not None or case.emergency or not rung.forwarded]


def next_rung(rules: Rules, case: Case) -> Rung | None:
    """The rung above the present one; None at the top."""
    order = [rung.id for rung in rules.rungs]
    above = [rung for rung in rungs_of(rules, case) if order.index(rung.id) > order.index(case.rung)]
    return above[0] if above else None


def rung_by_clock(rules: Rules, case: Case, now: datetime) -> Rung | None:
    """The next rung when the case's lateness has reached it (and the gate lets it through); None: it stays where it is."""
    rung = next_rung(rules, case)
    if rung is None or case.closed or case.due_at is None or now < _reached_at(rules, case, case.due_at, rung):
        return None
    return rung if rung.id != rules.states.gate.rung or gate(rules, case, now).open else None


def _reached_at(rules: Rules, case: Case, due: datetime, rung: Rung) -> datetime:
    if case.emergency:
        return due + timedelta(hours=rung.hours)
    if rung.working_days == 0:
        return due
    zone = rules.home.zone
    return end_of(rules.working_days.after(last_day(due, zone), rung.working_days), zone)
