"""Erasing again in copies of the database that nobody works with: restored files, backups, what a restore moved aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from triage.database import DatabaseError, DatabaseHeld, prepare_database, stored_mode, unit_of_work
from triage.erasing import Erasure, erase_again, read_erasures
from triage.rewriting import rewrite_alone
from triage.syncing import forget, gone_ids


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a present database does not hold any more: erased for good, and gone from the platforms."""

    erasures: list[Erasure]
    gone: list[str]


def forgotten_in(path: Path) -> Forgotten:
    """A database that is missing or damaged cannot say (`tanggap sync` asks the platforms), one older than erasures knows of none."""
    found = Forgotten([], [])
    if not path.exists():
        return found
    try:
        with unit_of_work(path) as connection:
            found.gone.extend(gone_ids(connection))
            found.erasures.extend(read_erasures(connection))
    except DatabaseHeld:
        raise
    except (DatabaseError, duckdb.Error):
        return found
    return found


def erase_in_copy(path: Path, forgotten: Forgotten, now: datetime) -> None:
    """Bring the copy up to this program, blank in it what is forgotten elsewhere, and write it anew. Raises DatabaseError."""
    try:
        prepare_database(path, demo=stored_mode(path) == "demo")
        with unit_of_work(path) as connection:
            erase_again(connection, forgotten.erasures)
            forget(connection, forgotten.gone, now)
        rewrite_alone(path)
    except duckdb.Error as error:
        raise DatabaseError(
            f"{path} is damaged ({type(error).__name__}): nothing can be erased in it, remove it."
        ) from error
