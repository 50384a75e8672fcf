"""What doctor says of the model: its age, its recall as audits tell it, what drifts, a candidate that waits. No Prefect here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flows.platform_checks import GREEN, YELLOW, Check
from learning.learning_file import load_learning
from settings import Settings
from triage.health import LearningHealth


def check_learning(health: LearningHealth, settings: Settings, now: datetime) -> Iterator[Check]:
    if health.trained_at:
        yield _age(health.trained_at, now, load_learning(settings).drift.model_age_days)
    yield _recall(health, settings.thresholds.recall_floor)
    yield _drift(health.alerts)
    if health.candidate:
        said = f"{health.candidate} passed its contest and waits for a person"
        yield Check("candidate", GREEN, f"{said}: tanggap models show {health.candidate}")


def _age(trained_at: datetime, now: datetime, limit: int) -> Check:
    days = (now - trained_at).days
    said = f"trained {trained_at:%Y-%m-%d}, {days} days ago"
    if days > limit:
        return Check(
            "model age", YELLOW, said, "run tanggap models retrain, or tanggap train where there are no verdicts"
        )
    return Check("model age", GREEN, said)


def _recall(health: LearningHealth, floor: float) -> Check:
    if health.recall is None or health.recall_high is None:
        return Check("recall", GREEN, "not known yet: too few audits of what the model passed over were judged")
    said = f"about {health.recall:.2f} of the pleas are flagged (at most {health.recall_high:.2f}); wanted {floor:.2f}"
    if health.recall_high < floor:
        return Check("recall", YELLOW, said, "judge what the queue asks, then run tanggap models retrain")
    return Check("recall", GREEN, said)


def _drift(alerts: list[str]) -> Check:
    if not alerts:
        return Check("drift", GREEN, "nothing differs much from the weeks before")
    return Check(
        "drift", YELLOW, f"differs from the weeks before: {', '.join(alerts[:6])}", "run tanggap models health"
    )
