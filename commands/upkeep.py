"""`tanggap doctor`, `backup` and `restore`: what an operator does so that all is well and nothing is lost."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from commands.surroundings import BAD_INPUT, DEGRADED, NOTHING_COLLECTED, OK, command_settings, require_writable
from settings import SettingsError, find_home, load_settings


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = commands.add_parser("doctor", help="what is well, what is not, and what to do about it")
    doctor.add_argument("--json", action="store_true", help="as JSON, for a watching program")
    doctor.add_argument("--demo", action="store_true", help="of the demo, on the invented platforms")
    doctor.set_defaults(command=_doctor)

    backup = commands.add_parser("backup", help="a consistent copy of database, models and configuration; no secrets")
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="where to (default: var/backups)")
    backup.add_argument("--keep", type=_positive, metavar="N", help="remove all but the newest N of that folder")
    backup.add_argument("--demo", action="store_true", help="of the demo's database")
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="the way back: everything is checked, what is there moves aside")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(command=_restore)


def _doctor(options: argparse.Namespace) -> int:
    """0 all green, 3 something is yellow, 1 something is red, 2 the configuration cannot be used."""
    from flows.doctor import examine, worst
    from flows.platform_checks import RED, YELLOW, Check

    with ExitStack() as stack:
        try:
            settings = command_settings(options, stack)
        except SettingsError as error:
            said, _, advice = str(error).rpartition(": ")
            broken = Check("configuration", RED, said or str(error), advice or "mend tanggap.toml")
            _show([broken], as_json=options.json)
            return BAD_INPUT
        checks = examine(settings, (lambda check: None) if options.json else lambda check: _show([check]))
    if options.json:
        _show(checks, as_json=True)
    return {RED: NOTHING_COLLECTED, YELLOW: DEGRADED}.get(worst(checks), OK)


def _show(checks: list[Any], *, as_json: bool = False) -> None:
    if as_json:
        print(json.dumps([asdict(check) for check in checks], indent=1, ensure_ascii=False))
        return
    for check in checks:
        print(f"{check.colour:<7} {check.name:<21} {check.said}")
        if check.advice:
            print(f"{'':<7} {'':<21} → {check.advice}")


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
