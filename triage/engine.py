"""DuckDB's engine, kept for the life of the process; a database file is attached to it for one unit of work and let go again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

CATALOG = "triage"  # as DuckDB itself names a file triage.duckdb
LOG = "4MB"  # of write-ahead log from which on a commit brings it into the file, where units leave it behind
# Rows that are packed at once when a group is full: with DuckDB's own 122,880 that took most of a second, in the middle of somebody's unit.
ROW_GROUP = 8_192


@dataclass(slots=True)
class _Engine:
    """An engine without tables of its own. Starting it costs 10 ms, attaching a file 3 ms."""

    connection: duckdb.DuckDBPyConnection
    users: int = 0  # units inside each other


_engines: dict[Path, _Engine] = {}


def attach(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the file for a unit of work; nobody else can until ``detach``. Not for two threads at once."""
    engine = _engines.get(path) or _start(path)
    engine.users += 1
    try:
        connection = engine.connection.cursor()
        quoted = str(path).replace("'", "''")
        connection.execute(
            f"ATTACH IF NOT EXISTS '{quoted}' AS {CATALOG} (ROW_GROUP_SIZE {ROW_GROUP}); USE {CATALOG}; "
            "SET TimeZone = 'UTC'; SET enable_progress_bar = false"
        )
    except BaseException:
        _leave(path, engine)
        raise
    return connection


def detach(path: Path, connection: duckdb.DuckDBPyConnection, *, keep_log: bool = False) -> None:
    """End a unit, and the file is free. ``keep_log``: what it wrote stays in the write-ahead log, safe there, for a later unit to bring into the file."""
    connection.close()
    engine = _engines[path]
    engine.connection.execute(f"PRAGMA {'disable' if keep_log else 'enable'}_checkpoint_on_shutdown")
    _leave(path, engine)


def _start(path: Path) -> _Engine:
    """An engine for this file; those that wait for another one end."""
    for other in [known for known, engine in _engines.items() if not engine.users]:
        _engines.pop(other).connection.close()
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "threads": "2",
        "temp_directory": f"{path}.tmp",
        "checkpoint_threshold": LOG,
    }
    engine = _engines[path] = _Engine(duckdb.connect(config=config))
    return engine


def _leave(path: Path, engine: _Engine) -> None:
    engine.users -= 1
    if engine.users:
        return
    try:
        engine.connection.execute(f"DETACH DATABASE IF EXISTS {CATALOG}")
    except (
        duckdb.Error
    ):  # the disk is full: what was committed stays in the write-ahead log, and the file is let go all the same
        del _engines[path]
        with suppress(duckdb.Error):
            engine.connection.close()
