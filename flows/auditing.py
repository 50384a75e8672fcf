"""Audits of what the model passed over: drawn once for every day that is over, and what they say of recall. No Prefect here."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from learning.auditing import PassedOver, draw_audit
from learning.learning_file import Audit, load_learning
from learning.recall import Recall, Stratum, estimate_recall
from settings import Settings
from triage.auditing import (
    audit_answers,
    audited_days,
    champion_since,
    flagged_answers,
    passed_over,
    save_audit,
    save_recall,
)
from triage.database import unit_of_work


def audit_passed_over(settings: Settings, now: datetime) -> int:
    """Draw the audit of every local day that is over and has none, as far back as data/learning.toml says; how many were drawn."""
    rules = load_learning(settings).audit
    today = now.astimezone(settings.zone).date()
    drawn = 0
    for back in range(rules.days_back, 0, -1):
        with unit_of_work(settings.database) as connection:
            drawn += _audit_day(connection, settings, rules, today - timedelta(days=back), now)
    return drawn


def _audit_day(connection: Any, settings: Settings, rules: Audit, day: date, now: datetime) -> int:
    champion = champion_since(connection)
    if champion is None or rules.per_day == 0 or day in audited_days(connection):
        return 0
    posts = passed_over(connection, day, str(settings.zone))
    found = draw_audit(
        [PassedOver(*row) for row in posts.itertuples(index=False)], rules.stratum, rules.per_day, day.isoformat()
    )
    rows = [
        {"day": day, "mention_id": one.mention_id, "model_version": champion[0], "stratum": one.stratum, "passed_over": one.passed_over,
         "drawn": one.drawn, "sampling_probability": one.sampling_probability, "drawn_at": now}
        for one in found
    ]  # fmt: skip
    save_audit(connection, pd.DataFrame(rows))
    return len(rows)


def estimate(settings: Settings, now: datetime) -> Recall | None:
    """Recall under the champion, from the audits of its days; kept for the report. None without a champion."""
    rules = load_learning(settings).audit
    today = now.astimezone(settings.zone).date()
    with unit_of_work(settings.database) as connection:
        champion = champion_since(connection)
        if champion is None:
            return None
        since = max(champion[1], now - timedelta(days=rules.window_days))
        after = since.astimezone(settings.zone).date() - timedelta(days=1)
        audited = audit_answers(connection, champion[0], after)
        flagged = flagged_answers(connection, champion[0], after, str(settings.zone))
        strata = strata_of(audited, flagged)
        found = estimate_recall(strata)
        save_recall(connection, _row(found, strata, champion[0], since, now) | {"day": today})
    return found


def strata_of(audited: pd.DataFrame, flagged: pd.DataFrame) -> list[Stratum]:
    """Rows of audit_answers.sql and flagged_answers.sql as strata; a day's passed-over posts count once a stratum."""
    strata = [
        Stratum(str(name), True, len(part), tuple(bool(plea) for plea in part["plea"].dropna()))
        for name, part in flagged.groupby("stratum")
    ]
    for name, part in audited.groupby("stratum"):
        judged = part[part["plea"].notna()]
        strata.append(
            Stratum(
                str(name),
                False,
                int(part.drop_duplicates("day")["passed_over"].sum()),
                tuple(bool(plea) for plea in judged["plea"]),
                tuple(judged["sampling_probability"]),
            )
        )
    return strata


def _row(found: Recall, strata: list[Stratum], model: str, since: datetime, now: datetime) -> dict[str, Any]:
    passed = [one for one in strata if not one.flagged]
    detail = [
        {
            "stratum": s.name,
            "flagged": s.flagged,
            "posts": s.posts,
            "judged": len(s.answers),
            "pleas": round(s.pleas, 2),
        }
        for s in strata
    ]
    return {
        "model_version": model, "from_at": since, "to_at": now, "recall": found.value, "low": found.low, "high": found.high,
        "flagged_pleas": found.flagged_pleas, "missed_pleas": found.missed_pleas, "audited": sum(len(s.answers) for s in passed),
        "audited_pleas": sum(sum(s.answers) for s in passed), "passed_over": sum(s.posts for s in passed),
        "detail": json.dumps(detail), "made_at": now,
    }  # fmt: skip
