"""Every schema file and every MERGE once on DuckLake with an SQLite catalog: several machines may share the tables later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from duckdb_extensions import import_extension

from cases.acting import Act, decide
from cases.case import SYSTEM, apply
from cases.erasing import sought
from cases.field_check import FieldCheck
from cases.joining import Suggestion
from cases.likeness import Likeness
from cases.lounge import Commitment, Slot
from mention import Gap, Page, Payload
from settings import DATA
from tests.case_fixtures import new_case, shipped_rules
from tests.test_triage_collecting import mention
from triage.access import log_access
from triage.account_health import Circuit, Unread, read_circuit, save_circuit, save_unread, take_requests
from triage.alerting import failed_alerts, new_emergencies, read_digest, settle_alerts, take_alerts
from triage.answers import Answer, out_of_scope, referred_unanswered, save_answer
from triage.assessing import COLUMNS, register_champion, save_assessments, unassessed
from triage.auditing import (
    audit_answers,
    audited_days,
    champion_since,
    flagged_answers,
    newest_recall,
    passed_over,
    save_audit,
    save_recall,
)
from triage.case_opening import (
    changed_opinions,
    flagged_again,
    new_verdicts,
    news_for_people,
    no_longer_flagged,
    opinions_of,
    placed_mentions,
    returns_by_rule,
    unplaced,
    with_a_case,
)
from triage.case_page import read_case_page
from triage.casework import read_open_cases, remove_placements, save_cases, save_events
from triage.collecting import save_page, start_run
from triage.commitments import (
    read_commitment_case,
    read_commitments,
    read_open_commitments,
    remove_commitments,
    save_commitments,
)
from triage.database import HERE, SCHEMA_FILES, applied_versions, apply_schema
from triage.deliveries import empty_delivery, save_delivery, take_hashtag, waiting_deliveries
from triage.drift import drift_posts, places_named, read_signs, save_signs, signs_of_day
from triage.erasing import (
    Erasure,
    erase_again,
    erase_event_words,
    erase_mentions,
    erase_rows,
    events_of_cases,
    mentions_by,
    read_erasures,
    read_subject,
    save_request,
)
from triage.exporting import read_told
from triage.field_checks import save_label
from triage.handed_out import handed_out, save_handed_out
from triage.importing import save_imported
from triage.labels import label_verdicts, read_doubts, save_doubts
from triage.lounge import docket_cases, keep_slots, kept_slots
from triage.models import (
    ModelEvent,
    newest_contest,
    read_model,
    read_model_events,
    read_models,
    register_challenger,
    save_contest,
    save_model_event,
    shadow,
    shadow_differences,
)
from triage.queue import Filters, read_queue, restricted_waiting
from triage.reconciling import Counter, last_counter, reconcile
from triage.remapping import Remapped, payload_slice, save_remapped
from triage.reporting import read_report, save_report
from triage.review_cards import Reviewer, decided_together, read_cards
from triage.rewriting import rewrite_is_due
from triage.spending import Price, load_prices, reserve, spent
from triage.stats import Span, read_figures
from triage.subject_copy import read_copy, read_listed
from triage.suggesting import (
    Decision,
    decide_suggestions,
    read_suggestion,
    read_suggestions,
    save_suggestions,
    suggestion_id,
)
from triage.syncing import Check, due, forget, overdue, save_checks
from triage.syncing import take_back as take_back_deleted
from triage.verdicts import Verdict, save_verdict, take_back, verdicts_of

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    for extension in ("ducklake", "sqlite_scanner"):
        import_extension(extension)
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    connection.execute("LOAD ducklake; LOAD sqlite_scanner; SET TimeZone = 'UTC'")
    connection.execute(
        f"ATTACH 'ducklake:sqlite:{tmp_path / 'catalog.sqlite'}' AS lake (DATA_PATH '{tmp_path / 'parquet'}'); USE lake"
    )
    applied_versions(connection)
    for file in SCHEMA_FILES:
        apply_schema(connection, file)
    yield connection
    connection.close()


def test_schema_merges_and_questions_run_on_ducklake(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    executed: set[str] = set()
    for attempt in range(2):  # the second time every MERGE meets its own rows
        prices = load_prices(DATA / "prices.toml", NOW.date())
        run_id = start_run(lake, "x", "tweepy", NOW)
        reservation = reserve(lake, run_id, "x", {"x.post_read": 100}, prices, NOW)
        page = Page(
            "x", "mentions:a", [mention(1, f"caah {attempt}", str(attempt + 1))], [Payload("x:1", {"a": attempt})], {"ceiling": "1"}, 1,
            reservation, [("x.post_read", "1")], [Gap(NOW - timedelta(days=1), NOW, "hole")],
        )  # fmt: skip
        save_page(lake, page, run_id, prices, NOW)
        _health(lake, run_id, prices)
        register_champion(
            lake, {"model_version": "m1", "metrics": "{}", "path": "p", "sha256": "s", "trained_on": ""}, NOW
        )
        waiting = unassessed(lake, "m1", 10)
        assert waiting["text"].tolist() == [f"caah {attempt}"]
        save_assessments(lake, _opinions(waiting))
        facts = read_report(lake, NOW.date(), __import__("zoneinfo").ZoneInfo("Asia/Jakarta"), NOW)
        assert facts.flagged["mention_id"].tolist() == ["x:1"]
        save_report(lake, facts, tmp_path / "r.html")
        _a_case(lake)
        _a_lounge(lake)
        _what_the_desk_teaches(lake)
    executed |= set(re.findall(r"merge_\w+", "\n".join(path.read_text() for path in HERE.glob("*.py"))))
    assert executed == {path.stem for path in (HERE / "sql").glob("merge_*.sql")}, (
        "a MERGE file that no code runs, or code without its file"
    )
    assert lake.execute("SELECT version, text FROM mention_versions").fetchall() == [(1, "caah 0")]
    for check in (HERE / "checks").glob("*.sql"):
        assert lake.execute(check.read_text()).fetchall() == [], check.name


def _health(lake: duckdb.DuckDBPyConnection, run_id: str, prices: dict[str, Price]) -> None:
    """What is kept about the account and the money, each MERGE twice."""
    reserve(lake, run_id, "x", {"x.post_read": 100}, prices, NOW)
    reconcile(lake, "x", Counter(7, 100, NOW.date() - timedelta(days=2), {NOW.date(): 7}), prices, NOW)
    counter = last_counter(lake, "x")
    assert counter is not None and (counter.used, counter.cap) == (7, 100)
    take_requests(lake, "instagram", "a", 10, NOW)
    save_circuit(lake, "instagram", "a", Circuit("open", 1, 3, NOW, "s", "r"), NOW)
    assert read_circuit(lake, "instagram", "a").retry_at == NOW
    save_unread(lake, "x", [Unread("x", "mentions:a", None, NOW, "stop", NOW)])
    assert spent(lake, "x", NOW).posts_month >= 100


def _what_the_desk_teaches(lake: duckdb.DuckDBPyConnection) -> None:
    """Audits, labels, a contest, a promotion, drift: each MERGE and every question, twice."""
    day = NOW.date()
    sample = {"day": day, "mention_id": "x:1", "model_version": "m1", "stratum": "dekat", "passed_over": 9, "drawn": 1,
              "sampling_probability": 1 / 9, "drawn_at": NOW}  # fmt: skip
    save_audit(lake, pd.DataFrame([sample]))
    assert audited_days(lake) == {day}
    assert passed_over(lake, day, "Asia/Jakarta").empty  # it is flagged
    assert len(audit_answers(lake, "m1", day - timedelta(days=1))) == 1
    assert len(flagged_answers(lake, "m1", day - timedelta(days=1), "Asia/Jakarta")) == 1
    assert lake.execute("SELECT mention_id, audit_probability FROM queued_mentions").fetchall() == [("x:1", None)]
    estimate = {"model_version": "m1", "from_at": NOW, "to_at": NOW, "recall": None, "low": None, "high": None, "flagged_pleas": 1.0,
                "missed_pleas": 0.0, "audited": 0, "audited_pleas": 0, "passed_over": 9, "detail": "[]", "made_at": NOW}  # fmt: skip
    save_recall(lake, estimate | {"day": day})
    assert newest_recall(lake, day)["audited"] == 0  # type: ignore[index]
    assert label_verdicts(lake).empty
    doubt = {"mention_id": "x:1", "verdict": "ya", "chance": 0.1, "doubt": 0.8, "model_version": "m1", "found_at": NOW}
    save_doubts(lake, pd.DataFrame([doubt]))
    assert read_doubts(lake).empty  # no such verdict stands
    card = {"model_version": "m2", "metrics": "{}", "path": "p", "sha256": "s", "trained_on": '{"sha256": "d"}'}
    register_challenger(lake, card, NOW, True)
    won = {"champion": "m1", "challenger": "m2", "made_at": NOW, "judged_from": NOW, "judged_to": NOW, "posts": 1, "pleas": 1,
           "passed": True, "detail": "{}"}  # fmt: skip
    save_contest(lake, won)
    save_model_event(lake, ModelEvent("m2", "trained", None, "tanggap", "", NOW))
    assert newest_contest(lake, "m2")["passed"]  # type: ignore[index]
    assert {row["model_version"]: row["data_sha256"] for row in read_models(lake)} == {"m1": None, "m2": "d"}
    assert read_model(lake, "m2")["status"] == "candidate"  # type: ignore[index]
    assert read_model_events(lake)[0]["kind"] == "trained"
    assert champion_since(lake) == ("m1", NOW)
    assert shadow(lake, "m2", NOW)["both"] == 0 and shadow_differences(lake, "m2", NOW) == []
    sign = {
        "kind": "words",
        "name": "banjir",
        "value": 0.2,
        "usual": 0.1,
        "strength": 2.0,
        "alert": True,
        "mention_id": "x:1",
    }
    save_signs(lake, day, pd.DataFrame([sign | {"day": day, "made_at": NOW}]))
    assert read_signs(lake, day)["mention_id"].tolist() == ["x:1"] and signs_of_day(lake, day) == 1
    assert len(drift_posts(lake, NOW - timedelta(days=9), NOW)) == 1 and places_named(lake, NOW, NOW) == set()


def _a_case(lake: duckdb.DuckDBPyConnection) -> None:
    """Opened from the flagged mention and forwarded; every question about cases is asked before and after."""
    case, opening = new_case(NOW)
    forwarded = decide(
        shipped_rules(), case, Act("forward", "rina", changes={"agency": "dinkes"}, event_id="telepon-1"), NOW
    )
    waiting = unplaced(lake, 10)
    opening = replace(opening, event_id="pertama")
    save_events(lake, [opening, forwarded], [apply(case, forwarded)])
    assert unplaced(lake, 10) == []
    assert [row["case_id"] for row in placed_mentions(lake, waiting)] == [case.case_id] * len(waiting)
    assert with_a_case(lake, ["x:1", "x:2"]) == {"x:1"}
    assert changed_opinions(lake, SYSTEM) == news_for_people(lake, SYSTEM) == []
    assert (new_verdicts(lake), no_longer_flagged(lake, SYSTEM), flagged_again(lake)) == ([], [], [])
    assert [row["rule"] for row in returns_by_rule(lake)] == ["kesehatan"]
    assert read_open_cases(lake) == [apply(case, forwarded)]
    save_cases(lake, [apply(case, forwarded)], rebuilt=True)
    remove_placements(lake, case.case_id, ["x:2"])
    assert [row["category"] for row in opinions_of(lake, ["x:1"])] == ["bencana"]
    likeness = Likeness(0.5, ("village",), (), False, 3.0)
    save_suggestions(lake, [Suggestion("x:1", "x:1", case.case_id, likeness, "Mungkin.")], NOW)
    assert read_suggestions(lake) == []  # both stand in one case
    row = read_suggestion(lake, suggestion_id(Suggestion("x:1", "x:1", case.case_id, likeness, "")))
    decide_suggestions(lake, [row], Decision("refused", "rina", "lain", NOW))
    assert read_suggestions(lake, "refused")[0]["decided_by"] == "rina"


def _a_lounge(lake: duckdb.DuckDBPyConnection) -> None:
    """A slot kept, a promise made; the page of the case is read."""
    (case,) = read_open_cases(lake)
    keep_slots(lake, NOW.date(), [Slot(case.case_id, NOW, NOW + timedelta(minutes=20))], "rina", NOW)
    assert kept_slots(lake, NOW.date())[0].case_id == case.case_id
    assert docket_cases(lake, shipped_rules(), NOW.date(), NOW) == []
    promised = Commitment("janji-1", case.case_id, "dinkes", "datang", NOW, NOW)
    save_commitments(lake, [promised])
    assert read_open_commitments(lake) == read_commitments(lake, [case.case_id]) == [promised]
    assert read_commitment_case(lake, "janji-1") == case.case_id
    assert [row["mention_id"] for row in read_case_page(lake, case.case_id).mentions] == ["x:1"]
    remove_commitments(lake, ["K-0"])
    for _ in range(2):
        save_label(lake, case, FieldCheck("asep", "ya", 4, check_id="lembar-1"), "x:1", NOW)
    assert lake.execute("SELECT verdict, model_version FROM reviews").fetchall() == [("ya", "m1")]
    lake.execute("DELETE FROM reviews")  # the report is read again, and a verdict would take the mention out of it
    log_access(lake, "dewi", "restricted: docket", NOW)
    assert out_of_scope(lake, ["lingkungan"], 10) == []
    assert referred_unanswered(lake) == []
    save_answer(lake, Answer(case.case_id, "received", "x", "su", "rina", NOW))
    assert lake.execute("SELECT count(*) FROM answers").fetchall() == [(1,)]
    assert [one.case.case_id for one in read_told(lake, shipped_rules(), "dinkes")] == [case.case_id]
    assert [one.cases for one in read_figures(lake, "agency", Span("Asia/Jakarta"), NOW)] == [1]


def test_a_verdict_runs_on_ducklake(lake: duckdb.DuckDBPyConnection) -> None:
    """The queue is read, its card decided and taken back, each sent twice; the case follows both."""
    save_page(lake, Page("x", "a", [mention(1, "caah")], [Payload("x:1", {})], {}, 1), "", {}, NOW)
    champion = {"model_version": "m1", "metrics": "{}", "path": "p", "sha256": "s", "trained_on": ""}
    register_champion(lake, champion, NOW)
    save_assessments(lake, _opinions(unassessed(lake, "m1", 10)))
    case, opening = new_case(NOW)
    save_events(lake, [opening], [case])
    who = Reviewer("rina")
    assert [turn.mention_id for turn in read_queue(lake, who, Filters(), NOW).turns] == ["x:1"]
    assert restricted_waiting(lake) == 0
    (card,) = read_cards(lake, who, ["x:1"])
    assert card.case == case and decided_together(lake, who, "x:1") == ["x:1"]
    for _ in range(2):
        save_verdict(lake, shipped_rules(), Verdict("v1", "x:1", "rina", "ya"), ["x:1"], NOW)
        assert [row["review_id"] for row in verdicts_of(lake, "rina", 5, restricted=False)] == ["v1"]
    for _ in range(2):
        assert take_back(lake, shipped_rules(), "v1", "rina", NOW + timedelta(minutes=1)) == "x:1"
    assert lake.execute("SELECT verdict FROM standing_reviews").fetchall() == [("ragu",)]
    assert read_open_cases(lake)[0].confirmed
    for check in (HERE / "checks").glob("*.sql"):
        assert lake.execute(check.read_text()).fetchall() == [], check.name


def _opinions(waiting: pd.DataFrame) -> pd.DataFrame:
    import hashlib

    row = dict.fromkeys(COLUMNS) | {
        "mention_id": "x:1", "model_version": "m1", "assessed_at": pd.Timestamp(NOW), "flag_score": 0.9, "flagged": True, "threshold": 0.3,
        "category": "bencana", "urgency": 2, "restricted": False, "reasons": "[]", "place_candidates": "[]", "category_score": 0.5,
        "urgency_score": 0.7, "text_sha256": hashlib.sha256(waiting["text"][0].encode()).hexdigest(),
    }  # fmt: skip
    return pd.DataFrame([row])


def test_imported_rows_run_on_ducklake(lake: duckdb.DuckDBPyConnection) -> None:
    """Rows without an id of the platform's are looked up there too, and the place in the file is kept."""
    unnamed = replace(mention(2, "tanpa id"), mention_id=f"x:i:{'0' * 32}", author_handle="lain")
    stored_elsewhere = replace(mention(1, "halo"), mention_id=f"x:i:{'1' * 32}", created_at=mention(1).created_at)
    for expected in (2, 0):
        page = Page("import:csv", "file", [mention(1), unnamed], [Payload("x:1", {})], {"position": 9, "new": 0}, 0)
        assert save_imported(lake, page, NOW) == expected
    assert save_imported(lake, replace(page, mentions=[stored_elsewhere]), NOW) == 0
    assert lake.execute("SELECT mention_id FROM mentions ORDER BY 1").fetchall() == [("x:1",), (unnamed.mention_id,)]


def test_remapped_rows_run_on_ducklake(lake: duckdb.DuckDBPyConnection) -> None:
    """A changed text, and a payload that had no mention: both written, then nothing more to write."""
    unmapped = Payload(None, {"data": {"id": "2"}})
    save_page(lake, Page("x", "mentions:a", [mention(1)], [Payload("x:1", {"a": 1}), unmapped], {}, 1), "", {}, NOW)
    for expected in (2, 0):
        payloads = payload_slice(lake, "", 10)
        named = [Remapped(one, mention(1, "lain") if one.mention_id == "x:1" else mention(2)) for one in payloads]
        assert len(named) == 2 and all(one.use for one in payloads)
        assert save_remapped(lake, named) == expected
    assert lake.execute("SELECT mention_id, text FROM mentions ORDER BY 1").fetchall() == [
        ("x:1", "lain"),
        ("x:2", "halo"),
    ]
    assert lake.execute("SELECT payload_id FROM payloads ORDER BY 1").fetchall() == [("x:x:1",), ("x:x:2",)]


def test_deliveries_hashtags_and_forgetting_run_on_ducklake(lake: duckdb.DuckDBPyConnection) -> None:
    prices = load_prices(DATA / "prices.toml", NOW.date())
    run_id = start_run(lake, "x", "tweepy", NOW)
    words = replace(mention(1, "roboh"), thread_id="x:1")  # shorter than what copies are looked for by
    save_page(lake, Page("x", "a", [words], [Payload("x:1", {"text": words.text})], {}, 1), run_id, prices, NOW)
    for attempt in range(2):
        delivery = save_delivery(lake, b'{"entry": []}', NOW)
        assert len(waiting_deliveries(lake, 5)) == 1 - attempt
        empty_delivery(lake, delivery, NOW)
        assert take_hashtag(lake, "1", "banjir", NOW + timedelta(days=8 * attempt))
        assert [one.mention_id for one in due(lake, "x", NOW, timedelta(hours=5), timedelta(hours=5))] == ["x:1"][
            attempt:
        ]
        save_checks(lake, [Check("x:1", NOW, attempt, "there")])
    assert overdue(lake, "x", NOW) == 1
    forget(lake, ["x:1"], NOW)
    save_page(lake, Page("x", "a", [words], [Payload("x:1", {"text": words.text})], {}, 1), run_id, prices, NOW)
    assert lake.execute("SELECT text, deleted_at IS NULL FROM mentions").fetchall() == [("", False)]
    assert lake.execute("SELECT body FROM payloads").fetchall() == [(None,)]
    take_back_deleted(lake, ["x:1"])
    save_page(lake, Page("x", "a", [words], [Payload("x:1", {"text": words.text})], {}, 1), run_id, prices, NOW)
    assert lake.execute("SELECT text, body IS NULL FROM mentions JOIN payloads USING (mention_id)").fetchall() == [
        (words.text, False)
    ]
    for check in (HERE / "checks").glob("*.sql"):
        assert lake.execute(check.read_text()).fetchall() == [], check.name


def test_erasures_and_alerts_run_on_ducklake(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """What was erased stays so whatever comes again; each alert goes out once."""
    words = replace(mention(1, "rumah kami roboh semalam"), thread_id="x:1")
    quoting = [Payload("x:1", {"text": words.text}), Payload("x:2", {"quoted": words.text})]
    stored = Page("x", "a", [words, replace(mention(2), thread_id="x:1")], quoting, {}, 1)
    save_page(lake, stored, "", {}, NOW)
    case, opening = new_case(NOW)
    noted = decide(shipped_rules(), case, Act("note", "rina", "rumah kami roboh semalam katanya"), NOW)
    save_events(lake, [opening, noted], [apply(case, noted)])
    mark = Erasure("", "", NOW)
    assert mentions_by(lake, "@Warga", None, "x") == ["x:1", "x:2"]
    assert read_subject(lake, ["x:1"]).case_ids == (case.case_id,)
    erase_mentions(lake, ["x:1"], mark)
    assert erase_event_words(lake, events_of_cases(lake, [case.case_id]), sought([], [words.text]), mark) == 1
    for what in ("payload", "delivery", "suggestion", "note"):
        erase_rows(lake, what, ["x:x:1"], mark)
    save_page(lake, replace(stored, payloads=quoting[1:]), "", {}, NOW)
    assert {row[0] for row in lake.execute("SELECT body FROM payloads").fetchall()} == {None}
    erase_again(lake, [one for one in read_erasures(lake) if one.what == "mention"])
    save_request(
        lake,
        {
            "request_id": "r",
            "kind": "erase",
            "received_at": NOW,
            "done_at": NOW,
            "actor": "d",
            "basis": "b",
            "mentions": 1,
            "cases": 1,
        },
    )
    assert (
        read_copy(lake, ["x:1"])["mentions"][0]["text"] == "" and read_listed(lake, ["x:1"])[0]["cases"] == case.case_id
    )
    assert take_alerts(lake, "digest", ["2026-11-24"], "c", NOW) == ["2026-11-24"]
    settle_alerts(lake, "digest", ["2026-11-24"], "c", True, NOW)
    assert take_alerts(lake, "digest", ["2026-11-24"], "c", NOW) == [] and failed_alerts(lake, NOW) == {}
    assert read_digest(lake, NOW).open_cases == 1 and new_emergencies(lake, NOW) == []
    for _ in range(2):
        save_handed_out(lake, tmp_path / "a.csv", "export cases", "rina", NOW)
    assert handed_out(lake, "export") == [tmp_path / "a.csv"]
    assert rewrite_is_due(lake)
