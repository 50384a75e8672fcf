"""Forgetting in the published copies: rows of gone mentions leave every Parquet file and DuckDB table that names mentions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

_MENTIONING = (
    "SELECT DISTINCT schema_name, table_name FROM duckdb_tables() JOIN duckdb_columns() USING (database_name, schema_name, table_name)"
    " WHERE database_name = 'copy' AND column_name = 'mention_id'"
)


def forget_published(folder: Path, mention_ids: Sequence[str]) -> int:
    """Remove these mentions from what was published, until it is published anew; the number of files changed."""
    if not mention_ids or not folder.is_dir():
        return 0
    gone = pd.DataFrame({"mention_id": list(mention_ids)})
    changed = 0
    for file in sorted([*folder.rglob("*.parquet"), *folder.rglob("*.duckdb")]):
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
    """Into a new file, from a copy in memory: deleted rows would stay readable in the free blocks of the old one."""
    connection.execute(f"ATTACH '{_quoted(file)}' AS published (READ_ONLY); ATTACH ':memory:' AS copy")
    connection.execute("COPY FROM DATABASE published TO copy")
    found = 0
    for schema, table in connection.execute(_MENTIONING).fetchall():
        name = f'copy."{schema}"."{table.replace(chr(34), chr(34) * 2)}"'
        gone = connection.execute(f"DELETE FROM {name} WHERE mention_id IN (SELECT mention_id FROM gone)").fetchone()  # noqa: S608 - a name of the catalog, quoted
        found += gone[0] if gone else 0
    if found:
        connection.execute(f"ATTACH '{_quoted(draft)}' AS fresh; COPY FROM DATABASE copy TO fresh; DETACH fresh")
    return found > 0


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
