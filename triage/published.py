"""Forgetting in the published copies: rows of gone mentions leave every Parquet file and DuckDB table that names mentions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from triage.pseudonyms import pseudonyms

_MENTIONING = (
    "SELECT DISTINCT schema_name, table_name FROM duckdb_tables() JOIN duckdb_columns() USING (database_name, schema_name, table_name)"
    " WHERE database_name = 'published' AND column_name = 'mention_id'"
)


def forget_published(files: Iterable[Path], mention_ids: Sequence[str], key: str) -> int:
    """Remove these mentions, by id or by pseudonym, from Parquet and DuckDB files; the number of files changed."""
    gone = pd.DataFrame({"mention_id": [*mention_ids, *pseudonyms(key, mention_ids)]}, dtype=str)
    changed = 0
    for file in files:
        draft = file.with_name(f".{file.name}.draft")
        draft.unlink(missing_ok=True)
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
            connection.register("gone", gone)
            rewrite = _rewrite_parquet if file.suffix == ".parquet" else _rewrite_database
            rewritten = rewrite(connection, file, draft)
        if rewritten:
            draft.chmod(file.stat().st_mode & 0o777)
            draft.replace(file)
            changed += 1
    return changed


def _rewrite_parquet(connection: duckdb.DuckDBPyConnection, file: Path, draft: Path) -> bool:
    rows = connection.read_parquet(str(file))
    if "mention_id" not in rows.columns:
        return False
    found = rows.filter("mention_id IN (SELECT mention_id FROM gone)").count("*").fetchone()
    if not found or not found[0]:
        return False
    rows.filter("mention_id IS NULL OR mention_id NOT IN (SELECT mention_id FROM gone)").write_parquet(str(draft))
    return True


def _rewrite_database(connection: duckdb.DuckDBPyConnection, file: Path, draft: Path) -> bool:
    """Into a new file, from a copy: deleted rows would stay readable in the free blocks of the old one."""
    connection.execute(f"ATTACH '{_quoted(file)}' AS published (READ_ONLY)")
    tables = [f'"{schema}"."{table.replace(chr(34), chr(34) * 2)}"' for schema, table in connection.execute(_MENTIONING).fetchall()]  # fmt: skip
    if not any(_holds(connection, f"published.{table}") for table in tables):
        return False
    connection.execute("ATTACH ':memory:' AS copy; COPY FROM DATABASE published TO copy")
    for table in tables:
        connection.execute(f"DELETE FROM copy.{table} WHERE mention_id IN (SELECT mention_id FROM gone)")  # noqa: S608 - a name of the catalog, quoted
    connection.execute(f"ATTACH '{_quoted(draft)}' AS fresh; COPY FROM DATABASE copy TO fresh; DETACH fresh")
    return True


def _holds(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a gone mention stands in the table."""
    question = f"SELECT 1 FROM {table} WHERE mention_id IN (SELECT mention_id FROM gone) LIMIT 1"  # noqa: S608 - a name of the catalog, quoted
    return connection.execute(question).fetchone() is not None


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
