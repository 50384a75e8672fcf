"""`tanggap privacy record|retain|breach|impact`: the officer's papers and the night's retention (UU 27/2022)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from commands.desk import utc_now
from commands.subjects import moment_of
from commands.surroundings import DEGRADED, OK
from settings import DATA, Settings, SettingsError, load_settings


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    privacy = commands.add_parser("privacy", help="record of processing, retention, breach file, impact assessment")
    what = privacy.add_subparsers(required=True, metavar="WHAT")
    record = what.add_parser("record", help="the record of processing, as Markdown")
    record.set_defaults(command=_record)
    retain = what.add_parser(
        "retain", help="delete and blank what was kept long enough (every night with serve --flows)"
    )
    retain.add_argument("--dry-run", action="store_true", help="only say what would go")
    retain.set_defaults(command=_retain)
    breach = what.add_parser("breach", help="a file with who, what, when and the deadline of 3 x 24 hours")
    breach.add_argument("--what", required=True, help="what happened and how, without names and numbers of citizens")
    breach.add_argument(
        "--from", dest="from_at", type=moment_of, required=True, metavar="WHEN", help="when it began (ISO time)"
    )
    breach.add_argument("--to", dest="to_at", type=moment_of, metavar="WHEN", help="when it ended (default: now)")
    breach.add_argument(
        "--found", type=moment_of, metavar="WHEN", help="when it became known: the hours run from here (default: now)"
    )
    breach.add_argument("--actor", required=True, help="who writes it down")
    breach.set_defaults(command=_breach)
    impact = what.add_parser("impact", help="numbers for an impact assessment, from the tables")
    impact.set_defaults(command=_impact)


def _record(options: argparse.Namespace) -> int:
    from review.processing_record import load_processing, record_page, unfilled
    from settings import find_home
    from triage.retention_rules import load_retention

    retention = load_retention(find_home(), DATA)
    record = load_processing(find_home(), DATA, retention)
    print(record_page(record, retention))
    if lacking := unfilled(record):
        own = find_home() / "data" / "processing.toml"
        print(
            f"Still to fill in: {', '.join(lacking)}; copy data/processing.toml to {own} and write them there.",
            file=sys.stderr,
        )
        return DEGRADED
    return OK


def _retain(options: argparse.Namespace) -> int:
    from flows.progress import steps
    from flows.retaining import retain, what_is_due

    settings = _opened()
    if options.dry_run:
        _, found = what_is_due(settings)
    else:
        with steps() as shown:
            found = retain(settings, shown)
    for kind, counts in (("table", found.tables), ("folder", found.folders)):
        for name, count in counts.items():
            if count or options.dry_run:
                print(f"{kind:<8}{name:<22}{count:>8}")
    print(
        "Nothing was changed."
        if options.dry_run
        else "Done."
        if found.rewritten is None
        else "Done; the database was written anew."
    )
    if found.unruled:
        print(f"No rule of data/retention.toml speaks of {', '.join(found.unruled)}: kept.", file=sys.stderr)
    return DEGRADED if found.unruled else OK


def _breach(options: argparse.Namespace) -> int:
    from cases.acting import PERSONAL
    from review.breach_paper import Breach, breach_page
    from triage.database import unit_of_work
    from triage.privacy_facts import read_breach

    now = utc_now()
    breach = Breach(options.what, options.from_at, options.to_at or now, options.found or now, options.actor)
    if PERSONAL.search(options.what):
        raise SettingsError("--what names a number of a citizen: say what happened without it.")
    if not breach.from_at <= breach.to_at or breach.found_at > now:
        raise SettingsError("--from must not be after --to, and --found not in the future.")
    settings = _opened()
    with unit_of_work(settings.database) as connection:
        facts = read_breach(connection, breach.from_at, breach.to_at)
    page = breach_page(breach, facts, settings.program.name, settings.zone)
    file = _written(settings, f"breach-{breach.found_at:%Y%m%d-%H%M}.md", page)
    left = (breach.due_at - now).total_seconds() / 3600
    print(f"{file}: to be sent by {breach.due_at.astimezone(settings.zone):%Y-%m-%d %H:%M} ({left:.0f} hours left).")
    return OK if left > 0 else DEGRADED


def _impact(options: argparse.Namespace) -> int:
    from review.impact_paper import impact_page
    from triage.database import unit_of_work
    from triage.privacy_facts import read_impact

    settings = _opened()
    now = utc_now()
    with unit_of_work(settings.database) as connection:
        counts, categories = read_impact(connection, now)
    page = impact_page(counts, categories, now, settings.zone)
    print(page)
    print(_written(settings, f"impact-{now:%Y%m%d}.md", page), file=sys.stderr)
    return OK


def _opened() -> Settings:
    from triage.database import prepare_database, stored_mode

    settings = load_settings()
    if not settings.database.exists():
        raise SettingsError(f"{settings.database} is not there yet: run `tanggap report` first.")
    prepare_database(settings.database, demo=stored_mode(settings.database) == "demo")
    return settings


def _written(settings: Settings, name: str, page: str) -> Path:
    from flows.erasing import EXPORTS
    from review.daily_report import write_whole

    file = settings.var / EXPORTS / name
    write_whole(file, page.encode("utf-8"), 0o600)
    return file
