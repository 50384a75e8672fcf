"""data/learning.toml: how verdicts become a better model, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from cases.rule_file import parsed, read_rule_file
from cases.rule_models import Part
from settings import DATA, Settings

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Limit = Annotated[float, Field(gt=0)]


class AuditStratum(Part):
    name: Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")]
    from_part: Share
    share: Share


class Audit(Part):
    per_day: Annotated[int, Field(ge=0, le=500)]
    window_days: Count
    days_back: Count
    stratum: Annotated[list[AuditStratum], Field(min_length=1)]

    @model_validator(mode="after")
    def _from_near_to_far(self) -> Audit:
        ends = [one.from_part for one in self.stratum]
        if ends != sorted(ends, reverse=True) or ends[-1] != 0:
            raise ValueError("has strata out of order: from_part falls from one to the next and the last one is 0.0")
        return self


class Retraining(Part):
    every_days: Count
    fewest_new_labels: Count
    after_new_labels: Count
    judged_weeks: Count
    fewest_judged_pleas: Count
    review_weight: Limit


class ContestRules(Part):
    worse_margin: Share
    calibration_limit: Share
    calibration_slack: Share
    fewest_pleas: Count
    floor_category: Share
    floor_lang: Share
    floor_urgency_0: Share
    floor_urgency_1: Share
    floor_urgency_2: Share
    shadow_days: Annotated[int, Field(ge=0)]


class DriftRules(Part):
    usual_weeks: Count
    fewest_posts: Count
    scores_limit: Limit
    share_limit: Limit
    flagged_limit: Limit
    word_limit: Limit
    word_authors: Count
    silent_days: Count
    silent_place_days: Count
    model_age_days: Count


class LearningFile(Part):
    audit: Audit
    retraining: Retraining
    contest: ContestRules
    drift: DriftRules


def load_learning(settings: Settings) -> LearningFile:
    """The desk's own data/learning.toml in TANGGAP_HOME, else the repository's. Raises RulesError naming file and line."""
    own = settings.home / "data" / "learning.toml"
    return read_learning(own if own.is_file() else DATA / "learning.toml")


def read_learning(path: Path) -> LearningFile:
    return parsed(read_rule_file(path), LearningFile)
