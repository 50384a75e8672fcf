"""Deletions and edits are followed: blanked everywhere, the id and the decision kept, never on one refusal of Instagram."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from demo.standin import Standin, running
from flows.progress import Steps
from flows.syncing import SyncOutcome, sync
from tests.conftest import assert_sound
from tests.demo_fixtures import borrowed
from tests.platforms import Desk, desk_at, instagram_row, write_feed, x_row
from triage.assessing import COLUMNS, register_champion, save_assessments
from triage.database import unit_of_work
from triage.syncing import forget

OWN_HANDLE = "qr.kabbekasi"
FEED = [
    *(x_row(number) for number in range(12)),
    x_row(20, "search", author="tertutup", text="pemkabbekasi rumah saya roboh"),
    *(instagram_row(number, text=f"foto banjir setinggi dada {number}") for number in range(4)),
    instagram_row(1, "own", author=OWN_HANDLE),
    instagram_row(2, "own", author=OWN_HANDLE),
    *(
        instagram_row(10 + number, "comment", parent="io001", text=f"anak saya demam tinggi {number}")
        for number in range(3)
    ),
]


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("standin")
    with running(write_feed(folder / "feed", *FEED), folder / "state") as one:
        yield one


@pytest.fixture
def stored(home: Path, standin: Standin) -> Iterator[Desk]:
    """A desk that has collected everything, with an opinion and a verdict on each mention."""
    with borrowed(standin):
        one = desk_at(standin, home)
        yield one
        assert_sound(one.settings.database)


def collected(one: Desk, *sources: str) -> Desk:
    for source in sources:
        assert one.collect(source).status == "ok"
    with unit_of_work(one.settings.database) as connection:
        ids = [row[0] for row in connection.execute("SELECT mention_id FROM mentions").fetchall()]
        card = {"model_version": "m1", "metrics": "{}", "path": "p", "sha256": "s", "trained_on": ""}
        register_champion(connection, card, datetime.now(UTC))
        opinion = dict.fromkeys(COLUMNS) | {
            "model_version": "m1", "assessed_at": pd.Timestamp.now(UTC), "flag_score": 0.9, "flagged": True, "threshold": 0.3, "category": "bencana",
            "urgency": 2, "restricted": False, "reasons": '[{"word": "demam"}]', "place_candidates": "[]", "category_score": 0.5, "urgency_score": 0.7,
            "text_sha256": "0",
        }  # fmt: skip
        save_assessments(connection, pd.DataFrame([opinion | {"mention_id": one_id} for one_id in ids]))
        connection.execute(
            "INSERT INTO reviews (review_id, mention_id, reviewer, verdict, made_at) SELECT 'r' || mention_id, mention_id, 'p', 'ya', now() FROM mentions"
        )
    return one


def only(one: Desk, source: str, **changes: Any) -> Desk:
    other = {"x": "instagram", "instagram": "x"}[source]
    off = getattr(one.settings, other).model_copy(update={"enabled": False})
    settings = dataclasses.replace(one.settings, **{other: off})
    return Desk(dataclasses.replace(settings, **changes), one.standin)


def followed(one: Desk) -> SyncOutcome:
    (outcome,) = sync(one.settings, Steps(None))
    return outcome


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    monkeypatch.setattr("flows.syncing.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))


def everything_kept(one: Desk) -> str:
    tables = (
        "mentions",
        "mention_versions",
        "payloads",
        "assessments",
        "cursors",
        "collection_runs",
        "webhook_deliveries",
    )
    return " ".join(str(one.rows(f"SELECT * FROM {table}")) for table in tables)


def test_what_is_gone_on_x_is_blanked_everywhere_and_decisions_stay(stored: Desk) -> None:
    desk = only(collected(stored, "x"), "x")
    ids = {item["key"]: f"x:{item['id']}" for item in desk.standin.items().values()}
    desk.standin.edit_item("xm003", "@qr_kabbekasi sudah surut, terima kasih")
    assert followed(desk).counts.edited == 1
    desk.standin.delete_item("xm003")
    desk.standin.protect("x", "tertutup")
    with unit_of_work(desk.settings.database) as connection:
        connection.execute("UPDATE sync_checks SET checked_at = checked_at - INTERVAL 6 HOUR")
    spent = desk.standin.bill()["usd"]
    outcome = followed(desk)
    assert (outcome.status, outcome.counts.gone, outcome.left) == ("ok", 2, 0)
    assert desk.standin.bill()["usd"] == spent  # the same posts on the same UTC day
    kept = everything_kept(desk)
    assert not [words for words in ("surut", "kabar nomor 3", "roboh", "tertutup") if words in kept]
    gone = f"('{ids['xm003']}', '{ids['xs020']}')"
    assert (
        desk.rows(f"SELECT text, author_handle, url, deleted_at IS NULL FROM mentions WHERE mention_id IN {gone}")
        == [("", None, None, False)] * 2
    )
    assert desk.rows(f"SELECT category, reasons FROM assessments WHERE mention_id IN {gone}") == [("bencana", None)] * 2
    assert desk.rows(f"SELECT verdict FROM reviews WHERE mention_id IN {gone}") == [("ya",)] * 2
    assert desk.rows(f"SELECT count(*) FROM flagged_mentions WHERE mention_id IN {gone}") == [(0,)]
    assert followed(desk).counts.looked_up == 0  # looked up a moment ago


def test_an_edit_is_a_new_version_of_the_same_mention(stored: Desk) -> None:
    desk = only(collected(stored, "x"), "x")
    desk.standin.edit_item("xm003", "@qr_kabbekasi air naik lagi, dua RT")
    outcome = followed(desk)
    assert (outcome.counts.edited, outcome.counts.gone, outcome.counts.looked_up) == (1, 0, 13)
    assert desk.rows("SELECT count(*) FROM mentions") == [(13,)]
    assert desk.rows(
        "SELECT mentions.text, versions.text FROM mention_versions AS versions JOIN mentions USING (mention_id)"
    ) == [("@qr_kabbekasi air naik lagi, dua RT", "@qr_kabbekasi kabar nomor 3")]


def test_a_page_that_comes_late_does_not_bring_the_words_back_and_a_return_does(stored: Desk) -> None:
    desk = only(collected(stored, "x"), "x")
    item = desk.standin.items()["xm003"]
    with unit_of_work(desk.settings.database) as connection:
        forget(connection, [f"x:{item['id']}"], datetime.now(UTC))
        connection.execute("DELETE FROM cursors")
    desk.collect("x")  # it is still shown: the sync is asked to look
    assert "kabar nomor 3" not in everything_kept(desk)
    outcome = followed(desk)
    assert outcome.counts.returned == 1
    assert desk.rows(f"SELECT text, deleted_at FROM mentions WHERE mention_id = 'x:{item['id']}'") == [
        (item["text"], None)
    ]
    assert desk.rows("SELECT count(*) FROM mention_versions WHERE text <> ''") == [(0,)]


def test_x_that_shows_nothing_at_all_is_not_believed_at_once(stored: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = only(collected(stored, "x"), "x")
    for key in desk.standin.items():
        if key.startswith("x"):
            desk.standin.delete_item(key)
    assert followed(desk).counts.gone == 0
    later(monkeypatch, hours=6)
    desk.standin.set_clock(advance_seconds=6 * 3600)
    assert followed(desk).counts.gone == 13


def test_the_budget_ends_the_look_up_and_the_rest_is_said(stored: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = only(collected(stored, "x"), "x")
    few = desk.settings.sync.model_copy(update={"x_posts_per_day": 5})
    assert followed(only(desk, "x", sync=few)).counts.looked_up == 5
    assert followed(only(desk, "x", sync=few)).counts.looked_up == 0  # the day's share
    later(monkeypatch, hours=25)
    poor = desk.settings.x.model_copy(update={"usd_per_day": 0.01})
    outcome = followed(only(desk, "x", x=poor))
    assert outcome.status == "failed" and "budget" in (outcome.error or "")
    assert outcome.left == 13
    assert desk.rows("SELECT count(*) FROM spend WHERE state = 'reserved'") == [(0,)]


def test_instagram_blanks_after_two_refusals_with_a_healthy_canary(
    stored: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = only(collected(stored, "instagram"), "instagram")
    desk.standin.delete_item("it002")
    desk.standin.delete_item("ic011")
    first = followed(desk)
    assert (first.status, first.counts.gone) == ("ok", 0), first.error
    assert desk.rows("SELECT count(*) FROM sync_checks WHERE outcome = 'refused'") == [(2,)]
    assert followed(desk).counts.looked_up == 0  # the second look is hours away from the first
    later(monkeypatch, hours=6)
    desk.standin.faults(
        {"match": "27128499623469141", "kind": "gqlerror", "times": 99}
    )  # every post "is not there", the canary too
    blocked = followed(desk)
    assert blocked.counts.gone == 0 and "canary post cannot be read" in (blocked.error or "")
    desk.standin.clear_faults()
    block = {"match": "27128499623469141", "kind": "gqlerror", "skip": 1, "times": 99}
    desk.standin.faults(block)  # it begins after the first look at the canary
    assert followed(desk).counts.looked_up == 0
    desk.standin.clear_faults()
    second = followed(desk)
    assert (second.counts.gone, second.error) == (2, None)
    kept = everything_kept(desk)
    assert "setinggi dada 2" not in kept and "demam tinggi 1" not in kept and "setinggi dada 3" in kept


def test_a_refusal_that_was_none_is_forgotten(stored: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = only(collected(stored, "instagram"), "instagram")
    code = desk.standin.items()["it002"]["shortcode"]
    desk.standin.faults({"match": f"27128499623469141.*{code}", "kind": "late-index", "key": "it002"})
    assert followed(desk).counts.gone == 0
    assert desk.rows("SELECT sum(refusals) FROM sync_checks") == [(1,)]
    later(monkeypatch, hours=12)
    assert followed(desk).counts.gone == 0
    assert desk.rows("SELECT sum(refusals) FROM sync_checks") == [(0,)]


def test_without_a_canary_nothing_is_judged(stored: Desk) -> None:
    desk = only(stored, "instagram")
    named = desk.settings.instagram.model_copy(update={"own_posts": 0})
    desk = only(desk, "instagram", instagram=named)
    desk.collect("instagram")
    desk.standin.delete_item("it002")
    outcome = followed(desk)
    assert outcome.status == "failed" and "without a canary" in (outcome.error or "")
    assert desk.rows("SELECT count(*) FROM sync_checks") == [(0,)]


def test_an_edited_caption_is_a_new_version(stored: Desk) -> None:
    desk = only(collected(stored, "instagram"), "instagram")
    desk.standin.edit_item("it002", "airnya sudah surut")
    assert followed(desk).counts.edited == 1
    assert desk.rows("SELECT text FROM mentions WHERE text LIKE '%surut'") == [("airnya sudah surut",)]
    assert desk.rows("SELECT text FROM mention_versions") == [("foto banjir setinggi dada 2",)]


def test_published_copies_lose_what_is_gone(stored: Desk) -> None:
    desk = only(collected(stored, "x"), "x")
    folder = desk.settings.var / "published"
    folder.mkdir()
    with duckdb.connect(str(folder / "salinan.duckdb")) as connection:
        connection.execute(f"ATTACH '{desk.settings.database}' AS live (READ_ONLY)")
        connection.execute(
            "CREATE TABLE mentions AS SELECT mention_id, text FROM live.mentions; CREATE TABLE counts AS SELECT 1 AS n"
        )
        connection.execute(
            f"COPY mentions TO '{folder / 'mentions.parquet'}' (FORMAT parquet, COMPRESSION uncompressed)"
        )
    (folder / "mentions.parquet").chmod(0o440)
    desk.standin.delete_item("xm003")
    followed(desk)
    for file in sorted(folder.iterdir()):
        assert b"kabar nomor 3" not in file.read_bytes(), file.name
    assert (folder / "mentions.parquet").stat().st_mode & 0o777 == 0o440
    with duckdb.connect(str(folder / "salinan.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (12,)


def official(one: Desk) -> Desk:
    desk = only(one, "instagram")
    off = desk.settings.instagram.model_copy(update={"enabled": False})
    on = desk.settings.instagram_graph.model_copy(update={"enabled": True})
    return Desk(dataclasses.replace(desk.settings, instagram=off, instagram_graph=on), desk.standin)


def test_the_official_way_follows_comments_and_tagged_posts(stored: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = collected(official(stored), "instagram_graph")
    desk.standin.delete_item("it002")
    desk.standin.delete_item("ic011")
    desk.standin.edit_item("it001", "airnya sudah surut")
    first = followed(desk)
    assert (first.status, first.counts.looked_up, first.counts.gone, first.counts.edited) == ("ok", 7, 0, 1)
    later(monkeypatch, hours=6)
    desk.standin.faults(
        {"match": "v26.0/\\d+\\?", "kind": "404", "times": 9}
    )  # nothing is shown by its id, our account neither
    assert "does not show our own account" in (followed(desk).error or "")
    assert desk.rows("SELECT count(*) FROM mentions WHERE deleted_at IS NOT NULL") == [(0,)]
    desk.standin.clear_faults()
    assert followed(desk).counts.gone == 2
    kept = everything_kept(desk)
    assert "setinggi dada 2" not in kept and "demam tinggi 1" not in kept and "demam tinggi 2" in kept


def test_a_payload_that_quotes_what_is_gone_is_emptied_too(stored: Desk) -> None:
    desk = only(collected(stored, "instagram"), "instagram")
    comment = f"instagram:c:{desk.standin.items()['ic011']['id']}"
    with unit_of_work(desk.settings.database) as connection:
        (post,) = connection.execute("SELECT thread_id FROM mentions WHERE mention_id = ?", [comment]).fetchone() or (
            "",
        )
        other = f"instagram:c:{desk.standin.items()['ic012']['id']}"
        quoting = '{"preview": [{"text": "anak saya demam tinggi 1"}]}'
        connection.execute("UPDATE payloads SET body = ?::json WHERE mention_id = ?", [quoting, other])
        forget(connection, [comment], datetime.now(UTC))
    assert post and "demam tinggi 1" not in everything_kept(desk)
    assert desk.rows("SELECT count(*) FROM payloads WHERE body IS NULL") == [(2,)]
