"""Rules as they are shipped, invented cases, and rules files that a test may spoil."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases.acting import Act, decide
from cases.case import Case, CaseEvent, apply
from cases.opening import Intake, opened
from cases.routing import Need
from cases.rules import FILES, Home, Rules, load_rules
from settings import DATA

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # Tuesday 24 November 2026, 09.30 WIB
BEKASI = Home("32.16", "Kabupaten Bekasi", WIB)


@lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    return load_rules(lambda name: DATA / f"{name}.toml", BEKASI)


def rules_in(folder: Path, home: Home = BEKASI) -> Rules:
    return load_rules(lambda name: folder / f"{name}.toml", home)


def copy_rules(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(DATA / f"{name}.toml", folder / f"{name}.toml")
    return folder


def new_case(now: datetime = NOW, *, mention_id: str | None = "x:1", **need: Any) -> tuple[Case, CaseEvent]:
    """A case as a mention opens it: kesehatan, urgency 1, at home unless told otherwise."""
    wanted = Need(**({"category": "kesehatan", "urgency": 1} | need))
    event = opened(shipped_rules(), wanted, Intake("mention", now, mention_id=mention_id), now)
    return apply(None, event), event


def done(case: Case, action: str, now: datetime = NOW, why: str = "alasan", **changes: Any) -> Case:
    """The case after an act of Rina's."""
    return apply(case, decide(shipped_rules(), case, Act(action, "rina", why, changes), now))
