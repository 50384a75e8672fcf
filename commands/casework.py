"""`tanggap case list|show|open|do` (and, in case_joining.py, suggestions|merge|split): cases on the command line."""

from __future__ import annotations

import argparse
import shlex
import sys
from datetime import datetime
from typing import Any

from cases.acting import CONSENTS, Act, allowed
from cases.case import Case, CaseEvent
from cases.clocks import is_forecast, standing
from cases.escalation import gate
from cases.routing import agency_name, level_label
from cases.rules import Rules
from commands import case_joining
from commands.case_opening import add_open
from commands.desk import due_words, moment_words, open_desk, utc_now
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import DEGRADED, OK
from review.case_words import step_words
from review.reading import left_out_words, require_may_see, seen_by
from settings import SettingsError

STANDINGS = {"none": "-", "paused": "dijeda", "running": "berjalan", "nearly_due": "hampir habis", "late": "TERLAMBAT"}
NUMBERS, TRUTHS, LISTS = {"urgency"}, {"restricted"}, {"helpers"}


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    case = commands.add_parser("case", help="list, show and move cases")
    what = case.add_subparsers(required=True, metavar="WHAT")
    listed = what.add_parser("list", help="open cases, most pressing first")
    listed.add_argument("--late", action="store_true", help="only those past their deadline")
    listed.set_defaults(command=_list)
    add_reader(listed)
    show = what.add_parser("show", help="one case, its clock, its history, what can be done")
    show.add_argument("case", metavar="CASE")
    show.set_defaults(command=_show)
    add_reader(show)
    add_open(what)
    do = what.add_parser("do", help="do one thing with a case")
    do.add_argument("case", metavar="CASE")
    do.add_argument("action", metavar="ACTION", help="an action of data/states.toml, e.g. check, forward, attempt")
    do.add_argument("--actor", required=True, help="who does it")
    do.add_argument("--why", default="", help="a short reason, without names and numbers of citizens")
    do.add_argument("--version", type=int, help="the version you looked at (`case show`)")
    do.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="e.g. agency=dinkes, urgency=2")
    do.add_argument("--rung", help="escalate: to which rung (default: the next)")
    do.set_defaults(command=_do)
    case_joining.add_parsers(what)


def _list(options: argparse.Namespace) -> int:
    from triage.casework import read_open_cases
    from triage.database import unit_of_work

    reader = reader_of(options)
    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        cases, left_out = seen_by(reader, read_open_cases(connection))
    log_seen(settings, reader, ["case list"])
    now = utc_now()
    for case in cases:
        if not options.late or standing(rules, case, now) == "late":
            print(_line(rules, case, now))
    if left_out:
        print(left_out_words(left_out))
    return OK


def _line(rules: Rules, case: Case, now: datetime) -> str:
    head = f"{case.case_id}  {rules.state(case.state).label:<30} {STANDINGS[standing(rules, case, now)]:<13} {due_words(rules, case):<18}"
    marks = (" DARURAT" if case.emergency else "") + (" (terbatas)" if case.restricted else "")
    matter = f"{case.category or case.topic or '-'}{marks}"
    return f"{head} {matter:<24} {agency_name(rules, case.agency, case.place_code) if case.agency else '-'}"


def _show(options: argparse.Namespace) -> int:
    from triage.casework import read_case, read_events, read_placements
    from triage.database import unit_of_work

    reader = reader_of(options)
    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        case = read_case(connection, options.case)
        require_may_see(reader, case)
        events, placements = read_events(connection, options.case), read_placements(connection, options.case)
    log_seen(settings, reader, [f"case {case.case_id}"])
    now = utc_now()
    _print_facts(rules, case, now)
    print("Unggahan:   " + (", ".join(f"{one.mention_id} ({one.how})" for one in placements) or "-"))
    print("Riwayat:")
    for event in events:
        print(f"  {event.version:>3}  {moment_words(rules, event.made_at)}  {event.actor:<14} {_step(rules, event)}")
    print("Yang bisa dilakukan:")
    for name in allowed(rules, case):
        print(f"  {name:<10} {rules.states.action[name].label}")
    print(f"  tanggap case do {case.case_id} ACTION --version {case.version} --actor … [--why …] [--set FIELD=VALUE]")
    return OK


def _print_facts(rules: Rules, case: Case, now: datetime) -> None:
    marks = (", DARURAT" if case.emergency else "") + (", terbatas" if case.restricted else "")
    forecast = (
        " (perkiraan: hari libur tahun itu belum ditetapkan)" if case.due_at and is_forecast(rules, case.due_at) else ""
    )
    agency = agency_name(rules, case.agency, case.place_code) if case.agency else "-"
    level = f" ({level_label(rules, case.level)})" if case.level else ""
    rung = next(rung.label for rung in rules.rungs if rung.id == case.rung)
    print(f"{case.case_id}, versi {case.version}: {rules.state(case.state).label}{marks}")
    print(f"Kebutuhan:  {case.category or '-'} / {case.topic or '-'}, tempat {case.place_code or 'tidak disebut'}")
    print(f"Dinas:      {agency}{level}{'' if case.routing_sure else ', belum dipastikan'}")
    print(f"Alasan:     {case.routing_reason}")
    print(f"Batas:      {due_words(rules, case)}{forecast}, {STANDINGS[standing(rules, case, now)]}")
    print(f"Tingkat:    {rung}. Ke bupati: {gate(rules, case, now).reason}")


def _step(rules: Rules, event: CaseEvent) -> str:
    action = rules.action(event.kind)
    state = event.detail.get("changes", {}).get("state")
    moved = f" → {rules.state(state).label}" if state else ""
    why = f" ({event.detail['why']})" if event.detail.get("why") else ""
    return f"{action.label if action else step_words(rules, event)}{moved}{why}"


def _do(options: argparse.Namespace) -> int:
    from triage.casework import CaseChanged, act
    from triage.database import unit_of_work

    settings, rules = open_desk()
    action = rules.action(options.action)
    if options.version is None and not (action and action.commutes):
        raise SettingsError(
            f"--version is missing: `tanggap case show {options.case}` says which version you are looking at."
        )
    wanted = Act(options.action, options.actor, options.why, _changes(options.set), options.rung)
    try:
        with unit_of_work(settings.database) as connection:
            case = act(connection, rules, options.case, wanted, options.version or 0, utc_now())
    except CaseChanged as changed:
        print(changed, file=sys.stderr)
        print(f"Ulangi dengan: {_command_again(options, changed.events[-1].version)}", file=sys.stderr)
        return DEGRADED
    print(f"{case.case_id}, versi {case.version}: {rules.state(case.state).label}. Batas: {due_words(rules, case)}")
    return OK


def _command_again(options: argparse.Namespace, version: int) -> str:
    """The same command on the newer version, so that nothing has to be typed twice."""
    words = ["tanggap", "case", "do", options.case, options.action, "--version", str(version), "--actor", options.actor]
    words += ["--why", options.why] if options.why else []
    for pair in options.set:
        words += ["--set", pair]
    return shlex.join(words)


def _changes(pairs: list[str]) -> dict[str, Any]:
    """FIELD=VALUE pairs; an empty value is none."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign:
            raise SettingsError(f"--set {pair}: write FIELD=VALUE, for instance --set consent={CONSENTS[1]}.")
        if name in NUMBERS and text.isdigit():
            found[name] = int(text)
        elif name in TRUTHS and text in {"true", "false"}:
            found[name] = text == "true"
        else:
            found[name] = tuple(text.split(",")) if name in LISTS else text or None
    return found
