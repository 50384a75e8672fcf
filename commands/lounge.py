"""`tanggap lounge docket|brief|invite|minutes|kept|commitments`: the regent's lounge on the command line."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING

from cases.case import Case
from cases.escalation import gate
from cases.lounge import (
    LoungeFile,
    Minutes,
    Promise,
    Slot,
    commitment_standing,
    invited,
    load_lounge,
    who_promises,
)
from cases.routing import agency_name
from cases.rules import Rules
from commands.desk import day_of, due_words, moment_words, open_desk, utc_now
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import DEGRADED, OK
from review.reading import Reader, left_out_words, seen_by
from settings import Settings, SettingsError

if TYPE_CHECKING:
    from review.docket import Docket


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    lounge = commands.add_parser(
        "lounge", help="docket, briefs, invitations, minutes and promises of the regent's lounge"
    )
    what = lounge.add_subparsers(required=True, metavar="WHAT")
    docket = what.add_parser("docket", help="the cases of a day that passed the gate, with slots and who is to come")
    docket.add_argument(
        "--keep", action="store_true", help="keep these slots, before invitations go out (needs --actor)"
    )
    docket.set_defaults(command=_docket)
    brief = what.add_parser("brief", help="one page a case: printable HTML, and PDF with --pdf")
    brief.add_argument("cases", nargs="*", metavar="CASE", help="default: all of the day's docket")
    brief.add_argument("--pdf", action="store_true", help="also as PDF, by the machine's Chromium")
    brief.set_defaults(command=_brief)
    invite = what.add_parser("invite", help="texts that invite agencies and complainants; nothing is sent")
    invite.set_defaults(command=_invite)
    for parser in (docket, brief, invite):
        parser.add_argument("--date", type=day_of, help="the day (YYYY-MM-DD), default today")
        add_reader(parser)
    _add_minutes(what)


def _add_minutes(what: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    minutes = what.add_parser("minutes", help="what was decided and promised; the case goes back to the agency")
    minutes.add_argument("case", metavar="CASE")
    minutes.add_argument("--actor", required=True)
    minutes.add_argument("--version", type=int, required=True, help="the version you looked at (`case show`)")
    minutes.add_argument("--decision", required=True, help="in one sentence, without names and numbers of citizens")
    minutes.add_argument("--agency", help="who has it now (default: who has it already)")
    minutes.add_argument("--commit", action="append", default=[], metavar="WHO:WHAT:YYYY-MM-DD", help="a promise; without a day: 10 working days")  # fmt: skip
    minutes.set_defaults(command=_minutes)
    kept = what.add_parser("kept", help="a promise was kept")
    kept.add_argument("commitment", metavar="COMMITMENT")
    kept.add_argument("--actor", required=True)
    kept.add_argument("--why", required=True, help="how it is known, shortly")
    kept.set_defaults(command=_kept)
    open_ones = what.add_parser("commitments", help="promises that are open, the first due first")
    add_reader(open_ones)
    open_ones.set_defaults(command=_commitments)


def _docket(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.lounge import keep_slots

    settings, rules, lounge, reader = _desk(options)
    if options.keep and not reader.name:
        raise SettingsError("--keep needs --actor NAME: who keeps the slots.")
    day = options.date or _today(rules)
    docket = _read_docket(settings, rules, lounge, day, reader)
    if options.keep:
        with unit_of_work(settings.database) as connection:
            keep_slots(connection, day, [slot for slot, _ in docket.heard], reader.name, utc_now())
    log_seen(settings, reader, [f"docket {day}"])
    print(f"Lounge {day:%d-%m-%Y}, {lounge.sitting.place}: {len(docket.heard)} kasus")
    for agency, theirs in docket.by_agency().items():
        print(f"\n{agency_name(rules, agency) if agency else 'Belum ada dinas'}")
        for slot, case in theirs:
            print(_line(rules, slot, case))
    if docket.waiting:
        print(f"\nTidak muat hari ini, berikutnya: {', '.join(case.case_id for case in docket.waiting)}")
    if docket.left_out:
        print(f"\n{left_out_words(docket.left_out)}")
    return OK


def _line(rules: Rules, slot: Slot, case: Case) -> str:
    from review.case_words import matter_words, place_words

    zone = rules.home.zone
    guests = ", ".join([*(agency_name(rules, name, case.place_code) for name in invited(case)), "pelapor"])
    head = f"  {slot.starts_at.astimezone(zone):%H.%M}-{slot.ends_at.astimezone(zone):%H.%M}  {case.case_id}"
    urgent = " DARURAT" if case.emergency else ""
    return (
        f"{head}  {matter_words(case)}{urgent}, {place_words(case.place_code)}\n"
        f"      Diundang: {guests}. {gate(rules, case, utc_now()).reason}"
    )


def _brief(options: argparse.Namespace) -> int:
    from review.daily_report import write_whole
    from review.lounge_brief import Desk, render_brief, write_pdf
    from triage.case_page import read_case_page
    from triage.database import unit_of_work

    settings, rules, lounge, reader = _desk(options)
    day = options.date or _today(rules)
    docket = _read_docket(settings, rules, lounge, day, reader)
    slots = {case.case_id: slot for slot, case in docket.heard}
    folder, desk = settings.var / "lounge" / day.isoformat(), Desk(settings, rules, lounge)
    for case_id in options.cases or list(slots):
        with unit_of_work(settings.database) as connection:
            page = read_case_page(connection, case_id)
        content = render_brief(desk, page, reader, utc_now(), slots.get(case_id))
        log_seen(settings, reader, [f"brief {case_id}"])
        file = folder / f"{case_id}{'' if reader.role == 'staff' else '-' + reader.role}.html"
        write_whole(file, content, 0o640 if reader.role == "staff" else 0o600)
        print(write_pdf(file) if options.pdf else file)
    return OK


def _invite(options: argparse.Namespace) -> int:
    from review.invitations import agency_invitations, complainant_invitation

    settings, rules, lounge, reader = _desk(options)
    day = options.date or _today(rules)
    docket = _read_docket(settings, rules, lounge, day, reader)
    log_seen(settings, reader, [f"invitations {day}"])
    program = settings.program.name
    for text in agency_invitations(rules, lounge, day, docket.heard, program).values():
        print(f"{text}\n\n{'-' * 40}\n")
    for slot, case in docket.heard:
        print(f"[pelapor {case.case_id}]\n{complainant_invitation(rules, lounge, slot, case, program)}\n\n{'-' * 40}\n")
    print(f"Salin dan kirim sendiri; program tidak mengirim apa pun. {left_out_words(docket.left_out)}".strip())
    return OK


def _minutes(options: argparse.Namespace) -> int:
    from triage.casework import CaseChanged
    from triage.database import unit_of_work
    from triage.lounge import record_minutes

    settings, rules = open_desk()
    lounge = load_lounge(settings)
    said = Minutes(options.actor, options.decision, options.agency or "", [_promise(text) for text in options.commit])
    try:
        with unit_of_work(settings.database) as connection:
            case = record_minutes(connection, rules, lounge, options.case, said, (options.version, utc_now()))
    except CaseChanged as changed:
        print(changed, file=sys.stderr)
        return DEGRADED
    print(
        f"{case.case_id}, versi {case.version}: {rules.state(case.state).label}. Batas janji terdekat: {due_words(rules, case)}"
    )
    return OK


def _kept(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.lounge import keep_promise

    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        case = keep_promise(connection, rules, options.commitment, (options.actor, options.why), utc_now())
    print(f"{case.case_id}, versi {case.version}: janji ditepati. Batas berikutnya: {due_words(rules, case)}")
    return OK


def _commitments(options: argparse.Namespace) -> int:
    from review.case_words import STANDINGS
    from triage.casework import read_cases
    from triage.commitments import read_open_commitments
    from triage.database import unit_of_work

    settings, rules, lounge, reader = _desk(options)
    with unit_of_work(settings.database) as connection:
        promised = read_open_commitments(connection)
        cases, _ = seen_by(reader, read_cases(connection, [one.case_id for one in promised]))
    seen = {case.case_id for case in cases}
    log_seen(settings, reader, ["commitments"])
    for one in promised:
        if one.case_id in seen:
            standing = STANDINGS[commitment_standing(rules, one, utc_now())]
            who = who_promises(rules, lounge, one.who)
            print(
                f"{one.commitment_id}  {one.case_id}  {moment_words(rules, one.due_at)}  {standing:<13} {who}: {one.what}"
            )
    return OK


def _desk(options: argparse.Namespace) -> tuple[Settings, Rules, LoungeFile, Reader]:
    reader = reader_of(options)
    settings, rules = open_desk()
    return settings, rules, load_lounge(settings), reader


def _read_docket(settings: Settings, rules: Rules, lounge: LoungeFile, day: date, reader: Reader) -> Docket:
    from review.docket import read_docket
    from review.lounge_brief import Desk
    from triage.database import unit_of_work

    with unit_of_work(settings.database) as connection:
        return read_docket(connection, Desk(settings, rules, lounge), day, reader, utc_now())


def _promise(text: str) -> Promise:
    """WHO:WHAT:YYYY-MM-DD; the day may be left out."""
    who, _, rest = text.partition(":")
    what, _, last = rest.rpartition(":")
    try:
        return Promise(who.strip(), what.strip(), datetime.strptime(last.strip(), "%Y-%m-%d").date())  # a day
    except ValueError:
        if not rest.strip():
            raise SettingsError(f"--commit {text}: write WHO:WHAT:YYYY-MM-DD, for instance dinkes:rawat inap ditanggung:2026-12-01.") from None  # fmt: skip
        return Promise(who.strip(), rest.strip())


def _today(rules: Rules) -> date:
    return utc_now().astimezone(rules.home.zone).date()
