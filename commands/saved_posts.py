"""`tanggap import` and `remap`: posts that other tools saved, and mentions made anew from stored payloads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from commands.surroundings import BAD_INPUT, DEGRADED, OK, require_writable
from settings import load_settings


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    saved = commands.add_parser(
        "import", help="posts saved by twarc2, instaloader, Zeeschuimer, 4CAT, or as CSV, become mentions"
    )
    saved.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files, or folders of them")
    saved.add_argument("--platform", choices=("x", "instagram"), help="of the rows of a table that does not say")
    saved.add_argument("--demo", action="store_true", help="into the demo's database")
    saved.set_defaults(command=_import)

    remap = commands.add_parser(
        "remap", help="make the mentions anew from the stored payloads, after a fix of the mapping"
    )
    remap.add_argument("--demo", action="store_true", help="of the demo's database")
    remap.set_defaults(command=_remap)


def _import(options: argparse.Namespace) -> int:
    from flows.importing import import_files
    from flows.progress import steps
    from triage.database import prepare_database

    settings = load_settings(demo=options.demo)
    require_writable(settings)
    prepare_database(settings.database, demo=options.demo)
    with steps() as shown:
        imported = import_files(settings, options.files, options.platform, shown)
    print(f"{'format':<14}{'rows':>9}{'new':>9}{'rejected':>10}  file")
    for path, name, tally in imported.files:
        print(f"{name:<14}{tally.read:>9}{tally.new:>9}{tally.rejected:>10}  {path}")
    for fault in imported.faults:
        print(fault, file=sys.stderr)
    if imported.rejects:
        print(f"Rejected rows, by file and line: {imported.rejects}", file=sys.stderr)
    if not imported.files:
        if not imported.faults:
            print("No file of a known format was found.", file=sys.stderr)
        return BAD_INPUT
    return DEGRADED if imported.faults or imported.rejects else OK


def _remap(options: argparse.Namespace) -> int:
    from flows.progress import steps
    from flows.remapping import remap
    from triage.database import prepare_database

    settings = load_settings(demo=options.demo)
    require_writable(settings)
    prepare_database(settings.database, demo=options.demo)
    with steps() as shown:
        result = remap(settings.database, shown)
    print(
        f"{result.payloads} payloads: {result.changed} mentions changed, {result.unmapped} payloads cannot be mapped."
    )
    if result.moved:
        print(f"{result.moved} payloads have another id now; their mentions were left as they are.", file=sys.stderr)
    return DEGRADED if result.moved else OK
