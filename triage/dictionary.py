"""The data dictionary: every table and column in the words of its own COMMENT, so that it cannot drift from the schema."""

from __future__ import annotations

from pathlib import Path

import duckdb

NAME = "dictionary.md"
_COLUMNS = """
SELECT tables.table_name, tables.comment, columns.column_name, columns.data_type, columns.comment
FROM duckdb_tables() AS tables
JOIN duckdb_columns() AS columns USING (database_name, schema_name, table_name)
WHERE tables.database_name = ?
ORDER BY tables.table_name, columns.column_index
"""


def write_dictionary(connection: duckdb.DuckDBPyConnection, database: str, folder: Path) -> Path:
    """Write dictionary.md about an attached database; returns its path."""
    lines = ["# Data dictionary of the published copy", ""]
    lines += ["Made from the schema, with the copy itself. Times are UTC. What is not listed is not published.", ""]
    seen = ""
    for table, about, column, kind, says in connection.execute(_COLUMNS, [database]).fetchall():
        if table != seen:
            lines += ["", f"## {table}", "", str(about), "", "| column | type | what it is |", "|---|---|---|"]
            seen = table
        lines.append(f"| {column} | {kind.lower()} | {says} |")
    path = folder / NAME
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
