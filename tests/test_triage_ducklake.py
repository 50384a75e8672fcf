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
from cases.joining import Suggestion
from cases.likeness import Likeness
from mention import Gap, Page, Payload
from settings import DATA
from tests.case_fixtures import new_case, shipped_rules
from tests.test_triage_collecting import mention
from triage.account_health import Circuit, Unread, read_circuit, save_circuit, save_unread, take_requests
from triage.assessing import COLUMNS, register_champion, save_assessments, unassessed
from triage.case_opening import (
    changed_opinions,
    flagged_again,
    new_verdicts,
    no_longer_flagged,
    opinions_of,
    placed_mentions,
    returns_by_rule,
    unplaced,
    with_a_case,
)
from triage.casework import read_open_cases, remove_placements, save_cases, save_events
from triage.collecting import save_page, start_run
from triage.database import HERE, SCHEMA_FILES, applied_versions, apply_schema
from triage.reconciling import Counter, last_counter, reconcile
from triage.reporting import read_report, save_report
from triage.spending import Price, load_prices, reserve, spent
from triage.suggesting import (
    Decision,
    decide_suggestions,
    read_suggestion,
    read_suggestions,
    save_suggestions,
    suggestion_id,
)

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
    assert changed_opinions(lake, SYSTEM) == []
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


def _opinions(waiting: pd.DataFrame) -> pd.DataFrame:
    import hashlib

    row = dict.fromkeys(COLUMNS) | {
        "mention_id": "x:1", "model_version": "m1", "assessed_at": pd.Timestamp(NOW), "flag_score": 0.9, "flagged": True, "threshold": 0.3,
        "category": "bencana", "urgency": 2, "restricted": False, "reasons": "[]", "place_candidates": "[]", "category_score": 0.5,
        "urgency_score": 0.7, "text_sha256": hashlib.sha256(waiting["text"][0].encode()).hexdigest(),
    }  # fmt: skip
    return pd.DataFrame([row])
