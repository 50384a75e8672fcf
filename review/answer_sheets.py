"""The sheet that an agency filled in, read row by row; a row that says nothing is left out, one that is wrong says so and stops none."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from cases.acting import Act
from cases.case import Case
from review.exports import ANSWER, ANSWERS, NUMBER, REMARK, SP4N, VERSION

LARGEST_FILE = 20_000_000  # bytes
MOST_ROWS = 20_000
WANTED = (NUMBER, VERSION, ANSWER, REMARK)
# What an answer does, in order; the remark is the reason of each.
DEEDS: dict[str, tuple[str, ...]] = {
    "menangani": ("accept",),
    "upaya": ("attempt",),
    "selesai": ("attempt", "accept", "finish"),
    "bukan tugas kami": ("return",),
}


class SheetError(Exception):
    """The file cannot be read as an answer sheet; the message names the file and the way out."""


class RowRefused(Exception):
    """A row cannot be followed; the message says why, in Indonesian."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row that says something."""

    number: int  # of the row in the file, from 1
    case_id: str
    version: str
    answer: str
    remark: str
    sp4n_id: str


def read_answer_sheet(path: Path) -> list[AnswerRow]:
    """XLSX or CSV (comma or semicolon). Raises SheetError."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SheetError(
                f"{path} is larger than {LARGEST_FILE // 1_000_000} MB: it is not an answer sheet of Tanggap."
            )
        rows = list(_xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path))
    except OSError as error:
        raise SheetError(f"{path} cannot be read ({error.strerror or error}): check the name and the rights.") from None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, UnicodeDecodeError, csv.Error) as error:
        raise SheetError(
            f"{path} cannot be read as a sheet ({type(error).__name__}): save it again as .xlsx, or as CSV in UTF-8."
        ) from None
    return list(_answers(path, rows))


def _xlsx_rows(path: Path) -> Iterator[list[str]]:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            if number > MOST_ROWS:
                return
            yield [_plain(value) for value in row]
    finally:
        book.close()


def _csv_rows(path: Path) -> Iterator[list[str]]:
    text = path.read_text(encoding="utf-8-sig")
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    for row in list(csv.reader(io.StringIO(text), delimiter=delimiter))[: MOST_ROWS + 1]:
        yield [_plain(value) for value in row]


def _plain(value: Any) -> str:
    """A cell as text: 3.0 is 3, the apostrophe of a safe cell is taken off."""
    if value is None:
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text.strip().removeprefix("'").strip()


def _answers(path: Path, rows: Sequence[list[str]]) -> Iterator[AnswerRow]:
    header = next((number for number, row in enumerate(rows[:20]) if {NUMBER, ANSWER} <= set(row)), None)
    if header is None:
        raise SheetError(
            f"{path} has no header with {NUMBER} and {ANSWER}: use the sheet that `tanggap export sheet` made."
        )
    columns = {name: place for place, name in enumerate(rows[header])}
    if missing := [name for name in WANTED if name not in columns]:
        raise SheetError(f"{path} lacks the column {missing[0]}: use the sheet that `tanggap export sheet` made.")
    for number, row in enumerate(rows[header + 1 :], header + 2):
        cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        if cells[ANSWER] or cells[REMARK]:
            yield AnswerRow(
                number, cells[NUMBER].upper(), cells[VERSION], " ".join(cells[ANSWER].lower().split()), cells[REMARK], cells.get(SP4N, "")
            )  # fmt: skip


def was_taken_in(row: AnswerRow, known: Collection[str]) -> bool:
    """Whether an event of this row is there already: a sheet may be read twice."""
    return any(_event_id(row, deed) in known for deed in DEEDS.get(row.answer, ()))


def acts_of(row: AnswerRow, case: Case, agency: str, actor: str) -> list[Act]:
    """What the answer does with its case. Raises RowRefused."""
    if case.agency != agency:
        raise RowRefused("kasus ini tidak (lagi) pada dinas itu.")
    if row.answer not in DEEDS:
        raise RowRefused(f"jawaban {row.answer!r} tidak dikenal; yang ada: {', '.join(ANSWERS)}.")
    if not row.version.isdigit():
        raise RowRefused("kolom Versi diubah: salin kembali dari lembar aslinya.")
    if row.answer != "menangani" and not row.remark:
        raise RowRefused("Keterangan perlu diisi.")
    deeds = [
        deed for deed in DEEDS[row.answer] if deed != "accept" or case.state != "ditangani" or row.answer == "menangani"
    ]
    acts = [Act(deed, actor, row.remark, event_id=_event_id(row, deed)) for deed in deeds]
    if row.sp4n_id and row.sp4n_id != case.sp4n_id:
        acts.insert(0, Act("correct", actor, changes={"sp4n_id": row.sp4n_id}, event_id=_event_id(row, "sp4n")))
    return acts


def _event_id(row: AnswerRow, deed: str) -> str:
    seed = f"{row.case_id}|{row.version}|{row.answer}|{row.remark}|{deed}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]
