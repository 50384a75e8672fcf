"""Forgetting in files: what a gone mention said leaves every report, table and paper that was written; its id and place stay."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from openpyxl import load_workbook

from review.daily_report import write_whole

GONE = "Sudah dihapus atau ditutup oleh penulisnya."
BLANKED_COLUMNS = ("Teks (disamarkan)", "Kata yang menandai", "Tautan")
NUMBER_COLUMNS = ("Nomor kasus", "sessionId")  # review/exports.py
TOLD_COLUMNS = ("Uraian (disamarkan)", "message", "hasil", "kesimpulan")
_OWNERS = ("data-mention", "data-sample", "data-quotes")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_ID = re.compile(r"\b(?:x|instagram):(?:[a-z]:)?[0-9a-f]+")


def forget_in_reports(folder: Path, mention_ids: Collection[str]) -> int:
    """Blank these mentions in every report of the folder; the number of files changed."""
    gone, changed = frozenset(mention_ids), 0
    for file in sorted([*folder.glob("*.html"), *folder.glob("*.csv")]):
        before = file.read_bytes()
        if gone.isdisjoint(_ID.findall(before.decode("utf-8", "replace"))):
            continue
        text = before.decode("utf-8")
        after = (forget_in_page(text, gone) if file.suffix == ".html" else _forget_in_table(text, gone)).encode("utf-8")
        if after != before:
            write_whole(file, after)
            changed += 1
    return changed


def forget_in_sheet(file: Path, case_ids: Collection[str]) -> bool:
    """Blank what is told of these cases in an exported table, where it still is; what an agency filled in stays."""
    gone = frozenset(case_ids)
    if not gone or not file.is_file():
        return False
    after = _forget_in_book(file, gone) if file.suffix.lower() == ".xlsx" else _forget_in_export(file, gone)
    if after is not None:
        write_whole(file, after, file.stat().st_mode & 0o777)
    return after is not None


def forget_paper(file: Path, case_ids: Collection[str]) -> bool:
    """Remove a brief or field sheet of one of these cases: the command that made it makes it anew, without the words."""
    if not any(file.name.startswith(case_id) for case_id in case_ids):
        return False
    file.unlink()
    return True


def _forget_in_export(file: Path, gone: frozenset[str]) -> bytes | None:
    text = file.read_text(encoding="utf-8-sig")
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    found = False
    for row, column in _told_cells(rows, gone):
        found = found or row[column] not in ("", GONE)
        row[column] = GONE
    if not found:
        return None
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL, delimiter=delimiter).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _forget_in_book(file: Path, gone: frozenset[str]) -> bytes | None:
    book = load_workbook(file)
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in book.worksheets[0].iter_rows()]
    numbers = {id(row): number for number, row in enumerate(rows, 1)}
    found = False
    for row, column in _told_cells(rows, gone):
        found = found or row[column] not in ("", GONE)
        book.worksheets[0].cell(row=numbers[id(row)], column=column + 1).value = GONE
    out = io.BytesIO()
    book.save(out)
    return out.getvalue() if found else None


def _told_cells(rows: list[list[str]], gone: frozenset[str]) -> Iterator[tuple[list[str], int]]:
    """The cells of these cases that tell of them: row and column."""
    header = next((row for row in rows[:20] if {*NUMBER_COLUMNS} & set(row)), [])
    number = next((place for place, name in enumerate(header) if name in NUMBER_COLUMNS), 0)
    for row in rows:
        if header and number < len(row) and row[number].strip().removeprefix("'") in gone:
            yield from ((row, place) for place, name in enumerate(header) if name in TOLD_COLUMNS and place < len(row))


def forget_in_page(page: str, gone: frozenset[str]) -> str:
    """The page without the words, links and quotes of these mentions."""
    writer = _Forgetter(gone)
    writer.feed(page)
    writer.close()
    return "".join(writer.written)


def _forget_in_table(table: str, gone: frozenset[str]) -> str:
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    columns = {name: number for number, name in enumerate(rows[0])} if rows else {}
    for row in rows[1:]:
        if len(row) == len(columns) and row[columns["ID"]] in gone:
            for name in BLANKED_COLUMNS:
                row[columns[name]] = GONE if name == BLANKED_COLUMNS[0] else ""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return "\ufeff" + out.getvalue()


class _Forgetter(HTMLParser):
    """Copies a page as it is, except that inside an element that belongs to a gone mention no word and no link passes.

    An element belongs to the mention of the nearest element around it that names one: a card of a living mention may hold a
    gone one, and the other way round.
    """

    def __init__(self, gone: frozenset[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self._gone = gone
        self._owners: list[bool] = []  # for each open element, whether it belongs to a gone mention

    @property
    def _silent(self) -> bool:
        return bool(self._owners) and self._owners[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        owner = next((value for name, value in attrs if name in _OWNERS), None)
        silent = self._silent if owner is None else owner in self._gone
        begins = silent and owner is not None
        self._start(tag, attrs, silent, ">")
        if begins:
            self.written.append(escape(GONE))
        if tag not in _VOID:
            self._owners.append(silent)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, self._silent, "/>")

    def handle_endtag(self, tag: str) -> None:
        if self._owners:
            self._owners.pop()
        self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.written.append("\n" * data.count("\n") if self._silent else data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.written.append(f"<!{decl}>")

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], silent: bool, end: str) -> None:
        if not silent or tag == "use":
            self.written.append(self.get_starttag_text() or "")
            return
        kept = [(name, value) for name, value in attrs if name in ("class", "aria-hidden", *_OWNERS)]
        self.written.append(f"<{tag}" + "".join(f' {name}="{escape(value or "")}"' for name, value in kept) + end)
