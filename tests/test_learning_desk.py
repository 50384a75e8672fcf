"""Audits, recall and drift on a real database: drawn once, asked unmarked, counted right, said where people look."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases.queue_policy import LIKELY, RANDOM, UNCERTAIN
from cases.rules import load_desk_rules
from flows.auditing import audit_passed_over, estimate
from flows.model_checks import check_learning
from flows.platform_checks import GREEN, YELLOW
from flows.progress import Steps
from flows.watching import look_for_drift, watch
from learning.drift import silent_sources
from learning.labels import labels_and_conflicts, verdicts_of
from learning.learning_file import read_learning
from review.daily_report import write_report
from settings import DATA, Settings
from tests.desk_rows import MODEL, NOW, a_champion, store_mentions, store_verdicts
from tests.test_commands_casework import said
from triage.database import unit_of_work
from triage.health import read_health
from triage.labels import label_verdicts
from triage.queue import Filters, read_queue
from triage.reporting import read_report
from triage.review_cards import Reviewer, read_card
from triage.verdicts import Verdict, save_verdict

RULES = read_learning(DATA / "learning.toml")
WORDS = "min kapan jalan pasar lampu mati warga sudah lama belum ada kabar dari dinas tolong dicek ya hatur nuhun"


def everyday(number: int, hours: float, **more: object) -> dict[str, object]:
    chance = random.Random(number)
    row = {
        "number": number,
        "text": " ".join(chance.sample(WORDS.split(), 7)),
        "hours": hours,
        "flag_score": chance.random() * 0.099,
    }
    return row | {"kecamatan": chance.choice(["Setu", "Babelan", None]), "author_id": f"a{number % 90}"} | more


@pytest.fixture
def desk(database: Path) -> Path:
    """Yesterday (local): 60 posts passed over, one of them deleted, one a repost; 12 flagged and judged. Today: 5 more."""
    a_champion(database)
    rows = [everyday(n, 10 + n / 10) for n in range(60)]
    rows[3]["deleted_at"], rows[3]["text"] = NOW, ""
    rows[4]["duplicate_of"] = "x:5"
    rows += [everyday(100 + n, 12, flag_score=0.4) for n in range(12)] + [everyday(200 + n, 0.5) for n in range(5)]
    store_mentions(database, rows)
    store_verdicts(database, [{"mention_id": f"x:{100 + n}", "reviewer": "rina", "verdict": "ya"} for n in range(12)])
    return database


def drawn(database: Path) -> dict[str, tuple[str, float]]:
    with unit_of_work(database) as connection:
        rows = connection.execute("SELECT mention_id, stratum, sampling_probability FROM audit_samples").fetchall()
    return {mention_id: (stratum, chance) for mention_id, stratum, chance in rows}


def test_an_audit_is_drawn_once_a_day_and_enters_the_queue_unmarked(settings: Settings, desk: Path) -> None:
    found = audit_passed_over(settings, NOW)
    first = drawn(desk)
    assert found == len(first) >= RULES.audit.per_day
    with unit_of_work(desk) as connection:
        strata = connection.execute("SELECT DISTINCT stratum, passed_over FROM audit_samples").fetchall()
    assert sum(posts for _, posts in strata) == 58  # neither the deleted one nor the repost
    assert all(int(mention_id[2:]) < 60 for mention_id in first)  # neither flagged nor of a day that is not over
    assert audit_passed_over(settings, NOW + timedelta(hours=1)) == 0
    assert drawn(desk) == first
    with unit_of_work(desk) as connection:
        asked = dict(connection.execute("SELECT mention_id, audit_probability FROM queued_mentions").fetchall())
    assert {name: chance for name, chance in asked.items() if chance} == {name: told[1] for name, told in first.items()}
    assert sum(chance is None for chance in asked.values()) == 12


def test_recall_is_estimated_and_said_in_report_stats_and_doctor(
    settings: Settings, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert estimate(settings, NOW).value is None  # type: ignore[union-attr]
    audit_passed_over(settings, NOW)
    sample = drawn(desk)
    told = [
        {"mention_id": one, "reviewer": "budi", "verdict": "bukan", "review_id": f"b{one}"} for one in sorted(sample)
    ]
    near = next(n for n, one in enumerate(told) if sample[one["mention_id"]][0] == "dekat")
    told[near] |= {"verdict": "ya"}
    store_verdicts(desk, told)
    found = estimate(settings, NOW)
    assert found is not None and found.flagged_pleas == 12
    judged = Counter(stratum for stratum, _ in sample.values())["dekat"]
    with unit_of_work(desk) as connection:
        (posts,) = connection.execute(
            "SELECT any_value(passed_over) FROM audit_samples WHERE stratum = 'dekat'"
        ).fetchone()  # type: ignore[misc]
    assert found.missed_pleas == pytest.approx(posts / judged)
    assert found.value == pytest.approx(12 / (12 + posts / judged))

    words = f"model menandai kira-kira {round(100 * found.value)} (antara "
    assert words in said(capsys, "stats")[1] and words in said(capsys, "models", "health")[1]
    with unit_of_work(desk) as connection:
        facts = read_report(connection, NOW.date(), ZoneInfo("Asia/Jakarta"), NOW)
    page = write_report(facts, settings).read_text(encoding="utf-8")
    assert words in page and "1 di antaranya ternyata permohonan" in page
    health = read_health(desk, NOW).learning
    assert health is not None
    checks = {check.name: check.colour for check in check_learning(health, settings, NOW)}
    assert checks["model age"] == GREEN
    assert checks["recall"] == (YELLOW if found.high < 0.95 else GREEN)  # type: ignore[operator]
    assert {one.name: one.colour for one in check_learning(health, settings, NOW + timedelta(days=99))}[
        "model age"
    ] == YELLOW


@pytest.fixture
def month(database: Path) -> Path:
    """Five weeks of everyday posts; nothing happens."""
    a_champion(database)
    store_mentions(database, [everyday(n, 2 + n * 35 * 24 / 1500) for n in range(1500)])
    return database


def alerts(settings: Settings) -> dict[tuple[str, str], str | None]:
    return {(one.kind, one.name): one.mention_id for one in look_for_drift(settings, NOW) if one.alert}


def test_a_quiet_month_raises_no_alarm(settings: Settings, month: Path) -> None:
    assert alerts(settings) == {}


def test_a_flood_and_a_rumour_are_named_with_an_example_that_may_be_shown(
    settings: Settings, month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flood = [
        everyday(5000 + n, 1 + n / 3, text=f"banjir sedada di Muaragembong tolong hubungi 0812 3456 78{n:02}", kecamatan="Muaragembong", flag_score=0.8,
                 restricted=n % 2 == 0)
        for n in range(90)
    ]  # fmt: skip
    store_mentions(month, flood)
    found = alerts(settings)
    assert {("words", "banjir"), ("flagged", "share"), ("place", "Muaragembong"), ("scores", "psi")} <= set(found)
    assert all(
        example and int(example[2:]) % 2 == 1 for example in (found["words", "banjir"], found["place", "Muaragembong"])
    )
    out = said(capsys, "models", "health")[1]
    assert "Kata “banjir” tiba-tiba sering dipakai" in out and "0812" not in out and "[no. HP]" in out
    assert "Tidak satu unggahan pun menyebut kecamatan ini" in out and "Cibarusah" in out
    with unit_of_work(month) as connection:
        facts = read_report(connection, NOW.date(), ZoneInfo("Asia/Jakarta"), NOW)
    page = write_report(facts, settings).read_text(encoding="utf-8")
    assert "Kata “banjir” tiba-tiba sering dipakai" in page and "0812" not in page
    assert f'data-quotes="{found["words", "banjir"]}"' in page
    health = read_health(month, NOW).learning
    assert health is not None and "words banjir" in health.alerts
    assert {one.name: one.colour for one in check_learning(health, settings, NOW)}["drift"] == YELLOW


def test_a_silent_source_is_named(settings: Settings, month: Path) -> None:
    moments = [("x mentions:a", NOW - timedelta(hours=60 + 3 * n)) for n in range(100)]
    moments += [
        ("x search:b", NOW - timedelta(days=5 * n)) for n in range(1, 7)
    ]  # five days of silence are usual there
    moments += [("instagram tagged:c", NOW - timedelta(hours=n)) for n in range(1, 300)]
    silent = silent_sources(moments, NOW - timedelta(days=35), NOW, RULES.drift)
    assert [one.name for one in silent if one.alert] == ["x mentions:a"]


def test_watching_twice_a_day_adds_nothing(settings: Settings, month: Path) -> None:
    def kept() -> list[object]:
        with unit_of_work(month) as connection:
            tables = ("drift_signs", "recall_estimates", "audit_samples")
            return [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]

    watch(settings, Steps(None), NOW)
    first = kept()
    watch(settings, Steps(None), NOW + timedelta(hours=1))
    assert kept() == first
    assert MODEL == "m-champion"


def test_the_reviewers_queue_mixes_audits_in_and_the_verdict_keeps_its_chance(settings: Settings, desk: Path) -> None:
    """Through the app's own way: the queue, the card, the verdict; other reviewers and filters see the same."""
    store_mentions(desk, [everyday(300 + n, 5, flag_score=0.3 + n / 100) for n in range(30)])
    audit_passed_over(settings, NOW)
    sample = drawn(desk)
    with unit_of_work(desk) as connection:
        queue = read_queue(connection, Reviewer("siti"), Filters(), NOW)
    lanes = Counter(turn.shown_because for turn in queue.turns)
    assert lanes[RANDOM] == len(sample) and lanes[LIKELY] + lanes[UNCERTAIN] == 30
    assert {turn.mention_id: turn.sampling_probability for turn in queue.turns if turn.shown_because == RANDOM} == {
        name: chance for name, (_, chance) in sample.items()
    }
    assert 1 <= sum(turn.shown_because == RANDOM for turn in queue.turns[:20]) <= 3
    asked = next(turn for turn in queue.turns if turn.shown_because == RANDOM)
    flagged = next(turn for turn in queue.turns if turn.shown_because == UNCERTAIN)
    rules = load_desk_rules(settings)
    for number, turn in enumerate((asked, flagged)):
        with unit_of_work(desk) as connection:
            assert read_card(connection, Reviewer("siti"), turn.mention_id) is not None
            said_ = Verdict(f"v{number}", turn.mention_id, "siti", "bukan")
            save_verdict(connection, rules, said_, [turn.mention_id], NOW)
    with unit_of_work(desk) as connection:
        kept = connection.execute(
            "SELECT shown_because, sampling_probability FROM reviews WHERE reviewer = 'siti' ORDER BY review_id"
        ).fetchall()
        labels = {
            one.verdict.mention_id: one.origin
            for one in labels_and_conflicts(verdicts_of(label_verdicts(connection)))[0]
        }
    assert kept[0] == (RANDOM, asked.sampling_probability)
    assert kept[1][1] == 1.0
    assert labels[asked.mention_id] == "audit" and labels[flagged.mention_id] == "putusan"
