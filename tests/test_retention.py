"""Retention per table as data, the officer's papers from the tables, and a ground for every case."""

from __future__ import annotations

import os
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from cases.acting import Act, decide
from cases.case import apply, replay
from cases.erasing import EXPIRED
from cases.rule_file import RulesError
from classifiers.model_file import make_champion, save_model
from flows.erasing import remaining
from flows.progress import Steps
from flows.retaining import forget_old_models, retain, what_is_due
from review.processing_record import load_processing, record_page
from settings import DATA, Settings
from tests import case_fixtures
from tests.case_fixtures import done, new_case, shipped_rules
from tests.review_rows import post, store
from tests.test_commands_casework import said
from tests.test_triage_collecting import mention, page, save
from triage.casework import read_case, read_events, save_events
from triage.database import unit_of_work
from triage.erasing import Erasure, erase_mentions
from triage.retaining import unruled
from triage.retention_rules import load_retention

STEPS = Steps(None)
LONG_AGO = case_fixtures.NOW
NOW = LONG_AGO + timedelta(days=3000)


def old_case(number: int, *, closed: bool) -> tuple[object, list[object]]:
    """A case of long ago, its steps with reasons; closed then, or open to this day."""
    case, opening = new_case(LONG_AGO, mention_id=f"x:{number}", urgency=1)
    events = [opening]
    acts = [("check", "rumahnya KOSONG waktu didatangi"), *([("reject", "bukan KEBUTUHAN katanya")] if closed else [])]
    for action, why in acts:
        events.append(decide(shipped_rules(), case, Act(action, "rina", why), LONG_AGO))
        case = apply(case, events[-1])
    return case, events  # type: ignore[return-value]


@pytest.fixture
def archive(settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Eight years later: old words in no case, in a closed and in an open one; new words; old and new files."""
    for room in ("flows.retaining", "commands.privacy"):
        monkeypatch.setattr(f"{room}.utc_now", lambda: NOW)
    save(database, *(page(mention(number, f"kata LAMA{number} sekali")) for number in (1, 2, 3)), now=LONG_AGO)
    save(database, page(mention(4, "kata BARU sekali")), now=NOW)
    for number, closed in ((2, True), (3, False)):
        case, events = old_case(number, closed=closed)
        with unit_of_work(database) as connection:
            save_events(connection, events, [case])  # type: ignore[arg-type,list-item]
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO mention_versions (mention_id, version, text, seen_at) VALUES ('x:4', 1, 'kata SEBELUMNYA', ?)",
            [LONG_AGO],
        )
        connection.execute("INSERT INTO access_log VALUES ('dewi', 'dulu', ?), ('dewi', 'tadi', ?)", [LONG_AGO, NOW])
        connection.execute(
            "INSERT INTO billed VALUES (?, 'x.post_read', '9'), (?, 'x.post_read', '9')", [LONG_AGO.date(), NOW.date()]
        )
        connection.execute(
            "INSERT INTO webhook_deliveries VALUES ('a', ?, NULL, ?), ('b', ?, 'MENUNGGU', NULL)",
            [LONG_AGO, LONG_AGO, LONG_AGO],
        )
    settings.reports.mkdir()
    for name, age in (("2018-01-01.html", 2990), ("kemarin.html", 1)):
        (settings.reports / name).write_text("x")
        os.utime(settings.reports / name, (NOW.timestamp() - age * 86400,) * 2)
    return settings


def test_every_table_has_its_rule_and_its_activity(database: Path, tmp_path: Path) -> None:
    rules = load_retention(tmp_path, DATA)
    with unit_of_work(database) as connection:
        assert unruled(connection, rules) == []
        columns = set(
            connection.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
        )
        tables = {table for table, _ in columns}
    for name, rule in rules.tables.items():
        if name in tables:
            assert {(name, column) for column in [*rule.columns, *([rule.since] if rule.since else [])]} <= columns, (
                name
            )
    record = load_processing(tmp_path, DATA, rules)
    shown = record_page(record, rules)
    for name in [*rules.tables, *rules.folders]:
        assert f"| {name} |" in shown


def test_a_dry_run_says_what_the_night_then_does(
    archive: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = said(capsys, "privacy", "retain", "--dry-run")
    assert code == 0, err
    shown = dict(re.findall(r"^(?:table|folder)\s+(\S+)\s+(\d+)$", out, re.M))
    expected = {  # rows that are due, by table and folder
        "mentions": "2",
        "payloads": "3",
        "mention_versions": "1",
        "case_events": "2",
        "access_log": "1",
        "billed": "1",
        "webhook_deliveries": "1",
        "reports": "1",
    }
    assert {name: count for name, count in shown.items() if count != "0"} == expected and "Nothing was changed" in out
    assert remaining(archive.var, ["LAMA1 sekali"])
    code, out, _ = said(capsys, "privacy", "retain")
    assert code == 0 and "written anew" in out
    with unit_of_work(archive.database) as connection:
        texts = dict(connection.execute("SELECT mention_id, text FROM mentions").fetchall())
        assert texts == {"x:1": "", "x:2": "", "x:3": "kata LAMA3 sekali", "x:4": "kata BARU sekali"}
        assert connection.execute("SELECT what FROM access_log").fetchall() == [("tadi",)]
        assert connection.execute("SELECT body FROM webhook_deliveries").fetchall() == [("MENUNGGU",)]
        assert connection.execute("SELECT count(*) FROM billed").fetchall() == [(1,)]
        cases = dict(connection.execute("SELECT mention_id, case_id FROM case_mentions").fetchall())
        whys = {
            number: [event.detail.get("why") for event in read_events(connection, cases[number])] for number in cases
        }
        assert whys["x:2"] == [None, EXPIRED, EXPIRED] and whys["x:3"][1] == "rumahnya KOSONG waktu didatangi"
        for case_id in cases.values():
            assert replay(read_events(connection, case_id)).case == read_case(connection, case_id)
    assert [file.name for file in archive.reports.iterdir()] == ["kemarin.html"]
    assert remaining(archive.var, ["LAMA1 sekali", "LAMA2 sekali", "SEBELUMNYA", "bukan KEBUTUHAN"]) == []
    _, left = what_is_due(archive)
    assert set(left.tables.values()) == {0} and left.unruled == []
    save(archive.database, page(mention(1, "kata LAMA1 sekali")))  # the platform still shows it
    for hours, again in ((1, True), (2, False)):  # once more for whoever was at it during the first
        monkeypatch.setattr("flows.retaining.utc_now", lambda hours=hours: NOW + timedelta(hours=hours))
        assert (retain(archive, STEPS).rewritten is not None) == again
    assert remaining(archive.var, ["LAMA1 sekali"]) == []


def test_a_model_that_may_know_erased_words_goes_when_a_younger_one_is_there(archive: Settings) -> None:
    old = save_model(archive.models, b"old weights", (NOW - timedelta(days=2)).isoformat(), {}, {})
    make_champion(archive.models, old)
    os.utime(archive.models / old.path, ((NOW - timedelta(days=2)).timestamp(),) * 2)
    with unit_of_work(archive.database) as connection:
        erase_mentions(connection, ["x:4"], Erasure("", "", NOW - timedelta(days=1)))
    assert forget_old_models(archive) == 0  # it is the champion: nothing younger is there
    young = save_model(archive.models, b"young weights", NOW.isoformat(), {}, {})
    assert forget_old_models(archive) == 0  # a challenger that nobody promoted yet
    make_champion(archive.models, young)
    assert forget_old_models(archive) == 1
    assert [file.name for file in archive.models.glob("*.npz")] == [young.path]


def test_a_fault_in_the_rules_names_its_line(home: Path) -> None:
    (home / "data").mkdir()
    own = home / "data" / "retention.toml"
    shutil.copy(DATA / "retention.toml", own)
    text = own.read_text("utf-8")
    own.write_text(text.replace('days = 365\nsince = "first_seen_at"', 'since = "first_seen_at"'), "utf-8")
    with pytest.raises(RulesError, match=r"retention\.toml, line \d+: .*needs days"):
        load_retention(home, DATA)
    own.write_text(text.replace("[table.billed]", "[table.tagihan]"), "utf-8")
    with pytest.raises(RulesError, match=r"processing\.toml, line \d+: .*billed"):
        load_processing(home, DATA, load_retention(home, DATA))


def test_the_record_is_printed_and_says_what_is_not_filled_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "privacy", "record")
    assert (
        code == 3
        and "contact, officer" in err
        and "pasal 31" in out
        and "| mentions | 365 hari (sesudah kasus ditutup) | dikosongkan |" in out
    )
    (home / "data").mkdir()
    own = (DATA / "processing.toml").read_text("utf-8").replace("belum diisi", "Diskominfosantik")
    (home / "data" / "processing.toml").write_text(own, "utf-8")
    code, out, err = said(capsys, "privacy", "record")
    assert (code, err) == (0, "") and "Kontak: Diskominfosantik" in out


def test_a_breach_has_its_deadline_and_who_looked(archive: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = (NOW - timedelta(hours=10)).isoformat()
    said(capsys, "privacy", "impact")
    code, out, err = said(
        capsys, "privacy", "breach", "--what", "Ponsel petugas hilang", "--from", (NOW - timedelta(days=2)).isoformat(), "--found", found, "--actor", "dewi"
    )  # fmt: skip
    assert code == 0 and "62 hours left" in out, err
    paper = Path(out.split(":")[0])
    text = paper.read_text("utf-8")
    due = (NOW + timedelta(hours=62)).astimezone(archive.zone)
    assert (
        f"{due:%d-%m-%Y %H.%M}" in text
        and "Ponsel petugas hilang" in text
        and "| tadi |" in text
        and "dulu" not in text
    )
    assert "| unggahan dengan kata-katanya | 4 |" in text and "kesehatan (2): data kesehatan" in text
    assert paper.stat().st_mode & 0o777 == 0o600 and "LAMA" not in text and "dewi: 1 kali" in text
    late = said(
        capsys,
        "privacy",
        "breach",
        "--what",
        "x",
        "--from",
        "2026-01-01",
        "--to",
        "2026-01-02",
        "--found",
        "2026-01-02",
        "--actor",
        "dewi",
    )
    assert late[0] == 3
    code, _, err = said(
        capsys, "privacy", "breach", "--what", "telepon 081277774321", "--from", found, "--actor", "dewi"
    )
    assert code == 2 and "names a number" in err
    code, _, err = said(
        capsys, "privacy", "breach", "--what", "x", "--from", found, "--to", "2020-01-01", "--actor", "dewi"
    )
    assert code == 2 and "--from" in err


def test_the_impact_inputs_are_counted(archive: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    store(archive.database, [post(50, "anak saya sakit", restricted=True), post(51, "atap roboh")])
    code, out, _ = said(capsys, "privacy", "impact")
    assert code == 0 and "pasal 34" in out
    assert "2 unggahan ditandai model; 0 dari 2 kasus dipastikan orang" in out and "1 unggahan mungkin terbatas" in out
    assert "| belum | 2 |" in out and "tanpa dasar hukum yang tercatat | 0 |" in out and "sakit" not in out


def test_every_path_gives_a_case_its_ground_and_a_command_changes_it(
    settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ordinary, _ = new_case()
    danger, _ = new_case(urgency=2)
    assert ordinary.consent == "belum" and "pasal 20 (2) e" in (ordinary.legal_basis or "")
    assert "kepentingan vital" in (danger.legal_basis or "")
    code, out, err = said(
        capsys, "case", "open", "--from", "visit", "--actor", "rina", "--category", "rumah", "--why", "atap roboh"
    )
    assert code == 0, err
    case_id = re.findall(r"K-\d{6}-\w{7}", out)[0]
    with unit_of_work(database) as connection:
        assert "persetujuan" in (read_case(connection, case_id).legal_basis or "")
    reject = ("case", "do", case_id, "reject", "--actor", "rina", "--version", "1", "--why", "salah alamat")
    assert said(capsys, *reject)[0] == 0
    consent = (
        "case",
        "do",
        case_id,
        "consent",
        "--actor",
        "rina",
        "--version",
        "2",
        "--set",
        "consent=ditolak",
        "--set",
        "legal_basis=permintaan pelapor",
    )
    assert said(capsys, *consent)[0] == 1  # why?
    assert said(capsys, *consent, "--why", "ditarik lewat telepon")[0] == 0
    with unit_of_work(database) as connection:
        case = read_case(connection, case_id)
    assert (case.consent, case.legal_basis, case.state, case.closed) == ("ditolak", "permintaan pelapor", "bukan", True)
    assert done(ordinary, "correct", consent="ada").consent == "ada"
