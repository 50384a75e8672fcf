"""The feed files: JSON Lines, one invented mention a line. ``truth`` is dropped here, so that nothing can serve it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHANNELS = ("own", "tagged", "comment", "reply", "mention", "search")
_FIELDS = ("key", "channel", "author", "name", "day", "time", "text", "parent", "likes", "extra")


class FeedError(Exception):
    """The feed cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class PlacedRow:
    row: dict[str, Any]
    where: str
    number: int


def read_feed(feed_dir: Path) -> Iterator[PlacedRow]:
    """Every row of every .jsonl file of the folder. Raises FeedError."""
    files = sorted(feed_dir.glob("*.jsonl"))
    if not files:
        raise FeedError(f"{feed_dir} holds no .jsonl feed: restore data/feed/ or name another folder.")
    for file in files:
        for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
            if line.strip():
                where = f"{file}, line {number}"
                yield PlacedRow(_parse(line, where), where, number)


def _parse(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        raise FeedError(f"{where}: this is not JSON in UTF-8; mend the feed.") from None
    if fault := check_row(row, placed=True):
        raise FeedError(f"{where}: {fault}; mend the feed.")
    return {name: row.get(name) for name in _FIELDS}


def check_row(row: Any, *, placed: bool) -> str | None:
    """What is wrong with a row, or None. ``placed`` rows must have a day and a time."""
    if not isinstance(row, dict):
        return "the row is not an object"
    checks = [
        (f"{name} is missing or not text", isinstance(row.get(name), str))
        for name in ("key", "channel", "author", "text")
    ]
    checks += [
        (f"channel {row.get('channel')!r} is none of {', '.join(CHANNELS)}", row.get("channel") in CHANNELS),
        ("extra is not an object", isinstance(row.get("extra") or {}, dict)),
    ]
    if placed:
        checks += [
            ("day must be a whole number, 0 or less", isinstance(row.get("day"), int) and row["day"] <= 0),
            ("time must be HH:MM", re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(row.get("time"))) is not None),
        ]
    return next((fault for fault, holds in checks if not holds), None)
