"""Instagram through the genuine instaloader: complete, once, resumable, and every refusal named."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.instagram_mapping import map_payload
from tests.conftest import assert_sound
from tests.platforms import Desk, desk, instagram_row, write_feed

TAGGED = [instagram_row(number) for number in range(40)]
OWN = [instagram_row(number, "own", author="qr.kabbekasi") for number in range(2)]
COMMENTS = [instagram_row(10 + number, "comment", parent=f"io{number % 2:03}") for number in range(30)]
REPLIES = [instagram_row(50 + number, "reply", parent="ic010") for number in range(3)]
ALL_TEXTS = {row["text"] for row in [*TAGGED, *COMMENTS, *REPLIES]}


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    monkeypatch.setattr("flows.collecting.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))


@pytest.fixture
def ig_desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk(home, write_feed(tmp_path / "feed", *TAGGED, *OWN, *COMMENTS, *REPLIES)) as one:
        yield one
        assert_sound(one.settings.database)


def test_everything_once_and_again_nothing(ig_desk: Desk) -> None:
    first = ig_desk.collect("instagram")
    assert (first.status, first.error, first.new) == ("ok", None, 73)
    assert ig_desk.texts() == ALL_TEXTS
    second = ig_desk.collect("instagram")
    assert (second.status, second.new) == ("ok", 0)
    assert second.requests < first.requests  # two known pages end the walk, unchanged posts are not opened


def test_replies_know_what_they_answer(ig_desk: Desk) -> None:
    ig_desk.collect("instagram")
    query = "SELECT child.kind, parent.text FROM mentions AS child JOIN mentions AS parent ON parent.mention_id = child.parent_id"
    assert ig_desk.rows(query) == [("reply", "caption comment 10")] * 3
    assert ig_desk.rows("SELECT count(DISTINCT thread_id) FROM mentions WHERE kind <> 'post'") == [(2,)]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("401", "refuses for now"),
        ("403", "refuses for now"),
        ("429", "asks for a pause"),
        ("feedback", "wants the account's owner to confirm"),
        ("checkpoint", "wants the account's owner to confirm"),
        ("challenge", "wants the account's owner to confirm"),
        ("login-redirect", "session has ended"),
        ("expired-session", "session has ended|refuses for now|asks for a login"),
        ("404", "knows no such account"),
        ("400", "refused the request"),
        ("500", "is tried again"),
        ("503-html", "is tried again"),
        ("html-200", "is tried again"),
        ("truncated-json", "is tried again"),
        ("reset", "is tried again"),
        ("gqlerror", "is tried again"),
    ],
)
def test_each_refusal_is_named_and_nothing_is_lost(
    ig_desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str, said: str
) -> None:
    ig_desk.standin.faults(
        {"match": "e31a871f7301132ceaab56507a66bbb7", "kind": kind, "skip": 1}
    )  # the second tagged page
    outcome = ig_desk.collect("instagram")
    assert outcome.status == "degraded" and outcome.error is not None
    assert re.search(said, outcome.error), outcome.error
    assert "caption" not in outcome.error
    ig_desk.standin.clear_faults()
    later(monkeypatch, hours=1)  # an account that was refused rests first
    assert ig_desk.collect("instagram").status == "ok"
    assert ig_desk.texts() == ALL_TEXTS


def test_a_late_tag_in_the_middle_is_found(ig_desk: Desk) -> None:
    ig_desk.collect("instagram")
    late = {key: value for key, value in instagram_row(99).items() if key not in ("day", "time")}
    ig_desk.standin.add_item(late | {"text": "tag yang terlambat", "seconds_ago": 40 * 3600})
    ig_desk.collect("instagram")
    assert "tag yang terlambat" in ig_desk.texts()


def test_a_list_cut_short_is_said_and_walked_again(ig_desk: Desk) -> None:
    ig_desk.standin.faults({"match": "e31a871f7301132ceaab56507a66bbb7", "kind": "empty-page", "skip": 1})
    ig_desk.collect("instagram")
    assert len(ig_desk.rows("SELECT reason FROM gaps WHERE reason LIKE 'the list ended % posts before its count'")) == 1
    ig_desk.standin.clear_faults()
    ig_desk.collect("instagram")
    assert ig_desk.texts() == ALL_TEXTS


def test_a_poisoned_node_is_kept_and_the_rest_read(ig_desk: Desk) -> None:
    ig_desk.standin.faults({"match": "e31a871f7301132ceaab56507a66bbb7", "kind": "poisoned-node"})
    outcome = ig_desk.collect("instagram")
    assert outcome.status == "ok"
    assert outcome.new + outcome.unmapped >= 72
    assert len(ALL_TEXTS - ig_desk.texts()) <= 1


def test_missing_comments_are_a_gap(ig_desk: Desk) -> None:
    ig_desk.standin.faults({"match": "/comments/", "kind": "comments-missing"})
    ig_desk.collect("instagram")
    reasons = [row[0] for row in ig_desk.rows("SELECT reason FROM gaps")]
    assert any("comments under one post were not shown" in reason for reason in reasons)


def test_the_cursor_keeps_no_words(ig_desk: Desk) -> None:
    ig_desk.standin.faults({"match": "e31a871f7301132ceaab56507a66bbb7", "kind": "503-html", "skip": 1})
    ig_desk.collect("instagram")
    states = " ".join(str(row[0]) for row in ig_desk.rows("SELECT state FROM cursors"))
    assert "end_cursor" in states and "caption" not in states


def test_the_days_requests_are_a_hard_stop(ig_desk: Desk) -> None:
    few = ig_desk.settings.instagram.model_copy(update={"requests_per_day": 3})
    outcome = Desk(dataclasses.replace(ig_desk.settings, instagram=few), ig_desk.standin).collect("instagram")
    assert "today's 3 requests are used up" in (outcome.error or "")
    assert outcome.requests == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("not json", "is not JSON"),
        ('{"sessionid": "1"}', "lacks csrftoken, sessionid or ds_user_id"),
    ],
)
def test_an_unusable_session_file_is_one_sentence(
    ig_desk: Desk, tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "session.json"
    if content is not None:
        file.write_text(content)
        file.chmod(0o600)
    secrets = {**ig_desk.settings.secrets, "INSTAGRAM_SESSION_FILE": str(file)}
    outcome = Desk(dataclasses.replace(ig_desk.settings, secrets=secrets), ig_desk.standin).collect("instagram")
    assert outcome.status == "failed" and said in (outcome.error or "")


def test_captions_may_be_absent_and_ids_are_text() -> None:
    node = {
        "id": 3500000000030000090,
        "shortcode": "abc",
        "taken_at_timestamp": 1763742000,
        "owner": {"id": 5},
        "edge_media_to_caption": {"edges": []},
    }
    mention = map_payload(node, "tagged:a")
    assert mention is not None
    assert (mention.mention_id, mention.text, mention.author_id, mention.like_count) == (
        "instagram:3500000000030000090",
        "",
        "5",
        None,
    )
    assert map_payload({"shortcode": "abc"}, "tagged:a") is None
    assert map_payload({"type": "comment", "id": "1"}, "tagged:a") is None
