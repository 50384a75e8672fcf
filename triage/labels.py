"""Verdicts as they stand, read for learning, and the labels that a model doubts."""

from __future__ import annotations

import duckdb
import pandas as pd

from triage.database import merge, sql


def label_verdicts(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """label_verdicts.sql: every reviewer's last word on every mention that is still there, with the text. Oldest first."""
    return connection.execute(sql("label_verdicts")).df()


def save_doubts(connection: duckdb.DuckDBPyConnection, doubts: pd.DataFrame) -> None:
    """Columns as in the table label_doubts; the doubts of a newer model take the place of an older one's."""
    connection.execute("DELETE FROM label_doubts")
    if len(doubts):
        merge(connection, "merge_label_doubts", "batch_label_doubts", doubts)


def read_doubts(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Doubted verdicts that still stand, worst first: with the text, to be masked, and whether it is restricted."""
    return connection.execute(sql("label_doubts")).df()
