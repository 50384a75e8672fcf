"""Tables for others and their answers back: masked, no formula, one bad row stops none, a sheet read twice is once."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cases.case import Case
from review.answer_sheets import SheetError, read_answer_sheet
from review.exports import LAPOR_AA, as_csv, as_xlsx, lapor_aa_table
from settings import Settings
from tests.case_fixtures import NOW, done, new_case, shipped_rules
from tests.test_commands_casework import said
from tests.test_triage_casework import store
from triage.casework import read_case, read_events
from triage.database import unit_of_work
from triage.exporting import Told

RULES = shipped_rules()
PLEA = '=HYPERLINK("http://x") Tolong Ibu Siti Aminah di Jl Melati No 5 belum makan, hubungi 0812-3456-7890'
# The words of Lapor AA, as its code has them (domain.md, part 3).
STATES = {"Perlu Verifikasi", "Verifikasi Situasi", "Verifikasi Kelengkapan Berkas", "Proses OPD Terkait",
    "Selesai Penanganan", "Selesai Pengaduan", "Ditutup"}  # fmt: skip
SITUATIONS = {"Darurat", "Permintaan Informasi", "Berpengawasan", "Tidak Berpengawasan"}


def given(database: Path, number: int, agency: str = "dinkes", **need: object) -> Case:
    """A case that an agency has, with its words."""
    from cases.acting import Act, decide
    from cases.case import apply

    case, opening = new_case(mention_id=f"x:{number}", **need)
    event = decide(RULES, case, Act("forward", "rina", changes={"agency": agency}), NOW)
    case = apply(case, event)
    store(database, case, opening, event)
    with unit_of_work(database) as connection:
        connection.execute("UPDATE mentions SET text = ?", [PLEA])
    return case


def filled(file: Path, answers: dict[str, tuple[str, str, str]]) -> Path:
    """The sheet as an agency would send it back: saved by a spreadsheet, some cells filled."""
    book = load_workbook(file)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in answers:
            for name, value in zip(("Jawaban", "Keterangan", "Nomor SP4N"), answers[str(row[0].value)], strict=True):
                row[names.index(name)].value = value or None
    book.save(file)
    return file


def test_lapor_aa_reads_its_own_words(database: Path) -> None:
    told = [
        Told(case, PLEA, "", "")
        for case in (new_case()[0], new_case(urgency=2, places=())[0], done(new_case()[0], "forward", agency="rsud"))
    ]
    rows = list(csv.DictReader(io.StringIO(as_csv(lapor_aa_table(RULES, told)).decode("utf-8-sig"))))
    assert tuple(rows[0]) == LAPOR_AA
    assert {row["status"] for row in rows} <= STATES and {row["situasi"] for row in rows} <= SITUATIONS
    assert [row["situasi"] for row in rows] == ["Tidak Berpengawasan", "Darurat", "Tidak Berpengawasan"]
    assert [row["prioritas"] for row in rows] == ["Tidak", "Ya", "Tidak"]
    assert rows[2]["status"] == "Proses OPD Terkait" and rows[2]["opd"] == "RSUD Kab. Bekasi"
    assert all(row["from"] == row["nama"] == "" for row in rows)
    assert {one.lapor_aa for one in RULES.states.state.values()} <= STATES
    for personal in ("Siti", "Melati", "0812"):
        assert personal not in str(rows)


def test_no_cell_is_a_formula() -> None:
    dangerous = ["=1+1", "+62", "-1", "@SUM(A1)", "\t=1", "＝1", "|cmd", "\x07bunyi", "biasa"]
    from review.exports import Table

    table = Table(("a", *(str(n) for n in range(8))), [dangerous], {})
    sheet = load_workbook(io.BytesIO(as_xlsx(table))).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [str(cell.value)[0] for cell in cells] == ["'"] * 7 + ["b", "b"]
    (row,) = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"))))[1:]
    assert [value[0] for value in row[:7]] == ["'"] * 7


def test_an_agency_answers_on_its_sheet(
    settings: Settings, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    takes, tried, over, wrong, silent = (given(database, number) for number in range(1, 6))
    danger, other, hidden = (
        given(database, 6, urgency=2),
        given(database, 7, "rsud"),
        given(database, 8, restricted=True),
    )
    file = tmp_path / "dinkes.xlsx"
    code, out, _ = said(capsys, "export", "sheet", "dinkes", str(file))
    assert (code, out) == (0, f"{file}: 6 kasus. 1 kasus terbatas tidak ditampilkan.\n")
    values = str([[cell.value for cell in row] for row in load_workbook(file).worksheets[0].iter_rows()])
    assert (
        "belum makan" in values
        and "Siti" not in values
        and hidden.case_id not in values
        and other.case_id not in values
    )
    filled(
        file,
        {
            takes.case_id: ("Menangani", "", "12345678"), tried.case_id: ("upaya", "Sudah didatangi.", ""), over.case_id: ("selesai", "Dirawat.", ""),
            wrong.case_id: ("bukan tugas kami", "Urusan sosial.", ""), danger.case_id: ("selesai", "Sudah di IGD.", ""),
        },
    )  # fmt: skip
    read = ("export", "read", str(file), "--agency", "dinkes", "--actor", "dinkes")
    assert said(capsys, *read)[:2] == (0, "5 jawaban dibaca, 5 masuk, 0 perlu dilihat.\n")
    with unit_of_work(database) as connection:
        states = {
            one.case_id: read_case(connection, one.case_id) for one in (takes, tried, over, wrong, silent, danger)
        }
        count = len(read_events(connection, *states))
    assert [states[one.case_id].state for one in (takes, tried, over, wrong, silent, danger)] == [
        "ditangani", "diteruskan", "selesai_penanganan", "verifikasi_meja", "diteruskan", "selesai_penanganan"
    ]  # fmt: skip
    assert states[takes.case_id].sp4n_id == "12345678" and states[tried.case_id].attempts == 1
    assert said(capsys, *read)[:2] == (0, "5 jawaban dibaca, 5 masuk, 0 perlu dilihat.\n")  # the same sheet again
    with unit_of_work(database) as connection:
        assert len(read_events(connection, *states)) == count


def test_a_bad_row_stops_none(
    settings: Settings, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, other, changed, number = (
        given(database, 1),
        given(database, 2, "rsud"),
        given(database, 3),
        given(database, 4),
    )
    said(capsys, "case", "do", changed.case_id, "attempt", "--actor", "rina", "--why", "ditelepon", "--version", "2")
    file = tmp_path / "jawaban.csv"
    rows = [
        ("K-000000-0000000", "2", "menangani", ""), (other.case_id, "2", "menangani", ""), (changed.case_id, "2", "selesai", "beres"),
        (number.case_id, "2", "upaya", "hubungi 081234567890"), (number.case_id, "2", "upaya", ""), (number.case_id, "dua", "menangani", ""),
        (number.case_id, "2", "nanti", "x"), (good.case_id.lower(), "2", " Menangani ", ""), (number.case_id, "2", "", ""),
    ]  # fmt: skip
    lines = ["Nomor kasus;Versi;Jawaban;Keterangan", *(";".join(row) for row in rows)]
    file.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    code, out, err = said(capsys, "export", "read", str(file), "--agency", "dinkes", "--actor", "dinkes")
    assert (code, out) == (3, "8 jawaban dibaca, 1 masuk, 7 perlu dilihat.\n")
    said_of_rows = (
        "There is no case", "tidak (lagi) pada dinas itu", "sudah diubah rina", "nomor pribadi", "Keterangan perlu", "Versi diubah",
        "'nanti' tidak dikenal",
    )  # fmt: skip
    for line, words in zip(err.splitlines(), said_of_rows, strict=True):
        assert words in line
    assert "baris 4" in err.splitlines()[2] and "0812" not in err
    with unit_of_work(database) as connection:
        assert read_case(connection, good.case_id).state == "ditangani"
        assert read_case(connection, changed.case_id).state == "diteruskan"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"bukan zip", "cannot be read as a sheet"),
        ("a.csv", b"\xff\xfe\x00", "cannot be read as a sheet"),
        ("a.csv", b"a,b\n1,2\n", "has no header with Nomor kasus"),
        ("a.csv", b"Nomor kasus,Jawaban\n1,2\n", "lacks the column Versi"),
        ("tiada.csv", None, "cannot be read"),
    ],
)
def test_what_is_no_sheet_is_said(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SheetError, match=words):
        read_answer_sheet(file)


def test_exports_on_the_command_line(
    settings: Settings, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = given(database, 1)
    hidden = given(database, 2, category="kekerasan", restricted=True)
    for kind, name in (("cases", "semua.xlsx"), ("cases", "semua.csv"), ("lapor-aa", "aa.csv")):
        code, out, _ = said(capsys, "export", kind, str(tmp_path / name))
        assert code == 0 and out.endswith("1 kasus. 1 kasus terbatas tidak ditampilkan.\n")
        content = (tmp_path / name).read_bytes()
        assert hidden.case_id.encode() not in content and (name.endswith("xlsx") or case.case_id.encode() in content)
    said(capsys, "export", "cases", str(tmp_path / "d.csv"), "--role", "restricted", "--actor", "dewi")
    assert hidden.case_id.encode() in (tmp_path / "d.csv").read_bytes()
    assert "ends with .csv or .xlsx" in said(capsys, "export", "cases", str(tmp_path / "x.pdf"))[2]
    assert "There is no agency dukun" in said(capsys, "export", "sheet", "dukun", str(tmp_path / "x.csv"))[2]
    assert said(capsys, "export", "read", str(tmp_path / "tiada.csv"), "--agency", "dinkes", "--actor", "x")[0] == 2
