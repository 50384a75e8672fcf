"""`tanggap backup` and `restore`: what an operator does so that nothing is lost."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.surroundings import OK, require_writable
from settings import find_home, load_settings


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="a consistent copy of database, models and configuration; no secrets")
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="where to (default: var/backups)")
    backup.add_argument("--keep", type=_positive, metavar="N", help="remove all but the newest N of that folder")
    backup.add_argument("--demo", action="store_true", help="of the demo's database")
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="the way back: everything is checked, what is there moves aside")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(command=_restore)


def _backup(options: argparse.Namespace) -> int:
    from flows.backups import back_up, backups_folder, rotate
    from flows.progress import steps

    settings = load_settings(demo=options.demo)
    require_writable(settings)
    folder = options.to or backups_folder(settings.home)
    with steps() as shown:
        archive = back_up(settings, folder, shown)
    removed = rotate(folder, options.keep) if options.keep else []
    print(f"Backup: {archive}" + (f" ({len(removed)} older removed)" if removed else ""))
    return OK


def _restore(options: argparse.Namespace) -> int:
    from flows.backups import restore
    from flows.progress import steps

    home = find_home()
    with steps() as shown:
        restored = restore(home, options.file, shown)
    mentions = restored.facts.tables["mentions"][0]
    print(f"Restored: {mentions} mentions as of {restored.made_at:%Y-%m-%d %H:%M} UTC, counts and checksums as saved.")
    if restored.aside:
        print(f"What was there before: {restored.aside}")
    print(f"Secrets are not in a backup: see that {home / '.env'} and the Instagram session file are there.")
    return OK


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
