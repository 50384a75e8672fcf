"""A visit: the sheet to print, what was seen as an event of the case, and as a label that the desk's verdicts are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.acting import CaseRefused
from cases.case import Case
from cases.field_check import FieldCheck
from flows.casework import Tally, take_in_verdicts
from settings import Settings
from tests.case_fixtures import NOW, new_case, shipped_rules
from tests.test_commands_casework import said
from tests.test_triage_casework import do, store
from triage.case_opening import new_verdicts
from triage.casework import CaseChanged, read_case, read_events
from triage.database import unit_of_work
from triage.field_checks import record_field_check
from triage.rebuilding import rebuild

RULES = shipped_rules()


def visited(database: Path, **need: object) -> Case:
    from cases.acting import Act

    return do(database, store(database, *new_case(**need)), Act("visit", "rina"))


def record(database: Path, case: Case, check: FieldCheck, version: int | None = None) -> Case:
    with unit_of_work(database) as connection:
        return record_field_check(connection, RULES, case.case_id, check, (version or case.version, NOW))


def labels(database: Path) -> list[tuple[object, ...]]:
    with unit_of_work(database) as connection:
        return connection.execute(
            "SELECT mention_id, verdict, category, urgency, reviewer, shown_because FROM standing_reviews"
        ).fetchall()


def test_what_was_seen_feeds_the_case_and_the_classifier(settings: Settings, database: Path) -> None:
    case = visited(database)
    check = FieldCheck(
        "asep", "sebagian", 5, "bukan sakit, lapar", {"category": "pangan_ekonomi", "urgency": 2, "consent": "wali"}
    )
    after = record(database, case, check)
    assert (after.category, after.urgency, after.consent, after.confirmed, after.state) == (
        "pangan_ekonomi",
        2,
        "wali",
        True,
        "verifikasi_meja",
    )
    assert (after.agency, after.clock) == ("dinsos", "darurat")  # routed anew, and the clock of an emergency
    assert labels(database) == [("x:1", "ya", "pangan_ekonomi", 2, "asep", "lapangan")]
    assert record(database, case, check) == after  # sent twice
    assert len(labels(database)) == 1
    with unit_of_work(database) as connection:
        assert read_events(connection, case.case_id)[-1].detail["field"] == {"matches": "sebagian", "household": 5}
        assert new_verdicts(connection) == []  # the case has taken it in already
    assert rebuild(database, only_compare=True).differing == ()


def test_a_story_that_does_not_match_closes_nothing(settings: Settings, database: Path) -> None:
    case = visited(database, urgency=2)
    with pytest.raises(CaseRefused, match="perlu alasan"):
        record(database, case, FieldCheck("asep", "bukan"))
    after = record(
        database,
        case,
        FieldCheck(
            "asep",
            "bukan",
            note="rumahnya kosong, tetangga tidak kenal",
            found={"category": "rumah", "consent": "ditolak"},
        ),
    )
    assert (after.closed, after.category, after.consent, after.confirmed) == (False, "kesehatan", "ditolak", False)
    assert labels(database) == [("x:1", "bukan", None, None, "asep", "lapangan")]
    take_in_verdicts(settings, RULES, Tally())
    with unit_of_work(database) as connection:
        assert read_case(connection, case.case_id) == after  # a person decides


def test_what_cannot_be_is_refused_and_leaves_nothing(database: Path) -> None:
    case = visited(database)
    for check, words in (
        (FieldCheck("asep", "ya", 0), "tidak mungkin"),
        (FieldCheck("asep", "ya", found={"agency": "dinkes"}), "tidak mengubah agency"),
        (FieldCheck("asep", "ya", found={"category": "lapar"}), "tidak mengenal nilai 'lapar'"),
        (FieldCheck("asep", "ya", note="NIK 3216061212120001"), "nomor pribadi"),
        (FieldCheck("", "ya"), "siapa"),
    ):
        with pytest.raises(CaseRefused, match=words):
            record(database, case, check)
    with pytest.raises(CaseChanged):
        record(database, case, FieldCheck("asep", "ya"), 1)
    assert labels(database) == []


def test_a_case_opened_by_hand_gives_no_label(
    database: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(
        capsys, "case", "open", "--from", "visit", "--actor", "lead", "--why", "Rumah roboh.", "--category", "rumah"
    )[1]
    case_id = out.split(",")[0]
    said(capsys, "case", "do", case_id, "visit", "--actor", "rina", "--version", "1")
    code, out, _ = said(
        capsys, "field", "record", case_id, "--actor", "asep", "--version", "2", "--matches", "ya", "--household", "4", "--consent", "ada"
    )  # fmt: skip
    assert code == 0 and "Verifikasi situasi (meja)" in out
    assert labels(database) == []


def test_the_sheet_is_masked_and_kept_from_others(
    settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = visited(database)
    with unit_of_work(database) as connection:
        connection.execute("UPDATE mentions SET text = 'Ibu Siti Aminah di Jl Melati No 5 sakit, 0812-3456-7890'")
    code, out, _ = said(capsys, "field", "sheet", case.case_id)
    assert code == 0
    page = Path(out.strip()).read_text(encoding="utf-8")
    assert case.case_id in page and "sakit" in page and "Pangan &amp; ekonomi" in page and "dari wali" in page
    for personal in ("Siti", "Melati", "0812"):
        assert personal not in page
    hidden = store(database, *new_case(mention_id="x:2", category="kekerasan", restricted=True))
    code, out, err = said(capsys, "field", "sheet", hidden.case_id)
    assert (code, out) == (1, "") and "--role restricted" in err
    out = said(capsys, "field", "sheet", hidden.case_id, "--role", "restricted", "--actor", "dewi")[1]
    assert Path(out.strip()).stat().st_mode & 0o077 == 0
