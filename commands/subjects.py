"""`tanggap subject find|export|erase`: what is kept about one person, for that person, and its erasure (UU 27/2022)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from commands.desk import utc_now
from commands.surroundings import DEGRADED, OK
from settings import Settings, SettingsError, load_settings

ANSWER_WITHIN = timedelta(hours=72)  # art. 32: access within 3 x 24 hours


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    subject = commands.add_parser("subject", help="a citizen's own data: find it, hand it over, erase it")
    what = subject.add_subparsers(required=True, metavar="WHAT")
    find = what.add_parser("find", help="list what is theirs, masked")
    find.set_defaults(command=_find)
    export = what.add_parser("export", help="everything that is kept about them, as one JSON file under var/privacy")
    export.set_defaults(command=_export)
    erase = what.add_parser("erase", help="erase it for good: tables, files, backups; without --yes only lists")
    erase.add_argument("--yes", action="store_true", help="the list was looked at; erase")
    erase.set_defaults(command=_erase)
    for parser in (find, export, erase):
        parser.add_argument("--handle", help="what an account wrote, also under earlier handles")
        parser.add_argument("--author", metavar="ID", help="the account's numeric id")
        parser.add_argument("--platform", choices=("x", "instagram"))
        parser.add_argument(
            "--mention", action="append", default=[], metavar="MENTION", help="one mention; may be repeated"
        )
        parser.add_argument(
            "--case", action="append", default=[], metavar="CASE", help="a case that was opened by hand for the person"
        )
        parser.add_argument(
            "--text", action="append", default=[], metavar="WORDS",
            help="a name or number as the person gives it: lists where it stands; with --mention --yes it also leaves staff's notes",
        )  # fmt: skip
        parser.add_argument("--actor", required=True, help="who answers the person; stands in the access log")
    for parser in (export, erase):
        parser.add_argument("--why", required=True, help="a short reason, without names and numbers of citizens")
        parser.add_argument(
            "--received", type=moment_of, metavar="WHEN", help="when the person asked (ISO time, default now)"
        )


def _find(options: argparse.Namespace) -> int:
    settings = _opened(options)
    found = _wanted(settings, options) or _holding(settings, options.text)
    _show(settings, found)
    _log(settings, options.actor, f"subject find: {len(found)} mentions")
    return OK


def _export(options: argparse.Namespace) -> int:
    from flows.erasing import EXPORTS
    from review.daily_report import write_whole
    from review.subject_words import copy_for_subject
    from triage.database import unit_of_work
    from triage.erasing import save_request
    from triage.subject_copy import read_copy

    settings = _opened(options)
    found = _confirmed(settings, options)
    now = utc_now()
    request = f"{now:%Y%m%d-%H%M%S}"
    with unit_of_work(settings.database) as connection:
        facts = read_copy(connection, found)
        row = {"request_id": request, "kind": "export", "received_at": options.received or now, "done_at": now, "actor": options.actor,
               "basis": options.why, "mentions": len(facts["mentions"]), "cases": len(facts["cases"])}  # fmt: skip
        save_request(connection, row)
    file = settings.var / EXPORTS / f"subject-{request}.json"
    write_whole(file, copy_for_subject(facts, settings.program.name, now), 0o600)
    _log(settings, options.actor, f"subject export {request}: {len(found)} mentions")
    print(
        f"{file}: {len(facts['mentions'])} mentions, {len(facts['cases'])} cases. Hand it to the person alone, then remove it."
    )
    _say_late(options.received, now)
    return OK


def _erase(options: argparse.Namespace) -> int:
    from flows.erasing import Request, erase
    from flows.progress import steps

    settings = _opened(options)
    found = _confirmed(settings, options)
    if not options.yes:
        _show(settings, found)
        print("Nothing was erased. When all of these are the person's, run it again with --yes.")
        return DEGRADED
    request = Request(
        options.actor, options.why, options.received or utc_now(), tuple(options.text), tuple(options.case)
    )
    with steps() as shown:
        done = erase(settings, found, request, shown)
    _log(settings, options.actor, f"subject erase {done.request_id}: {done.mentions} mentions")
    print(
        f"Request {done.request_id}: {done.mentions} mentions, {done.payloads} payloads and {done.notes} notes erased; "
        f"{done.files} files and {done.backups} backups made anew; the database was written anew "
        f"({done.rewritten.bytes_before / 1e6:.1f} → {done.rewritten.bytes_after / 1e6:.1f} MB). Ids and decisions stay."
    )
    print("The next `tanggap train` learns nothing from it; tell the person that it is done (art. 45).")
    for file in done.elsewhere:
        print(f"Handed out before, look at it yourself: {file}")
    for place in done.left:
        print(f"Still to do by hand: {place}", file=sys.stderr)
    _say_late(options.received, utc_now())
    return DEGRADED if done.left else OK


def _opened(options: argparse.Namespace) -> Settings:
    """Raises SettingsError when nobody is named, or a reason tells what it must not."""
    from cases.acting import CaseRefused, check_words
    from triage.database import prepare_database, stored_mode

    settings = load_settings()
    if not settings.database.exists():
        raise SettingsError(f"{settings.database} is not there yet: nothing is kept about anybody.")
    if not (options.handle or options.author or options.mention or options.case or options.text):
        raise SettingsError("Say whose: --handle, --author, --mention, --case or --text.")
    try:
        check_words(options.actor, getattr(options, "why", ""), "Permintaan subjek data", hasattr(options, "why"))
    except CaseRefused as refused:
        raise SettingsError(str(refused)) from None
    prepare_database(settings.database, demo=stored_mode(settings.database) == "demo")
    return settings


def _wanted(settings: Settings, options: argparse.Namespace) -> list[str]:
    """Mentions named one by one, or by who wrote them."""
    from triage.database import unit_of_work
    from triage.erasing import mentions_by, read_subject

    with unit_of_work(settings.database) as connection:
        named = read_subject(connection, options.mention).mention_ids
        if missing := sorted(set(options.mention) - set(named)):
            raise SettingsError(
                f"There is no mention {', '.join(missing)}; `tanggap subject find` lists what there is."
            )
        written = (
            mentions_by(connection, options.handle, options.author, options.platform)
            if options.handle or options.author
            else []
        )
    return list(dict.fromkeys([*named, *written]))


def _confirmed(settings: Settings, options: argparse.Namespace) -> list[str]:
    """What a person confirmed as theirs. Raises SettingsError with the list when only words were given: others may bear the name."""
    if options.mention or options.handle or options.author or options.case:
        return _wanted(settings, options)
    found = _holding(settings, options.text)
    _show(settings, found)
    names = " ".join(f"--mention {one}" for one in found[:3])
    raise SettingsError(
        f"{len(found)} mentions hold these words, and others may bear the name: "
        f"run it again with those that are the person's ({names or '--mention ID'} …) and the same --text."
    )


def _holding(settings: Settings, phrases: Sequence[str]) -> list[str]:
    """Mentions that hold one of these names or numbers, in their words, earlier words or payload."""
    from cases.erasing import sought
    from triage.database import unit_of_work
    from triage.erasing import search
    from triage.subject_copy import mentions_of_payloads

    found = list(search(settings.database, sought(phrases)))
    with unit_of_work(settings.database) as connection:
        packed = mentions_of_payloads(connection, [one for what, one in found if what == "payload"])
    notes = sum(what in {"event", "suggestion", "note"} for what, _ in found)
    if notes:
        print(f"{notes} notes of staff hold these words, too.")
    return list(dict.fromkeys([*(one for what, one in found if what in {"mention", "version"}), *packed]))


def _show(settings: Settings, mention_ids: Sequence[str]) -> None:
    from review.subject_words import listed
    from triage.database import unit_of_work
    from triage.subject_copy import read_listed

    with unit_of_work(settings.database) as connection:
        rows = read_listed(connection, mention_ids)
    print("\n".join(listed(rows, settings.zone)) or "Nothing is kept under that name.")


def _log(settings: Settings, actor: str, what: str) -> None:
    from triage.access import log_access
    from triage.database import unit_of_work

    with unit_of_work(settings.database) as connection:
        log_access(connection, actor, what, utc_now())


def _say_late(received: datetime | None, now: datetime) -> None:
    if received and now - received > ANSWER_WITHIN:
        print("The person waited more than 3 x 24 hours (art. 32): say why when you answer.", file=sys.stderr)


def moment_of(text: str) -> datetime:
    """A moment on the command line; without a zone it is this machine's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like 2026-11-25T09:00+07:00") from None
    return moment if moment.tzinfo else moment.astimezone()
