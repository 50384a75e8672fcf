"""Screens: search. What is typed may be a name: it travels in the body of the form, never in an address."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from cases.case import Case
from review.marking import marked
from review.searching import LONGEST_SEARCH, Hit, find, hits
from serving.desk import Desk, case_line, fields_of, names_of
from serving.guards import checked_write, needs
from serving.pages import page
from serving.people import Permission, Person
from triage.casework import read_cases
from triage.searching import Found
from triage.staff import Colleague, read_staff

router = APIRouter(dependencies=[Depends(checked_write)])
Caseworker = Annotated[Person, Depends(needs(Permission.casework))]


@router.get("/cari", response_class=HTMLResponse)
async def search_page(request: Request, person: Caseworker) -> Response:
    return _page(request, person, "", [], False)


@router.post("/cari", response_class=HTMLResponse)
async def search(request: Request, person: Caseworker) -> Response:
    desk = Desk(request, person)
    typed = (await fields_of(request)).text("cari", LONGEST_SEARCH)
    found, cases, staff = await desk.database.read(_find, desk, typed)
    shown = await run_in_threadpool(hits, desk.rules, typed, found, desk.reader)
    names = names_of(staff)
    rows = [(case_line(desk.rules, cases[hit.case_id], desk.now, names), _piece(hit)) for hit in shown.shown]
    return _page(request, person, typed, rows, shown.more)


def _find(connection: Any, desk: Desk, typed: str) -> tuple[list[Found], dict[str, Case], list[Colleague]]:
    found = find(connection, desk.rules, typed, desk.reader)
    cases = {case.case_id: case for case in read_cases(connection, [one.case_id for one in found])}
    return found, cases, read_staff(connection)


def _piece(hit: Hit) -> Markup:
    return marked(hit.piece, hit.words)


def _page(request: Request, person: Person, typed: str, rows: list[Any], more: bool) -> Response:
    return page(request, person, "search.html.j2", typed=typed, rows=rows, more=more, longest=LONGEST_SEARCH)
