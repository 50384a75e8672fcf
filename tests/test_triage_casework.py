"""Cases in a real database: rebuilt exactly, two at once never lose anything, sending twice is once."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.acting import Act, CaseRefused, decide
from cases.case import Case, CaseEvent, apply, case_row
from cases.opening import joined
from settings import ROOT
from tests.case_fixtures import NOW, new_case, shipped_rules
from tests.test_cases_acting import ACTS, play
from triage.case_opening import returns_by_rule
from triage.casework import CaseChanged, CaseMissing, act, read_case, read_events, read_open_cases, save_events
from triage.database import unit_of_work
from triage.rebuilding import rebuild

RULES = shipped_rules()


def store(database: Path, case: Case, *events: CaseEvent) -> Case:
    """Keep a case whose mentions are known to the tables."""
    with unit_of_work(database) as connection:
        for event in events:
            for found in event.detail.get("mentions", ()):
                connection.execute(
                    "INSERT INTO mentions BY NAME SELECT ? AS mention_id, 'x' AS platform, 'post' AS kind, 'teks' AS text, now() AS created_at, "
                    "'search' AS matched, 't' AS client_version, now() AS first_seen_at, now() AS last_seen_at",
                    [found["mention_id"]],
                )
        save_events(connection, events, [case])
    return case


def stored_rows(database: Path) -> tuple[list[object], list[object]]:
    with unit_of_work(database) as connection:
        cases = connection.execute("SELECT * FROM cases ORDER BY case_id").fetchall()
        return cases, connection.execute("SELECT * FROM case_mentions ORDER BY ALL").fetchall()


def do(database: Path, case: Case, wanted: Act, seen: int | None = None) -> Case:
    with unit_of_work(database) as connection:
        return act(connection, RULES, case.case_id, wanted, case.version if seen is None else seen, NOW)


def test_a_case_comes_back_as_it_was(database: Path) -> None:
    case = store(database, *new_case())
    with unit_of_work(database) as connection:
        assert read_case(connection, case.case_id) == case
        assert case_row(read_case(connection, case.case_id)) == case_row(case)
        assert read_open_cases(connection) == [case]
        with pytest.raises(CaseMissing, match="There is no case K-0"):
            read_case(connection, "K-0")


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ACTS, max_size=12), min_size=1, max_size=4))
def test_tables_rebuild_from_events_letter_by_letter(
    database: Path, histories: list[list[tuple[Act, timedelta]]]
) -> None:
    with unit_of_work(database) as connection:
        for table in ("case_mentions", "case_events", "cases", "mentions"):
            connection.execute(f"DELETE FROM {table}")
    for number, acts in enumerate(histories):
        case, opening = new_case(mention_id=f"x:{number + 1}")
        case, events = play(case, opening, acts)
        event = joined(case, f"x:{number + 100}", {"how": "merged", "score": 0.1 + number / 7, "reason": "thread"}, NOW)
        store(database, apply(case, event), *events, event)
    before = stored_rows(database)
    assert rebuild(database, only_compare=True).differing == ()
    with unit_of_work(database) as connection:
        connection.execute("DELETE FROM cases; DELETE FROM case_mentions")
    assert len(rebuild(database).differing) == len(histories)
    assert stored_rows(database) == before


def test_damage_is_found_and_set_right(database: Path) -> None:
    first, second = store(database, *new_case(mention_id="x:1")), store(database, *new_case(mention_id="x:2"))
    before = stored_rows(database)
    with unit_of_work(database) as connection:
        connection.execute("UPDATE cases SET agency = 'dinas_palsu', due_at = NULL WHERE case_id = ?", [first.case_id])
        connection.execute("INSERT INTO case_mentions VALUES (?, 'x:1', 'manual', 1)", [second.case_id])
        connection.execute(
            "INSERT INTO cases BY NAME SELECT * REPLACE ('K-hantu' AS case_id) FROM cases WHERE case_id = ?",
            [first.case_id],
        )
    compared = rebuild(database, only_compare=True)
    assert (set(compared.differing), compared.without_events) == ({first.case_id, second.case_id}, ("K-hantu",))
    assert rebuild(database).without_events == ("K-hantu",)
    assert stored_rows(database) == before
    assert rebuild(database, only_compare=True).differing == ()


def test_the_second_actor_is_told_and_nothing_is_lost(database: Path) -> None:
    case = store(database, *new_case())
    do(database, case, Act("forward", "rina", changes={"agency": "dinkes"}))
    wanted = Act("forward", "budi", "lebih tepat", {"agency": "dinsos"})
    with pytest.raises(CaseChanged) as caught:
        do(database, case, wanted)
    assert str(caught.value) == (
        f"Kasus {case.case_id} sudah diubah rina pukul 09.30 (Teruskan ke dinas), kini versi 2: lihat lagi, lalu ulangi. "
        "Tindakan Anda (Teruskan ke dinas) belum disimpan."
    )
    assert caught.value.wanted == wanted
    with unit_of_work(database) as connection:
        assert read_case(connection, case.case_id).agency == "dinkes"
    assert do(database, case, wanted, seen=caught.value.events[-1].version).agency == "dinsos"


def test_notes_and_new_mentions_get_in_nobodys_way(database: Path) -> None:
    case = store(database, *new_case())
    do(database, case, Act("note", "budi", "Sudah ditelepon."))
    assert do(database, case, Act("check", "rina")).state == "verifikasi_meja"
    assert do(database, case, Act("note", "budi", "Masih sakit.")).version == 4


def test_an_act_sent_twice_is_one(database: Path) -> None:
    case = store(database, *new_case())
    wanted = Act("check", "rina", event_id="dari-telepon-1")
    assert do(database, case, wanted) == do(database, case, wanted)
    with unit_of_work(database) as connection:
        assert [event.kind for event in read_events(connection, case.case_id)] == ["opened", "check"]


def test_of_two_threads_at_once_one_wins_and_the_other_knows(database: Path) -> None:
    case = store(database, *new_case())
    told: list[str] = []
    ready = threading.Barrier(4)

    def forward(agency: str) -> None:
        ready.wait()
        try:
            do(database, case, Act("forward", agency, changes={"agency": agency}))
        except CaseChanged as changed:
            told.append(changed.wanted.actor)

    threads = [threading.Thread(target=forward, args=(agency,)) for agency in ("dinkes", "dinsos", "bpbd", "disdik")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit_of_work(database) as connection:
        winner = read_case(connection, case.case_id)
    assert winner.version == 2
    assert sorted([*told, str(winner.agency)]) == ["bpbd", "dinkes", "dinsos", "disdik"]


def test_of_two_processes_at_once_one_wins_and_the_other_knows(database: Path) -> None:
    case = store(database, *new_case())
    script = """
import sys
from pathlib import Path
from cases.acting import Act
from tests.case_fixtures import NOW, shipped_rules
from triage.casework import CaseChanged, act
from triage.database import unit_of_work
path, case_id, agency = sys.argv[1:]
try:
    with unit_of_work(Path(path)) as connection:
        act(connection, shipped_rules(), case_id, Act("forward", agency, changes={"agency": agency}), 1, NOW)
    print("won")
except CaseChanged:
    print("told")
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(database), case.case_id, agency], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for agency in ("dinkes", "dinsos")
    ]  # fmt: skip
    assert sorted(process.communicate()[0].strip() for process in processes) == ["told", "won"]


def test_a_refused_act_leaves_no_trace(database: Path) -> None:
    case = store(database, *new_case())
    before = stored_rows(database)
    with pytest.raises(CaseRefused):
        do(database, case, Act("close", "rina", "selesai"))
    assert stored_rows(database) == before


def test_an_older_version_never_overwrites_a_newer(database: Path) -> None:
    case = store(database, *new_case())
    newer = do(database, case, Act("check", "rina"))
    with unit_of_work(database) as connection:
        save_events(connection, [], [case])
        assert read_case(connection, case.case_id) == newer


def test_wrong_agencies_are_counted_by_rule(database: Path) -> None:
    for number in range(3):
        case = store(database, *new_case(category="rumah", mention_id=f"x:{number}"))
        case = do(database, case, Act("forward", "rina", changes={"agency": "disperkimtan"}))
        if number:
            do(database, case, Act("return", "disperkimtan", "Bukan wewenang kami."))
    other = store(database, *new_case(mention_id="x:9"))
    do(database, other, Act("forward", "rina", changes={"agency": "baznas"}))
    with unit_of_work(database) as connection:
        counted = {
            row["rule"]: (row["forwarded"], row["returned"], row["agencies"]) for row in returns_by_rule(connection)
        }
    assert counted == {"rumah": (3, 2, ["disperkimtan"]), "-": (1, 0, [])}


def test_events_keep_no_words_of_citizens(database: Path) -> None:
    """The first event holds ids, codes and our own words only."""
    _, event = new_case()
    event = decide(RULES, apply(None, event), Act("note", "rina", "Sudah dicek."), NOW)
    assert set(event.detail) == {"changes", "why"}
