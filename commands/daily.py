"""`tanggap report` and `collect`: the daily job."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date

from commands.surroundings import DEGRADED, NOTHING_COLLECTED, OK, command_settings, require_writable
from settings import SettingsError


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="the daily job: collect, assess, triage, write the report")
    report.add_argument("--demo", action="store_true", help="on the invented demo platforms")
    report.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the day of the report (default: today)")
    report.add_argument("--month", type=_month, metavar="YYYY-MM", help="instead: a month for the regent and the public, HTML and PDF")  # fmt: skip
    report.set_defaults(command=_report)

    collect = commands.add_parser("collect", help="only the collecting")
    collect.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="x, instagram, instagram_graph (default: all that are enabled)"
    )
    collect.add_argument("--demo", action="store_true", help="from the invented demo platforms")
    collect.set_defaults(command=_collect)


def _report(options: argparse.Namespace) -> int:
    return _month_report(options) if options.month else _daily_report(options)


def _month_report(options: argparse.Namespace) -> int:
    """Two pages from a copy published anew; the HTML stands even where no Chromium can print the PDF."""
    from commands.desk import open_desk
    from flows.progress import steps
    from flows.publishing import publish, published_folder
    from review.lounge_brief import write_pdf
    from review.month_report import write_month_report
    from triage.month import read_month
    from triage.publishing import COPY

    settings, rules = open_desk()
    with steps() as shown:
        publish(settings, shown)
    facts = read_month(published_folder(settings) / COPY, options.month, str(settings.zone))
    page = write_month_report(facts, settings, rules.home.name)
    print(f"Report: {page}")
    print(f"PDF: {write_pdf(page)}")
    return OK


def _daily_report(options: argparse.Namespace) -> int:
    from flows.prefect_environment import set_environment

    with ExitStack() as stack:
        settings = command_settings(options, stack)
        require_writable(settings)
        set_environment(settings.home)
        from flows.daily_report import run_daily_report
        from flows.progress import steps

        with steps() as shown:
            path, outcomes, flagged = run_daily_report(settings, options.date, shown)
    _print_table([(o.source, o.status, o.seen, o.new, flagged.get(o.source, 0)) for o in outcomes])
    _print_faults(outcomes)
    print(f"Report: {path}")
    return NOTHING_COLLECTED if all(outcome.status == "failed" for outcome in outcomes) else OK


def _collect(options: argparse.Namespace) -> int:
    from flows.collecting import collect_source, enabled_sources
    from flows.progress import steps
    from triage.database import prepare_database

    with ExitStack() as stack:
        settings = command_settings(options, stack)
        require_writable(settings)
        wanted = options.sources or enabled_sources(settings)
        if unknown := set(wanted) - set(enabled_sources(settings)):
            enabled = ", ".join(enabled_sources(settings))
            raise SettingsError(f"{', '.join(sorted(unknown))} is not an enabled source; enabled are: {enabled}.")
        prepare_database(settings.database, demo=settings.demo)
        with steps() as shown:
            outcomes = [collect_source(settings, source, shown) for source in wanted]
    _print_table([(o.source, o.status, o.seen, o.new, None) for o in outcomes])
    _print_faults(outcomes)
    if all(outcome.status == "failed" for outcome in outcomes):
        return NOTHING_COLLECTED
    return OK if all(outcome.status == "ok" for outcome in outcomes) else DEGRADED


def _print_table(rows: list[tuple[str, str, int, int, int | None]]) -> None:
    wide = max([12, *(len(row[0]) + 2 for row in rows)])
    print(f"{'source':<{wide}}{'state':<10}{'seen':>7}{'new':>7}{'flagged':>9}")
    for source, status, seen, new, flagged in rows:
        print(f"{source:<{wide}}{status:<10}{seen:>7}{new:>7}{'' if flagged is None else flagged:>9}")


def _print_faults(outcomes: Sequence[object]) -> None:
    for outcome in outcomes:
        if error := getattr(outcome, "error", None):
            print(error, file=sys.stderr)


def _month(text: str) -> date:
    """The first day of a month."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month; write it like 2026-11") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it like 2026-11-24") from None
