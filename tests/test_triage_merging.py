"""Suggestions, merging and splitting on a real database and on the command line: every way back is exact."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cli
from cases.acting import Act, CaseRefused
from cases.case import Case
from cases.rules import load_desk_rules
from flows import casework
from settings import Settings
from tests.review_rows import NOW, post
from tests.test_flows_casework import case_of, ids, keep, kinds, run
from triage.casework import act, read_case, read_events, read_placements
from triage.database import unit_of_work
from triage.merging import do_merge, do_split
from triage.rebuilding import rebuild
from triage.suggesting import read_suggestions

PLACE = [{"code": "32.16.11.2003", "name": "Karangsegar", "kind": "desa", "weight": 0.9}]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casework, "utc_now", lambda: NOW)


@pytest.fixture
def two(settings: Settings, database: Path) -> tuple[Case, Case]:
    """A family told of twice, too vaguely to be sure, the second time as an emergency."""
    keep(
        database,
        post(1, "pak darsim stroke di karangsegar, butuh kursi roda, anaknya buruh tani", places=PLACE, hours_ago=9.0),
        post(2, "ada yang stroke di karangsegar, kursi roda tak punya, sekarang kejang", places=PLACE, urgency=2),
        post(3, "harga cabai naik", hours_ago=1.0, category="pangan_ekonomi"),
    )
    assert run(settings).suggested == 1
    return case_of(settings, 1), case_of(settings, 2)


def merge(settings: Settings, kept: str, gone: str, why: str = "satu keluarga") -> Case:
    with unit_of_work(settings.database) as connection:
        return do_merge(connection, load_desk_rules(settings), (kept, gone), Act("merge", "rina", why), NOW)


def split(settings: Settings, case_id: str, *mention_ids: str, why: str = "keluarga lain") -> tuple[Case, Case]:
    with unit_of_work(settings.database) as connection:
        return do_split(
            connection, load_desk_rules(settings), case_id, list(mention_ids), Act("split", "budi", why), NOW
        )


def whole(settings: Settings, case_id: str) -> tuple[Any, ...]:
    with unit_of_work(settings.database) as connection:
        return read_case(connection, case_id), read_placements(connection, case_id)


def test_a_suggestion_is_accepted_and_taken_back(
    settings: Settings, database: Path, two: tuple[Case, Case], capsys: pytest.CaptureFixture[str]
) -> None:
    older, younger = sorted(two, key=lambda case: (case.opened_at, case.case_id))
    before = {case.case_id: whole(settings, case.case_id) for case in two}
    assert cli.main(["case", "suggestions"]) == 0
    out = capsys.readouterr().out
    assert "Mungkin keluarga yang sama (" in out
    assert "darsim" not in out
    number = out.split()[0]
    assert cli.main(["case", "suggestions", "--accept", number, "--actor", "rina"]) == 1  # a reason is missing
    assert "perlu alasan" in capsys.readouterr().err
    assert cli.main(["case", "suggestions", "--accept", number, "--actor", "rina", "--why", "alamatnya sama"]) == 0
    kept, mentions = whole(settings, older.case_id)
    assert {one.mention_id for one in mentions} == {ids(1), ids(2)}
    assert (kept.urgency, kept.emergency) == (2, True)  # what one of the two knew holds for the one
    gone, none_left = whole(settings, younger.case_id)
    assert (gone.state, gone.closed, none_left) == ("ditutup", True, [])
    with unit_of_work(database) as connection:
        assert read_suggestions(connection) == []
        assert [row["why"] for row in read_suggestions(connection, "accepted")] == ["alamatnya sama"]
        assert "darsim" not in repr(read_events(connection, older.case_id, younger.case_id))
    assert rebuild(database, only_compare=True).differing == ()
    brought = [one.mention_id for one in before[younger.case_id][1]]
    assert cli.main(["case", "split", older.case_id, *brought, "--actor", "budi", "--why", "ternyata lain"]) == 0
    case, placements = whole(settings, younger.case_id)
    assert placements == before[younger.case_id][1]
    assert (case.state, case.due_at, case.clock, case.closed_at) == (
        younger.state, younger.due_at, younger.clock, None,
    )  # fmt: skip
    assert [one.mention_id for one in whole(settings, older.case_id)[1]] == [
        one.mention_id for one in before[older.case_id][1]
    ]
    assert kinds(settings, younger) == ["opened", "merged", "restored"]
    assert rebuild(database, only_compare=True).differing == ()
    run(settings)
    assert case_of(settings, 1).case_id != case_of(settings, 2).case_id  # the night does not join them again


def test_a_refused_suggestion_stays_refused(
    settings: Settings, database: Path, two: tuple[Case, Case], capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work(database) as connection:
        number = read_suggestions(connection)[0]["suggestion_id"]
    refuse = ["case", "suggestions", "--refuse", number, "--actor", "rina", "--why", "dua orang"]
    assert cli.main(refuse) == 0
    assert cli.main(refuse) == 2
    assert "was refused by rina" in capsys.readouterr().err
    run(settings)
    with unit_of_work(database) as connection:
        assert read_suggestions(connection) == []
        assert len(read_suggestions(connection, "refused")) == 1
    assert cli.main(["case", "suggestions", "--accept", "S-0", "--actor", "a", "--why", "b"]) == 1
    assert "There is no suggestion S-0" in capsys.readouterr().err


def test_what_a_merge_adds_goes_again_and_what_a_person_did_since_stays(
    settings: Settings, database: Path, two: tuple[Case, Case]
) -> None:
    rules = load_desk_rules(settings)
    first, second = two
    with unit_of_work(database) as connection:
        act(connection, rules, second.case_id, Act("confirm", "rina"), second.version, NOW)
    kept = merge(settings, first.case_id, second.case_id)
    assert kept.confirmed
    left, back = split(settings, first.case_id, ids(2))
    assert (left.confirmed, back.confirmed, back.case_id) == (kept.confirmed and left.confirmed, True, second.case_id)
    assert rebuild(database, only_compare=True).differing == ()


def test_a_mention_that_joined_by_itself_gets_a_case_of_its_own(settings: Settings, database: Path) -> None:
    keep(
        database,
        post(1, "anak saya demam", hours_ago=9.0),
        post(2, "masih demam, belum ada kabar", hours_ago=8.0),
        n1="siti", n2="siti",
    )  # fmt: skip
    run(settings)
    case = case_of(settings, 1)
    assert case_of(settings, 2).case_id == case.case_id
    left, new = split(settings, case.case_id, ids(2))
    assert (case_of(settings, 2).case_id, new.opened_from, new.category) == (new.case_id, "mention", "kesehatan")
    assert kinds(settings, left) == ["opened", "joined", "separated"]
    assert rebuild(database, only_compare=True).differing == ()


def test_what_cannot_be_is_refused_in_a_sentence(settings: Settings, database: Path, two: tuple[Case, Case]) -> None:
    first, second = (case.case_id for case in two)
    with pytest.raises(CaseRefused, match="dirinya sendiri"):
        merge(settings, first, first)
    with pytest.raises(CaseRefused, match="perlu alasan"):
        merge(settings, first, second, why=" ")
    with pytest.raises(CaseRefused, match="nomor pribadi"):
        merge(settings, first, second, why="telp 081200001111")
    with pytest.raises(CaseRefused, match="satu tetap tinggal"):
        split(settings, first, ids(1))
    with pytest.raises(CaseRefused, match="tidak ada dalam kasus"):
        split(settings, first, ids(3))
    merge(settings, first, second)
    with pytest.raises(CaseRefused, match="sudah ditutup"):
        merge(settings, first, second)
    assert len(kinds(settings, two[0])) >= 2


def test_the_earlier_clock_holds(settings: Settings, database: Path) -> None:
    keep(
        database,
        post(1, "lapar", category="pangan_ekonomi", seen_hours_ago=1.0),
        post(2, "lapar sekali", category="pangan_ekonomi", hours_ago=80.0, seen_hours_ago=72.0),
    )
    run(settings)
    late, early = case_of(settings, 1), case_of(settings, 2)
    assert early.due_at is not None
    assert late.due_at is not None
    assert early.due_at < late.due_at - timedelta(days=1)
    assert merge(settings, late.case_id, early.case_id).due_at == early.due_at
    left, _ = split(settings, late.case_id, ids(2))
    assert left.due_at == late.due_at


def test_the_key_of_the_hashes_is_made_once_and_is_private(
    settings: Settings, database: Path, two: tuple[Case, Case]
) -> None:
    path = settings.var / "joining.key"
    assert path.stat().st_mode & 0o777 == 0o600
    key = path.read_bytes()
    run(settings)
    assert path.read_bytes() == key
