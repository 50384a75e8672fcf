"""`tanggap case open`: a lead opens a case by hand, from a letter, a visit or a call; any topic, policy and permits too."""

from __future__ import annotations

import argparse
from datetime import datetime

from cases.case import apply
from cases.opening import Intake, opened_by_hand
from cases.routing import Need, Reading
from commands.desk import due_words, open_desk, utc_now
from commands.surroundings import OK
from settings import SettingsError


def add_open(what: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = what.add_parser("open", help="open a case by hand")
    parser.add_argument("--from", dest="source", required=True, choices=("letter", "visit", "whatsapp", "other"))
    parser.add_argument("--actor", required=True, help="who opens it")
    matter = parser.add_mutually_exclusive_group(required=True)
    matter.add_argument("--category", help="a category of data/taxonomy.toml")
    matter.add_argument("--topic", help="a topic of data/taxonomy.toml, e.g. perizinan")
    parser.add_argument("--why", required=True, help="the need in one sentence, without names and numbers of citizens")
    parser.add_argument("--urgency", type=int, choices=(0, 1, 2), default=1)
    parser.add_argument("--place", help="Kemendagri code, e.g. 32.16.06")
    parser.add_argument("--restricted", action="store_true", help="violence, children, suicide, trafficking")
    parser.add_argument(
        "--received", metavar="YYYY-MM-DDTHH:MM", help="when the desk got it, local time (default: now)"
    )
    parser.set_defaults(command=_open)


def _open(options: argparse.Namespace) -> int:
    from review.withheld import may_be_restricted
    from triage.casework import open_once
    from triage.database import unit_of_work

    settings, rules = open_desk()
    now = utc_now()
    received = _moment(options.received, now).replace(tzinfo=rules.home.zone) if options.received else now
    places = (Reading(options.place, 1.0),) if options.place else ()
    restricted = options.restricted or may_be_restricted(options.why)
    need = Need(options.category, options.topic, options.urgency, None, restricted, None, places)
    event = opened_by_hand(
        rules, need, Intake(options.source, received, options.place, why=options.why), now, options.actor
    )
    case = apply(None, event)
    with unit_of_work(settings.database) as connection:
        open_once(connection, event)
    print(f"{case.case_id}, versi 1: {rules.state(case.state).label}. Batas: {due_words(rules, case)}")
    print(case.routing_reason)
    return OK


def _moment(text: str, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--received {text}: write it like {now:%Y-%m-%dT%H:%M}.") from None
