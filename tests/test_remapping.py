"""After a fix of the mapping the mentions are made anew from what was stored, and what people decided stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import cli
import flows.remapping
from collectors import x_mapping
from flows.collecting import utc_now
from flows.importing import import_files
from flows.progress import Steps
from flows.remapping import Remapping, remap
from mention import Mention, Payload
from settings import Settings
from tests.test_backups import TODAYS_CASE, VERDICT
from tests.test_importing import post, write_lines
from tests.test_triage_collecting import page, rows, save
from triage.database import unit_of_work
from triage.syncing import forget

STEPS = Steps(None)


def collect(database: Path, *payloads: dict[str, Any]) -> None:
    """Store payloads as the X collector does, whatever they map to today."""
    mapped = [(x_mapping.map_payload(payload, "mentions:a"), payload) for payload in payloads]
    kept = [Payload(mention.mention_id if mention else None, payload) for mention, payload in mapped]
    save(database, page(*(mention for mention, _ in mapped if mention), payloads=kept), now=datetime.now(UTC))


def payload(number: int, **changes: Any) -> dict[str, Any]:
    return {"data": post(number, **changes), "user": {"id": "77", "username": "warga77"}}


def counts(result: Remapping) -> tuple[int, int, int, int]:
    return result.payloads, result.changed, result.unmapped, result.moved


def test_without_a_fix_nothing_changes(settings: Settings, database: Path, tmp_path: Path) -> None:
    collect(database, *(payload(number) for number in range(30)))
    import_files(settings, [write_lines(tmp_path / "a.jsonl", post(50), post(51))], None, STEPS)
    before = rows(database, "SELECT * FROM mentions ORDER BY mention_id")
    assert counts(remap(database, STEPS)) == (32, 0, 0, 0)
    assert rows(database, "SELECT * FROM mentions ORDER BY mention_id") == before


def test_a_fix_reaches_every_mention_in_slices_and_decisions_stay(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(flows.remapping, "SLICE", 7)
    collect(database, *(payload(number) for number in range(30)))
    first = f"x:{post(0)['id']}"
    with unit_of_work(database) as connection:
        connection.execute(VERDICT.replace("x:1", first))
        connection.execute(TODAYS_CASE)
        connection.execute("INSERT INTO case_mentions VALUES ('c1', ?, 'opened', NULL)", [first])
        connection.execute(
            "UPDATE mentions SET text = 'salah', lang = NULL, like_count = 0 WHERE mention_id < ?",
            [f"x:{post(20)['id']}"],
        )
    decided = rows(
        database,
        "SELECT reviews.*, case_mentions.* FROM reviews JOIN case_mentions USING (mention_id) JOIN mentions USING (mention_id)",
    )
    seen = rows(
        database, "SELECT mention_id, matched, client_version, first_seen_at, last_seen_at FROM mentions ORDER BY 1"
    )
    assert cli.main(["remap", "--demo"]) == 0
    assert "30 payloads: 20 mentions changed, 0 payloads cannot be mapped." in capsys.readouterr().out
    assert rows(database, "SELECT text, lang, like_count FROM mentions ORDER BY mention_id") == [
        (f"kabar {number}", None, 2) for number in range(30)
    ]
    assert len(decided) == 1
    assert (
        rows(
            database,
            "SELECT reviews.*, case_mentions.* FROM reviews JOIN case_mentions USING (mention_id) JOIN mentions USING (mention_id)",
        )
        == decided
    )
    assert (
        rows(
            database, "SELECT mention_id, matched, client_version, first_seen_at, last_seen_at FROM mentions ORDER BY 1"
        )
        == seen
    )
    assert rows(database, "SELECT count(*) FROM mention_versions") == [(0,)]  # no citizen edited anything


def test_what_could_not_be_mapped_becomes_a_mention(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new field name, kept as unmapped payloads (the same post twice), understood later."""
    renamed = [{"data": {"words": "tolong", "id": "42", "n": number}} for number in (1, 2)]
    collect(database, renamed[0], payload(1))
    collect(database, renamed[1])
    assert counts(remap(database, STEPS)) == (3, 0, 2, 0)

    def understands(body: dict[str, Any], matched: str) -> Mention | None:
        data = body["data"]
        return x_mapping.map_payload(
            {**body, "data": data | ({"text": data["words"]} if "words" in data else {})}, matched
        )

    monkeypatch.setitem(flows.remapping.MAPPINGS, "x", understands)
    assert counts(remap(database, STEPS)) == (4, 1, 0, 0)  # the named payload stands further down now and is met again
    assert rows(database, "SELECT text, matched FROM mentions WHERE mention_id = 'x:42'") == [("tolong", "remap")]
    assert rows(database, "SELECT payload_id, mention_id FROM payloads WHERE mention_id = 'x:42'") == [
        ("x:x:42", "x:42")
    ]
    assert counts(remap(database, STEPS)) == (2, 0, 0, 0)


def test_the_deleted_stay_deleted_and_older_words_stay_behind(
    settings: Settings, database: Path, tmp_path: Path
) -> None:
    first, second = post(1), post(2)
    edited = str(int(second["id"]) + 9)
    history = [second["id"], edited]
    collect(database, payload(1), payload(2, id=edited, text="diralat", edit_history_tweet_ids=history))
    collect(
        database, payload(2, edit_history_tweet_ids=history)
    )  # a page that still shows the first edit is the newest payload
    with unit_of_work(database) as connection:
        forget(connection, [f"x:{first['id']}"], utc_now())
    assert counts(remap(database, STEPS)) == (2, 0, 0, 0)
    assert rows(database, "SELECT text FROM mentions ORDER BY mention_id") == [("",), ("diralat",)]


def test_what_a_collector_brought_stands_above_a_file(settings: Settings, database: Path, tmp_path: Path) -> None:
    import_files(settings, [write_lines(tmp_path / "a.jsonl", post(1, text="dari berkas"))], None, STEPS)
    collect(database, payload(1, text="dari X"))
    assert counts(remap(database, STEPS)) == (2, 0, 0, 0)
    assert rows(database, "SELECT text FROM mentions") == [("dari X",)]


def test_another_id_is_said_and_left(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collect(database, payload(1))

    def other_id(body: dict[str, Any], matched: str) -> Mention | None:
        mention = x_mapping.map_payload(body, matched)
        return replace(mention, mention_id="x:7") if mention else None

    monkeypatch.setitem(flows.remapping.MAPPINGS, "x", other_id)
    assert counts(remap(database, STEPS)) == (1, 0, 0, 1)
    assert rows(database, "SELECT count(*) FROM mentions WHERE mention_id = 'x:7'") == [(0,)]


def test_every_source_that_stores_payloads_has_its_mapping() -> None:
    from flows.collecting import CLIENTS

    assert set(CLIENTS) <= set(flows.remapping.MAPPINGS)
    assert json.dumps(sorted(flows.remapping.MAPPINGS)).count("import:") == 4
