"""Everything that must be well for tomorrow's report, looked at one by one: green, yellow or red, and what to do. No Prefect here."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from classifiers.model import load_champion
from classifiers.model_file import ModelFileError
from flows.alerting import RECENT, channels, usable
from flows.backups import backups_folder, newest_backup
from flows.collecting import enabled_sources, utc_now
from flows.model_checks import check_learning
from flows.platform_checks import GREEN, RED, YELLOW, Check, check_clock, check_instagram, check_x
from settings import Settings
from triage.alerting import failed_alerts
from triage.backups import copy_database, unsound_rows
from triage.database import DatabaseError, DatabaseHeld, unit_of_work
from triage.health import DatabaseHealth, LastRun, read_health

STALE = timedelta(hours=3)  # the schedule collects every hour
OLD_BACKUP = timedelta(hours=36)
LITTLE_DISK, ENOUGH_DISK = 0.5e9, 2e9  # bytes
NEARLY = 0.8  # of a day's budget
_X_KEYS = ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")


def examine(settings: Settings, say: Callable[[Check], None]) -> list[Check]:
    """Look at everything, each check said as soon as it is made; one that fails never hides the next."""
    checks: list[Check] = []
    for check in _checks(settings):
        say(check)
        checks.append(check)
    return checks


def worst(checks: list[Check]) -> str:
    colours = {check.colour for check in checks}
    return RED if RED in colours else YELLOW if YELLOW in colours else GREEN


def _checks(settings: Settings) -> Iterator[Check]:
    yield Check("configuration", GREEN, f"{settings.config_file}: {settings.program.name}, {settings.program.region}")
    yield _secrets(settings)
    now = utc_now()
    health, database = _database(settings, now)
    told = None
    if settings.x.enabled:
        check, told = check_x(settings.secrets, now)
        yield check
    if settings.instagram.enabled:
        yield check_instagram(settings, tracked=health is not None and not health.missing_schemas)
    yield check_clock(now, told)
    yield database
    if health:
        yield _rows(settings)
        yield from _sources(settings, health, now)
        yield from _budgets(settings, health)
        yield _gaps(health)
    yield _alerts(settings, health, now)
    yield _model(settings, health)
    if health and health.learning:
        yield from check_learning(health.learning, settings, now)
    yield _backup(settings, now)
    yield _disk(settings)
    yield _prefect()


def _secrets(settings: Settings) -> Check:
    there = settings.secrets
    lacking = []
    if settings.x.enabled and not there.get("X_BEARER_TOKEN") and not all(there.get(name) for name in _X_KEYS):
        lacking.append("X_BEARER_TOKEN or the four user-context keys")
    if settings.instagram.enabled:
        lacking += [name for name in ("INSTAGRAM_USERNAME", "INSTAGRAM_SESSION_FILE") if not there.get(name)]
    if lacking:
        return Check(
            "secrets", RED, f"missing: {', '.join(lacking)}", f"put them into {settings.home / '.env'} (README)"
        )
    session = Path(there.get("INSTAGRAM_SESSION_FILE", "")).expanduser()
    if settings.instagram.enabled and session.is_file() and stat.S_IMODE(session.stat().st_mode) & 0o077:
        return Check("secrets", RED, "others can read the Instagram session file", f"run chmod 600 '{session}'")
    return Check("secrets", GREEN, f"set: {', '.join(sorted(there))}")


def _database(settings: Settings, now: datetime) -> tuple[DatabaseHealth | None, Check]:
    path = settings.database
    if not path.exists():
        return None, Check("database", YELLOW, f"{path} does not exist yet", "run tanggap report, which makes it")
    try:
        health = read_health(path, now)
    except DatabaseHeld as fault:
        return None, Check("database", YELLOW, str(fault), "run tanggap doctor again when that program is done")
    except DatabaseError as fault:
        return None, Check("database", RED, str(fault), "put back the newest backup: tanggap restore FILE")
    mode = "demo" if settings.demo else "real"
    if health.mode not in {None, mode}:
        way = "--demo" if health.mode == "demo" else "no --demo"
        return None, Check("database", RED, f"it holds {health.mode} data", f"use {way}, or another TANGGAP_HOME")
    said = f"{health.mentions} mentions, {path.stat().st_size / 1e6:.0f} MB"
    if health.missing_schemas:
        advice = "run tanggap backup, then tanggap report, which brings the file up to this program"
        return health, Check("database", YELLOW, f"{said}, schema {health.missing_schemas} not applied yet", advice)
    return health, Check("database", GREEN, said)


def _rows(settings: Settings) -> Check:
    """Doubled rows, rows without what they speak of, words outside their list: looked for in a copy, so that nobody waits."""
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=settings.var) as folder:
            copy = Path(folder) / settings.database.name
            copy_database(settings.database, copy)
            found = unsound_rows(copy)
    except (DatabaseError, OSError) as fault:
        return Check("rows", YELLOW, f"could not be looked at: {fault}", "run tanggap doctor again")
    if found:
        said = "; ".join(f"{check}: {', '.join(rows)}" for check, rows in found.items())
        return Check("rows", RED, said, "write down when it began; tanggap restore FILE with a backup from before it")
    return Check("rows", GREEN, "none doubled, none without what it speaks of, none outside its list")


def _sources(settings: Settings, health: DatabaseHealth, now: datetime) -> Iterator[Check]:
    runs = {run.source: run for run in health.runs}
    for source in enabled_sources(settings):
        yield _collected(source, runs.get(source), now)


def _collected(source: str, run: LastRun | None, now: datetime) -> Check:
    name = f"collecting {source}"
    if run is None:
        return Check(name, YELLOW, "never collected", f"run tanggap collect {source}")
    when = f"last {run.last_run_at:%Y-%m-%d %H:%M} UTC, {run.status}"
    if run.status == "failed":
        return Check(name, RED, f"{when}: {run.error or 'no reason given'}", "do what the sentence says")
    if run.status == "degraded":
        return Check(name, YELLOW, f"{when}: {run.error or 'no reason given'}", "do what the sentence says")
    if now - run.last_run_at > STALE:
        return Check(name, YELLOW, when, "see that tanggap serve --flows is running")
    return Check(name, GREEN, when)


def _budgets(settings: Settings, health: DatabaseHealth) -> Iterator[Check]:
    if settings.x.enabled and health.spent:
        limits, spent = settings.x, health.spent
        shares = (
            spent.posts_today / max(limits.posts_per_day, 1),
            spent.usd_today / max(limits.usd_per_day, 1e-9),
            spent.posts_month / limits.posts_per_month,
            spent.usd_month / limits.usd_per_month,
        )
        said = (
            f"today {spent.posts_today} of {limits.posts_per_day} posts, {spent.usd_today:.2f} of {limits.usd_per_day:g} USD; "
            f"this month {spent.posts_month} of {limits.posts_per_month} posts, {spent.usd_month:.2f} of {limits.usd_per_month:g} USD"
        )
        yield _budget("budget x", max(shares), said, "the limits in [x]")
    if settings.instagram.enabled:
        used, allowed = health.requests_today, settings.instagram.requests_per_day
        yield _budget(
            "budget instagram", used / max(allowed, 1), f"{used} of {allowed} requests today", "requests_per_day"
        )


def _budget(name: str, share: float, said: str, key: str) -> Check:
    if share >= NEARLY:
        return Check(
            name,
            YELLOW,
            said,
            f"what is left unread comes when the day or month is over; raise {key} in tanggap.toml if it is often so",
        )
    return Check(name, GREEN, said)


def _gaps(health: DatabaseHealth) -> Check:
    if not health.gaps:
        return Check("gaps", GREEN, "nothing was left unread in the last 7 days")
    said = ", ".join(f"{source} {count}" for source, count in health.gaps.items())
    return Check(
        "gaps",
        YELLOW,
        f"spans that could not be read in the last 7 days: {said}",
        "see the table gaps for when and why",
    )


def _alerts(settings: Settings, health: DatabaseHealth | None, now: datetime) -> Check:
    """Nothing is sent to find out; an address is never shown, it holds secrets."""
    known = channels(settings)
    if not known:
        asleep = (
            "a demo sends none" if settings.demo else "no channel: set TANGGAP_ALERT_URLS to be told of emergencies"
        )
        return Check("alerts", GREEN, asleep)
    if unknown := [number for number, channel in enumerate(known, 1) if not usable(channel)]:
        said = f"address {', '.join(map(str, unknown))} of TANGGAP_ALERT_URLS is none that apprise knows"
        return Check("alerts", RED, said, "mend it; its schemes stand in apprise's documentation")
    failed = {}
    if health and not health.missing_schemas:
        with unit_of_work(settings.database) as connection:
            failed = failed_alerts(connection, now - RECENT)
    names = ", ".join(channel.name for channel in known)
    if failed:
        said = ", ".join(f"{count} by {name}" for name, count in failed.items())
        return Check("alerts", YELLOW, f"not sent in the last 24 hours: {said}", "see that the channel can be reached")
    return Check("alerts", GREEN, f"channels: {names}")


def _model(settings: Settings, health: DatabaseHealth | None) -> Check:
    if not (settings.models / "champion.json").exists():
        return Check("model", YELLOW, "there is none yet", "run tanggap train (tanggap report does it by itself)")
    try:
        version = load_champion(settings.models).card.model_version
    except ModelFileError as fault:
        said, _, advice = str(fault).rpartition("; ")
        return Check("model", RED, said or str(fault), advice or "run tanggap train, or put back a backup")
    if health and health.champion not in {None, version}:
        said = f"the file has {version}, the database {health.champion}"
        return Check("model", YELLOW, said, "run tanggap report, which makes them agree")
    return Check("model", GREEN, version)


def _backup(settings: Settings, now: datetime) -> Check:
    newest = newest_backup(backups_folder(settings.home))
    if newest is None:
        return Check("backup", YELLOW, "there is none", "run tanggap backup; tanggap serve --flows does it every night")
    age = timedelta(seconds=now.timestamp() - newest.stat().st_mtime)
    said = f"{newest.name}, {newest.stat().st_size / 1e6:.1f} MB"
    if age > OLD_BACKUP:
        return Check(
            "backup",
            YELLOW,
            f"{said}, {age.days} days old",
            "run tanggap backup, see that tanggap serve --flows is running",
        )
    return Check("backup", GREEN, said)


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(settings.home).free
    size = settings.database.stat().st_size if settings.database.exists() else 0
    said = f"{free / 1e9:.1f} GB free at {settings.home}"
    if free < LITTLE_DISK:
        return Check("disk", RED, said, "free some space now: nothing more can be stored soon")
    if free < max(ENOUGH_DISK, 3 * size):
        return Check("disk", YELLOW, said, "free some space: a backup needs up to twice the database")
    return Check("disk", GREEN, said)


def _prefect() -> Check:
    version = metadata.version("prefect")
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        return Check("prefect", GREEN, f"{version}, its own server starts with tanggap serve --flows")
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url.rstrip('/')}/health", timeout=3):
            return Check("prefect", GREEN, f"{version}, the server of PREFECT_API_URL answers")
    except (urllib.error.URLError, OSError, ValueError):
        advice = "start it, or unset PREFECT_API_URL: a built-in server is used until then"
        return Check("prefect", YELLOW, "the server of PREFECT_API_URL does not answer", advice)
