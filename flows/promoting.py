"""Who is champion: a person promotes a candidate that passed, or takes the last promotion back. No Prefect here."""

from __future__ import annotations

from datetime import datetime, timedelta

from classifiers.model import Model
from classifiers.model_file import ModelCard, keep_card, make_champion, read_card, read_champion
from flows.assessing import assess_new, card_row
from flows.progress import Steps
from flows.retraining import open_model
from learning.learning_file import load_learning
from settings import Settings
from triage.assessing import register_champion
from triage.database import unit_of_work
from triage.models import (
    ModelEvent,
    newest_contest,
    read_model,
    read_model_events,
    read_models,
    save_model_event,
    shadow,
)


class ModelRefused(Exception):
    """The model cannot become champion; the message says why and what to do."""


def promote(settings: Settings, model_version: str, actor: str, why: str, now: datetime) -> str:
    """Make a candidate the champion; gives the champion before. Raises ModelRefused when it has not earned it."""
    before = read_champion(settings.models)
    previous = before.model_version
    refused = _against(settings, model_version, previous, now)
    if refused:
        raise ModelRefused(refused)
    card = read_card(settings.models, model_version)
    open_model(settings.models, card)  # a damaged file is found before it is champion
    keep_card(settings.models, before)  # one that was trained before cards were kept could not be gone back to
    _crown(settings, card, ModelEvent(model_version, "promoted", previous, actor, why, now))
    return previous


def roll_back(settings: Settings, actor: str, why: str, now: datetime) -> str:
    """Make the champion before the last promotion champion again; gives its version. Raises ModelRefused when there is none."""
    current = read_champion(settings.models).model_version
    with unit_of_work(settings.database) as connection:
        events = [one for one in read_model_events(connection, current) if one["kind"] == "promoted"]
    if not events or not events[0]["previous"]:
        raise ModelRefused(f"{current} was not promoted by anyone: there is no champion before it to go back to.")
    card = read_card(settings.models, events[0]["previous"])
    open_model(settings.models, card)
    _crown(settings, card, ModelEvent(card.model_version, "rolled_back", current, actor, why, now))
    return card.model_version


def _against(settings: Settings, model_version: str, champion: str, now: datetime) -> str | None:
    """Why a model may not be promoted, in a sentence; None when it may."""
    days = load_learning(settings).contest.shadow_days
    with unit_of_work(settings.database) as connection:
        row, won = read_model(connection, model_version), newest_contest(connection, model_version)
        scored = shadow(connection, model_version, now - timedelta(days=28))["both"] if row else 0
    if row is None:
        return f"There is no model {model_version}: `tanggap models list` names those that are known."
    if row["status"] == "champion":
        return f"{model_version} is the champion already."
    if row["status"] != "candidate" or won is None or not won["passed"]:
        return (
            f"{model_version} has not passed its contest: `tanggap models show {model_version}` says what is missing."
        )
    if won["champion"] != champion:
        return f"{model_version} was judged against {won['champion']}, the champion is {champion} now: run `tanggap models retrain`."
    if now - won["made_at"] < timedelta(days=days) or not scored:
        since = f"{won['made_at']:%Y-%m-%d %H:%M} UTC"
        return (
            f"{model_version} has scored beside the champion since {since} ({scored} posts): "
            f"it may be promoted after {days} days (shadow_days in data/learning.toml)."
        )
    return None


def _crown(settings: Settings, card: ModelCard, event: ModelEvent) -> None:
    """The file is changed inside the transaction: whatever stops in between, the next report makes both agree."""
    with unit_of_work(settings.database) as connection:
        register_champion(connection, card_row(card), datetime.fromisoformat(card.trained_at))
        save_model_event(connection, event)
        make_champion(settings.models, card)


def shadow_model(settings: Settings) -> Model | None:
    """The candidate that scores beside the champion; None without one, or when its file is gone."""
    with unit_of_work(settings.database) as connection:
        versions = [row["model_version"] for row in read_models(connection) if row["status"] == "candidate"]
    if not versions or not (settings.models / f"{versions[0]}.json").exists():
        return None
    return open_model(settings.models, read_card(settings.models, versions[0]))


def score_in_shadow(settings: Settings, steps: Steps) -> int:
    """The candidate's opinion of what it has not seen; nobody is shown it but who compares models."""
    candidate = shadow_model(settings)
    return assess_new(settings, candidate, steps) if candidate else 0
