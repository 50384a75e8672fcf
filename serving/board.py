"""Screens: the lead's board: late, nearly late, unassigned, load, escalation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from cases.case import Case
from cases.escalation import next_rung
from cases.next_steps import next_steps
from cases.routing import agency_name
from review.reading import left_out_words
from serving.case_forms import new_form
from serving.desk import CaseLine, Desk, case_line, caseworkers, names_of
from serving.guards import checked_write, needs
from serving.pages import page
from serving.people import Permission, Person
from triage.board import Load, Pending, count_restricted_open, loads_by, read_pending
from triage.casework import read_cases
from triage.staff import Colleague, read_staff

router = APIRouter(dependencies=[Depends(checked_write)])
Lead = Annotated[Person, Depends(needs(Permission.lead))]
A_SECTION, A_TABLE = 6, 12  # rows shown; the rest stands in the list of cases


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A case with what a lead does about it from here."""

    line: CaseLine
    climbs: str  # the rung above; empty: none
    not_yet: str  # why it cannot climb yet
    form: str
    assign_form: str


@dataclass(frozen=True, slots=True)
class BoardFacts:
    pending: Sequence[Pending]
    cases: Mapping[str, Case]
    staff: Sequence[Colleague]
    left_out: int


@router.get("/papan", response_class=HTMLResponse)
async def board(request: Request, person: Lead) -> Response:
    desk = Desk(request, person)
    facts = await desk.database.read(_read, desk)
    names = names_of(facts.staff)
    sections = _sections(desk, facts.pending)
    return page(
        request, person, "board.html.j2",
        tiles=_tiles(desk, facts.pending),
        sections=[(key, title, len(found), [_row(desk, facts.cases[one.case_id], names) for one in found[:A_SECTION]])
                  for key, title, found in sections],
        people=_loads(facts.pending, "assignee", lambda name: names.get(name, name)),
        agencies=_loads(facts.pending, "agency", lambda name: agency_name(desk.rules, name)),
        staff=caseworkers(facts.staff), left_out=left_out_words(facts.left_out),
    )  # fmt: skip


def _read(connection: Any, desk: Desk) -> BoardFacts:
    sees = desk.reader.sees_restricted
    pending = read_pending(connection, desk.rules, desk.now, restricted=sees)
    shown = {one.case_id for _, _, found in _sections(desk, pending) for one in found[:A_SECTION]}
    cases = {case.case_id: case for case in read_cases(connection, sorted(shown))}
    return BoardFacts(pending, cases, read_staff(connection), 0 if sees else count_restricted_open(connection))


def _sections(desk: Desk, pending: Sequence[Pending]) -> list[tuple[str, str, list[Pending]]]:
    """What a lead looks at, the most pressing first within each: key of the list of cases, title, cases."""
    return [
        ("terlambat", "Terlambat", [one for one in pending if one.standing == "late"]),
        ("segera", "Hampir habis waktunya", [one for one in pending if one.standing == "nearly_due"]),
        ("bebas", "Belum ada petugas", [one for one in pending if one.assignee is None and one.standing not in {"late", "nearly_due"}]),
    ]  # fmt: skip


def _tiles(desk: Desk, pending: Sequence[Pending]) -> list[tuple[str, str, int, str]]:
    """Address, label, number, how alarming."""
    late = sum(one.standing == "late" for one in pending)
    near = sum(one.standing == "nearly_due" for one in pending)
    free = sum(one.assignee is None for one in pending)
    up = sum(one.rung == desk.rules.states.gate.rung for one in pending)
    return [
        ("/kasus?tampil=terlambat", "terlambat", late, "bad" if late else ""),
        ("/kasus?tampil=segera", "hampir habis", near, "warn" if near else ""),
        ("/kasus?tampil=bebas", "tanpa petugas", free, "warn" if free else ""),
        ("/lounge", "menuju lounge", up, ""),
        ("/kasus?tampil=semua", "terbuka", len(pending), ""),
    ]


def _row(desk: Desk, case: Case, names: Mapping[str, str]) -> BoardRow:
    step = next((one for one in next_steps(desk.rules, case, desk.now) if one.name == "escalate"), None)
    rung = next_rung(desk.rules, case)
    return BoardRow(
        case_line(desk.rules, case, desk.now, names),
        rung.label if rung and step else "",
        step.not_yet if step else "",
        new_form(),
        new_form(),
    )


def _loads(pending: Sequence[Pending], whose: str, name_of: Any) -> tuple[list[tuple[str, str, Load]], int]:
    """Id, name and load, the heaviest first; and how many more there are."""
    found = [
        (load.name or "", name_of(load.name) if load.name else "belum ada", load) for load in loads_by(pending, whose)
    ]
    return found[:A_TABLE], max(0, len(found) - A_TABLE)
