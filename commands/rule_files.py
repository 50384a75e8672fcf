"""`tanggap rules` and `rebuild`: the rules behind the cases, and the way back from their events."""

from __future__ import annotations

import argparse

from cases.case import Case
from cases.lounge import load_lounge
from cases.routing import agency_name
from cases.rules import Rules, load_desk_rules
from commands.desk import due_words, moment_words, open_desk, utc_now
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import DEGRADED, OK
from review.reading import require_may_see
from review.replies import load_drafts
from settings import load_settings


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rules = commands.add_parser("rules", help="the rules: check them, explain a case, count wrong agencies")
    what = rules.add_subparsers(required=True, metavar="WHAT")
    what.add_parser("check", help="read and check the files of rules").set_defaults(command=_check)
    explain = what.add_parser("explain", help="which rules decided about a case, and why")
    explain.add_argument("case", metavar="CASE")
    explain.set_defaults(command=_explain)
    add_reader(explain)
    returns = what.add_parser("returns", help="by rule: how often its agency said it is not theirs")
    returns.set_defaults(command=_returns)
    rebuild = commands.add_parser("rebuild", help="make every case anew from its events")
    rebuild.add_argument("--compare", action="store_true", help="change nothing, only say what differs (exit 3)")
    rebuild.set_defaults(command=_rebuild)


def _check(options: argparse.Namespace) -> int:
    settings = load_settings()
    rules = load_desk_rules(settings)
    load_lounge(settings)
    load_drafts(settings, rules)
    today = utc_now().astimezone(settings.zone).date()
    in_force = rules.rules_on(today)
    for name, file in rules.files.items():
        print(f"{name:<10} {file.path}")
    print(
        f"{len(in_force)} routing rules and {len(rules.agencies.agency)} agencies for {rules.home.name}, "
        f"{len(rules.deadlines.clock)} clocks, {len(rules.states.state)} states, {len(rules.states.action)} actions: no fault."
    )
    unconfirmed = [rule.id for rule in in_force if "[G]" in rule.source]
    print(f"To be confirmed by the regency (source [G]): {', '.join(unconfirmed) or 'none'}")
    for year in range(today.year, today.year + 3):
        forecast = rules.working_days.is_forecast(year)
        print(f"Holidays of {year}: {'forecast, no decree known' if forecast else 'decreed'}")
    return OK


def _explain(options: argparse.Namespace) -> int:
    from triage.casework import read_case
    from triage.database import unit_of_work

    reader = reader_of(options)
    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        case = read_case(connection, options.case)
    require_may_see(reader, case)
    log_seen(settings, reader, [f"rules of {case.case_id}"])
    print(f"{case.case_id}: {case.routing_reason}")
    _print_rule(rules, case)
    for place, one in enumerate(case.candidates, 1):
        name = agency_name(rules, one["agency"], one["place"])
        print(f"  {place}. {name} {one['weight']:.0%} (rule {one['rule']}, place {one['place'] or '-'})")
    if case.declined:
        print(f"Declined by: {', '.join(agency_name(rules, agency, case.place_code) for agency in case.declined)}")
    if case.clock:
        _print_clock(rules, case, case.clock)
    return OK


def _print_rule(rules: Rules, case: Case) -> None:
    proposed = next((one["rule"] for one in case.candidates), None)
    if case.rule is None:
        print("A person chose the agency; the rule proposed another:")
    rule = next((one for one in rules.agencies.rule if one.id == (case.rule or proposed)), None)
    if rule is None:
        print(f"Rule {case.rule or proposed} stands in the files no more.")
        return
    print(f"Rule {rule.id} ({rules.where(rule)}): {rule.reason}.")
    print(f"  Basis: {rule.legal_basis}. Source: {rule.source}. Since {rule.valid_from}.")


def _print_clock(rules: Rules, case: Case, name: str) -> None:
    clock, file = rules.clock(name), rules.files["deadlines"]
    print(f"Clock {name} ({file.path}, line {file.line(('clock', name))}): {clock.about}.")
    print(
        f"  Basis: {clock.legal_basis}. From {moment_words(rules, case.clock_started_at)} to {due_words(rules, case)}."
    )


def _returns(options: argparse.Namespace) -> int:
    from triage.case_opening import returns_by_rule
    from triage.database import unit_of_work

    settings, _ = open_desk()
    with unit_of_work(settings.database) as connection:
        rows = returns_by_rule(connection)
    print(f"{'rule':<24}{'forwarded':>10}{'returned':>10}  declined by")
    for row in rows:
        print(f"{row['rule']:<24}{row['forwarded']:>10}{row['returned']:>10}  {', '.join(row['agencies'])}")
    return OK


def _rebuild(options: argparse.Namespace) -> int:
    from triage.rebuilding import rebuild

    settings, _ = open_desk()
    done = rebuild(settings.database, only_compare=options.compare)
    wrong = [*done.differing, *done.without_events]
    verb = "differ from" if options.compare else "were set right by"
    named = f": {', '.join(wrong)}" if wrong else ""
    print(f"{done.cases} cases; {len(wrong)} {verb} their events{named}.")
    return DEGRADED if wrong and options.compare else OK
