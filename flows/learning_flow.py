"""The retraining as a Prefect flow, for the schedule. Import it after set_environment()."""

from __future__ import annotations

from prefect import flow

from flows.collecting import utc_now
from flows.progress import Steps
from flows.retraining import retrain
from settings import load_settings


@flow(name="learn from verdicts", validate_parameters=False)
def learn_from_verdicts(demo: bool = False) -> str:
    """Train and judge a challenger when one is due; a person promotes it, or not."""
    done = retrain(load_settings(demo=demo), Steps(None), utc_now())
    if done is None:
        return "not due"
    return f"{done.card.model_version}: {'passed' if done.contest.passed else 'did not pass'}"
