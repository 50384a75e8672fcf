"""Screens: the regent's lounge: docket, invitations, minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from cases.acting import CaseRefused
from cases.case import Case
from cases.escalation import gate
from cases.lounge import Commitment, Minutes, Promise, Slot, commitment_standing, invited, who_promises
from cases.routing import agency_name
from review.case_words import STANDINGS, due_words
from review.docket import Docket, read_docket
from review.invitations import agency_invitations, complainant_invitation
from review.lounge_brief import Desk as Briefing
from review.lounge_brief import render_brief
from review.masking import mask
from review.reading import left_out_words, may_see
from review.replies import whatsapp_link
from review.wording import long_date
from serving.case_forms import filled, new_form, options_of
from serving.case_showing import paper
from serving.desk import Desk, Fields, case_line, day_of, fields_of, names_of, visible_case
from serving.guards import Missing, checked_write, needs
from serving.pages import page, redirect
from serving.people import Permission, Person
from triage.access import log_access
from triage.case_page import CasePage, read_case_page
from triage.casework import CaseChanged, read_cases
from triage.commitments import read_commitment_case, read_open_commitments
from triage.lounge import keep_promise, keep_slots, record_minutes
from triage.staff import Colleague, read_staff

router = APIRouter(dependencies=[Depends(checked_write)])
Lead = Annotated[Person, Depends(needs(Permission.lead))]
PROMISES = 3  # lines for promises in a form of minutes
MOST_PROMISES_SHOWN = 30
Facts = tuple[Docket, list[Commitment], dict[str, Case], list[Colleague]]


@router.get("/lounge", response_class=HTMLResponse)
async def lounge_day(request: Request, person: Lead, tanggal: str = "") -> Response:
    return await _show(Desk(request, person), tanggal)


async def _show(desk: Desk, day_text: str, problem: str = "", kept: dict[str, str] | None = None, status: int = 200) -> Response:  # fmt: skip
    day = day_of(day_text, desk.today)
    facts = await desk.database.read(_read, desk, day)
    values = await run_in_threadpool(_values, desk, facts)
    return page(
        desk.request,
        desk.person,
        "lounge.html.j2",
        status=status,
        problem=problem,
        kept=filled(kept or {}),
        blank=filled({}),
        **values,
    )


def _read(connection: Any, desk: Desk, day: Any) -> Facts:
    docket = read_docket(connection, _briefing(desk), day, desk.reader, desk.now)
    promised = read_open_commitments(connection)
    cases = {case.case_id: case for case in read_cases(connection, sorted({one.case_id for one in promised}))}
    visible = {name: case for name, case in cases.items() if may_see(desk.reader, case)}
    return docket, [one for one in promised if one.case_id in visible], visible, read_staff(connection)


def _briefing(desk: Desk) -> Briefing:
    return Briefing(desk.settings, desk.rules, desk.lounge)


def _values(desk: Desk, facts: Facts) -> dict[str, Any]:
    docket, promised, cases, staff = facts
    rules, day, program = desk.rules, docket.day, desk.settings.program.name
    names = names_of(staff)
    letters = agency_invitations(rules, desk.lounge, day, docket.heard, program)
    return {
        "day": day.isoformat(),
        "day_words": long_date(day),
        "is_today": day == desk.today,
        "before": (day - timedelta(days=1)).isoformat(),
        "after": (day + timedelta(days=1)).isoformat(),
        "place": desk.lounge.sitting.place,
        "hours": f"{desk.lounge.sitting.begins} sampai {desk.lounge.sitting.ends}",
        "groups": [
            (agency_name(rules, agency) if agency else "Belum ada dinas", [_heard(desk, docket, slot, case, names) for slot, case in theirs])
            for agency, theirs in docket.by_agency().items()
        ],
        "heard": len(docket.heard),
        "all_kept": all(case.case_id in docket.kept for _, case in docket.heard),
        "waiting": [case_line(rules, case, desk.now, names) for case in docket.waiting],
        "left_out": left_out_words(docket.left_out),
        "letters": [(agency_name(rules, agency), text, whatsapp_link(text)) for agency, text in letters.items()],
        "guests": [(case.case_id, text, whatsapp_link(text)) for slot, case in docket.heard
                   if (text := complainant_invitation(rules, desk.lounge, slot, case, program))],
        "lines": range(1, PROMISES + 1),
        "promises": [_promise(desk, one, cases[one.case_id]) for one in promised[:MOST_PROMISES_SHOWN]],
        "more_promises": max(0, len(promised) - MOST_PROMISES_SHOWN),
        "earliest": desk.today.isoformat(),
    }  # fmt: skip


def _heard(desk: Desk, docket: Docket, slot: Slot, case: Case, names: dict[str, str]) -> dict[str, Any]:
    zone = desk.rules.home.zone
    return {
        "line": case_line(desk.rules, case, desk.now, names),
        "begins": f"{slot.starts_at.astimezone(zone):%H.%M}",
        "ends": f"{slot.ends_at.astimezone(zone):%H.%M}",
        "kept": case.case_id in docket.kept,
        "guests": ", ".join([*(agency_name(desk.rules, name, case.place_code) for name in invited(case)), "pelapor"]),
        "gate": gate(desk.rules, case, desk.now).reason,
        "agencies": options_of(desk.rules, case, "agency"),
        "agency": case.agency or "",
        "who": _who(desk, case),
        "form": new_form(),
    }


def _who(desk: Desk, case: Case) -> list[tuple[str, str]]:
    """Who may promise something about a case: the agencies it knows, and the people of the lounge."""
    known = dict.fromkeys([*invited(case), *(str(one["agency"]) for one in case.candidates)])
    return [(one, agency_name(desk.rules, one, case.place_code)) for one in known] + list(desk.lounge.people.items())


def _promise(desk: Desk, one: Commitment, case: Case) -> dict[str, Any]:
    stands = commitment_standing(desk.rules, one, desk.now)
    return {
        "id": one.commitment_id,
        "case_id": case.case_id,
        "who": who_promises(desk.rules, desk.lounge, one.who),
        "what": mask(one.what, (), 200),
        "due": due_words(desk.rules, one.due_at),
        "standing": stands,
        "label": STANDINGS[stands].capitalize(),
    }


@router.post("/lounge/{day_text}/jadwal", response_class=HTMLResponse)
async def keep_docket(request: Request, day_text: str, person: Lead) -> Response:
    """Fix the slots of the cases this reader sees, before invitations go out; a restricted case keeps its own by an officer's hand."""
    desk = Desk(request, person)
    day = day_of(day_text, desk.today)

    def done(connection: Any) -> None:
        docket = read_docket(connection, _briefing(desk), day, desk.reader, desk.now)
        keep_slots(connection, day, [slot for slot, _ in docket.heard], person.user_id, desk.now)

    await desk.database.write(done)
    return redirect(request, f"/lounge?tanggal={day.isoformat()}", "Jadwal ditetapkan. Undangan boleh dikirim.")


@router.get("/lounge/{day_text}/{case_id}", response_class=HTMLResponse)
async def brief(request: Request, day_text: str, case_id: str, person: Lead) -> Response:
    """The one-page brief, to print; masked."""
    desk = Desk(request, person)
    day = day_of(day_text, desk.today)

    def read(connection: Any) -> tuple[CasePage, Slot | None]:
        visible_case(connection, desk.reader, case_id)
        docket = read_docket(connection, _briefing(desk), day, desk.reader, desk.now)
        slot = next((slot for slot, case in docket.heard if case.case_id == case_id), None)
        return read_case_page(connection, case_id), slot

    content, slot = await desk.database.read(read)
    if content.case.restricted:
        await desk.database.write(log_access, person.user_id, f"restricted: brief {case_id}", desk.now)
    return paper(await run_in_threadpool(render_brief, _briefing(desk), content, desk.reader, desk.now, slot))


@router.post("/lounge/{day_text}/{case_id}/notulen", response_class=HTMLResponse)
async def minutes(request: Request, day_text: str, case_id: str, person: Lead) -> Response:
    """What was decided and promised; the case goes back to the agency."""
    desk, fields = Desk(request, person), await fields_of(request)

    def done(connection: Any) -> Case:
        visible_case(connection, desk.reader, case_id)
        said = Minutes(person.user_id, fields.text("why"), fields.text("agency"), _promised(fields))
        seen = (fields.whole("version"), desk.now)
        return record_minutes(connection, desk.rules, desk.lounge, case_id, said, seen, fields.event_id(desk, f"{case_id}|notulen"))  # fmt: skip

    try:
        await desk.database.write(done)
    except (CaseRefused, CaseChanged) as error:
        names = [
            "why",
            "agency",
            "form",
            *(f"{part}{line}" for part in ("siapa", "apa", "kapan") for line in range(1, PROMISES + 1)),
        ]
        kept = {"case_id": case_id} | {name: fields.text(name) for name in names}
        return await _show(desk, day_text, str(error), kept, 409 if isinstance(error, CaseChanged) else 422)
    return redirect(request, f"/lounge?tanggal={day_of(day_text, desk.today).isoformat()}", f"Notulen {case_id} tercatat; kasus kembali ke dinas.")  # fmt: skip


def _promised(fields: Fields) -> list[Promise]:
    """The lines of the form in which something was promised. Raises CaseRefused for a line that says only half."""
    found = []
    for line in range(1, PROMISES + 1):
        who, what = fields.text(f"siapa{line}"), fields.text(f"apa{line}")
        if what and not who:
            raise CaseRefused("Pilih siapa yang berjanji di setiap baris yang diisi.")
        if what:
            found.append(Promise(who, what, fields.day(f"kapan{line}")))
    return found


@router.post("/janji/{commitment_id}", response_class=HTMLResponse)
async def promise_kept(request: Request, commitment_id: str, person: Lead) -> Response:
    desk, fields = Desk(request, person), await fields_of(request)

    def done(connection: Any) -> Case:
        case_id = read_commitment_case(connection, commitment_id)
        if case_id is None:
            raise Missing("Janji ini tidak ada.")
        visible_case(connection, desk.reader, case_id)
        return keep_promise(connection, desk.rules, commitment_id, (person.user_id, fields.text("why")), desk.now)

    try:
        case = await desk.database.write(done)
    except CaseRefused as error:
        return await _show(desk, "", str(error), {"commitment_id": commitment_id, "why": fields.text("why")}, 422)
    return redirect(request, "/lounge", f"Janji dalam {case.case_id} ditepati.")
