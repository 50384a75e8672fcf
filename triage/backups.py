"""A consistent copy of the database while others write, what is in it as counts and checksums, and the way back."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from triage.database import HERE, DatabaseError, DatabaseHeld, unit_of_work

TRIES = 8
_QUIET_SECONDS = (
    0.05  # file times count in steps of some milliseconds: a write right before ours must not look like none
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a copy must still hold when it comes back: rows and checksum of each table, and which checks it does not pass."""

    mode: str
    schema: int
    tables: dict[str, list[str]]  # name -> [rows, sum of the md5 of each row]
    unsound: list[str]


def copy_database(path: Path, to: Path) -> bool:
    """Copy the file without holding it. Returns False when that never succeeded and the others had to wait for the last attempt."""
    if copy_when_quiet(path, to):
        return True
    with unit_of_work(path) as connection:
        connection.execute("CHECKPOINT")  # what slices of long work have left in the log belongs to the copy
        shutil.copyfile(path, to)
    return False


def copy_when_quiet(path: Path, to: Path) -> bool:
    """Copy the file between two units of work of others; False when TRIES attempts, over about 13 s, were all disturbed.

    The copy is whole because nothing wrote to the file while it was read; one that was disturbed is made again.
    """
    for attempt in range(TRIES):
        with unit_of_work(path):
            pass  # what a killed process left in the write-ahead log is in the file afterwards
        if copied_undisturbed(path, to):
            return True
        time.sleep(_QUIET_SECONDS * 2**attempt)
    return False


def read_facts(path: Path) -> Facts:
    """Counts and checksums of every table of a copy that nobody else uses: this takes seconds for a million rows."""
    with unit_of_work(path) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1"
            ).fetchall()
        ]
        if not {"origin", "schema_versions", "mentions"} <= set(names):
            raise DatabaseError(f"{path.name} is no database of Tanggap.")
        tables = {}
        for name in names:
            rows = connection.execute(
                f'SELECT count(*)::text, coalesce(sum(md5_number_lower(line::text)::hugeint), 0)::text FROM "{name}" AS line'  # noqa: S608 - DuckDB's own list of names
            ).fetchall()
            tables[name] = list(rows[0])
        mode = connection.execute("SELECT mode FROM origin").fetchall()
        schema = connection.execute("SELECT max(version) FROM schema_versions").fetchall()
    return Facts(mode[0][0] if mode else "", schema[0][0], tables, list(unsound_rows(path)))


def unsound_rows(path: Path) -> dict[str, list[str]]:
    """By the check that finds them, up to three rows that should not be; on a copy that nobody else uses, for it takes its time.

    A check that speaks of a table that an older schema does not have yet says nothing.
    """
    found = {}
    for check in sorted((HERE / "checks").glob("*.sql")):
        with suppress(duckdb.CatalogException), unit_of_work(path) as connection:
            rows = connection.execute(check.read_text(encoding="utf-8")).fetchmany(3)
            if rows:
                found[check.stem] = [" ".join(map(str, row)) for row in rows]
    return found


def replace_database(path: Path, restored: Path, aside: Path) -> None:
    """Put a restored file in the place of the present one, which moves aside with its write-ahead log.

    Raises DatabaseHeld while another process works with the present one; a present one that cannot be opened is moved all the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if path.exists():
            with unit_of_work(path):
                pass  # what is in its write-ahead log belongs to the file that moves aside
    except DatabaseHeld:
        raise
    except (DatabaseError, duckdb.Error):
        pass  # damaged: that is why one restores
    for suffix in ("", ".wal"):
        present = path.with_name(path.name + suffix)
        if present.exists():
            aside.mkdir(parents=True, exist_ok=True)
            os.replace(present, aside / present.name)
    os.replace(restored, path)


def copied_undisturbed(path: Path, to: Path) -> bool:
    log = path.with_name(path.name + ".wal")
    before = path.stat()
    if log.exists() or time.time() - before.st_mtime < _QUIET_SECONDS:
        return False
    shutil.copyfile(path, to)
    after = path.stat()
    return (before.st_mtime_ns, before.st_size, before.st_ino) == (after.st_mtime_ns, after.st_size, after.st_ino)
