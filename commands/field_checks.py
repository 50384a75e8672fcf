"""`tanggap field sheet|record`: a visit prepared on paper, and what was seen there."""

from __future__ import annotations

import argparse
import sys

from cases.acting import CONSENTS
from cases.field_check import MATCHES, FieldCheck
from commands.desk import due_words, open_desk, utc_now
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import DEGRADED, OK


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    field = commands.add_parser("field", help="field verification: the sheet to print, and what was seen")
    what = field.add_subparsers(required=True, metavar="WHAT")
    sheet = what.add_parser("sheet", help="a printable sheet for the visit")
    sheet.add_argument("case", metavar="CASE")
    sheet.add_argument("--pdf", action="store_true", help="also as PDF, by the machine's Chromium")
    add_reader(sheet)
    sheet.set_defaults(command=_sheet)
    record = what.add_parser("record", help="what was seen; also kept as a label for the classifier")
    record.add_argument("case", metavar="CASE")
    record.add_argument("--actor", required=True, help="who was there")
    record.add_argument("--version", type=int, required=True, help="the version on the sheet")
    record.add_argument("--matches", required=True, choices=MATCHES, help="does it match the story?")
    record.add_argument("--household", type=int, help="people in the household")
    record.add_argument("--consent", choices=CONSENTS)
    record.add_argument("--category", help="the need that was found, where it is another")
    record.add_argument("--urgency", type=int, choices=(0, 1, 2))
    record.add_argument("--place", help="Kemendagri code")
    record.add_argument("--why", default="", help="what differs, without names and numbers of citizens")
    record.set_defaults(command=_record)


def _sheet(options: argparse.Namespace) -> int:
    from review.daily_report import write_whole
    from review.field_sheet import render_field_sheet
    from review.lounge_brief import write_pdf
    from triage.case_page import read_case_page
    from triage.database import unit_of_work

    reader = reader_of(options)
    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        page = read_case_page(connection, options.case)
    content = render_field_sheet(settings, rules, page, reader)
    log_seen(settings, reader, [f"field sheet {options.case}"])
    file = settings.var / "field" / f"{options.case}{'' if reader.role == 'staff' else '-' + reader.role}.html"
    write_whole(file, content, 0o640 if reader.role == "staff" else 0o600)
    print(write_pdf(file) if options.pdf else file)
    return OK


def _record(options: argparse.Namespace) -> int:
    from triage.casework import CaseChanged
    from triage.database import unit_of_work
    from triage.field_checks import record_field_check

    settings, rules = open_desk()
    named = {
        "category": options.category,
        "urgency": options.urgency,
        "place_code": options.place,
        "consent": options.consent,
    }
    found = {name: value for name, value in named.items() if value is not None}
    check = FieldCheck(options.actor, options.matches, options.household, options.why, found)
    try:
        with unit_of_work(settings.database) as connection:
            case = record_field_check(connection, rules, options.case, check, (options.version, utc_now()))
    except CaseChanged as changed:
        print(changed, file=sys.stderr)
        return DEGRADED
    print(f"{case.case_id}, versi {case.version}: {rules.state(case.state).label}. Batas: {due_words(rules, case)}")
    return OK
