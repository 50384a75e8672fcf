"""The database written anew into a fresh file: words that were blanked or deleted stay readable in the free blocks of the old one.

The fresh file is made from a copy while others work, compared table by table, and put in place only when nobody has written meanwhile.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from triage.backups import TRIES, copied_undisturbed
from triage.database import WAIT_SECONDS, DatabaseError, no_unit_meanwhile, sql, unit_of_work
from triage.engine import ROW_GROUP

_PATIENCE_SECONDS = 0.05
# Who opened the old file just before it was replaced has asked for its lock by then, and is refused and opens the new one.
_LATECOMERS_SECONDS = 0.1
Stamp = tuple[int, int, int]


class RewriteFailed(DatabaseError):
    """The fresh file is not what the old one was; the old one stays in its place."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Sizes of the file, and whether others had to wait while it was made."""

    bytes_before: int
    bytes_after: int
    held: bool


def rewrite_is_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anything was blanked, deleted or overwritten since the file was last written anew."""
    row = connection.execute(sql("removed_since_rewrite")).fetchone()
    return bool(row and row[0])


def rewrite(path: Path, now: datetime) -> Rewritten:
    """Write the file anew and remember when. Raises DatabaseHeld, DiskFull, or RewriteFailed; then the old file stays."""
    before = path.stat().st_size
    with unit_of_work(path) as connection:  # in the file before it is made: nothing is written after the comparison
        connection.execute("INSERT INTO rewrites VALUES (?, ?, ?)", [now, before, 0])
    held = not any(_rewritten_beside(path, attempt) for attempt in range(TRIES))
    if held:
        _rewritten_holding(path)
    after = path.stat().st_size
    with unit_of_work(path) as connection:
        connection.execute("UPDATE rewrites SET bytes_after = ? WHERE rewritten_at = ?", [after, now])
    return Rewritten(before, after, held)


def clear_leftovers(path: Path) -> None:
    """What a rewriting that was killed left beside the file: a copy with everything in it."""
    _remove(_beside(path, "copy"), _beside(path, "fresh"))


def rewrite_alone(path: Path) -> None:
    """The same for a file that nobody else uses: one that is being restored or packed."""
    with unit_of_work(path):
        pass
    fresh = _beside(path, "fresh")
    try:
        _make(path, fresh)
        os.replace(fresh, path)
    finally:
        _remove(fresh)


def _rewritten_beside(path: Path, attempt: int) -> bool:
    """From a copy, without holding anybody up; False when somebody wrote meanwhile."""
    copy, fresh = _beside(path, "copy"), _beside(path, "fresh")
    try:
        with unit_of_work(path):
            pass  # what a killed process left in the write-ahead log is in the file afterwards
        stamp = _stamp(path)
        if not copied_undisturbed(path, copy) or _stamp(path) != stamp:
            time.sleep(_PATIENCE_SECONDS * 2**attempt)
            return False
        _make(copy, fresh)
        return _swapped(path, fresh, stamp)
    finally:
        _remove(copy, fresh)


def _swapped(path: Path, fresh: Path, stamp: Stamp) -> bool:
    """Put the fresh file in place while a reader's lock keeps writers out; False when one was faster."""
    with _reading(path) as reader:
        if reader is None or _stamp(path) != stamp or _log(path).exists():
            return False
        _put_in_place(path, fresh)
        return True


def _rewritten_holding(path: Path) -> None:
    """After TRIES disturbed attempts the others wait, bounded as for any unit of work, for as long as the copying takes."""
    fresh, deadline = _beside(path, "fresh"), time.monotonic() + WAIT_SECONDS
    try:
        while time.monotonic() < deadline:
            with unit_of_work(path):
                pass
            stamp = _stamp(path)
            with _reading(path) as reader:
                if reader is not None and _stamp(path) == stamp and not _log(path).exists():
                    _fill(reader, path, fresh)
                    _put_in_place(path, fresh)
                    return
        raise RewriteFailed(f"{path} was never free to be written anew: the removed words leave it the next night.")
    finally:
        _remove(fresh)


def _put_in_place(path: Path, fresh: Path) -> None:
    os.replace(fresh, path)
    time.sleep(_LATECOMERS_SECONDS)


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """A connection with the file attached as ``old``, whose reader's lock keeps writers out; None when one of them has it.

    A reader writes no log and takes none away when it closes. This must be the process's only handle on the file: closing any
    other would give the lock away, as POSIX locks go.
    """
    with no_unit_meanwhile(), _connected() as connection:
        try:
            connection.execute(f"ATTACH '{_quoted(path)}' AS old (READ_ONLY)")
        except duckdb.Error:
            yield None
            return
        yield connection


def _make(old: Path, fresh: Path) -> None:
    """The fresh file from one that nobody else uses."""
    with _connected() as connection:
        connection.execute(f"ATTACH '{_quoted(old)}' AS old (READ_ONLY)")
        _fill(connection, old, fresh)


def _fill(connection: duckdb.DuckDBPyConnection, old: Path, fresh: Path) -> None:
    """Every table and view of ``old`` in the fresh file; raises RewriteFailed unless each row is there."""
    _remove(fresh)
    try:
        connection.execute(
            f"ATTACH '{_quoted(fresh)}' AS fresh (ROW_GROUP_SIZE {ROW_GROUP}); COPY FROM DATABASE old TO fresh"
        )
        differing = _differing(connection)
        connection.execute("DETACH fresh")
    except duckdb.Error as error:
        raise RewriteFailed(
            f"{old} could not be written anew ({type(error).__name__}): see that as much room is free on its disk, then run it again."
        ) from error
    if differing or _log(fresh).exists():
        raise RewriteFailed(
            f"{old}: {differing or 'the log'} would not be the same in a fresh file; it was left as it is."
        )
    fresh.chmod(old.stat().st_mode & 0o777)


def _connected() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"autoinstall_known_extensions": "false", "threads": "2"})


def _differing(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The first table whose rows are not the same, by number and sum of hashes."""
    listed = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY 1"
    names = [[row[0] for row in connection.execute(listed, [one]).fetchall()] for one in ("old", "fresh")]
    if names[0] != names[1]:
        return "the list of tables"
    for name in names[0]:
        counted = [
            connection.execute(f'SELECT count(*), sum(hash(line)::hugeint) FROM {one}."{name}" AS line').fetchone()  # noqa: S608 - DuckDB's own list
            for one in ("old", "fresh")
        ]
        if counted[0] != counted[1]:
            return str(name)
    return None


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _log(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f".{path.name}.{what}")


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        _log(path).unlink(missing_ok=True)
        shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
