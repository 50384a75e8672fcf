"""Verdicts of the app: kept once, followed by their case at once, taken back, and never two people's without being told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.case import Case
from flows import casework
from flows.casework import triage_cases
from flows.progress import Steps
from settings import Settings
from tests.case_fixtures import shipped_rules
from tests.review_rows import MODEL, NOW, post, store
from triage.casework import read_cases, read_events
from triage.database import unit_of_work
from triage.queue import Filters, Queue, read_queue, restricted_waiting
from triage.rebuilding import rebuild
from triage.review_cards import Reviewer, decided_together, read_card, read_cards
from triage.verdicts import (
    AlreadyDecided,
    MentionMissing,
    Standing,
    Verdict,
    VerdictRefused,
    save_verdict,
    take_back,
    verdicts_of,
)

RULES = shipped_rules()
SOON = NOW + timedelta(minutes=1)


def ids(number: int) -> str:
    return str(post(number, "")["mention_id"])


@pytest.fixture
def desk(settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five plain needs, one with a repost, one urgent, one restricted, one joke; each flagged one in its case."""
    monkeypatch.setattr(casework, "utc_now", lambda: NOW)
    store(
        database,
        [
            post(1, "atap roboh", category="rumah", flag_score=0.9, kecamatan="Sukatani", hours_ago=5.0),
            post(2, "lapar", category="pangan_ekonomi", flag_score=0.5, platform="instagram", hours_ago=50.0),
            post(3, "sesak napas", urgency=2, flag_score=0.4, hours_ago=2.0),
            post(4, "demam dari kemarin", urgency=0, flag_score=0.95, hours_ago=30.0),
            post(5, "banjir sepaha di kebalen", category="bencana", flag_score=0.8, hours_ago=6.0),
            post(6, "banjir sepaha di kebalen ya", category="bencana", duplicate_of=ids(5), flag_score=0.7, hours_ago=4.0),
            post(7, "RAHASIA dipukuli", restricted=True, urgency=2, category="kekerasan"),
            post(8, "min follow back", flag_score=0.01, category=None),
        ],
    )  # fmt: skip
    with unit_of_work(database) as connection:
        connection.execute("UPDATE mentions SET author_id = 'a' || mention_id")
    triage_cases(settings, Steps(None))
    return database


def say(database: Path, number: int, verdict: str = "ya", review_id: str = "r1", **more: Any) -> Standing:
    """A verdict through the app's way, on what its card shows."""
    said = Verdict(
        **({"review_id": review_id, "mention_id": ids(number), "reviewer": "rina", "verdict": verdict} | more)
    )
    with unit_of_work(database) as connection:
        shown = decided_together(connection, Reviewer(said.reviewer), ids(number))
        return save_verdict(connection, RULES, said, shown, SOON)


def undo(database: Path, review_id: str, reviewer: str = "rina") -> str:
    with unit_of_work(database) as connection:
        return take_back(connection, RULES, review_id, reviewer, SOON + timedelta(minutes=1))


def queue(database: Path, who: str = "rina", *, restricted: bool = False, **filters: Any) -> Queue:
    with unit_of_work(database) as connection:
        return read_queue(connection, Reviewer(who, restricted), Filters(**filters), NOW)


def numbers(found: Queue) -> list[int]:
    return [int(turn.mention_id[-5:]) for turn in found.turns]


def case_of(database: Path, number: int) -> Case:
    with unit_of_work(database) as connection:
        row = connection.execute("SELECT case_id FROM case_mentions WHERE mention_id = ?", [ids(number)]).fetchone()
        assert row is not None
        return read_cases(connection, [row[0]])[0]


def reviews(database: Path) -> list[tuple[Any, ...]]:
    with unit_of_work(database) as connection:
        return connection.execute(
            "SELECT mention_id, reviewer, verdict, shown_because FROM reviews ORDER BY made_at, mention_id"
        ).fetchall()


def test_danger_first_then_what_a_look_is_worth(desk: Path) -> None:
    found = queue(desk)
    assert numbers(found) == [3, 1, 5, 2, 4]  # 4 scores highest, but nobody is in need of much
    assert (found.waiting, found.urgent, found.together) == (5, 1, {ids(5): 2})
    assert found.turns[0].shown_because == "mendesak" and found.turns[1].sampling_probability == 1.0
    assert numbers(queue(desk, restricted=True))[:2] in ([7, 3], [3, 7])
    with unit_of_work(desk) as connection:
        assert restricted_waiting(connection) == 1


def test_filters_leave_out_what_does_not_fit(desk: Path) -> None:
    assert numbers(queue(desk, source="instagram")) == [2]
    assert numbers(queue(desk, category="bencana")) == [5]
    assert numbers(queue(desk, urgency=2)) == [3]
    assert numbers(queue(desk, kecamatan="Sukatani")) == [1]
    assert numbers(queue(desk, younger=1)) == [3, 1, 5]
    assert numbers(queue(desk, older=1)) == [2, 4]
    assert queue(desk, source="instagram").waiting == 5


def test_a_card_is_not_there_for_who_may_not_see_it(desk: Path) -> None:
    with unit_of_work(desk) as connection:
        assert read_card(connection, Reviewer("rina"), ids(7)) is None
        assert read_cards(connection, Reviewer("rina"), [ids(7), ids(3), "x:404"])[0].row["mention_id"] == ids(3)
        seen = read_card(connection, Reviewer("dewi", restricted=True), ids(7))
        assert seen is not None and seen.case is not None and seen.case.restricted
    with pytest.raises(MentionMissing):
        say(desk, 7)
    assert reviews(desk) == []


def test_a_verdict_moves_its_case_at_once_and_the_night_adds_nothing(desk: Path, settings: Settings) -> None:
    say(desk, 1, "ya", category="kesehatan", urgency=2, place_code="32.16.15", agency="dinsos")
    case = case_of(desk, 1)
    assert (case.confirmed, case.category, case.urgency, case.place_code) == (True, "kesehatan", 2, "32.16.15")
    assert (case.agency, case.routing_sure, case.forwarded_at, case.state) == ("dinsos", True, None, "baru")
    say(desk, 4, "bukan", "r2")
    assert case_of(desk, 4).state == "bukan"
    assert numbers(queue(desk)) == [3, 5, 2]
    assert triage_cases(settings, Steps(None)).verdicts == 0
    with unit_of_work(desk) as connection:
        assert connection.execute("SELECT model_version, shown_because, sampling_probability FROM reviews WHERE review_id = 'r1'").fetchall() == [
            (MODEL, "harapan", 1.0)
        ]  # fmt: skip
    assert rebuild(desk, only_compare=True).differing == ()


def test_sent_twice_is_once(desk: Path) -> None:
    first = say(desk, 1)
    again = say(desk, 1)
    assert (again.review_id, again.verdict) == (first.review_id, first.verdict)
    assert len(reviews(desk)) == 1
    with unit_of_work(desk) as connection:
        assert [event.kind for event in read_events(connection, case_of(desk, 1).case_id)] == ["opened", "confirm"]
    with pytest.raises(AlreadyDecided):  # the same id with another verdict is not swallowed
        say(desk, 1, "bukan")


def test_the_second_of_two_is_told_and_may_decide_otherwise_knowingly(desk: Path) -> None:
    say(desk, 1, "bukan")
    with pytest.raises(AlreadyDecided) as told:
        say(desk, 1, "ya", "r2", reviewer="sari")
    assert (told.value.standing.reviewer, told.value.standing.verdict) == ("rina", "bukan")
    assert len(reviews(desk)) == 1 and case_of(desk, 1).state == "bukan"
    say(desk, 1, "ya", "r2", reviewer="sari", seen="r1")
    assert (case_of(desk, 1).state, case_of(desk, 1).confirmed) == ("perlu_verifikasi", True)


def test_near_duplicates_are_decided_with_their_card(desk: Path) -> None:
    say(desk, 5, "bukan")
    assert reviews(desk) == [(ids(5), "rina", "bukan", "harapan"), (ids(6), "rina", "bukan", "serupa")]
    assert case_of(desk, 5).state == "bukan"  # both mentions of the case are rejected
    undo(desk, "r1")
    assert case_of(desk, 5).state == "perlu_verifikasi"
    assert 5 in numbers(queue(desk))


def test_an_undo_brings_the_card_back_once(desk: Path) -> None:
    say(desk, 4, "bukan")
    assert undo(desk, "r1") == undo(desk, "r1") == ids(4)
    assert case_of(desk, 4).state == "perlu_verifikasi"
    assert 4 in numbers(queue(desk)) and 4 in numbers(queue(desk, "sari"))
    with pytest.raises(MentionMissing):
        undo(desk, "r1", "sari")
    say(desk, 4, "ya", "r3")
    with pytest.raises(AlreadyDecided):
        undo(desk, "r1")
    assert [verdict for _, _, verdict, _ in reviews(desk)] == ["bukan", "ya", "ragu"]
    assert case_of(desk, 4).confirmed


def test_who_is_unsure_leaves_the_card_to_others(desk: Path) -> None:
    say(desk, 1, "ragu")
    assert 1 not in numbers(queue(desk)) and 1 in numbers(queue(desk, "sari"))
    say(desk, 1, "ya", "r2", reviewer="sari")
    assert case_of(desk, 1).confirmed
    with unit_of_work(desk) as connection:
        assert verdicts_of(connection, "rina", 9, restricted=False) == []
        assert [row["verdict"] for row in verdicts_of(connection, "sari", 9, restricted=False)] == ["ya"]


def test_yes_to_what_the_model_passed_over_opens_a_case(desk: Path, settings: Settings) -> None:
    say(desk, 8, "ya", category="kesehatan")
    assert triage_cases(settings, Steps(None)).opened == 1
    case = case_of(desk, 8)
    assert (case.confirmed, case.category) == (True, "kesehatan")
    triage_cases(settings, Steps(None))
    assert not case_of(desk, 8).closed  # no model spoke for it, a person did


def test_a_category_that_must_be_protected_protects_its_case(desk: Path) -> None:
    say(desk, 1, "ya", category="kekerasan")
    assert case_of(desk, 1).restricted
    with unit_of_work(desk) as connection:
        assert read_card(connection, Reviewer("sari"), ids(1)) is None


def test_what_no_verdict_can_say_is_refused(desk: Path) -> None:
    for wrong in ({"verdict": "mungkin"}, {"category": "lapar"}, {"agency": "x"}, {"urgency": 5}, {"place_code": "99"}):
        with pytest.raises(VerdictRefused):
            say(desk, 1, **wrong)
    assert reviews(desk) == []
