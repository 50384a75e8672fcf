"""Whether the world still looks like what the model knows, and who has fallen silent: once a day, kept for report, stats and doctor. No Prefect here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import pandas as pd

from cases.regions import district_names
from classifiers.lexicon import spelling_lexicon
from classifiers.normalising import Normaliser
from flows.auditing import audit_passed_over, estimate
from flows.progress import Steps
from flows.promoting import score_in_shadow
from learning.drift import Sign, drift_signs, silent_places, silent_sources
from learning.learning_file import DriftRules, load_learning
from settings import Settings
from triage.database import unit_of_work
from triage.drift import drift_posts, places_named, save_signs, signs_of_day

WEEK = timedelta(days=7)


def watch(settings: Settings, steps: Steps, now: datetime) -> None:
    """Draw audits, estimate recall, look for drift, let the candidate score beside the champion."""
    drawn = audit_passed_over(settings, now)
    recall = estimate(settings, now)
    with unit_of_work(settings.database) as connection:
        looked = signs_of_day(connection, now.astimezone(settings.zone).date())
    signs = [] if looked else look_for_drift(settings, now)  # once a day: the flow runs every hour
    scored = score_in_shadow(settings, steps)
    told = f"recall {recall.value:.2f}" if recall and recall.value is not None else "recall not known yet"
    alerts = sum(one.alert for one in signs)
    steps.say("watch", f"{drawn} posts drawn to audit, {told}, {alerts} drift alerts, {scored} in shadow", done=True)


def look_for_drift(settings: Settings, now: datetime) -> list[Sign]:
    """The signs of today, kept under the local day."""
    rules = load_learning(settings).drift
    today = now.astimezone(settings.zone).date()
    span = timedelta(days=rules.silent_place_days)
    with unit_of_work(settings.database) as connection:
        posts = drift_posts(connection, now - WEEK * (rules.usual_weeks + 1), now)
        named, earlier = (
            places_named(connection, now - one, now - other) for one, other in ((span, 0 * span), (3 * span, span))
        )
    places = silent_places(named, earlier, district_names(settings.program.region)) if len(posts) else []
    signs = [*_changes(posts, rules, now), *_silent_sources(posts, rules, now), *places]
    frame = pd.DataFrame([asdict(one) | {"day": today, "made_at": now} for one in signs])
    with unit_of_work(settings.database) as connection:
        save_signs(connection, today, frame)
    return signs


def _changes(posts: pd.DataFrame, rules: DriftRules, now: datetime) -> list[Sign]:
    seen = posts["first_seen_at"]
    week = posts[seen > now - WEEK]
    usual = posts[(seen <= now - WEEK) & (seen > now - WEEK * (rules.usual_weeks + 1))]
    return drift_signs(week, usual, Normaliser(spelling_lexicon()).tokens, rules)


def _silent_sources(posts: pd.DataFrame, rules: DriftRules, now: datetime) -> list[Sign]:
    """A source is a platform and the target that found the post."""
    names = (posts["platform"] + " " + posts["matched"]).tolist()
    arrivals = list(zip(names, posts["first_seen_at"].dt.to_pydatetime(), strict=True))
    return silent_sources(arrivals, posts["first_seen_at"].min(), now, rules) if arrivals else []
