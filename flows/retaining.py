"""The night's retention: what has been kept long enough goes, and the database is written anew when words have left it. No Prefect here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from classifiers.model_file import ModelFileError, read_champion
from flows.collecting import utc_now
from flows.forgetting import forget_in_files
from flows.progress import Steps
from settings import DATA, Settings
from triage.database import unit_of_work
from triage.retaining import carry_out, due_rows, save_retention, unruled
from triage.retention_rules import Retention, Rule, load_retention
from triage.rewriting import Rewritten, clear_leftovers, rewrite, rewrite_is_due

SUBJECT_COPY = timedelta(days=14)  # what a data subject was given waits so long to be fetched


@dataclass(frozen=True, slots=True)
class Retained:
    """rows by table and files by folder that went, or would go; tables that no rule speaks of; whether the file was written anew."""

    tables: dict[str, int]
    folders: dict[str, int]
    unruled: list[str]
    rewritten: Rewritten | None


def what_is_due(settings: Settings) -> tuple[Retention, Retained]:
    """The rules, and what they would do now; nothing is changed."""
    rules = load_retention(settings.home, DATA)
    with unit_of_work(settings.database) as connection:
        tables, missing = due_rows(connection, rules, utc_now()), unruled(connection, rules)
    folders = {name: len(list(_old_files(settings, name, rule, utc_now()))) for name, rule in rules.folders.items()}
    return rules, Retained(tables, folders, missing, None)


def retain(settings: Settings, steps: Steps) -> Retained:
    """Carry the rules out; a run that was killed is gone on with by the next."""
    rules, due = what_is_due(settings)
    now = utc_now()
    tables = {}
    for name, rows in due.tables.items():
        if rows:
            steps.say("retain", f"{name}: {rows}")
            tables[name] = carry_out(settings.database, name, rules.tables[name], now)
    with unit_of_work(settings.database) as connection:
        save_retention(connection, tables, now)
    forget_in_files(settings)
    folders = {name: _remove_old(settings, name, rule, now) for name, rule in rules.folders.items()}
    folders["models"] = folders.get("models", 0) + forget_old_models(settings)
    clear_leftovers(settings.database)
    rewritten = _rewritten_if_due(settings)
    steps.say("retain", f"{sum(tables.values())} rows, {sum(folders.values())} files", done=True)
    return Retained(tables, folders, due.unruled, rewritten)


def _rewritten_if_due(settings: Settings) -> Rewritten | None:
    with unit_of_work(settings.database) as connection:
        wanted = rewrite_is_due(connection)
    return rewrite(settings.database, utc_now()) if wanted else None


def _old_files(settings: Settings, folder: str, rule: Rule, now: datetime) -> Iterator[Path]:
    """Files (and folders of one restore) that were last written before the rule's days."""
    if rule.days is None:
        return
    for path in sorted((settings.var / folder).glob("*")):
        age = now.timestamp() - path.stat().st_mtime
        days = (
            min(timedelta(days=rule.days), SUBJECT_COPY)
            if path.name.startswith("subject-")
            else timedelta(days=rule.days)
        )
        if age >= days.total_seconds():
            yield path


def _remove_old(settings: Settings, folder: str, rule: Rule, now: datetime) -> int:
    old = list(_old_files(settings, folder, rule, now))
    for path in old:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return len(old)


def forget_old_models(settings: Settings) -> int:
    """Models from before an erasure may know its words: once a younger champion is there, their files go; returns how many."""
    with unit_of_work(settings.database) as connection:
        row = connection.execute(
            "SELECT max(erased_at) FROM erasures WHERE what = 'mention' AND why = 'subject'"
        ).fetchone()
    try:
        champion = read_champion(settings.models)
    except ModelFileError:
        return 0
    erased_at = row[0] if row else None
    if erased_at is None or datetime.fromisoformat(champion.trained_at) <= erased_at:
        return 0
    old = [
        one
        for one in settings.models.glob("*.npz")
        if one.name != champion.path and one.stat().st_mtime < erased_at.timestamp()
    ]
    for path in old:
        path.unlink()
    return len(old)
