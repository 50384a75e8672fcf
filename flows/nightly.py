"""The nightly retention and backup as Prefect flows, for the schedule. Import it after set_environment()."""

from __future__ import annotations

from prefect import flow

from flows.backups import KEEP, back_up, backups_folder, clear_replaced, rotate
from flows.collecting import utc_now
from flows.progress import Steps
from flows.retaining import retain
from settings import load_settings
from triage.database import prepare_database


@flow(name="nightly backup", validate_parameters=False)
def nightly_backup(demo: bool = False) -> str:
    """Save everything, then let go of what is older than a week: in this order, so that a full disk costs no backup."""
    settings = load_settings(demo=demo)
    folder = backups_folder(settings.home)
    archive = back_up(settings, folder, Steps(None))
    rotate(folder, KEEP)
    clear_replaced(settings.var, utc_now())
    return str(archive)


@flow(name="nightly retention", validate_parameters=False)
def nightly_retention(demo: bool = False) -> dict[str, int]:
    """Let go of what was kept long enough; before the backup, so that the backup does not keep it. Returns rows by table."""
    settings = load_settings(demo=demo)
    prepare_database(settings.database, demo=demo)
    return retain(settings, Steps(None)).tables
