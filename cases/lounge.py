"""The regent's lounge: slots of a day, what is promised there, and the way back to the agency. Rules: data/lounge.toml."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from pydantic import field_validator

from cases.acting import LONGEST_REASON, PERSONAL, Act, CaseRefused
from cases.case import Case, CaseEvent
from cases.clocks import end_of, is_near, limit_of
from cases.routing import agency_name
from cases.rule_file import RuleFile, parsed, read_rule_file
from cases.rule_models import Entry, Name, Part, Words
from cases.rules import Rules
from settings import DATA, Settings

COMMITMENT_CLOCK = "komitmen"
_BLANKS = {
    "asked": ("agency", "last"),
    "invitation": ("program", "day", "begins", "place", "agency", "list", "case"),
}


class Sitting(Entry):
    """When the lounge sits, local time as people write it (09.00), and how many minutes a case is heard."""

    begins: str
    ends: str
    minutes: int
    place: Words

    @field_validator("begins", "ends")
    @classmethod
    def _a_time(cls, value: str) -> str:
        try:
            time.fromisoformat(value.replace(".", ":"))
        except ValueError:
            raise ValueError(f"'{value}' is not a time of day like 09.00") from None
        return value


class Asked(Part):
    danger: Words
    attempts: Words
    late: Words


class Invitation(Part):
    agency: str
    complainant: str


class LoungeFile(Part):
    sitting: Sitting
    people: dict[Name, Words]
    asked: Asked
    invitation: Invitation


@dataclass(frozen=True, slots=True)
class Slot:
    """When a case is heard (aware UTC)."""

    case_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """Who promises what by when; ``day`` None: within the limit of the clock."""

    who: str  # an agency, or one of the people of data/lounge.toml
    what: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """One row of `commitments`."""

    commitment_id: str
    case_id: str
    who: str
    what: str
    due_at: datetime
    promised_at: datetime
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Minutes:
    """What the lounge decided about a case: in one sentence, who has it now, and what was promised."""

    actor: str
    decision: str
    agency: str
    promises: Sequence[Promise]


def load_lounge(settings: Settings) -> LoungeFile:
    """data/lounge.toml, the desk's own before the repository's. Raises RulesError with file and line."""
    own = settings.home / "data" / "lounge.toml"
    file = read_rule_file(own if own.is_file() else DATA / "lounge.toml")
    lounge = parsed(file, LoungeFile)
    _check(file, lounge)
    return lounge


def _check(file: RuleFile, lounge: LoungeFile) -> None:
    if lounge.sitting.minutes < 1 or _clock_time(lounge.sitting.begins) >= _clock_time(lounge.sitting.ends):
        raise file.fault(("sitting", "ends"), "the sitting ends before it begins, or a case has no minutes; mend it")
    for section, blanks in _BLANKS.items():
        for key, text in getattr(lounge, section).model_dump().items():
            try:
                text.format(**dict.fromkeys(blanks, ""))
            except (KeyError, IndexError, ValueError):
                raise file.fault((section, key), f"{key} has a blank other than {{{'}, {'.join(blanks)}}}") from None


def invited(case: Case) -> tuple[str, ...]:
    """The agencies that a case needs at the table: the first and its helpers."""
    return tuple(dict.fromkeys(name for name in (case.agency, *case.helpers) if name))


def arranged(rules: Rules, lounge: LoungeFile, day: date, cases: Iterable[Case], kept: Iterable[Slot]) -> list[Slot]:
    """A slot for as many cases as the sitting holds: kept ones where they are, danger first, one agency's cases side by side."""
    waiting = {case.case_id: case for case in cases}
    taken = [slot for slot in kept if slot.case_id in waiting]
    free = [slot for slot in _times(rules, lounge, day) if all(slot[0] >= one.ends_at or slot[1] <= one.starts_at for one in taken)]  # fmt: skip
    new = [case for case in _in_order(waiting.values()) if case.case_id not in {slot.case_id for slot in taken}]
    slots = taken + [Slot(case.case_id, *span) for case, span in zip(new, free, strict=False)]
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.case_id))


def _in_order(cases: Iterable[Case]) -> list[Case]:
    """Emergencies first; then agency by agency, the one with most cases first, each agency's longest open case first."""
    known = list(cases)
    counts: dict[str | None, int] = {}
    for case in known:
        counts[case.agency] = counts.get(case.agency, 0) + 1
    return sorted(
        known,
        key=lambda case: (not case.emergency, -counts[case.agency], case.agency or "", case.opened_at, case.case_id),
    )


def _times(rules: Rules, lounge: LoungeFile, day: date) -> Iterable[tuple[datetime, datetime]]:
    zone, length = rules.home.zone, timedelta(minutes=lounge.sitting.minutes)
    begins = datetime.combine(day, _clock_time(lounge.sitting.begins), zone)
    while begins + length <= datetime.combine(day, _clock_time(lounge.sitting.ends), zone):
        yield begins, begins + length
        begins += length


def _clock_time(text: str) -> time:
    return time.fromisoformat(text.replace(".", ":"))


def asked_of_the_regent(rules: Rules, lounge: LoungeFile, case: Case, events: Sequence[CaseEvent]) -> str:
    """What the lounge is asked to decide, from why the case came."""
    agency = agency_name(rules, case.agency, case.place_code) if case.agency else "Dinas"
    if case.emergency:
        return lounge.asked.danger
    tried = [event for event in events if (action := rules.action(event.kind)) is not None and action.attempt]
    if tried:
        return lounge.asked.attempts.format(agency=agency, last=f" (terakhir: {tried[-1].detail['why'].rstrip('. ')})")
    return lounge.asked.late.format(agency=agency, last="")


def minutes_act(rules: Rules, lounge: LoungeFile, case: Case, minutes: Minutes, now: datetime) -> Act:
    """The way back to the agency, with the promises as its clock. Raises CaseRefused."""
    if case.rung != rules.states.gate.rung:
        raise CaseRefused(f"Kasus {case.case_id} belum di lounge: naikkan dulu lewat tangganya.")
    if not minutes.promises:
        raise CaseRefused("Notulen perlu paling sedikit satu janji: siapa, apa, kapan (--commit SIAPA:APA:TANGGAL).")
    commitments = [_commitment(rules, lounge, case, promise, now) for promise in minutes.promises]
    return Act(
        "minutes",
        minutes.actor,
        minutes.decision,
        {"agency": minutes.agency},
        keeps={"commitments": [_as_kept(one) for one in commitments]},
        due_at=min(one.due_at for one in commitments),
    )


def _commitment(rules: Rules, lounge: LoungeFile, case: Case, promise: Promise, now: datetime) -> Commitment:
    if promise.who not in rules.agencies.agency and promise.who not in lounge.people:
        known = ", ".join([*lounge.people, *rules.agencies.agency])
        raise CaseRefused(f"Tidak ada {promise.who!r} yang bisa berjanji; yang ada: {known}.")
    if not promise.what.strip() or len(promise.what) > LONGEST_REASON:
        raise CaseRefused(f"Isi janji perlu 1 sampai {LONGEST_REASON} huruf.")
    if PERSONAL.search(promise.what):
        raise CaseRefused("Isi janji memuat nomor pribadi (telepon, NIK, atau rekening): hapus nomornya.")
    due = _due(rules, case, promise, now)
    return Commitment(uuid.uuid4().hex, case.case_id, promise.who, promise.what.strip(), due, now)


def _due(rules: Rules, case: Case, promise: Promise, now: datetime) -> datetime:
    today = now.astimezone(rules.home.zone).date()
    if promise.day is None:
        limit = limit_of(rules, COMMITMENT_CLOCK, case.agency, today)
        return end_of(rules.working_days.after(today, limit), rules.home.zone)
    if promise.day < today:
        raise CaseRefused(f"Tanggal janji {promise.day:%d-%m-%Y} sudah lewat.")
    return end_of(promise.day, rules.home.zone)


def keep_act(commitments: Sequence[Commitment], commitment_id: str, actor: str, why: str, now: datetime) -> Act:
    """A promise is kept: the next open one becomes the clock. Raises CaseRefused."""
    wanted = next((one for one in commitments if one.commitment_id == commitment_id), None)
    if wanted is None or wanted.kept_at is not None:
        raise CaseRefused(
            "Janji itu tidak ada atau sudah ditepati; `tanggap lounge commitments` menunjukkan yang terbuka."
        )
    rest = [one.due_at for one in commitments if one.kept_at is None and one.commitment_id != commitment_id]
    return Act("keep", actor, why, keeps={"kept": [commitment_id]}, due_at=min(rest, default=None))


def commitments_of(events: Iterable[CaseEvent]) -> list[Commitment]:
    """What the events of any number of cases promise, and which of it was kept."""
    found: dict[str, Commitment] = {}
    for event in events:
        for one in event.detail.get("commitments", ()):
            found[one["commitment_id"]] = _from_kept(event, one)
        for name in event.detail.get("kept", ()):
            if name in found:
                found[name] = replace(found[name], kept_at=event.made_at)
    return list(found.values())


def commitment_standing(
    rules: Rules, commitment: Commitment, now: datetime
) -> Literal["kept", "late", "nearly_due", "running"]:
    """How a promise stands; one that is kept late is kept."""
    if commitment.kept_at is not None:
        return "kept"
    if now >= commitment.due_at:
        return "late"
    return "nearly_due" if is_near(rules, COMMITMENT_CLOCK, commitment.due_at, now) else "running"


def who_promises(rules: Rules, lounge: LoungeFile, who: str) -> str:
    """The name people read."""
    return lounge.people.get(who) or (agency_name(rules, who) if who in rules.agencies.agency else who)


def _as_kept(one: Commitment) -> dict[str, Any]:
    return {"commitment_id": one.commitment_id, "who": one.who, "what": one.what, "due_at": one.due_at.isoformat()}


def _from_kept(event: CaseEvent, one: Mapping[str, Any]) -> Commitment:
    due = datetime.fromisoformat(one["due_at"])
    return Commitment(one["commitment_id"], event.case_id, one["who"], one["what"], due, event.made_at)
