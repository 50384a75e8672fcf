"""Screens: the open cases: mine, nobody's, one agency's, those that are late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from cases.case import Case
from cases.routing import agency_name
from review.reading import left_out_words
from serving.desk import Desk, case_line, names_of
from serving.guards import needs
from serving.pages import page
from serving.people import Permission, Person
from triage.board import Pending, count_restricted_open, read_pending
from triage.casework import read_cases
from triage.staff import Colleague, read_staff

router = APIRouter()
Caseworker = Annotated[Person, Depends(needs(Permission.casework))]
A_PAGE = 25
VIEWS = {"saya": "Kasus saya", "bebas": "Belum ada petugas", "terlambat": "Terlambat", "segera": "Hampir habis", "semua": "Semua terbuka"}  # fmt: skip
EMPTY = {
    "saya": "Anda belum memegang kasus. Ambil satu dari “Belum ada petugas”.",
    "bebas": "Semua kasus sudah ada petugasnya.",
    "terlambat": "Tidak ada yang terlambat.",
    "segera": "Tidak ada yang hampir habis waktunya.",
    "semua": "Tidak ada kasus terbuka.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which open cases are wanted, and which page of them."""

    view: str
    agency: str
    assignee: str
    number: int


@dataclass(frozen=True, slots=True)
class Listed:
    counts: dict[str, int]
    found: int
    cases: Sequence[Case]
    staff: Sequence[Colleague]
    left_out: int


@router.get("/kasus", response_class=HTMLResponse)
async def case_list(
    request: Request, person: Caseworker, tampil: str = "", dinas: str = "", petugas: str = "", hal: int = 1
) -> Response:
    desk = Desk(request, person)
    narrowed = "semua" if dinas or petugas else "saya"
    asked = Asked(tampil if tampil in VIEWS else narrowed, dinas, petugas, max(1, hal))
    listed = await desk.database.read(_read, desk, asked)
    names = names_of(listed.staff)
    whose = [agency_name(desk.rules, dinas)] if dinas in desk.rules.agencies.agency else []
    whose += [names.get(petugas, petugas)] if petugas else []
    return page(
        request, person, "case_list.html.j2", asked=asked, views=VIEWS, counts=listed.counts, found=listed.found, empty=EMPTY[asked.view],
        whose=", ".join(whose), lines=[case_line(desk.rules, case, desk.now, names) for case in listed.cases],
        pages=-(-listed.found // A_PAGE), left_out=left_out_words(listed.left_out),
    )  # fmt: skip


def _read(connection: Any, desk: Desk, asked: Asked) -> Listed:
    sees = desk.reader.sees_restricted
    pending = read_pending(connection, desk.rules, desk.now, restricted=sees)
    mine = desk.person.user_id
    narrowed = [one for one in pending if asked.agency in {"", one.agency} and asked.assignee in {"", one.assignee}]
    views = {view: [one for one in narrowed if _is_in(view, one, mine)] for view in VIEWS}
    wanted = [one.case_id for one in views[asked.view]]
    shown = wanted[(asked.number - 1) * A_PAGE : asked.number * A_PAGE]
    cases = {case.case_id: case for case in read_cases(connection, shown)}
    counts = {view: len(found) for view, found in views.items()}
    left_out = 0 if sees else count_restricted_open(connection)
    return Listed(counts, len(wanted), [cases[one] for one in shown], read_staff(connection), left_out)


def _is_in(view: str, one: Pending, mine: str) -> bool:
    return {
        "saya": one.assignee == mine,
        "bebas": one.assignee is None,
        "terlambat": one.standing == "late",
        "segera": one.standing == "nearly_due",
    }.get(view, True)
