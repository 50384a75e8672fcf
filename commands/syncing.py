"""`tanggap sync`: look stored mentions up again; what was deleted or protected is forgotten, an edit is a new version."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from commands.surroundings import DEGRADED, NOTHING_COLLECTED, OK, command_settings, require_writable


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sync = commands.add_parser("sync", help="follow deletions and edits of stored mentions, and forget what is gone")
    sync.add_argument("--demo", action="store_true", help="on the invented demo platforms")
    sync.set_defaults(command=_sync)


def _sync(options: argparse.Namespace) -> int:
    from flows.progress import steps
    from flows.syncing import sync
    from triage.database import prepare_database

    with ExitStack() as stack:
        settings = command_settings(options, stack)
        require_writable(settings)
        prepare_database(settings.database, demo=settings.demo)
        with steps() as shown:
            outcomes = sync(settings, shown)
    print(f"{'source':<12}{'state':<10}{'looked up':>10}{'gone':>7}{'edited':>8}{'overdue':>9}")
    for one in outcomes:
        counts = one.counts
        print(f"{one.source:<12}{one.status:<10}{counts.looked_up:>10}{counts.gone:>7}{counts.edited:>8}{one.left:>9}")
        if one.error:
            print(one.error, file=sys.stderr)
    if outcomes and all(one.status == "failed" for one in outcomes):
        return NOTHING_COLLECTED
    return OK if all(one.status == "ok" for one in outcomes) else DEGRADED
