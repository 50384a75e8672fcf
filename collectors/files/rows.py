"""What every format's reader yields, and the lines of a file read with their places, in bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from mention import Mention

MAX_LINE_BYTES = 32 << 20  # a page of twarc2 with everything expanded has about 1 MB
# As triage/checks/allowed_values.sql wants ids; "i:" is the id of an imported row that has none of the platform's.
_MENTION_ID = re.compile(r"x:[0-9]+|instagram:(c:)?[0-9]+|(x|instagram):i:[0-9a-f]{32}")
_MAX_COUNT = 2**63


class ImportFileError(Exception):
    """A file cannot be imported; the message names it and the way out."""


class Unmappable(Exception):
    """A row is no mention; the message says why in a few words, without its text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: a byte of the file, and the number of the line that begins there."""

    position: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a file: its payload, or why there is none. ``after`` is None inside a line that holds several items."""

    line: int
    payload: dict[str, Any] | None
    after: Place | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file does not say by itself: the platform of its rows, the zone of its times, and a table's header."""

    platform: str | None = None
    zone: str = "UTC"
    header: tuple[str, ...] = ()
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format that is known: how it is read, and how one of its payloads becomes a Mention (``map_row`` raises Unmappable)."""

    name: str
    read: Callable[[Path, Place, Reading], Iterator[Row]]
    map_row: Callable[[dict[str, Any], str], Mention]
    resumable: bool = True  # False: one small JSON document, read whole


def lines(stream: BinaryIO, start: Place) -> Iterator[tuple[bytes | None, Place, Place]]:
    """(line without its end, where it begins, where the next begins); None for a line longer than MAX_LINE_BYTES."""
    stream.seek(start.position)
    here = start
    while raw := stream.readline(MAX_LINE_BYTES):
        length, complete = len(raw), raw.endswith(b"\n")
        while not complete and (more := stream.readline(MAX_LINE_BYTES)):
            raw, length, complete = b"", length + len(more), more.endswith(b"\n")
        after = Place(here.position + length, here.line + 1)
        yield (raw.rstrip(b"\r\n") if length <= MAX_LINE_BYTES else None), here, after
        here = after


def json_lines(path: Path, start: Place) -> Iterator[tuple[dict[str, Any] | str, int, Place]]:
    """(object, or why there is none; its line; where the next begins) for each line that is not empty."""
    with path.open("rb") as stream:
        for raw, here, after in lines(stream, start):
            if raw is None:
                yield "is longer than 32 MB", here.line, after
            elif raw.strip():
                yield parse_object(raw), here.line, after


def parse_object(raw: bytes) -> dict[str, Any] | str:
    """A line's JSON object, or why it is none."""
    try:
        parsed = json.loads(raw.removeprefix(b"\xef\xbb\xbf"), parse_constant=_no_number)
    except UnicodeDecodeError:
        return "is not UTF-8"
    except (ValueError, RecursionError):
        return "is not JSON"
    return parsed if isinstance(parsed, dict) else "is not a JSON object"


def checked(mention: Mention | None) -> Mention:
    """A mention whose parts a table can hold: strange ids refuse it, strange counts and parents are dropped. Raises Unmappable."""
    if mention is None:
        raise Unmappable("has no usable id, text or time")
    if not _MENTION_ID.fullmatch(mention.mention_id):
        raise Unmappable("has an id that is none of the platform's")
    return replace(
        mention,
        like_count=_count(mention.like_count),
        reply_count=_count(mention.reply_count),
        parent_id=_known_form(mention.parent_id),
        thread_id=_known_form(mention.thread_id),
    )


def _no_number(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON, and DuckDB refuses them


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_COUNT else None


def _known_form(mention_id: str | None) -> str | None:
    return mention_id if mention_id and _MENTION_ID.fullmatch(mention_id) else None
