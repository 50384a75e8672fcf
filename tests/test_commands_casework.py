"""`tanggap case`, `rules` and `rebuild` as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli
from settings import DATA, Settings
from tests.case_fixtures import new_case
from tests.test_triage_casework import store


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return code, shown.out, shown.err


def test_a_case_goes_its_way_on_the_command_line(
    settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = store(database, *new_case(category="rumah", urgency=2, places=()))
    hidden = store(database, *new_case(category="kekerasan", restricted=True, mention_id="x:2"))
    code, out, _ = said(capsys, "case", "list")
    assert code == 0
    shown = {line.split()[0]: line for line in out.splitlines()}
    assert "rumah DARURAT" in shown[case.case_id]
    assert hidden.case_id not in out
    assert "1 kasus terbatas tidak ditampilkan." in out
    assert "kekerasan" not in out
    assert "DP3A" not in out
    for command in (("case", "show", hidden.case_id), ("rules", "explain", hidden.case_id)):
        code, out, err = said(capsys, *command)
        assert (code, out) == (1, "")
        assert "--role restricted" in err and "ekerasan" not in err
        assert "DP3A" in said(capsys, *command, "--role", "restricted", "--actor", "dewi")[1]
    assert "kekerasan (terbatas)" in said(capsys, "case", "list", "--role", "restricted", "--actor", "dewi")[1]

    assert said(capsys, "case", "do", case.case_id, "check", "--actor", "rina", "--version", "1")[0] == 0
    code, out, err = said(
        capsys, "case", "do", case.case_id, "forward", "--actor", "budi", "--version", "1", "--set", "agency=bpbd", "--why", "paling dekat"
    )  # fmt: skip
    assert (code, out) == (3, "")
    assert "sudah diubah rina" in err
    again = err.splitlines()[1].removeprefix("Ulangi dengan: tanggap ")
    assert "--version 2" in again
    import shlex

    assert said(capsys, *shlex.split(again))[0] == 0  # what was refused can be repeated as it is printed
    code, out, _ = said(capsys, "case", "show", case.case_id)
    assert "Diteruskan" in out
    assert "budi" in out
    assert "(paling dekat)" in out
    assert "x:1 (opened)" in out
    code, out, err = said(
        capsys, "case", "do", case.case_id, "close", "--actor", "rina", "--why", "beres", "--version", "3"
    )
    assert code == 1
    assert err.startswith("Selesai tidak bisa dari keadaan Diteruskan")


def test_explaining_and_counting(settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = store(database, *new_case(category="rumah"))
    code, out, _ = said(capsys, "rules", "explain", case.case_id)
    assert code == 0
    lines = (DATA / "agencies.toml").read_text(encoding="utf-8").splitlines()
    number = lines.index('id = "rumah"')  # the line of the [[rule]] above it, counted from 1
    assert f"Rule rumah ({DATA / 'agencies.toml'}, line {number}): rumah tidak layak" in out
    assert "Basis: UU 23/2014, lampiran D (perumahan)" in out
    assert "1. Disperkimtan 100% (rule rumah, place -)" in out
    assert "Clock verifikasi" in out
    said(
        capsys,
        "case",
        "do",
        case.case_id,
        "forward",
        "--actor",
        "rina",
        "--version",
        "1",
        "--set",
        "agency=disperkimtan",
    )
    said(
        capsys,
        "case",
        "do",
        case.case_id,
        "return",
        "--actor",
        "disperkimtan",
        "--version",
        "2",
        "--why",
        "Aset provinsi.",
    )
    code, out, _ = said(capsys, "rules", "returns")
    assert out.splitlines()[1].split() == ["rumah", "1", "1", "disperkimtan"]
    assert "Declined by: Disperkimtan" in said(capsys, "rules", "explain", case.case_id)[1]


def test_rebuilding(settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from triage.database import unit_of_work

    case = store(database, *new_case())
    assert said(capsys, "rebuild", "--compare") == (0, "1 cases; 0 differ from their events.\n", "")
    with unit_of_work(database) as connection:
        connection.execute("UPDATE cases SET state = 'selesai'")
    assert said(capsys, "rebuild", "--compare")[:2] == (3, f"1 cases; 1 differ from their events: {case.case_id}.\n")
    assert said(capsys, "rebuild")[:2] == (0, f"1 cases; 1 were set right by their events: {case.case_id}.\n")
    assert said(capsys, "rebuild", "--compare")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("case", "show", "K-0"), 1, "There is no case K-0"),
        (("case", "do", "K-0", "check", "--actor", "rina"), 2, "--version is missing"),
        (
            ("case", "do", "K-0", "check", "--actor", "rina", "--version", "1", "--set", "agency"),
            2,
            "write FIELD=VALUE",
        ),
        (("rules", "explain", "K-0"), 1, "There is no case K-0"),
    ],
)
def test_faults_are_one_sentence(
    database: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    given, _, err = said(capsys, *arguments)
    assert given == code
    assert sentence in err
    assert len(err.splitlines()) == 1


def test_checking_needs_no_database(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "rules", "check")
    assert code == 0
    assert "for Kabupaten Bekasi" in out
    assert "no fault." in out
    assert "run `tanggap report` first" in said(capsys, "case", "list")[2]
    (home / "data").mkdir()
    (home / "data" / "deadlines.toml").write_text("[clock.darurat]\nhours = 0\n", encoding="utf-8")
    code, _, err = said(capsys, "rules", "check")
    assert code == 2
    assert f"{home / 'data' / 'deadlines.toml'}, line " in err
