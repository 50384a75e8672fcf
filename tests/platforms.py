"""The stand-in platforms with a small feed of a test's own, and one desk that collects from them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from demo.standin import Standin, credentials, running
from flows.collecting import Outcome, collect_source
from flows.progress import Steps
from settings import Settings, load_settings
from triage.database import prepare_database, unit_of_work


def x_row(number: int, channel: str = "mention", **changes: Any) -> dict[str, Any]:
    """A feed row on X: one a quarter of an hour from the evening of the day before yesterday on."""
    minutes = number * 7
    text = f"@qr_kabbekasi kabar nomor {number}" if channel == "mention" else f"kabar pemkabbekasi nomor {number}"
    row = {
        "key": f"x{channel[0]}{number:03}",
        "channel": channel,
        "author": f"warga{number % 9}",
        "name": "Warga",
        "day": -2 + minutes // 1440,
    }
    return (
        row
        | {
            "time": f"{minutes % 1440 // 60:02}:{minutes % 60:02}",
            "text": text,
            "parent": None,
            "likes": 1,
            "extra": {},
        }
        | changes
    )


def instagram_row(number: int, channel: str = "tagged", **changes: Any) -> dict[str, Any]:
    row = x_row(number) | {
        "key": f"i{channel[0]}{number:03}",
        "channel": channel,
        "text": f"caption {channel} {number}",
    }
    return row | changes


def write_feed(folder: Path, *rows: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, prefix in (("x", "x"), ("instagram", "i")):
        lines = [json.dumps({**row, "truth": {}}, ensure_ascii=False) for row in rows if row["key"].startswith(prefix)]
        (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Desk:
    """A home with its database, collecting from the stand-in."""

    settings: Settings
    standin: Standin

    def collect(self, source: str) -> Outcome:
        return collect_source(self.settings, source, Steps(None))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with unit_of_work(self.settings.database) as connection:
            return connection.execute(query).fetchall()

    def limited(self, source: str, **limits: Any) -> Desk:
        """The same desk with other limits in [x] or [instagram]."""
        section = getattr(self.settings, source).model_copy(update=limits)
        return replace(self, settings=replace(self.settings, **{source: section}))

    def texts(self) -> set[str]:
        return {row[0] for row in self.rows("SELECT text FROM mentions")}


@contextmanager
def desk(home: Path, feed: Path) -> Iterator[Desk]:
    with running(feed, home / "state") as standin:
        yield desk_at(standin, home)


def desk_at(standin: Standin, home: Path) -> Desk:
    """A desk with an empty database before a stand-in that runs already."""
    secrets = credentials(standin.state_dir)
    settings = load_settings({**os.environ, **secrets, "TANGGAP_HOME": str(home)}, demo=True)
    prepare_database(settings.database, demo=True)
    return Desk(settings, standin)
