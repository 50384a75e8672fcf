"""--role and --actor: who reads, for every command that shows cases."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from commands.desk import utc_now
from review.reading import ROLES, Reader
from settings import Settings, SettingsError


def add_reader(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--role",
        choices=sorted(ROLES),
        default="staff",
        help="staff: masked; officer: restricted cases, too, masked; lead: unmasked; restricted: both",
    )
    parser.add_argument("--actor", default="", help="who you are; what staff do not see is logged under this name")


def reader_of(options: argparse.Namespace) -> Reader:
    """Raises SettingsError when somebody wants to see more without saying who."""
    reader = Reader(options.actor.strip(), options.role)
    if reader.role != "staff" and not reader.name:
        raise SettingsError(f"--role {reader.role} needs --actor NAME: what it shows stands in the access log.")
    return reader


def log_seen(settings: Settings, reader: Reader, seen: Iterable[str]) -> None:
    """One line of the access log for each thing that only this role sees."""
    if reader.role == "staff":
        return
    from triage.access import log_access
    from triage.database import unit_of_work

    with unit_of_work(settings.database) as connection:
        for what in seen:
            log_access(connection, reader.name, f"{reader.role}: {what}", utc_now())
