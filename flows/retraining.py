"""A challenger from the desk's verdicts: trained on the earlier weeks, judged with the champion on the later ones. No Prefect here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from classifiers.corpus import read_corpus
from classifiers.model import Model, load_champion
from classifiers.model_file import ModelCard, load_model
from classifiers.training import Trained, train_on
from flows.assessing import card_row
from flows.progress import Steps
from learning.contest import Contest, contest
from learning.doubts import doubtful_labels
from learning.labels import Label, as_corpus, labels_and_conflicts, verdicts_of
from learning.learning_file import LearningFile, Retraining, load_learning
from settings import DATA, Settings
from triage.database import unit_of_work
from triage.labels import label_verdicts, save_doubts
from triage.models import ModelEvent, newest_contest, register_challenger, save_contest, save_model_event

CORPUS = DATA / "corpus" / "train"
PROGRAM = "tanggap"  # the actor of what no person did


@dataclass(frozen=True, slots=True)
class Challenged:
    """A challenger and how its contest ended."""

    card: ModelCard
    contest: Contest
    learned: int  # verdicts it learned from
    judged_from: datetime


@dataclass(frozen=True, slots=True)
class Split:
    """Labels by time: the earlier ones teach, the later ones judge."""

    learned: list[Label]
    judged: list[Label]
    judged_from: datetime


def retrain(
    settings: Settings, steps: Steps, now: datetime, *, asked: bool = False, corpus_dir: Path = CORPUS
) -> Challenged | None:
    """Train and judge a challenger when one is due (or ``asked`` for); None when there is nothing to do."""
    rules = load_learning(settings)
    labels = _labels(settings)
    reason = _why_now(settings, labels, rules.retraining, now)
    if not (reason or asked):
        return None
    steps.say("retrain", reason or "asked for")
    champion = load_champion(settings.models)
    split = split_by_time(labels, champion.card, rules.retraining, now)
    trained = _train(settings, split, rules, corpus_dir, steps)
    challenger = open_model(settings.models, trained.card)
    judged = judged_posts(split.judged, champion, challenger, settings.program.expected_share)
    ended = contest(judged, trained.card.metrics, rules.contest, rules.retraining.fewest_judged_pleas)
    done = Challenged(trained.card, ended, len(split.learned), split.judged_from)
    _save(settings, done, champion.card, _doubts(trained, split, challenger), now)
    steps.say("retrain", f"{trained.card.model_version} {'passed' if ended.passed else 'did not pass'}", done=True)
    return done


def _labels(settings: Settings) -> list[Label]:
    with unit_of_work(settings.database) as connection:
        return labels_and_conflicts(verdicts_of(label_verdicts(connection)))[0]


def _why_now(settings: Settings, labels: list[Label], rules: Retraining, now: datetime) -> str | None:
    """Why a challenger is due: enough new labels since the last contest, at once or once a week."""
    with unit_of_work(settings.database) as connection:
        last = newest_contest(connection)
    since = last["made_at"] if last else None
    fresh = sum(since is None or one.made_at > since for one in labels)
    if fresh >= rules.after_new_labels:
        return f"{fresh} new labels"
    if fresh >= rules.fewest_new_labels and (since is None or now - since >= timedelta(days=rules.every_days)):
        return f"a week has passed, {fresh} new labels"
    return None


def split_by_time(labels: list[Label], champion: ModelCard, rules: Retraining, now: datetime) -> Split:
    """The newest weeks judge, as far as the champion has not learned from them; what resembles a learned post judges nothing."""
    begins = now - timedelta(weeks=rules.judged_weeks)
    if known := champion.trained_on.get("verdicts_until"):
        begins = max(begins, datetime.fromisoformat(known))
    learned = [one for one in labels if one.made_at <= begins]
    told = {one.verdict.concern for one in learned}
    judged = [one for one in labels if one.made_at > begins and one.verdict.concern not in told]
    return Split(learned, judged, begins)


def _train(settings: Settings, split: Split, rules: LearningFile, corpus_dir: Path, steps: Steps) -> Trained:
    corpus = read_corpus(corpus_dir)
    learned = as_corpus(split.learned, rules.retraining.review_weight)
    until = split.learned[-1].made_at.isoformat() if split.learned else None
    together = pd.concat([corpus, learned], ignore_index=True) if split.learned else corpus
    return train_on(
        together,
        settings.models,
        lambda step, share: steps.say("retrain", step, share=share),
        until,
        recall_floor=settings.thresholds.recall_floor,
    )


def open_model(models_dir: Path, card: ModelCard) -> Model:
    """The model of a card, champion or not."""
    return Model(card, *load_model(models_dir, card))


def judged_posts(labels: list[Label], champion: Model, challenger: Model, share: float) -> pd.DataFrame:
    """What ``learning.contest.contest`` asks for: a row a label, both models' scores on its text."""
    rows = [
        {
            "plea": one.verdict.verdict == "ya",
            "weight": 1 / one.verdict.audit_probability if one.verdict.audit_probability else 1.0,
            "lang": one.verdict.lang or "-",
            "category": one.verdict.category or "-" if one.verdict.verdict == "ya" else "-",
            "urgency": "-" if one.verdict.urgency is None else str(int(one.verdict.urgency)),
        }
        for one in labels
    ]
    frame = pd.DataFrame(rows, columns=["plea", "weight", "lang", "category", "urgency"])
    for name, model in (("champion", champion), ("challenger", challenger)):
        opinion = model.assess([one.verdict.text for one in labels], expected_share=share)
        frame[f"{name}_score"] = opinion["flag_score"].to_numpy()
        frame[f"{name}_flagged"] = opinion["flagged"].to_numpy(dtype=bool)
    return frame


def _doubts(trained: Trained, split: Split, challenger: Model) -> pd.DataFrame:
    """Verdicts the challenger had not seen when it was asked: cross-fitted ones it learned from, and those of the later weeks."""
    later = as_corpus(split.judged, 1.0)
    chance = np.append(trained.held_back, challenger.probabilities(later["text"].tolist())["flag"])
    rows = pd.concat([trained.known, later], ignore_index=True)
    given = (rows["flag"] == "1").to_numpy().astype(int)
    if "mention_id" not in rows:
        return pd.DataFrame()
    found = [
        {"mention_id": rows["mention_id"].iloc[one.row], "verdict": ("bukan", "ya")[given[one.row]], "chance": one.chance, "doubt": one.margin}
        for one in doubtful_labels(given, chance)
        if isinstance(rows["mention_id"].iloc[one.row], str)
    ]  # fmt: skip
    return pd.DataFrame(found)


def _save(settings: Settings, done: Challenged, champion: ModelCard, doubts: pd.DataFrame, now: datetime) -> None:
    version, ended = done.card.model_version, done.contest
    with unit_of_work(settings.database) as connection:
        if version != champion.model_version:  # the same labels give the same bytes: then there is nothing new
            register_challenger(
                connection, card_row(done.card), datetime.fromisoformat(done.card.trained_at), ended.passed
            )
            event = ModelEvent(version, "trained", champion.model_version, PROGRAM, f"{done.learned} verdicts", now)
            save_model_event(connection, event)
        save_contest(
            connection,
            {"champion": champion.model_version, "challenger": version, "made_at": now, "judged_from": done.judged_from, "judged_to": now,
             "posts": ended.posts, "pleas": ended.pleas, "passed": ended.passed, "detail": json.dumps(ended.as_dict())},
        )  # fmt: skip
        if len(doubts):
            doubts = doubts.assign(model_version=version, found_at=now)
        save_doubts(connection, doubts)
