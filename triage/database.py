"""Opening the database: one unit of work at a time, bounded waiting, schema files applied once each."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb

from triage.engine import attach, detach

HERE = Path(__file__).parent
SCHEMA_FILES = sorted((HERE / "schema").glob("[0-9]*.sql"))
WAIT_SECONDS = 30.0
_RETRY_SECONDS = 0.05
# Threads of one process share one engine, other processes are kept out by DuckDB's lock on the file; units never overlap in either.
_one_unit = threading.RLock()


class DatabaseError(Exception):
    """The database cannot be used; the message names the file and the way out."""


class DatabaseHeld(DatabaseError):
    """Another process has the file open."""


class DatabaseNewer(DatabaseError):
    """The file was written by a newer program or a newer DuckDB."""


class DatabaseMode(DatabaseError):
    """A demo database was opened for real data, or the other way round."""


class DiskFull(DatabaseError):
    """No space is left where the database is."""


@cache
def sql(name: str) -> str:
    """The text of triage/sql/<name>.sql."""
    return (HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def merge(connection: duckdb.DuckDBPyConnection, statement: str, view: str, batch: object) -> None:
    """Run one MERGE file on a batch (Arrow table or DataFrame) that it reads under the name of ``view``."""
    connection.register(view, batch)
    connection.execute(sql(statement))
    connection.unregister(view)


@contextmanager
def unit_of_work(
    path: Path, wait_seconds: float = WAIT_SECONDS, *, one_of_many: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the file, do one thing in one transaction, close it again. ``one_of_many``: a slice of long work, see detach.

    Raises DatabaseHeld after ``wait_seconds`` when another process keeps the file, DiskFull when it cannot grow.
    """
    with opened(path, wait_seconds, one_of_many=one_of_many) as connection, transaction(connection, path):
        yield connection


@contextmanager
def opened(
    path: Path, wait_seconds: float = WAIT_SECONDS, *, one_of_many: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The open file for a few transactions in a row: opening costs more than most of them. Raises DatabaseHeld."""
    with _one_unit:
        connection = _open(path, wait_seconds)
        try:
            yield connection
        finally:
            detach(path, connection, keep_log=one_of_many)


@contextmanager
def no_unit_meanwhile() -> Iterator[None]:
    """While the block runs no thread of this process begins a unit of work: for reading or replacing whole files."""
    with _one_unit:
        yield


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool = False) -> Iterator[None]:
    """All or nothing. One that only reads is refused every write."""
    try:
        connection.execute("BEGIN TRANSACTION READ ONLY" if read_only else "BEGIN TRANSACTION")
        yield
        connection.commit()
    except duckdb.Error as error:
        _roll_back(connection)
        raise _named(error, path) from error
    except BaseException:
        _roll_back(connection)
        raise


def prepare_database(path: Path, *, demo: bool) -> None:
    """Create or upgrade the file, and refuse one that holds the other mode's data."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"{path.parent} cannot be created ({error.strerror}): make the folder writable or set TANGGAP_HOME to another."
        ) from None
    with unit_of_work(path) as connection:
        applied = applied_versions(connection)
        newest = int(SCHEMA_FILES[-1].name[:3])
        if applied and max(applied) > newest:
            raise DatabaseNewer(
                f"{path} has schema {max(applied)} but this program knows only {newest}: update the program, or restore an older backup."
            )
    for file in SCHEMA_FILES:
        if int(file.name[:3]) not in applied:
            with unit_of_work(path) as connection:
                apply_schema(connection, file)
    with unit_of_work(path) as connection:
        _keep_mode(connection, path, "demo" if demo else "real")


def stored_mode(path: Path) -> str:
    """demo or real: what a file that is there holds."""
    with unit_of_work(path) as connection:
        row = connection.execute("SELECT mode FROM origin").fetchone()
    return str(row[0]) if row else "real"


def applied_versions(connection: duckdb.DuckDBPyConnection) -> set[int]:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_versions (version integer NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL)"
    )
    return {row[0] for row in connection.execute("SELECT version FROM schema_versions").fetchall()}


def apply_schema(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Apply one schema file and record it, inside the caller's transaction."""
    connection.execute(file.read_text(encoding="utf-8"))
    connection.execute(
        "INSERT INTO schema_versions VALUES (?, ?, ?)", [int(file.name[:3]), file.stem, datetime.now(UTC)]
    )


def _keep_mode(connection: duckdb.DuckDBPyConnection, path: Path, mode: str) -> None:
    row = connection.execute("SELECT mode FROM origin").fetchone()
    if row is None:
        connection.execute("INSERT INTO origin VALUES (?, ?)", [mode, datetime.now(UTC)])
    elif row[0] != mode:
        way_out = "run with --demo" if row[0] == "demo" else "run without --demo"
        raise DatabaseMode(
            f"{path} holds {row[0]} data and stays so: {way_out}, or set TANGGAP_HOME to another folder for {mode} data."
        )


def _open(path: Path, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return attach(path)
        except duckdb.Error as error:
            named = _named(error, path, wait_seconds)
            if not isinstance(named, DatabaseHeld) or time.monotonic() >= deadline:
                raise named from error
            time.sleep(_RETRY_SECONDS)


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # the failure that brought us here may have ended the transaction already
        connection.rollback()


def _named(error: duckdb.Error, path: Path, wait_seconds: float = WAIT_SECONDS) -> Exception:
    """DuckDB's message as one of ours, or the error itself when it is a fault of the program."""
    text = str(error)
    if "Could not set lock" in text or "Conflicting lock" in text:
        holder = re.search(r"held in (.+?) \(PID (\d+)\)", text)
        who = f"process {holder[2]} ({Path(holder[1]).name})" if holder else "another process"
        return DatabaseHeld(
            f"{path} is held by {who} and was not free after {wait_seconds:.0f} s: close that program and run again; nothing was lost."
        )
    if "version number" in text or "storage version" in text:
        return DatabaseNewer(
            f"{path} was written by a newer DuckDB than {duckdb.__version__}: update the program, or restore an older backup."
        )
    if "No space left" in text or "File too large" in text:
        return DiskFull(
            f"No space is left on the disk of {path}: free some and run again; what was saved before is safe."
        )
    if isinstance(error, duckdb.IOException):
        reason = text.replace("\n", " ").split(": ", 1)[-1][:160]
        return DatabaseError(
            f"{path} cannot be opened or written ({reason}): check that the folder exists and is writable by this user."
        )
    return error
