"""Screens: a case and what is done with it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from cases.acting import Act, CaseRefused
from cases.case import Case
from cases.field_check import FieldCheck, Matches
from review.field_sheet import render_field_sheet
from serving import case_joining, case_lists, case_opening
from serving.case_forms import NEEDS, OWN_FORM, kept_fields, read_act
from serving.case_showing import After, attempt, paper, show_case
from serving.case_view import MATCH_WORDS
from serving.desk import Desk, Fields, fields_of, visible_case
from serving.guards import Missing, NotAllowed, checked_write, needs
from serving.pages import redirect
from serving.people import Permission, Person, may
from triage.answers import Answer, save_answer
from triage.case_page import read_case_page
from triage.casework import act
from triage.field_checks import record_field_check

router = APIRouter(dependencies=[Depends(checked_write)])
for part in (case_lists, case_opening, case_joining):
    router.include_router(part.router)
Caseworker = Annotated[Person, Depends(needs(Permission.casework))]


@router.get("/kasus/{case_id}", response_class=HTMLResponse)
async def case_page(request: Request, case_id: str, person: Caseworker, draf: str = "", bahasa: str = "") -> Response:
    return await show_case(Desk(request, person), case_id, (draf, bahasa))


@router.post("/kasus/{case_id}/langkah/{action}", response_class=HTMLResponse)
async def take_step(request: Request, case_id: str, action: str, person: Caseworker) -> Response:
    desk, fields = Desk(request, person), await fields_of(request)
    if not may(person, NEEDS.get(action, Permission.casework)):
        raise NotAllowed
    if action in OWN_FORM or desk.rules.action(action) is None:
        raise Missing
    label = desk.rules.states.action[action].label

    def done(connection: Any) -> Case:
        visible_case(connection, desk.reader, case_id)
        wanted: Act = read_act(desk, case_id, action, fields)
        return act(connection, desk.rules, case_id, wanted, fields.whole("version"), desk.now)

    return await attempt(desk, case_id, done, After(kept_fields(action, fields), f"Tercatat: {label}.", _back(fields, case_id)))  # fmt: skip


def _back(fields: Fields, case_id: str) -> str:
    return "/papan" if fields.text("kembali") == "papan" else f"/kasus/{case_id}"


@router.post("/kasus/{case_id}/lapangan", response_class=HTMLResponse)
async def record_visit(request: Request, case_id: str, person: Caseworker) -> Response:
    """The filled sheet of a visit: an event of the case and a label for the classifier."""
    desk, fields = Desk(request, person), await fields_of(request)
    names = ("cocok", "jiwa", "why", "category", "urgency", "place_code", "consent", "form")

    def done(connection: Any) -> Case:
        visible_case(connection, desk.reader, case_id)
        check = _field_check(desk, case_id, fields)
        return record_field_check(connection, desk.rules, case_id, check, (fields.whole("version"), desk.now))

    kept = {"action": "lapangan"} | {name: fields.text(name) for name in names}
    return await attempt(desk, case_id, done, After(kept, "Hasil kunjungan tercatat.", f"/kasus/{case_id}"))


def _field_check(desk: Desk, case_id: str, fields: Fields) -> FieldCheck:
    told = fields.text("cocok")
    matches: Matches | None = next((one for one in ("ya", "sebagian", "bukan") if one == told), None)
    if matches not in MATCH_WORDS or matches is None:
        raise CaseRefused("Pilih dulu: apakah keadaannya sesuai dengan cerita?")
    event_id = fields.event_id(desk, f"{case_id}|lapangan")
    found = {
        name: value
        for name in ("category", "urgency", "place_code", "consent")
        if (value := fields.text(name)) and value != fields.text(f"dulu_{name}")
    }
    changes = {name: int(value) if name == "urgency" and value.isdigit() else value for name, value in found.items()}
    household = fields.whole("jiwa") if fields.text("jiwa") else None
    return FieldCheck(desk.person.user_id, matches, household, fields.text("why"), changes, event_id)


@router.get("/kasus/{case_id}/lembar", response_class=HTMLResponse)
async def field_sheet(request: Request, case_id: str, person: Caseworker) -> Response:
    """The sheet to print for a visit, masked."""
    desk = Desk(request, person)

    def read(connection: Any) -> Any:
        visible_case(connection, desk.reader, case_id)
        return read_case_page(connection, case_id)

    content = await desk.database.read(read)
    return paper(await asyncio.to_thread(render_field_sheet, desk.settings, desk.rules, content, desk.reader))


@router.post("/kasus/{case_id}/terkirim", response_class=HTMLResponse)
async def answer_sent(request: Request, case_id: str, person: Caseworker) -> Response:
    """That a person sent a draft; what was sent is not kept."""
    desk, fields = Desk(request, person), await fields_of(request)
    kind, platform, lang = (fields.text(name, 40) for name in ("draf", "platform", "bahasa"))
    if kind not in desk.drafts.file.reply or platform not in {"x", "instagram", "whatsapp"} or lang not in {"id", "su"}:
        raise Missing

    def done(connection: Any) -> None:
        visible_case(connection, desk.reader, case_id)
        save_answer(connection, Answer(case_id, kind, platform, lang, person.user_id, desk.now))

    await desk.database.write(done)
    return redirect(request, f"/kasus/{case_id}", "Tercatat: jawaban sudah Anda kirim.")
