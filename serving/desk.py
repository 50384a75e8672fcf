"""What every screen of the desk needs of a request: who reads, by which rules, at which moment, and what the form said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from fastapi import Request

from cases.acting import CaseRefused
from cases.case import Case
from cases.clocks import Standing, is_forecast, standing
from cases.lounge import LoungeFile, load_lounge
from cases.rules import Rules
from review.case_words import agency_words, due_words, matter_words, place_words, time_left_words
from review.reading import Reader, may_see
from review.replies import Drafts, load_drafts
from review.wording import moment_words
from serving.database import Database
from serving.guards import Missing
from serving.people import ROLES, Permission, Person, Role, may
from settings import Settings
from triage.casework import CaseMissing, read_case
from triage.staff import Colleague

CLOCK_WORDS: dict[Standing, str] = {
    "late": "Terlambat",
    "nearly_due": "Hampir habis",
    "paused": "Dijeda",
    "running": "Berjalan",
    "none": "Tidak ada batas",
}
_FORM_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Desk:
    """One request at the desk."""

    request: Request
    person: Person

    @property
    def settings(self) -> Settings:
        found: Settings = self.request.app.state.settings
        return found

    @property
    def rules(self) -> Rules:
        found: Rules = self.request.app.state.rules
        return found

    @property
    def database(self) -> Database:
        found: Database = self.request.app.state.database
        return found

    @property
    def now(self) -> datetime:
        found: datetime = self.request.app.state.now()
        return found

    @property
    def today(self) -> date:
        return self.now.astimezone(self.rules.home.zone).date()

    @property
    def reader(self) -> Reader:
        """Masked for everyone: citizens' own words are opened one mention at a time, on its card."""
        role = "officer" if may(self.person, Permission.restricted) else "staff"
        return Reader(self.person.user_id, role)

    @property
    def drafts(self) -> Drafts:
        found: Drafts = self.once("drafts", lambda: load_drafts(self.settings, self.rules))
        return found

    @property
    def lounge(self) -> LoungeFile:
        found: LoungeFile = self.once("lounge_file", lambda: load_lounge(self.settings))
        return found

    def once(self, name: str, load: Callable[[], Any]) -> Any:
        """What is made when it is first asked for and held until the server is started again: files of rules, remembered figures."""
        state = self.request.app.state
        if not hasattr(state, name):
            setattr(state, name, load())
        return getattr(state, name)

    def moment(self, moment: datetime) -> str:
        return moment_words(moment, self.rules.home.zone, self.now)


@dataclass(frozen=True, slots=True)
class Clock:
    """How a case's clock stands, in words."""

    standing: Standing
    label: str
    left: str
    due: str
    forecast: bool = False


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    case_id: str
    version: int
    matter: str
    icon: str
    place: str
    agency: str
    assignee: str
    state: str
    emergency: bool
    restricted: bool
    rung: str
    clock: Clock


def clock_words(rules: Rules, case: Case, now: datetime) -> Clock:
    stands = standing(rules, case, now)
    label = rules.state(case.state).label if case.closed else CLOCK_WORDS[stands]
    if case.due_at is None:
        return Clock(stands, label, "", "")
    left = time_left_words(case.due_at, now)
    return Clock(stands, label, left, due_words(rules, case.due_at), is_forecast(rules, case.due_at))


def case_line(rules: Rules, case: Case, now: datetime, names: Mapping[str, str]) -> CaseLine:
    rung = next(rung for rung in rules.rungs if rung.id == case.rung)
    return CaseLine(
        case_id=case.case_id,
        version=case.version,
        matter=matter_words(case),
        icon=case.category or "lain",
        place=place_words(case.place_code),
        agency=agency_words(rules, case),
        assignee=names.get(case.assignee, case.assignee) if case.assignee else "",
        state=rules.state(case.state).label,
        emergency=case.emergency,
        restricted=case.restricted,
        rung="" if rung == rules.rungs[0] else rung.label,
        clock=clock_words(rules, case, now),
    )


def visible_case(connection: Any, reader: Reader, case_id: str) -> Case:
    """The case, inside a unit of work. Raises Missing also for one that this reader may not know of."""
    try:
        case = read_case(connection, case_id)
    except CaseMissing:
        raise Missing("Kasus ini tidak ada.") from None
    if not may_see(reader, case):
        raise Missing("Kasus ini tidak ada.")
    return case


def names_of(staff: Sequence[Colleague]) -> dict[str, str]:
    return {one.user_id: one.name for one in staff}


def caseworkers(staff: Sequence[Colleague]) -> list[tuple[str, str]]:
    """Those who may be given a case: id and name."""
    return [(one.user_id, one.name) for one in staff if one.active and Permission.casework in ROLES[Role(one.role)]]


class Fields:
    """What a form sent, each value as a bounded text."""

    def __init__(self, form: Any) -> None:
        self._form = form

    def has(self, name: str) -> bool:
        return name in self._form

    def text(self, name: str, longest: int = 300) -> str:
        """Longer than any honest value is cut: the rules then say what is wrong with it."""
        value = self._form.get(name, "")
        return value.strip()[:longest] if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        return [value.strip() for value in self._form.getlist(name) if isinstance(value, str)]

    def whole(self, name: str) -> int:
        """A number, 0 where none is told."""
        told = self.text(name, 9)
        return int(told) if told.isascii() and told.isdigit() else 0

    def day(self, name: str) -> date | None:
        """Raises CaseRefused when it is not a day."""
        told = self.text(name, 10)
        try:
            return date.fromisoformat(told) if told else None
        except ValueError:
            raise CaseRefused(f"Tanggal {told!r} tidak dikenal: pilih dari kalender.") from None

    def moment(self, name: str, rules: Rules) -> datetime | None:
        """A local date and time as browsers send it, aware UTC. Raises CaseRefused."""
        told = self.text(name, 16)
        try:
            return datetime.fromisoformat(told).replace(tzinfo=rules.home.zone).astimezone(UTC) if told else None
        except ValueError:
            raise CaseRefused(f"Waktu {told!r} tidak dikenal: pilih dari kalender.") from None

    def event_id(self, desk: Desk, subject: str) -> str:
        """The same form sent twice is one act; nobody can take the number of another's act."""
        told = self.text("form", 32)
        if not _FORM_ID.fullmatch(told):
            raise CaseRefused("Isian ini tidak lengkap: muat ulang halamannya, lalu kirim lagi.")
        return hashlib.sha256(f"{desk.person.user_id}|{subject}|{told}".encode()).hexdigest()[:32]


async def fields_of(request: Request) -> Fields:
    return Fields(getattr(request.state, "form", None) or await request.form())


def day_of(text: str, otherwise: date) -> date:
    """A day in an address; what is none is the other one."""
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        return otherwise
