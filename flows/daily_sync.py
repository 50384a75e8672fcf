"""The sync as a Prefect flow, for the schedule. Import it after set_environment()."""

from __future__ import annotations

from prefect import flow

from flows.progress import Steps
from flows.syncing import sync
from settings import load_settings
from triage.database import prepare_database


@flow(name="deletions and edits", validate_parameters=False)
def daily_sync(demo: bool = False) -> dict[str, str]:
    """Follow deletions and edits; returns how each source ended."""
    settings = load_settings(demo=demo)
    prepare_database(settings.database, demo=demo)
    return {outcome.source: outcome.status for outcome in sync(settings, Steps(None))}
