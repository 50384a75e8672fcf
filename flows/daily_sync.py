"""The sync as a Prefect flow, for the schedule. Import it after set_environment()."""

from __future__ import annotations

from prefect import flow

from flows.jitter import RHYTHM_SEEN, wait_a_little
from flows.progress import Steps
from flows.syncing import sync, sync_sources
from settings import load_settings
from triage.database import prepare_database


@flow(name="deletions and edits", validate_parameters=False)
def daily_sync(demo: bool = False, jitter: float = 0.0) -> dict[str, str]:
    """Follow deletions and edits; returns how each source ended. ``jitter``: as of the daily report, if Instagram is asked."""
    settings = load_settings(demo=demo)
    prepare_database(settings.database, demo=demo)
    if RHYTHM_SEEN & set(sync_sources(settings)):
        wait_a_little(jitter)
    return {outcome.source: outcome.status for outcome in sync(settings, Steps(None))}
