"""`tanggap predict IN OUT`: the same rows in the same order with the model's opinion added; nothing else is touched."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from classifiers.model import DEFAULT_SHARE, Model, load_champion
from classifiers.tables import TableError, TableReader, table_kind

ADDED = [
    "flag_score",
    "flagged",
    "category",
    "topic",
    "urgency",
    "place_code",
    "place_name",
    "kecamatan",
    "kabkota",
    "reasons",
]
CHUNK = 2_000  # posts held in memory at a time
Progress = Callable[[int], None]


def predict_file(
    in_path: Path | str,
    out_path: Path | str,
    models_dir: Path | str,
    *,
    home: str = "32.16",
    expected_share: float = DEFAULT_SHARE,
    on_progress: Progress | None = None,
    model: Model | None = None,
) -> int:
    """Reads a CSV, TSV or JSONL with a column ``text`` and writes it with ``ADDED`` columns; gives the number of rows.

    Raises ``TableError`` naming file, line and column, ``ModelFileError`` when there is no usable model. The output
    appears complete or not at all. A column of the input that has the name of an added one is replaced in its place.
    """
    in_path, out_path = Path(in_path), Path(out_path)
    table_kind(out_path)
    reader = TableReader(in_path)
    if reader.kind != "jsonl" and "text" not in reader.header:
        raise TableError(f"{in_path} line 1: there is no column named 'text' (found: {', '.join(reader.header)}).")
    model = model or load_champion(models_dir)
    done = 0
    with _replacing(out_path) as file:
        writer = _Writer(file, table_kind(out_path))
        for rows in _chunks(reader):
            texts = [_text_of(reader, line, row) for line, row in rows]
            opinion = model.assess(texts, home=home, expected_share=expected_share)
            for (_, row), added in zip(rows, _added(opinion), strict=True):
                writer.write(_named(reader, row), added)
            done += len(rows)
            if on_progress:
                on_progress(done)
        if done == 0:
            writer.header([*(n for n in reader.header if n not in ADDED), *ADDED])
    return done


def _chunks(reader: TableReader) -> Iterator[list[tuple[int, Any]]]:
    held: list[tuple[int, Any]] = []
    for item in reader:
        held.append(item)
        if len(held) == CHUNK:
            yield held
            held = []
    if held:
        yield held


def _text_of(reader: TableReader, line: int, row: Any) -> str:
    if reader.kind != "jsonl":
        text = str(row[reader.header.index("text")])
        return text.replace("\\n", "\n") if reader.kind == "tsv" else text
    if "text" not in row:
        raise TableError(f"{reader.path} line {line}: the object has no key 'text'.")
    if row["text"] is not None and not isinstance(row["text"], str):
        raise TableError(f"{reader.path} line {line}: column 'text' holds {type(row['text']).__name__}, not text.")
    return row["text"] or ""


def _named(reader: TableReader, row: Any) -> dict[str, Any]:
    return dict(row) if reader.kind == "jsonl" else dict(zip(reader.header, row, strict=True))


def _added(opinion: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The added values row by row: numbers rounded to six digits, an absent place as None."""
    for values in opinion[ADDED].itertuples(index=False, name=None):
        row = dict(zip(ADDED, values, strict=True))
        row["flag_score"] = round(float(row["flag_score"]), 6)
        row["flagged"] = bool(row["flagged"])
        row["urgency"] = int(row["urgency"])
        yield row


class _Writer:
    """One row after the other in the kind of table wanted."""

    def __init__(self, file: TextIO, kind: str):
        self._file, self._kind = file, kind
        self._columns: list[str] | None = None
        self._csv = csv.writer(file, lineterminator="\n")

    def header(self, columns: list[str]) -> None:
        """The first line; JSON Lines has none."""
        self._columns = columns
        if self._kind != "jsonl":
            self._line(columns)

    def write(self, row: dict[str, Any], added: dict[str, Any]) -> None:
        """The input's columns verbatim, then the added ones."""
        merged = {**{k: v for k, v in row.items() if k not in ADDED}, **added}
        if self._kind == "jsonl":
            merged["reasons"] = json.loads(added["reasons"])
            self._file.write(json.dumps(merged, ensure_ascii=False) + "\n")
            return
        if self._columns is None:
            self.header(list(merged))
        self._line([_cell(merged.get(name)) for name in self._columns or []])

    def _line(self, cells: list[str]) -> None:
        if self._kind == "csv":
            self._csv.writerow(cells)
        else:
            safe = (c.replace("\t", " ").replace("\r", " ").replace("\n", "\\n") for c in cells)
            self._file.write("\t".join(safe) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file that replaces ``path`` only when everything was written."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            yield file
        os.replace(unfinished, path)
    except OSError as error:
        raise TableError(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
