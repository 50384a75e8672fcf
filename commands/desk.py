"""What the commands about cases share: the database of a desk, its rules, and moments in its own time."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime

from cases.case import Case
from cases.clocks import last_day
from cases.rules import Rules, load_desk_rules
from settings import Settings, SettingsError, load_settings


def open_desk() -> tuple[Settings, Rules]:
    """The settings, the rules, and a database that is there and up to date."""
    from triage.database import prepare_database, stored_mode

    settings = load_settings()
    if not settings.database.exists():
        raise SettingsError(f"{settings.database} is not there yet: run `tanggap report` first.")
    prepare_database(settings.database, demo=stored_mode(settings.database) == "demo")
    return settings, load_desk_rules(settings)


def moment_words(rules: Rules, moment: datetime | None) -> str:
    return moment.astimezone(rules.home.zone).strftime("%d-%m-%Y %H.%M") if moment else "-"


def due_words(rules: Rules, case: Case) -> str:
    """When a case is due; 24.00 is said with the day that it ends."""
    if case.due_at is None:
        return "-"
    local = case.due_at.astimezone(rules.home.zone)
    clock = "24.00" if (local.hour, local.minute) == (0, 0) else f"{local:%H.%M}"
    return f"{last_day(case.due_at, rules.home.zone):%d-%m-%Y} {clock}"


def day_of(text: str) -> date:
    """A day on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day like 2026-11-24") from None


def utc_now() -> datetime:
    return datetime.now(UTC)
