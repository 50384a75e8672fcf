"""What the rules of retention say of the rows that are there: how many are due, and what becomes of them, in slices."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from triage.database import sql, unit_of_work
from triage.erasing import Erasure, erase_event_words, erase_mentions
from triage.retention_rules import UNLESS, Retention, Rule

SLICE = 2_000  # rows a unit of work
BY_CASE = {"mentions": "retention_mentions", "case_events": "retention_events"}  # tables whose rows wait for their case


def unruled(connection: duckdb.DuckDBPyConnection, rules: Retention) -> list[str]:
    """Tables that no rule speaks of."""
    return sorted(_tables(connection) - rules.tables.keys())


def due_rows(connection: duckdb.DuckDBPyConnection, rules: Retention, now: datetime) -> dict[str, int]:
    """Rows by table that a rule would delete or blank now."""
    there = _tables(connection)
    found = {}
    for table, rule in rules.tables.items():
        if rule.then != "keep" and table in there:
            counted = f"SELECT count(*) FROM ({_due(connection, table, rule)})"  # noqa: S608 - names are checked by the rules' model
            row = connection.execute(counted, _asked(rule, now)).fetchone()
            found[table] = int(row[0]) if row else 0
    return found


def carry_out(path: Path, table: str, rule: Rule, now: datetime) -> int:
    """Delete or blank what is due in one table, a slice a unit of work; returns how many rows."""
    changed = 0
    while True:
        with unit_of_work(path) as connection:
            rows = _one_slice(connection, table, rule, now)
        changed += rows
        if rows < _slice(table):
            return changed


def save_retention(connection: duckdb.DuckDBPyConnection, done: dict[str, int], now: datetime) -> None:
    """What a night's run did, by rule."""
    for name, rows in done.items():
        if rows:
            connection.execute("INSERT INTO retention_runs VALUES (?, ?, ?)", [name, now, rows])


def _slice(table: str) -> int:
    return SLICE // 4 if table in BY_CASE else SLICE  # these are blanked in several tables


def _one_slice(connection: duckdb.DuckDBPyConnection, table: str, rule: Rule, now: datetime) -> int:
    due = f"{_due(connection, table, rule)} LIMIT {_slice(table)}"
    found = [row[0] for row in connection.execute(due, _asked(rule, now)).fetchall()]
    mark = Erasure("", "", now, "retention")
    if not found:
        return 0
    if table == "mentions":
        erase_mentions(connection, found, mark)
    elif table == "case_events":
        erase_event_words(connection, found, None, mark)
    elif rule.then == "delete":
        connection.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT unnest(?::bigint[]))", [found])  # noqa: S608 - checked names
    else:
        empty = {name: "NULL" if nullable else "''" for name, nullable in _nullable(connection, table, rule).items()}
        changes = ", ".join(f"{name} = {value}" for name, value in empty.items())
        connection.execute(f"UPDATE {table} SET {changes} WHERE rowid IN (SELECT unnest(?::bigint[]))", [found])  # noqa: S608
    return len(found)


def _due(connection: duckdb.DuckDBPyConnection, table: str, rule: Rule) -> str:
    """The question for the rows that are due: ids of mentions or events, else rowids."""
    if table in BY_CASE:
        return sql(BY_CASE[table]).strip().rstrip(";")
    conditions = [f"{rule.since} < $before"]
    if rule.unless:
        conditions.append(f"NOT coalesce({UNLESS[rule.unless]}, FALSE)")
    if rule.then == "blank":
        full = [
            f"{name} IS NOT NULL" if nullable else f"{name} <> ''"
            for name, nullable in _nullable(connection, table, rule).items()
        ]
        conditions.append(f"({' OR '.join(full)})")
    return f"SELECT rowid FROM {table} WHERE {' AND '.join(conditions)}"  # noqa: S608 - names are checked by the rules' model


def _asked(rule: Rule, now: datetime) -> dict[str, datetime]:
    return {"before": now - timedelta(days=rule.days or 0)}


def _nullable(connection: duckdb.DuckDBPyConnection, table: str, rule: Rule) -> dict[str, bool]:
    rows = connection.execute(
        "SELECT column_name, is_nullable FROM duckdb_columns() WHERE table_name = ? AND column_name IN (SELECT unnest(?::text[]))",
        [table, rule.columns],
    ).fetchall()
    return dict(rows)


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
    }
