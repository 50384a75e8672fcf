"""Cases as tables for others: the words of Lapor AA, a sheet of all, and the sheet that an agency fills in. Masked; no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cases.case import Case
from cases.rules import Rules
from review.case_words import agency_words, due_words, helper_words, matter_words, place_part, place_words
from review.masking import mask
from review.spreadsheet import safe_cell
from review.withheld import may_be_restricted
from triage.exporting import Told

# The fields of the neighbour system's reports and actions, in its own words; what would be personal (from, nama) stays empty.
LAPOR_AA = (
    "sessionId", "from", "nama", "createdAt", "location.type", "location.description", "location.desa", "location.kecamatan",
    "location.kabupaten", "message", "trackingId", "prioritas", "situasi", "status", "opd", "disposisi", "hasil", "kesimpulan", "updatedAt",
)  # fmt: skip
CASES = (
    "Nomor kasus", "Dibuka", "Keadaan", "Kebutuhan", "Darurat", "Desa", "Kecamatan", "Kabupaten/kota", "Dinas", "Dibantu", "Batas", "Upaya dinas",
    "Nomor SP4N", "Uraian (disamarkan)", "Ditutup",
)  # fmt: skip
ANSWER, REMARK, SP4N = "Jawaban", "Keterangan", "Nomor SP4N"
NUMBER, VERSION = "Nomor kasus", "Versi"
SHEET = (
    NUMBER,
    VERSION,
    "Kebutuhan",
    "Darurat",
    "Tempat",
    "Uraian (disamarkan)",
    "Diteruskan",
    "Batas jawaban",
    ANSWER,
    REMARK,
    SP4N,
)
ANSWERS = ("menangani", "upaya", "selesai", "bukan tugas kami")
SITUATIONS = {
    "informasi": "Permintaan Informasi",
    "tidak_berpengawasan": "Tidak Berpengawasan",
    "berpengawasan": "Berpengawasan",
}
WITHHELD = "(isi mungkin terbatas, tidak disertakan)"
TOLD = 400  # characters of a text
_WIDTHS = {"Uraian (disamarkan)": 60, REMARK: 50, "Tempat": 28, "Dinas": 28}


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of text."""

    header: tuple[str, ...]
    rows: list[list[str]]
    choices: dict[str, tuple[str, ...]]  # by column: what may be chosen there


def lapor_aa_table(rules: Rules, told: Iterable[Told]) -> Table:
    """States and situations in Lapor AA's words; place by desa, kecamatan, kabupaten, "-" where it is not known, as there."""
    rows = []
    for one in told:
        case = one.case
        place = [place_part(case.place_code, length) or "-" for length in (13, 8, 5)]
        rows.append(
            [
                case.case_id, "", "", _iso(case.opened_at), "text", place_words(case.place_code), *place, _text(one.text), case.sp4n_id or "",
                "Ya" if case.emergency else "Tidak", "Darurat" if case.emergency else SITUATIONS[case.handling],
                rules.state(case.state).lapor_aa, agency_words(rules, case), helper_words(rules, case), _staff(one.answer), _staff(one.why),
                _iso(case.changed_at),
            ]
        )  # fmt: skip
    return Table(LAPOR_AA, rows, {})


def cases_table(rules: Rules, told: Iterable[Told]) -> Table:
    rows = [
        [
            one.case.case_id, _local(rules, one.case.opened_at), rules.state(one.case.state).label, matter_words(one.case), _emergency(one.case),
            *(place_part(one.case.place_code, length) for length in (13, 8, 5)), agency_words(rules, one.case), helper_words(rules, one.case),
            due_words(rules, one.case.due_at) if one.case.due_at else "", str(one.case.attempts), one.case.sp4n_id or "", _text(one.text),
            _local(rules, one.case.closed_at),
        ]
        for one in told
    ]  # fmt: skip
    return Table(CASES, rows, {})


def agency_table(rules: Rules, told: Iterable[Told]) -> Table:
    """The sheet that an agency fills in: the last three columns are its own."""
    rows = [
        [
            one.case.case_id, str(one.case.version), matter_words(one.case), _emergency(one.case), place_words(one.case.place_code), _text(one.text),
            _local(rules, one.case.forwarded_at), due_words(rules, one.case.due_at), "", "", one.case.sp4n_id or "",
        ]
        for one in told
    ]  # fmt: skip
    return Table(SHEET, rows, {ANSWER: ANSWERS})


def as_csv(table: Table) -> bytes:
    """UTF-8 with the mark that Excel needs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(table.header)
    writer.writerows([safe_cell(value) for value in row] for row in table.rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def as_xlsx(table: Table) -> bytes:
    """One sheet, every cell text, so that nothing is computed on opening; choices as a list to pick from."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Kasus"
    for number, values in enumerate([list(table.header), *table.rows], 1):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row=number, column=column)
            cell.value = safe_cell(ILLEGAL_CHARACTERS_RE.sub("", value))
            cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    _arrange(sheet, table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _arrange(sheet: object, table: Table) -> None:
    sheet.freeze_panes = "B2"  # type: ignore[attr-defined]
    for column, name in enumerate(table.header, 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 18)  # type: ignore[attr-defined]
        if name in table.choices and table.rows:
            listed = DataValidation(type="list", formula1=f'"{",".join(table.choices[name])}"', allow_blank=True)
            listed.add(f"{letter}2:{letter}{len(table.rows) + 1}")
            sheet.add_data_validation(listed)  # type: ignore[attr-defined]


def _text(text: str) -> str:
    return WITHHELD if may_be_restricted(text) else mask(text, (), TOLD)


def _staff(words: str) -> str:
    return mask(words, (), TOLD)


def _emergency(case: Case) -> str:
    return "DARURAT" if case.emergency else ""


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _local(rules: Rules, moment: datetime | None) -> str:
    return moment.astimezone(rules.home.zone).strftime("%Y-%m-%d %H:%M") if moment else ""
