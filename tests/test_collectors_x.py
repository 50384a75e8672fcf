"""X through the genuine tweepy: complete, once, resumable, paid for once, and every refusal named."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.x_mapping import map_payload, snowflake, snowflake_time
from settings import Account
from tests.conftest import assert_sound
from tests.platforms import Desk, desk, write_feed, x_row

MENTIONS = [x_row(number) for number in range(230)]  # three pages
SEARCHED = [x_row(number, "search") for number in range(20)]


@pytest.fixture
def x_desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk(home, write_feed(tmp_path / "feed", *MENTIONS, *SEARCHED)) as one:
        yield one
        assert_sound(one.settings.database)


ALL_TEXTS = {row["text"] for row in [*MENTIONS, *SEARCHED]}


def test_everything_once_and_again_nothing(x_desk: Desk) -> None:
    first = x_desk.collect("x")
    assert (first.status, first.seen, first.new) == ("ok", 250, 250)
    assert x_desk.texts() == ALL_TEXTS
    second = x_desk.collect("x")
    assert (second.status, second.new) == ("ok", 0)
    assert second.seen <= 4  # only what the 120 s of overlap show again


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ({"kind": "429"}, "failed", "rate limit is used up until"),
        ({"kind": "429-no-reset"}, "failed", "rate limit is used up; the next run goes on"),
        ({"kind": "429-past"}, "failed", "rate limit is used up"),
        ({"kind": "cap"}, "failed", "monthly cap of posts is used up"),
        ({"kind": "402"}, "failed", "credit is used up"),
        ({"kind": "401"}, "failed", "token was rejected"),
        ({"kind": "403"}, "failed", "access is refused"),
        ({"kind": "404"}, "degraded", "mend \\[x\\] accounts"),
        ({"kind": "503"}, "degraded", "it is tried again"),
        ({"kind": "503-html"}, "degraded", "it is tried again"),
        ({"kind": "list-body"}, "degraded", "it is tried again"),
        ({"kind": "html-200"}, "degraded", "it is tried again"),
        ({"kind": "truncated-json"}, "degraded", "it is tried again"),
        ({"kind": "reset"}, "degraded", "it is tried again"),
    ],
)
def test_each_refusal_is_named_and_nothing_is_lost(
    x_desk: Desk, fault: dict[str, object], status: str, said: str
) -> None:
    x_desk.standin.faults({"match": "/mentions", **fault})
    outcome = x_desk.collect("x")
    assert outcome.status == status
    assert outcome.error is not None
    assert re.search(said, outcome.error), outcome.error
    x_desk.standin.clear_faults()
    assert x_desk.collect("x").status == "ok"
    assert x_desk.texts() == ALL_TEXTS


def test_a_chain_cut_in_the_middle_goes_on_where_it_stopped(x_desk: Desk) -> None:
    x_desk.standin.faults({"match": "/mentions", "kind": "503", "skip": 1, "times": 1})
    cut = x_desk.collect("x")
    assert cut.status == "degraded" and cut.seen == 120  # one page of mentions and the search
    x_desk.standin.clear_faults()
    x_desk.standin.add_item(
        {k: v for k, v in x_row(0).items() if k not in ("day", "time")}
        | {"key": "xnew", "text": "@qr_kabbekasi baru saja", "seconds_ago": 60}
    )
    whole = x_desk.collect("x")
    assert whole.status == "ok"
    assert x_desk.texts() == ALL_TEXTS | {"@qr_kabbekasi baru saja"}


def test_money_follows_the_bill(x_desk: Desk) -> None:
    x_desk.collect("x")
    x_desk.collect("x")
    ((spent,),) = x_desk.rows("SELECT sum(usd) FROM spend WHERE state <> 'void'")
    assert spent == pytest.approx(x_desk.standin.bill()["usd"])
    assert x_desk.rows("SELECT count(*) FROM spend WHERE state = 'reserved'") == [(0,)]


def test_a_spent_budget_stops_before_the_request_and_keeps_the_place(x_desk: Desk) -> None:
    poor = x_desk.settings.x.model_copy(update={"posts_per_day": 250})
    outcome = Desk(dataclasses.replace(x_desk.settings, x=poor), x_desk.standin).collect("x")
    assert outcome.status == "degraded" and "today's budget (250 posts" in (outcome.error or "")
    assert outcome.seen == 200
    assert x_desk.collect("x").status == "ok"
    assert x_desk.texts() == ALL_TEXTS


def test_an_edit_is_the_same_mention(x_desk: Desk) -> None:
    x_desk.collect("x")
    x_desk.standin.edit_item("xm229", "@qr_kabbekasi kabar nomor 229, sudah diralat")
    assert x_desk.collect("x").new == 0
    assert x_desk.rows("SELECT text FROM mention_versions") == [("@qr_kabbekasi kabar nomor 229",)]


def test_searching_after_a_long_pause_leaves_a_gap(x_desk: Desk) -> None:
    x_desk.collect("x")
    long_ago = snowflake(
        snowflake_time(x_desk.rows("SELECT max(platform_id) FROM mentions")[0][0]) - timedelta(days=30)
    )
    x_desk.rows(f"UPDATE cursors SET state = '{{\"ceiling\": \"{long_ago}\"}}' WHERE target LIKE 'search:%'")
    assert x_desk.collect("x").status == "ok"
    ((reason, days),) = x_desk.rows("SELECT reason, date_diff('day', from_at, to_at) FROM gaps")
    assert reason == "search reaches back 7 days only" and 18 <= days <= 25


@pytest.mark.parametrize(("hours", "said"), [(-7, "420 minutes behind"), (7, "420 minutes ahead of")])
def test_a_clock_in_the_wrong_zone_is_said(
    x_desk: Desk, monkeypatch: pytest.MonkeyPatch, hours: int, said: str
) -> None:
    monkeypatch.setattr("flows.collecting.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))
    outcome = x_desk.collect("x")
    assert outcome.status == "degraded" and said in (outcome.error or "")
    assert outcome.new == 250  # what was read is kept


def test_an_unknown_account_is_said_and_the_search_read(x_desk: Desk) -> None:
    outcome = x_desk.limited("x", accounts=[Account(handle="siapa", id="999")]).collect("x")
    assert outcome.status == "degraded" and "mend [x] accounts in tanggap.toml" in (outcome.error or "")
    assert outcome.new == 20


def test_no_credentials_is_one_sentence(x_desk: Desk) -> None:
    outcome = Desk(dataclasses.replace(x_desk.settings, secrets={}), x_desk.standin).collect("x")
    assert outcome.status == "failed"
    assert outcome.error is not None and outcome.error.startswith("X has no credentials: set X_BEARER_TOKEN")


def test_a_bearer_token_alone_pays_the_full_price(x_desk: Desk) -> None:
    bearer = {"X_BEARER_TOKEN": x_desk.settings.secrets["X_BEARER_TOKEN"]}
    assert Desk(dataclasses.replace(x_desk.settings, secrets=bearer), x_desk.standin).collect("x").status == "ok"
    assert x_desk.rows("SELECT DISTINCT kind FROM spend WHERE usd > 0") == [("x.post_read",)]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"data": None},
        {"data": {"id": "abc", "text": "t"}},
        {"data": {"id": "1"}},
        {"data": {"id": "1", "text": None}},
    ],
)
def test_what_cannot_be_mapped_is_none(payload: dict[str, object]) -> None:
    assert map_payload(payload, "search:1") is None


def test_old_and_new_field_names_give_the_same_mention() -> None:
    old = {
        "id": "2124181713792794624",
        "text": "pendek",
        "created_at": "2026-11-21T16:44:17Z",
        "author_id": "11",
        "conversation_id": "7",
    }
    new = dict(old)
    old |= {
        "edit_history_tweet_ids": ["2124181713792794000"],
        "note_tweet": {"text": "panjang"},
        "referenced_tweets": [{"type": "replied_to", "id": "7"}],
    }
    new |= {
        "edit_history_post_ids": ["2124181713792794000"],
        "note_post": {"text": "panjang"},
        "referenced_posts": [{"type": "replied_to", "id": "7"}],
    }
    mention = map_payload({"data": old}, "m")
    assert mention is not None and mention == map_payload({"data": new}, "m")
    assert (mention.mention_id, mention.text, mention.parent_id, mention.kind) == (
        "x:2124181713792794000",
        "panjang",
        "x:7",
        "reply",
    )
