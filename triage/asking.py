"""Questions to the published copy: opened, asked, closed at once, so that a notebook never stands in anybody's way."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pandas as pd

from triage.publishing import COPY


class NothingPublished(Exception):
    """There is no published copy; the message says how one is made."""


def published_copy() -> Path:
    """The copy of TANGGAP_HOME, or of the nearest folder upwards that has a tanggap.toml."""
    here = Path.cwd()
    home = os.environ.get("TANGGAP_HOME") or next(
        (folder for folder in (here, *here.parents) if (folder / "tanggap.toml").exists()), here
    )
    copy = Path(home) / "var" / "published" / COPY
    if not copy.exists():
        raise NothingPublished(f"{copy} is not there yet: run `make report` (the demo) or `tanggap publish`, then run this cell again.")  # fmt: skip
    return copy


def ask(question: str, zone: str = "Asia/Jakarta", **values: object) -> pd.DataFrame:
    """The answer to one SQL question; $name in it stands for a value. Dates and days are those of ``zone``."""
    with duckdb.connect(str(published_copy()), read_only=True) as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        return connection.execute(question, values or None).df()
