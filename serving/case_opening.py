"""Screens: a lead opens a case by hand, from a letter, a visit or a call."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from cases.acting import CaseRefused
from cases.opening import Intake, opened_by_hand
from cases.routing import Need, Reading
from review.case_words import SOURCES
from review.withheld import may_be_restricted
from review.wording import label
from serving.case_forms import new_form, place_options
from serving.desk import Desk, Fields, fields_of
from serving.guards import needs
from serving.pages import page, redirect
from serving.people import Permission, Person
from triage.casework import open_once

router = APIRouter()
Lead = Annotated[Person, Depends(needs(Permission.lead))]
BY_HAND = ("letter", "visit", "whatsapp", "other")
NAMES = ("dari", "kebutuhan", "urgency", "place_code", "diterima", "why", "terbatas", "form")


@router.get("/kasus/baru", response_class=HTMLResponse)
async def new_case_page(request: Request, person: Lead) -> Response:
    return _form(Desk(request, person), {}, "", 200)


@router.post("/kasus/baru", response_class=HTMLResponse)
async def open_case(request: Request, person: Lead) -> Response:
    desk, fields = Desk(request, person), await fields_of(request)
    try:
        event = _event(desk, fields)
    except CaseRefused as refused:
        return _form(desk, {name: fields.text(name) for name in NAMES}, str(refused), 422)
    case_id = await desk.database.write(open_once, event)
    restricted = event.detail["changes"]["restricted"] and not desk.reader.sees_restricted
    said = f"Kasus {case_id} dibuka" + (", hanya terlihat oleh petugas kasus terbatas." if restricted else ".")
    return redirect(request, "/papan" if restricted else f"/kasus/{case_id}", said)


def _event(desk: Desk, fields: Fields) -> Any:
    """The event that opens the case. Raises CaseRefused."""
    source, (kind, _, name) = fields.text("dari"), fields.text("kebutuhan").partition(":")
    if source not in BY_HAND:
        raise CaseRefused("Pilih dari mana laporan ini datang.")
    if kind not in {"category", "topic"} or not name:
        raise CaseRefused("Pilih kebutuhannya.")
    why, place = fields.text("why"), fields.text("place_code") or None
    urgency = fields.whole("urgency")
    if urgency not in {0, 1, 2}:
        raise CaseRefused("Pilih seberapa gawat keadaannya.")
    category, topic = (name, None) if kind == "category" else (None, name)
    restricted = fields.text("terbatas") == "ya" or may_be_restricted(why)
    places = (Reading(place, 1.0),) if place else ()
    need = Need(category, topic, urgency, None, restricted, None, places)
    received = fields.moment("diterima", desk.rules) or desk.now
    intake = Intake(source, received, place, why=why, request_id=fields.event_id(desk, "baru"))
    return opened_by_hand(desk.rules, need, intake, desk.now, desk.person.user_id)


def _form(desk: Desk, kept: dict[str, str], problem: str, status: int) -> Response:
    taxonomy = desk.rules.taxonomy
    values = {name: kept.get(name, "") for name in NAMES} | {"form": kept.get("form") or new_form()}
    return page(
        desk.request, desk.person, "case_new.html.j2", status=status, problem=problem, kept=values,
        sources=[(one, SOURCES[one].capitalize()) for one in BY_HAND],
        categories=[(f"category:{one}", label("category", one)) for one in taxonomy.category],
        topics=[(f"topic:{one}", label("topic", one)) for one in taxonomy.topic],
        urgencies=[(one, label("urgency", one)) for one in taxonomy.urgency],
        places=place_options(desk.rules, None),
        latest=desk.now.astimezone(desk.rules.home.zone).strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip
