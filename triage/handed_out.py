"""Files that commands wrote where somebody asked for them, so that an erasure can follow them there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from triage.database import merge


def save_handed_out(connection: duckdb.DuckDBPyConnection, path: Path, what: str, actor: str, now: datetime) -> None:
    """Remember that a file was written for somebody; a file of an older schema has no place for it and is brought up by the next run."""
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'handed_out'").fetchone():
        return
    row = {"path": str(path.resolve()), "what": what, "actor": actor or "staff", "made_at": now}
    merge(
        connection,
        "merge_handed_out",
        "batch_handed_out",
        pd.DataFrame([row]).astype({"made_at": "datetime64[us, UTC]"}),
    )


def handed_out(connection: duckdb.DuckDBPyConnection, kind: str) -> list[Path]:
    """Where files of a kind (export, backup) were written."""
    rows = connection.execute("SELECT path FROM handed_out WHERE starts_with(what, ?) ORDER BY path", [kind]).fetchall()
    return [Path(row[0]) for row in rows]
