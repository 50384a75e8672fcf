"""`tanggap export lapor-aa|cases|sheet|read`: tables out, and an agency's answers in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cases.acting import CaseRefused
from cases.rules import Rules
from commands.desk import open_desk, utc_now
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import DEGRADED, OK
from review.reading import left_out_words, may_see
from settings import Settings, SettingsError


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser(
        "export", help="cases as CSV or XLSX: for Lapor AA, for a spreadsheet, for an agency to fill in"
    )
    what = export.add_subparsers(required=True, metavar="WHAT")
    lapor_aa = what.add_parser("lapor-aa", help="every case in Lapor AA's fields and words")
    every = what.add_parser("cases", help="every case")
    sheet = what.add_parser("sheet", help="an agency's open cases, with columns for its answers (tanggap export read)")
    sheet.add_argument("agency", metavar="AGENCY", help="an agency of data/agencies.toml")
    for parser, name in ((lapor_aa, "lapor-aa"), (every, "cases"), (sheet, "sheet")):
        parser.add_argument("out", metavar="OUT", type=Path, help="a file that ends with .csv or .xlsx")
        add_reader(parser)
        parser.set_defaults(command=_export, table=name)
    read = what.add_parser("read", help="take in the answers of a sheet that an agency filled in")
    read.add_argument("file", metavar="FILE", type=Path)
    read.add_argument("--agency", required=True)
    read.add_argument("--actor", required=True, help="who answered for the agency")
    read.set_defaults(command=_read)


def _export(options: argparse.Namespace) -> int:
    from review.daily_report import write_whole
    from review.exports import agency_table, as_csv, as_xlsx, cases_table, lapor_aa_table
    from triage.database import unit_of_work
    from triage.exporting import read_told
    from triage.handed_out import save_handed_out

    reader = reader_of(options)
    settings, rules = open_desk()
    if options.out.suffix.lower() not in {".csv", ".xlsx"}:
        raise SettingsError(f"{options.out}: name a file that ends with .csv or .xlsx.")
    agency = options.agency if options.table == "sheet" else None
    if agency:
        _check_agency(rules, agency)
    with unit_of_work(settings.database) as connection:
        told = read_told(connection, rules, agency)
    seen = [one for one in told if may_see(reader, one.case)]
    make = {"lapor-aa": lapor_aa_table, "cases": cases_table, "sheet": agency_table}[options.table]
    table = make(rules, seen)
    write_whole(options.out, as_xlsx(table) if options.out.suffix.lower() == ".xlsx" else as_csv(table))
    with unit_of_work(settings.database) as connection:
        save_handed_out(connection, options.out, f"export {options.table}", reader.name, utc_now())
    log_seen(settings, reader, [f"export {options.table}"])
    print(f"{options.out}: {len(seen)} kasus. {left_out_words(len(told) - len(seen))}".strip())
    return OK


def _read(options: argparse.Namespace) -> int:
    from review.answer_sheets import read_answer_sheet

    settings, rules = open_desk()
    _check_agency(rules, options.agency)
    rows = read_answer_sheet(options.file)
    refused = [said for row in rows if (said := _take_in(settings, rules, row, options))]
    for said in refused:
        print(said, file=sys.stderr)
    print(f"{len(rows)} jawaban dibaca, {len(rows) - len(refused)} masuk, {len(refused)} perlu dilihat.")
    return DEGRADED if refused else OK


def _take_in(settings: Settings, rules: Rules, row: object, options: argparse.Namespace) -> str:
    """One row in one unit of work: all that it does, or nothing. Empty, or why not."""
    from review.answer_sheets import AnswerRow, RowRefused, acts_of, was_taken_in
    from triage.casework import CaseChanged, CaseMissing, act, read_case, read_events
    from triage.database import unit_of_work

    assert isinstance(row, AnswerRow)
    try:
        with unit_of_work(settings.database) as connection:
            case = read_case(connection, row.case_id)
            if was_taken_in(row, {event.event_id for event in read_events(connection, row.case_id)}):
                return ""
            seen = None
            for wanted in acts_of(row, case, options.agency, options.actor):
                case = act(
                    connection, rules, row.case_id, wanted, int(row.version) if seen is None else seen, utc_now()
                )
                seen = case.version
    except (CaseChanged, CaseMissing, CaseRefused, RowRefused) as error:
        return f"{options.file}, baris {row.number}, {row.case_id}: {error}"
    return ""


def _check_agency(rules: Rules, agency: str) -> None:
    if agency not in rules.agencies.agency:
        raise SettingsError(
            f"There is no agency {agency} in data/agencies.toml; those there are: {', '.join(rules.agencies.agency)}."
        )
