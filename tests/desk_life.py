"""A desk that has lived: the demo feed collected over HTTP and assessed, then three weeks of verdicts and agencies with a fixed seed.

Verdicts follow the feed's own truth with the slips that people make; agencies are quick, slow or silent. All of it is invented.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cases.acting import Act, allowed, decide
from cases.case import SYSTEM, Case, CaseEvent, apply
from cases.escalation import rung_by_clock
from cases.opening import Intake, opened
from cases.rules import Rules, load_desk_rules
from classifiers.model import Model
from demo.standin import credentials, running
from flows.assessing import assess_new
from flows.collecting import collect_source, enabled_sources
from flows.progress import Steps
from settings import ROOT, Settings, load_settings
from triage.assessing import register_champion
from triage.case_opening import need_of, unplaced
from triage.casework import save_events
from triage.database import prepare_database, unit_of_work

FEED = ROOT / "data" / "feed"
AUDITED = 90
SLIPS = 0.05  # of verdicts, and as many again are *ragu*


def lived_in(home: Path, models: Path, model: Model) -> Settings:
    """A home with the demo's mentions, this model's opinions, verdicts and cases of three weeks."""
    shutil.copy(ROOT / "tanggap.toml", home)
    with pytest.MonkeyPatch.context() as patched, ExitStack() as stack:
        patched.setenv("TANGGAP_HOME", str(home))
        stack.enter_context(running(FEED, home / "var" / "demo"))
        for name, value in credentials(home / "var" / "demo").items():
            patched.setenv(name, value)
        settings = load_settings(os.environ, demo=True)
        prepare_database(settings.database, demo=True)
        for source in enabled_sources(settings):
            collect_source(settings, source, Steps(None))
    shutil.copytree(models, settings.models)
    assess(settings, model)
    live(settings)
    return settings


def assess(settings: Settings, model: Model) -> None:
    card = {"model_version": model.model_version, "metrics": json.dumps(model.card.metrics), "path": "p", "sha256": "s", "trained_on": "{}"}  # fmt: skip
    with unit_of_work(settings.database) as connection:
        register_champion(connection, card, datetime.fromisoformat(model.card.trained_at))
        # collected within minutes of being written, as an hourly desk would have
        connection.execute("UPDATE mentions SET first_seen_at = least(first_seen_at, created_at + INTERVAL 25 MINUTE)")
    assess_new(settings, model, Steps(None))


@dataclass
class Desk:
    """What happens to the cases, told by one source of luck."""

    rules: Rules
    now: datetime
    luck: random.Random = field(default_factory=lambda: random.Random(7))
    events: list[CaseEvent] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)

    def add(self, event: CaseEvent) -> Case:
        self.events.append(event)
        case = self.cases[event.case_id] = apply(self.cases.get(event.case_id), event)
        return case

    def do(self, case: Case, action: str, actor: str, moment: datetime, **more: Any) -> Case:
        """One act, unless it lies in the future or may not be done."""
        if moment > self.now or action not in {*allowed(self.rules, case), "escalate"}:
            return case
        return self.add(decide(self.rules, case, Act(action, actor, "Sesuai catatan.", **more), moment))


def live(settings: Settings) -> None:
    """Three weeks of work on everything that the model flagged, and the daily audit of what it passed over."""
    rules, truth = load_desk_rules(settings), _truth()
    with unit_of_work(settings.database) as connection:
        rows = sorted(unplaced(connection, 10_000), key=lambda row: row["first_seen_at"])
        passed_over = connection.execute(
            "SELECT mention_id, text, created_at FROM mentions JOIN current_assessments USING (mention_id) WHERE NOT flagged ORDER BY mention_id"
        ).fetchall()
        newest = connection.execute("SELECT max(last_seen_at) FROM mentions").fetchone()
        model = connection.execute("SELECT model_version FROM models WHERE status = 'champion'").fetchone()
    assert newest and model
    desk = Desk(rules, newest[0])
    for row in rows:
        _follow(desk, row, truth.get(row["text"], {"flag": 0}))
    chosen = desk.luck.sample(passed_over, min(AUDITED, len(passed_over)))
    for mention_id, text, created_at in chosen:
        _review(
            desk,
            mention_id,
            truth.get(text, {"flag": 0}),
            created_at + timedelta(hours=20),
            "audit",
            AUDITED / len(passed_over),
        )
    frame = pd.DataFrame(desk.reviews).assign(model_version=model[0])
    with unit_of_work(settings.database) as connection:
        save_events(connection, desk.events, desk.cases.values())
        connection.register("frame", frame)
        connection.execute("INSERT INTO reviews BY NAME SELECT * FROM frame")


def _follow(desk: Desk, row: dict[str, Any], truth: dict[str, Any]) -> None:
    seen, luck = row["first_seen_at"], desk.luck
    intake = Intake("mention", seen, row["place_code"] or None, row["mention_id"])
    event = opened(
        desk.rules, need_of(row), intake, desk.now
    )  # by the rules of today: those of the file begin later than the feed
    changes = dict(event.detail["changes"]) | {"opened_at": seen.isoformat()}
    case = desk.add(replace(event, made_at=seen, detail=dict(event.detail) | {"changes": changes}))
    looked = seen + timedelta(hours=(0.6 if case.emergency else 4) * luck.lognormvariate(0, 0.9))
    said = _review(desk, row["mention_id"], truth, looked, "urgent" if case.emergency else "likely", None)
    if said == "bukan":
        desk.do(case, "reject", "rina", looked)
        return
    case = desk.do(case, "forward", "rina", looked, changes={"agency": case.agency})
    if luck.random() < 0.12:  # silent: the clock carries it upwards
        while (rung := rung_by_clock(desk.rules, case, desk.now)) is not None:
            case = desk.do(case, "escalate", SYSTEM, desk.now, rung=rung.id)
        return
    moved = looked + timedelta(days=(0.15 if case.emergency else 2.2) * luck.lognormvariate(0, 0.9))
    case = desk.do(case, "attempt", "dinas", moved)
    case = desk.do(case, "accept", "dinas", moved + timedelta(minutes=5))
    desk.do(case, "finish", "dinas", moved + timedelta(days=luck.uniform(0.2, 6)))


def _review(
    desk: Desk, mention_id: str, truth: dict[str, Any], moment: datetime, why: str, chance: float | None
) -> str:
    luck = desk.luck
    said = "ya" if bool(truth["flag"]) != (luck.random() < SLIPS) else "bukan"
    said = "ragu" if luck.random() < SLIPS else said
    if moment <= desk.now:
        desk.reviews.append(
            {"review_id": f"r{len(desk.reviews)}", "mention_id": mention_id, "reviewer": luck.choice(("rina", "dadan", "sari")), "verdict": said,
             "category": truth.get("category") if said == "ya" and truth.get("category") not in ("-", "kekerasan") else None,
             "made_at": moment, "shown_because": why, "sampling_probability": chance}
        )  # fmt: skip
    return said


def _truth() -> dict[str, dict[str, Any]]:
    """What each invented text really is, by its words."""
    lines = [line for file in sorted(FEED.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return {row["text"]: row["truth"] for row in map(json.loads, lines)}
