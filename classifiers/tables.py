"""Tables as people hand them in: CSV, TSV or JSON Lines, read without losing a column, a row or a character."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson")
csv.field_size_limit(10_000_000)


class TableError(ValueError):
    """A table cannot be read; the message names the file, the line and the column."""


@dataclass
class Rows:
    """A whole small table: column name -> position, the cells, and the line of the file each row began on."""

    columns: dict[str, int]
    rows: list[list[str]]
    lines: list[int] = field(default_factory=list)
    escaped: bool = False  # TSV of ours: no quoting, a line break is written as \\n


def table_kind(path: Path) -> str:
    """``csv``, ``tsv`` or ``jsonl`` by the file's ending."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise TableError(f"{path} is neither .csv, .tsv nor .jsonl; rename it or save it as one of these.")
    return {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}.get(ending, "tsv")


def _decoded_lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                yield number, text
    except UnicodeDecodeError as error:
        raise TableError(f"{path} line {number}: not UTF-8 text ({error.reason}); save the file as UTF-8.") from None
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror or error}.") from None


class TableReader:
    """Reads a table row by row. ``header`` is known after construction; JSON Lines has none and gives dictionaries."""

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self.kind = table_kind(self.path)
        self._lines = _decoded_lines(self.path)
        self.header: list[str] = []
        self.quoted = self.kind == "csv"
        if self.kind != "jsonl":
            self._rows = self._split()
            first = next(self._rows, None)
            if first is None:
                raise TableError(f"{self.path} is empty; expected a header line with a column named text.")
            self.header = [name.strip() for name in first[1]]
            doubled = {name for name in self.header if name and self.header.count(name) > 1}
            if doubled:
                raise TableError(f"{self.path} line 1: column {sorted(doubled)[0]!r} appears twice.")

    def _split(self) -> Iterator[tuple[int, list[str]]]:
        if self.kind == "tsv":
            for number, line in self._lines:
                yield number, line.rstrip("\r\n").split("\t")
            return
        started = 1
        reader = csv.reader((line for _, line in self._lines), strict=True)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise TableError(f"{self.path} line {started}: not readable as CSV ({error}).") from None
            yield started, row
            started = reader.line_num + 1

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """(line number, list of cells) or, for JSON Lines, (line number, dictionary)."""
        if self.kind == "jsonl":
            yield from self._objects()
            return
        for number, cells in self._rows:
            if cells in ([], [""]) and len(self.header) > 1:
                continue  # an empty line is no row
            if len(cells) != len(self.header):
                raise TableError(
                    f"{self.path} line {number}: {len(cells)} columns where the header has {len(self.header)}."
                )
            yield number, cells

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, line in self._lines:
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as error:
                raise TableError(f"{self.path} line {number}: not readable as JSON ({error}).") from None
            if not isinstance(found, dict):
                raise TableError(f"{self.path} line {number}: expected one JSON object on each line.")
            yield number, found


def cell_text(value: Any) -> str:
    """A JSON value as a cell: text as it is, nothing as empty, a number as written."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_rows(path: Path | str) -> Rows:
    """The whole table in memory, every value as text."""
    reader = TableReader(path)
    if reader.kind == "jsonl":
        found = list(reader)
        names = list(dict.fromkeys(name for _, row in found for name in row))
        cells = [[cell_text(row.get(name)) for name in names] for _, row in found]
        return Rows({name: i for i, name in enumerate(names)}, cells, [line for line, _ in found])
    rows, lines = [], []
    for line, row in reader:
        rows.append(row)
        lines.append(line)
    return Rows({name: i for i, name in enumerate(reader.header)}, rows, lines, escaped=reader.kind == "tsv")
