"""From flagged mentions to cases: opened once, joined where sure, moved by verdicts, models and deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.acting import Act
from cases.case import Case
from cases.rules import load_desk_rules
from flows import casework
from flows.casework import Tally, triage_cases
from flows.progress import Steps
from mention import Page
from settings import Settings
from tests.review_rows import NOW, post, store
from tests.test_triage_collecting import mention
from triage.casework import act, read_case, read_cases, read_events
from triage.collecting import save_page
from triage.database import unit_of_work
from triage.rebuilding import rebuild

NEXT = "m-next"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casework, "utc_now", lambda: NOW)


def keep(database: Path, *rows: dict[str, Any], **authors: str) -> None:
    """Store mentions, each by a writer of its own unless an author is named for its number."""
    store(database, rows)
    with unit_of_work(database) as connection:
        connection.execute("UPDATE mentions SET author_id = 'a' || mention_id")
        for number, author in authors.items():
            connection.execute("UPDATE mentions SET author_id = ? WHERE mention_id = ?", [author, ids(int(number[1:]))])


def ids(number: int) -> str:
    return str(post(number, "")["mention_id"])


def run(settings: Settings) -> Tally:
    return triage_cases(settings, Steps(None))


def case_of(settings: Settings, number: int) -> Case:
    with unit_of_work(settings.database) as connection:
        rows = connection.execute("SELECT case_id FROM case_mentions WHERE mention_id = ?", [ids(number)]).fetchall()
        assert len(rows) == 1, rows
        return read_cases(connection, [rows[0][0]])[0]


def verdict(database: Path, number: int, said: str, review_id: str, **more: Any) -> None:
    row = {
        "review_id": review_id,
        "mention_id": ids(number),
        "reviewer": "rina",
        "verdict": said,
        "made_at": NOW,
    } | more
    with unit_of_work(database) as connection:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO reviews ({names}) VALUES ({marks})", list(row.values()))


def new_champion(database: Path, flagged: dict[int, bool]) -> None:
    """A new model with its own opinion of every mention."""
    with unit_of_work(database) as connection:
        connection.execute("UPDATE models SET status = 'retired'")
        connection.execute("INSERT INTO models VALUES (?, ?, 'champion', NULL, 'n.json', 'abc', 'corpus')", [NEXT, NOW])
        connection.execute(
            "INSERT INTO assessments BY NAME SELECT * REPLACE (? AS model_version, 0.05 AS flag_score, FALSE AS flagged) FROM assessments",
            [NEXT],
        )
        for number, yes in flagged.items():
            if yes:
                connection.execute(
                    "UPDATE assessments SET flag_score = 0.9, flagged = TRUE WHERE model_version = ? AND mention_id = ?",
                    [NEXT, ids(number)],
                )


def kinds(settings: Settings, case: Case) -> list[str]:
    with unit_of_work(settings.database) as connection:
        return [event.kind for event in read_events(connection, case.case_id)]


def test_each_flagged_mention_opens_a_case_once(settings: Settings, database: Path) -> None:
    keep(
        database,
        post(1, "lapar", category="pangan_ekonomi"),
        post(2, "sesak", urgency=2),
        post(3, "halo", flag_score=0.01),
        post(4, "sesak", urgency=2, duplicate_of=ids(2), hours_ago=1.0),
        post(5, "dihapus", deleted=True),
        post(6, "dipukul", restricted=True, category="kekerasan"),
    )
    tally = run(settings)
    assert (tally.opened, tally.joined) == (3, 1)
    assert case_of(settings, 4).case_id == case_of(settings, 2).case_id
    urgent = case_of(settings, 2)
    assert (urgent.agency, urgent.due_at) == (
        "psc119",
        NOW - timedelta(hours=3) + timedelta(hours=8),
    )  # from when it was seen
    assert (case_of(settings, 6).restricted, case_of(settings, 6).agency) == (True, "dp3a")
    again = run(settings)
    assert (again.opened, again.joined) == (0, 0)
    assert rebuild(database, only_compare=True).differing == ()


def test_the_same_author_joins_and_an_alarm_raises_the_case(settings: Settings, database: Path) -> None:
    keep(
        database,
        post(1, "demam", hours_ago=30.0, seen_hours_ago=1.0),
        post(2, "sekarang kejang", urgency=2, hours_ago=1.0),
        post(3, "rumah roboh", category="rumah"),
        n1="siti", n2="siti", n3="siti",
    )  # fmt: skip
    run(settings)
    case = case_of(settings, 1)
    assert case_of(settings, 2).case_id == case.case_id
    assert case_of(settings, 3).case_id != case.case_id
    assert (case.urgency, case.clock, case.agency) == (2, "darurat", "psc119")
    assert kinds(settings, case) == ["opened", "joined", "correct"]


def test_a_stop_in_between_loses_and_doubles_nothing(
    settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database, *(post(number, "tolong", hours_ago=20 - number) for number in range(1, 8)))
    monkeypatch.setattr(casework, "SLICE", 2)
    saved = casework.save_events
    calls = iter(range(10))

    def stops(*arguments: Any) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        saved(*arguments)

    monkeypatch.setattr(casework, "save_events", stops)
    with pytest.raises(KeyboardInterrupt):
        run(settings)
    monkeypatch.setattr(casework, "save_events", saved)
    assert 0 < (left := run(settings).opened) < 7, left  # two slices were stored, the third was not
    assert len({case_of(settings, number).case_id for number in range(1, 8)}) == 7


def test_news_about_a_case_that_somebody_works_on_is_told_once(settings: Settings, database: Path) -> None:
    """An edit and a graver opinion: the decisions stay, a note says so; an untouched case follows by itself."""
    keep(
        database,
        post(1, "rumah bocor", category="rumah", urgency=0),
        post(2, "atap roboh", category="rumah", urgency=0),
    )
    run(settings)
    worked_on, untouched = case_of(settings, 1), case_of(settings, 2)
    with unit_of_work(database) as connection:
        rules = load_desk_rules(settings)
        forward = Act("forward", "rina", changes={"agency": "dinkes"})
        worked_on = act(connection, rules, worked_on.case_id, forward, worked_on.version, NOW - timedelta(minutes=1))
    run(settings)
    assert kinds(settings, worked_on) == ["opened", "forward"]
    with unit_of_work(database) as connection:
        connection.execute("UPDATE mentions SET platform_id = mention_id")
        edit = mention(1, "rumah bocor, nenek sesak", platform_id="x:99999999999999999999")
        later = replace(edit, mention_id=ids(1), thread_id=ids(1))
        save_page(connection, Page("x", "search", [later], [], {}, 1), "", {}, NOW)
    new_champion(database, {1: True, 2: True})
    with unit_of_work(database) as connection:
        connection.execute(
            "UPDATE assessments SET category = 'kesehatan', urgency = 2, assessed_at = ? WHERE model_version = ?",
            [NOW, NEXT],
        )
    for _ in range(2):
        run(settings)
        assert kinds(settings, worked_on) == ["opened", "forward", "note", "note"]
        assert kinds(settings, untouched) == ["opened", "correct"]
    with unit_of_work(database) as connection:
        said = [event.detail["why"] for event in read_events(connection, worked_on.case_id)[2:]]
        now = read_case(connection, worked_on.case_id)
    assert sorted(said) == [
        "Penilaian baru atas unggahannya: kategori kesehatan, darurat. Putusan petugas tetap; lihat lagi apakah masih tepat.",
        "Penulis mengubah unggahannya setelah kasus ini ditangani: baca lagi sebelum melangkah.",
    ]
    assert (now.category, now.urgency, now.agency) == ("rumah", 0, "dinkes")
    assert rebuild(database, only_compare=True).differing == ()


def test_a_verdict_closes_confirms_and_takes_back(settings: Settings, database: Path) -> None:
    keep(database, post(1, "a"), post(2, "b"), post(3, "c"))
    verdict(database, 3, "bukan", "r0")
    assert run(settings).opened == 2  # a mention that was rejected before opens nothing
    verdict(database, 1, "bukan", "r1")
    verdict(database, 2, "ya", "r2", category="rumah", urgency=2)
    assert run(settings).verdicts == 2
    rejected, confirmed = case_of(settings, 1), case_of(settings, 2)
    assert (rejected.state, rejected.closed_at) == ("bukan", NOW)
    assert (confirmed.confirmed, confirmed.category, confirmed.agency, confirmed.clock) == (
        True,
        "rumah",
        "bpbd",
        "darurat",
    )
    with unit_of_work(database) as connection:
        assert read_events(connection, rejected.case_id)[-1].detail["why"] == "Putusan peninjau: bukan."
    assert run(settings).verdicts == 0  # taken in once
    verdict(database, 1, "ragu", "r3", supersedes="r1", made_at=NOW + timedelta(minutes=1))
    run(settings)
    assert case_of(settings, 1).state == "perlu_verifikasi"


def test_a_case_of_two_is_closed_only_when_both_are_rejected(settings: Settings, database: Path) -> None:
    keep(database, post(1, "a", hours_ago=4.0), post(2, "a", duplicate_of=ids(1)))
    run(settings)
    verdict(database, 1, "bukan", "r1")
    run(settings)
    assert not case_of(settings, 1).closed
    verdict(database, 2, "bukan", "r2")
    run(settings)
    assert case_of(settings, 1).state == "bukan"


def test_a_verdict_that_cannot_be_followed_stops_no_other(settings: Settings, database: Path) -> None:
    keep(database, post(1, "a"), post(2, "b"))
    run(settings)
    verdict(database, 1, "ya", "r1", category="kategori_lama")
    verdict(database, 2, "ya", "r2", made_at=NOW + timedelta(minutes=1))
    assert run(settings).verdicts == 2
    assert kinds(settings, case_of(settings, 1)) == ["opened", "note"]
    assert case_of(settings, 2).confirmed


def test_a_confirmed_case_survives_a_new_model_and_an_untouched_one_does_not(
    settings: Settings, database: Path
) -> None:
    keep(database, *(post(number, "a") for number in (1, 2, 3, 5)), post(4, "d", urgency=2))
    run(settings)
    verdict(database, 1, "ya", "r1")
    touched = case_of(settings, 2)
    with unit_of_work(database) as connection:
        act(connection, load_desk_rules(settings), touched.case_id, Act("take", "rina"), touched.version, NOW)
    run(settings)
    new_champion(database, {5: True})
    assert run(settings).withdrawn == 1
    states = {number: case_of(settings, number).state for number in (1, 2, 3, 4, 5)}
    assert states == {
        1: "baru",
        2: "perlu_verifikasi",
        3: "ditutup",
        4: "baru",
        5: "baru",
    }  # 4: an emergency waits for a person
    with unit_of_work(database) as connection:
        connection.execute("UPDATE assessments SET flag_score = 0.9, flagged = TRUE WHERE model_version = ?", [NEXT])
    run(settings)
    assert case_of(settings, 3).state == "perlu_verifikasi"  # flagged again: it comes back by itself


def test_an_untouched_case_follows_a_new_opinion_and_alarm_only_rises(settings: Settings, database: Path) -> None:
    keep(database, post(1, "a"), post(2, "b", urgency=2), post(3, "c"))
    run(settings)
    verdict(database, 3, "ya", "r1")
    run(settings)
    with unit_of_work(database) as connection:
        connection.execute(
            "UPDATE assessments SET category = 'rumah', urgency = 2 - urgency // 2 * 2, restricted = FALSE"
        )
    run(settings)
    first, second, touched = (case_of(settings, number) for number in (1, 2, 3))
    assert (first.category, first.urgency, first.agency, first.clock) == ("rumah", 2, "bpbd", "darurat")
    assert (second.category, second.urgency) == ("rumah", 2)
    assert (touched.category, touched.urgency) == ("kesehatan", 1)
    version = first.version
    run(settings)
    assert case_of(settings, 1).version == version


def test_late_cases_climb(settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(database, post(1, "a"), post(2, "b", urgency=2))
    run(settings)
    calm, urgent = case_of(settings, 1), case_of(settings, 2)
    with unit_of_work(database) as connection:
        act(
            connection,
            load_desk_rules(settings),
            calm.case_id,
            Act("forward", "rina", changes={"agency": "dinkes"}),
            1,
            NOW,
        )
    assert run(settings).climbed == 0
    monkeypatch.setattr(casework, "utc_now", lambda: NOW + timedelta(hours=7))  # two hours past the eighth
    assert run(settings).climbed == 2
    assert (case_of(settings, 2).rung, case_of(settings, 2).state) == ("pimpinan", "eskalasi")
    assert kinds(settings, urgent) == ["opened", "escalate", "escalate"]
    monkeypatch.setattr(casework, "utc_now", lambda: NOW + timedelta(days=30))
    run(settings)
    assert (case_of(settings, 1).rung, case_of(settings, 1).state) == ("lounge", "eskalasi")
    assert run(settings).climbed == 0
    assert rebuild(database, only_compare=True).differing == ()


def test_a_finished_case_closes_when_its_reporter_stays_silent(
    settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finished case is answered: lateness closes it and sends nobody up the ladder; an emergency waits for a person."""
    keep(database, post(1, "a"), post(2, "b", urgency=2))
    run(settings)
    rules = load_desk_rules(settings)
    for number in (1, 2):
        acts = [
            Act("forward", "rina", changes={"agency": "dinkes"}),
            Act("accept", "rina"),
            Act("attempt", "rina", "Sudah didatangi."),
            Act("finish", "rina", "Sudah dibantu."),
        ]
        for version, one in enumerate(acts, start=case_of(settings, number).version):
            with unit_of_work(database) as connection:
                act(connection, rules, case_of(settings, number).case_id, one, version, NOW)
    monkeypatch.setattr(casework, "utc_now", lambda: NOW + timedelta(days=12))
    assert run(settings).climbed == 1
    assert (case_of(settings, 1).state, case_of(settings, 2).state) == ("ditutup", "selesai_penanganan")
    assert rebuild(database, only_compare=True).differing == ()
