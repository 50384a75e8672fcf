"""CSV and TSV: 4CAT's, twarc-csv's and people's own, by their headers. A broken row never takes its neighbours with it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from collectors.files.rows import FileFormat, ImportFileError, Place, Reading, Row, lines
from collectors.files.table_columns import find_columns, is_of_4cat, platform_of
from collectors.files.table_mapping import map_row

MAX_RECORD_LINES = 500  # of one quoted text; beyond it, a quote was never closed
_DELIMITERS = ",;\t|"


def table_reading(path: Path, platform: str | None, zone: str) -> Reading:
    """Delimiter, columns, platform and zone of a table, from its header. Raises ImportFileError when it holds no texts."""
    with path.open("rb") as stream:
        raw = stream.readline(1 << 20)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportFileError(f"{path} is not UTF-8: save it again as 'CSV UTF-8'.") from None
    headers = {sign: _header(text, sign) for sign in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda sign: len(find_columns(headers[sign])))
    header = tuple(name.strip() for name in headers[delimiter])
    columns = find_columns(header)
    if "text" not in columns:
        raise ImportFileError(f"{path}, line 1: no column holds the text; name it text, body, caption, teks or isi.")
    if not columns.keys() & {"id", "url", "time"}:
        raise ImportFileError(
            f"{path}, line 1: no column tells one post from another; add id, url or created_at (tautan, tanggal)."
        )
    return Reading(platform or platform_of(header), "UTC" if is_of_4cat(header) else zone, header, delimiter)


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([text], delimiter=delimiter), []))
    except csv.Error:
        return ()


def read(path: Path, start: Place, reading: Reading) -> Iterator[Row]:
    with path.open("rb") as stream:
        for fields, line, after in _records(stream, start, reading):
            if line == 1:
                continue  # the header
            if isinstance(fields, str):
                yield Row(line, None, after, fields)
            else:
                yield Row(
                    line, {"row": dict(zip(reading.header, fields, strict=True)), "reading": _told(reading)}, after
                )


def _records(stream: BinaryIO, start: Place, reading: Reading) -> Iterator[tuple[list[str] | str, int, Place]]:
    """(fields, or why there are none; line; where the next begins). A record that does not fit gives back its further lines."""
    source = lines(stream, start)
    back: deque[tuple[bytes | None, Place, Place]] = deque()
    while True:
        taken: list[tuple[bytes | None, Place, Place]] = []
        fields = _parse(_feed(source, back, taken), reading)
        if not taken:
            return
        if len(taken) > 1 and (fields is None or len(fields) != len(reading.header)):
            back.extendleft(reversed(taken[1:]))
            del taken[1:]
            fields = None
        raw, here, after = taken[0][0], taken[0][1], taken[-1][2]
        if raw == b"" and len(taken) == 1:
            continue
        yield _judged(fields, raw, reading), here.line, after


def _judged(fields: list[str] | None, raw: bytes | None, reading: Reading) -> list[str] | str:
    """The fields, read leniently when they were not valid CSV, or what is wrong with them."""
    if raw is None:
        return "is longer than 32 MB"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "is not UTF-8"
    if fields is None:
        try:
            fields = next(csv.reader([text], delimiter=reading.delimiter), [])
        except csv.Error:
            return "is not CSV"
    if len(fields) != len(reading.header):
        return f"has {len(fields)} fields where the header has {len(reading.header)}"
    return fields


def _feed(
    source: Iterator[tuple[bytes | None, Place, Place]],
    back: deque[tuple[bytes | None, Place, Place]],
    taken: list[tuple[bytes | None, Place, Place]],
) -> Iterator[str]:
    """Lines as text, those given back first; ``taken`` remembers them. Ends the record at a line that is no text."""
    while len(taken) < MAX_RECORD_LINES:
        entry = back.popleft() if back else next(source, None)
        if entry is None:
            return
        taken.append(entry)
        if entry[0] is None:
            return
        try:
            yield entry[0].decode("utf-8-sig" if entry[1].line == 1 else "utf-8") + "\n"
        except UnicodeDecodeError:
            return


def _parse(text: Iterator[str], reading: Reading) -> list[str] | None:
    """One record, or None when it is not CSV (a quote that is never closed, a field beyond csv's limit of 128 kB)."""
    try:
        return next(csv.reader(text, delimiter=reading.delimiter, strict=True), None)
    except csv.Error:
        return None


def _told(reading: Reading) -> dict[str, str]:
    return {"zone": reading.zone} | ({"platform": reading.platform} if reading.platform else {})


FORMAT = FileFormat("csv", read, map_row)
