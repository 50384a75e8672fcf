"""Screens: two cases that are one need, and mentions that are another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from cases.acting import Act, CaseRefused
from serving.case_showing import After, attempt
from serving.desk import Desk, Fields, fields_of, visible_case
from serving.guards import Missing, needs
from serving.people import Permission, Person
from triage.casework import check_unchanged, read_events
from triage.merging import accept_suggestion, do_merge, do_split
from triage.suggesting import SuggestionDecided, SuggestionMissing, read_suggestion, refuse_suggestion

Caseworker = Annotated[Person, Depends(needs(Permission.casework))]
router = APIRouter()
ANSWERED = {"accepted": "digabung", "refused": "dinyatakan dua kebutuhan"}


@router.post("/kasus/{case_id}/saran/{suggestion_id}", response_class=HTMLResponse)
async def answer_suggestion(request: Request, case_id: str, suggestion_id: str, person: Caseworker) -> Response:
    desk, fields = Desk(request, person), await fields_of(request)
    one_need = fields.text("jawaban") == "satu"
    work = _accepting(desk, case_id, suggestion_id, fields) if one_need else _refusing(desk, case_id, suggestion_id, fields)  # fmt: skip
    said = "Kedua kasus digabung." if one_need else "Tercatat: dua kebutuhan yang berbeda."
    return await attempt(desk, case_id, work, After(_kept(fields, suggestion_id), said, f"/kasus/{case_id}"))


@router.post("/kasus/{case_id}/gabung", response_class=HTMLResponse)
async def merge(request: Request, case_id: str, person: Caseworker) -> Response:
    desk, fields = Desk(request, person), await fields_of(request)
    other = fields.text("lain", 40).upper()

    def done(connection: Any) -> None:
        _look(connection, desk, fields, case_id)
        try:
            visible_case(connection, desk.reader, other)
        except Missing:
            raise CaseRefused(f"Tidak ada kasus {other}: periksa nomornya.") from None
        do_merge(connection, desk.rules, (case_id, other), _act(desk, "merge", fields), desk.now)

    return await attempt(desk, case_id, done, After(_kept(fields, "gabung"), f"{other} digabung ke sini.", f"/kasus/{case_id}"))  # fmt: skip


@router.post("/kasus/{case_id}/pisah", response_class=HTMLResponse)
async def split(request: Request, case_id: str, person: Caseworker) -> Response:
    desk, fields = Desk(request, person), await fields_of(request)

    def done(connection: Any) -> None:
        _look(connection, desk, fields, case_id)
        do_split(connection, desk.rules, case_id, fields.texts("unggahan"), _act(desk, "split", fields), desk.now)

    return await attempt(desk, case_id, done, After(_kept(fields, "pisah"), "Unggahan dipisahkan menjadi kasus lain.", f"/kasus/{case_id}"))  # fmt: skip


def _accepting(desk: Desk, case_id: str, suggestion_id: str, fields: Fields) -> Callable[[Any], None]:
    def done(connection: Any) -> None:
        _check_about(connection, desk, case_id, suggestion_id)
        _look(connection, desk, fields, case_id)
        accept_suggestion(connection, desk.rules, suggestion_id, _act(desk, "merge", fields), desk.now)

    return _told(done)


def _refusing(desk: Desk, case_id: str, suggestion_id: str, fields: Fields) -> Callable[[Any], None]:
    def done(connection: Any) -> None:
        _check_about(connection, desk, case_id, suggestion_id)
        refuse_suggestion(connection, suggestion_id, desk.person.user_id, fields.text("why"), desk.now)

    return _told(done)


def _told(work: Callable[[Any], None]) -> Callable[[Any], None]:
    """Whoever comes second is told what the first one said."""

    def done(connection: Any) -> None:
        try:
            work(connection)
        except SuggestionDecided as decided:
            row = decided.row
            raise CaseRefused(f"Saran ini sudah dijawab {row['decided_by']}: {ANSWERED[row['state']]}.") from None

    return done


def _check_about(connection: Any, desk: Desk, case_id: str, suggestion_id: str) -> None:
    """The suggestion is about this case, both its cases may be seen, and nobody has answered. Raises Missing, SuggestionDecided."""
    visible_case(connection, desk.reader, case_id)
    try:
        row = read_suggestion(connection, suggestion_id)
    except SuggestionMissing:
        raise Missing("Saran ini tidak ada.") from None
    if row["restricted"] and not desk.reader.sees_restricted:
        raise Missing("Saran ini tidak ada.")
    if row["state"] != "open":  # its two mentions may stand in one case by now
        raise SuggestionDecided(row)
    if case_id not in {row["case_id"], row["other_case_id"]}:
        raise Missing("Saran ini tidak ada.")


def _look(connection: Any, desk: Desk, fields: Fields, case_id: str) -> None:
    """Raises Missing, or CaseChanged when somebody acted since the page was made."""
    visible_case(connection, desk.reader, case_id)
    wanted = Act("merge", desk.person.user_id, fields.text("why"))
    check_unchanged(desk.rules, read_events(connection, case_id), wanted, fields.whole("version"))


def _act(desk: Desk, action: str, fields: Fields) -> Act:
    return Act(action, desk.person.user_id, fields.text("why"))


def _kept(fields: Fields, action: str) -> dict[str, str]:
    return {"action": action, "why": fields.text("why"), "lain": fields.text("lain", 40)}
