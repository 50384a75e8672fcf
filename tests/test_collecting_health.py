"""The Instagram account is spared: requests counted across runs, rests after refusals, a slow recovery, a canary, one worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.standin import Standin, running
from demo.world import INSTAGRAM_PROGRAM
from flows import jitter
from flows.one_worker import lock_file
from tests.conftest import assert_sound
from tests.demo_fixtures import TAGGED, borrowed
from tests.platforms import Desk, desk_at, instagram_row, write_feed

METADATA = "27128499623469141"
ROWS = [
    *(instagram_row(number) for number in range(30)),
    instagram_row(0, "own", author=INSTAGRAM_PROGRAM),
    instagram_row(40, "comment", parent="io000"),
]
Later = Callable[[float], None]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("health")
    with running(write_feed(folder / "feed", *ROWS), folder / "state") as standin:
        yield standin


@pytest.fixture
def ig_desk(shared: Standin, home: Path) -> Iterator[Desk]:
    with borrowed(shared) as standin:
        yield desk_at(standin, home)
        assert_sound(home / "var" / "triage.duckdb")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move this machine's clock to so many hours from now."""

    def move(hours: float) -> None:
        monkeypatch.setattr("flows.collecting.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))

    return move


def requests(desk: Desk) -> int:
    return len(desk.standin.log())


def circuit(desk: Desk) -> tuple[object, ...]:
    return desk.rows("SELECT state, refusals, recovery FROM circuits")[0]


def test_the_budget_lasts_over_runs_and_a_stop(ig_desk: Desk) -> None:
    asked = requests(ig_desk)
    few = ig_desk.limited("instagram", requests_per_day=4)
    for _ in range(3):
        outcome = few.collect("instagram")
    assert requests(ig_desk) - asked == 4
    assert "today's 4 requests are used up" in (outcome.error or "")
    assert ig_desk.rows("SELECT taken FROM request_budget") == [(4,)]


def test_an_hour_has_its_own_limit(ig_desk: Desk, later: Later) -> None:
    few = ig_desk.limited("instagram", requests_per_hour=2)
    assert "this hour's 2 requests are used up" in (few.collect("instagram").error or "")
    later(1)
    assert few.collect("instagram").requests == 2


def test_what_was_taken_and_not_sent_is_given_back(ig_desk: Desk) -> None:
    outcome = ig_desk.collect("instagram")
    assert ig_desk.rows("SELECT taken FROM request_budget") == [(outcome.requests,)]


def test_a_refused_account_rests_longer_each_time_and_comes_back_slowly(ig_desk: Desk, later: Later) -> None:
    ig_desk.standin.faults({"match": TAGGED, "kind": "429", "times": 2})
    ig_desk.collect("instagram")
    asked = requests(ig_desk)
    resting = ig_desk.collect("instagram")
    assert resting.status == "failed" and "the account rests until" in (resting.error or "")
    assert requests(ig_desk) == asked
    later(0.6)
    ig_desk.collect("instagram")  # refused again: an hour's rest now
    assert circuit(ig_desk) == ("open", 2, 3)
    later(1.2)
    assert "rests until" in (ig_desk.collect("instagram").error or "")
    later(2)
    for recovery in (2, 1):
        assert ig_desk.collect("instagram").status == "ok"
        assert circuit(ig_desk) == ("recovering", 2, recovery)
    ig_desk.collect("instagram")
    assert circuit(ig_desk) == ("closed", 0, 0)


def test_a_recovering_account_gets_a_part_of_its_requests(ig_desk: Desk, later: Later) -> None:
    ig_desk.standin.faults({"match": TAGGED, "kind": "feedback"})
    desk = ig_desk.limited("instagram", requests_per_day=80)
    desk.collect("instagram")
    ig_desk.rows(
        "UPDATE request_budget SET taken = 10, hour = hour + INTERVAL 1 HOUR"
    )  # never yesterday's, at any hour
    later(0.6)
    assert "today's 10 requests of an account that was refused lately" in (desk.collect("instagram").error or "")


def test_a_new_session_ends_the_rest(ig_desk: Desk, tmp_path: Path) -> None:
    ig_desk.standin.faults({"match": TAGGED, "kind": "checkpoint"})
    ig_desk.collect("instagram")
    ig_desk.rows("UPDATE circuits SET session = 'another', retry_at = NULL")
    assert ig_desk.collect("instagram").status == "ok"


def test_a_dead_session_is_told_from_a_tired_account(ig_desk: Desk) -> None:
    ig_desk.standin.faults(
        {"match": TAGGED, "kind": "401"}, {"match": "d6f4427fbe92d846298cf93df0b937d3", "kind": "expired-session"}
    )
    assert "session is dead; import a new one" in (ig_desk.collect("instagram").error or "")


def test_a_tired_account_is_not_called_dead(ig_desk: Desk) -> None:
    ig_desk.standin.faults({"match": TAGGED, "kind": "401"})
    assert "refuses for now" in (ig_desk.collect("instagram").error or "")


def test_an_unreadable_canary_keeps_a_recovering_account_at_rest(ig_desk: Desk, later: Later) -> None:
    shortcode = ig_desk.standin.items()["io000"]["shortcode"]
    desk = ig_desk.limited("instagram", canary=shortcode)
    ig_desk.standin.faults({"match": TAGGED, "kind": "403"}, {"match": METADATA, "kind": "gqlerror"})
    desk.collect("instagram")
    later(1)
    asked = requests(ig_desk)
    assert "the account is blocked for now" in (desk.collect("instagram").error or "")
    assert requests(ig_desk) - asked == 1  # the canary, and nothing else
    assert circuit(ig_desk) == ("open", 2, 3)
    later(4)
    assert desk.collect("instagram").status == "ok"


def test_a_list_cut_with_a_dead_canary_is_a_block(ig_desk: Desk) -> None:
    ig_desk.collect("instagram")  # from here on the newest own post is the canary
    ig_desk.rows("UPDATE cursors SET state = '{}' WHERE target LIKE 'tagged:%'")
    ig_desk.standin.faults({"match": TAGGED, "kind": "empty-page", "skip": 1}, {"match": METADATA, "kind": "gqlerror"})
    assert "the account is blocked for now" in (ig_desk.collect("instagram").error or "")


def test_requests_are_paced_unevenly_but_never_in_a_demo(ig_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("flows.collection_run.time.sleep", slept.append)
    ig_desk.collect("instagram")
    assert slept == []
    real = replace(ig_desk, settings=replace(ig_desk.settings, demo=False)).limited(
        "instagram", seconds_between_requests=2.0
    )
    outcome = real.collect("instagram")
    assert len(slept) == outcome.requests and len(set(slept)) == len(slept)
    assert all(1 <= pause <= 3 for pause in slept)


def test_one_lock_for_an_account_wherever_it_is_read_from(ig_desk: Desk, tmp_path: Path) -> None:
    secrets = ig_desk.settings.secrets
    assert lock_file("instagram", secrets, tmp_path / "a") == lock_file("instagram", secrets, tmp_path / "b")
    assert lock_file("x", secrets, tmp_path / "a") != lock_file("x", secrets, tmp_path / "b")


def test_what_a_stop_left_unread_is_kept_until_it_is_read(ig_desk: Desk, later: Later) -> None:
    ig_desk.standin.faults({"match": TAGGED, "kind": "429", "skip": 1})
    ig_desk.collect("instagram")
    assert [target for (target,) in ig_desk.rows("SELECT target FROM unread ORDER BY 1")] == [
        f"comments:{INSTAGRAM_PROGRAM}",
        f"tagged:{INSTAGRAM_PROGRAM}",
    ]
    later(1)
    ig_desk.collect("instagram")
    assert ig_desk.rows("SELECT target FROM unread") == []


def test_scheduled_runs_keep_no_clocks_rhythm(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(jitter.time, "sleep", waits.append)
    for _ in range(50):
        jitter.wait_a_little(240.0)
    jitter.wait_a_little(0.0)  # by hand, and in the demo
    assert len(waits) == 50 and max(waits) <= 240 and max(waits) - min(waits) > 60
