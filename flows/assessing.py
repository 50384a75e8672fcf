"""New mentions get the champion's opinion, in batches; the model is trained first when there is none. No Prefect here."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from classifiers.duplicates import duplicate_groups
from classifiers.model import Model, load_champion
from classifiers.model_file import ModelCard
from classifiers.training import train
from flows.collecting import utc_now
from flows.progress import Steps
from settings import DATA, Settings
from triage.assessing import COLUMNS, recent_texts, register_champion, save_assessments, unassessed
from triage.database import unit_of_work

BATCH = 5_000
DUPLICATE_HISTORY = timedelta(days=60)


def champion(settings: Settings, steps: Steps) -> Model:
    """The champion of var/models, trained first when there is none, and known to the database."""
    if not (settings.models / "champion.json").exists():
        train(
            DATA / "corpus" / "train",
            settings.models,
            on_progress=lambda step, share: steps.say("train", f"{step} {share:.0%}"),
            recall_floor=settings.thresholds.recall_floor,
        )
        steps.say("train", "first model", done=True)
    model = load_champion(settings.models)
    with unit_of_work(settings.database) as connection:
        register_champion(connection, card_row(model.card), datetime.fromisoformat(model.card.trained_at))
    return model


def card_row(card: ModelCard) -> dict[str, Any]:
    """A card as the table models takes it."""
    return {
        "model_version": card.model_version,
        "metrics": json.dumps(card.metrics),
        "path": card.path,
        "sha256": card.sha256,
        "trained_on": json.dumps(card.trained_on),
    }


def assess_new(settings: Settings, model: Model, steps: Steps) -> int:
    """Assess every mention the champion has no opinion of; returns how many. A stop in between loses only the batch at work."""
    done = 0
    while True:
        with unit_of_work(settings.database) as connection:
            batch = unassessed(connection, model.model_version, BATCH)
            history = recent_texts(connection, utc_now() - DUPLICATE_HISTORY) if len(batch) else None
        if history is None:
            steps.say("assess", f"{done} mentions", done=True)
            return done
        opinions = _opinions(settings, model, batch, history)
        with unit_of_work(settings.database) as connection:
            save_assessments(connection, opinions)
        done += len(batch)
        steps.say("assess", f"{done} mentions")


def _opinions(settings: Settings, model: Model, batch: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    opinions = model.assess(
        batch["text"].tolist(),
        source=batch["platform"].tolist(),
        parents=[text if isinstance(text, str) else None for text in batch["parent_text"]],
        home=settings.program.region,
        expected_share=settings.program.expected_share,
    ).reset_index(drop=True)
    groups = duplicate_groups(history["mention_id"].tolist(), history["text"].tolist(), history["created_at"].tolist())
    opinions["mention_id"] = batch["mention_id"].to_numpy()
    opinions["model_version"] = model.model_version
    opinions["assessed_at"] = pd.Timestamp(utc_now())
    firsts = [groups.get(mention, mention) for mention in batch["mention_id"]]  # older than the history: its own first
    opinions["duplicate_of"] = pd.Series(
        [None if first == mention else str(first) for first, mention in zip(firsts, batch["mention_id"], strict=True)],
        dtype=object,
    )
    opinions["text_sha256"] = [
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in batch["text"]
    ]
    return opinions[COLUMNS]
