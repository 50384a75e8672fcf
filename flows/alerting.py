"""Alerts by apprise: the morning's digest and emergencies, to the channels of TANGGAP_ALERT_URLS. No Prefect here.

A channel that cannot be reached never stops a flow: it stands in the log and in `tanggap doctor`, and is tried again the next hour.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import apprise

from flows.collecting import utc_now
from flows.progress import Steps
from review.alert_words import digest_words, emergency_words
from settings import Settings
from triage.alerting import Emergency, new_emergencies, read_digest, settle_alerts, take_alerts
from triage.database import DatabaseError, unit_of_work

RECENT = timedelta(hours=24)  # an emergency that nobody was told of for a day is on the lead's board by then
_log = logging.getLogger("tanggap.alerts")


@dataclass(frozen=True, slots=True)
class Channel:
    """One address of TANGGAP_ALERT_URLS. ``name`` is its scheme and a hash: addresses hold secrets and are written nowhere."""

    name: str
    url: str


def channels(settings: Settings) -> list[Channel]:
    """The channels, in the order they are named; none in a demo unless tanggap.toml asks for it."""
    if settings.demo and not settings.alerts.demo:
        return []
    return [Channel(_name(url), url) for url in dict.fromkeys(settings.secrets.get("TANGGAP_ALERT_URLS", "").split())]


def usable(channel: Channel) -> bool:
    """Whether apprise knows what to do with the address; nothing is sent."""
    return bool(_notifier().add(channel.url))


def alert_emergencies(settings: Settings, steps: Steps) -> int:
    """Say at once that there are new emergencies; returns how many messages went out."""
    if not settings.alerts.emergencies or not (known := channels(settings)):
        return 0
    try:
        with unit_of_work(settings.database) as connection:
            found = {one.case_id: one for one in new_emergencies(connection, utc_now() - RECENT)}
        return sum(_tell_emergencies(settings, channel, found, steps) for channel in known)
    except DatabaseError as fault:
        return _failed("emergencies", str(fault), steps)


def _tell_emergencies(settings: Settings, channel: Channel, found: dict[str, Emergency], steps: Steps) -> int:
    with unit_of_work(settings.database) as connection:
        wanted = take_alerts(connection, "emergency", list(found), channel.name, utc_now())
    if not wanted:
        return 0
    words = emergency_words([found[one] for one in wanted], settings.app.address)
    return _deliver(settings, channel, ("emergency", wanted), words, steps)


def send_digest(settings: Settings, day: date, steps: Steps) -> int:
    """The morning's numbers, once a day from digest_at on; returns how many messages went out."""
    local = utc_now().astimezone(settings.zone)
    early = f"{local:%H:%M}" < settings.alerts.digest_at
    if not settings.alerts.digest or day != local.date() or early or not (known := channels(settings)):
        return 0
    try:
        return sum(_tell_digest(settings, channel, day, steps) for channel in known)
    except DatabaseError as fault:
        return _failed("digest", str(fault), steps)


def _tell_digest(settings: Settings, channel: Channel, day: date, steps: Steps) -> int:
    with unit_of_work(settings.database) as connection:
        wanted = take_alerts(connection, "digest", [day.isoformat()], channel.name, utc_now())
        digest = read_digest(connection, utc_now())
    if not wanted:
        return 0
    return _deliver(settings, channel, ("digest", wanted), digest_words(digest, day, settings.app.address), steps)


def _deliver(
    settings: Settings, channel: Channel, what: tuple[str, Sequence[str]], words: tuple[str, str], steps: Steps
) -> int:
    """Outside any unit of work: a slow channel holds nobody up. The answer is kept, whatever it is."""
    kind, subjects = what
    notifier = _notifier()
    sent = bool(notifier.add(channel.url)) and bool(notifier.notify(title=words[0], body=words[1]))
    with unit_of_work(settings.database) as connection:
        settle_alerts(connection, kind, subjects, channel.name, sent, utc_now())
    if not sent:
        return _failed(kind, f"channel {channel.name} did not take it", steps)
    steps.say(f"alert {kind}", f"sent by {channel.name}", done=True)
    return 1


def _failed(kind: str, reason: str, steps: Steps) -> int:
    _log.warning("alert %s: %s", kind, reason)
    steps.say(f"alert {kind}", f"not sent ({reason}); tried again the next hour", done=True)
    return 0


def _notifier() -> apprise.Apprise:
    """Nothing is kept on disk, nothing is looked up, and apprise's own log, which may hold addresses, is silent."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    asset = apprise.AppriseAsset(
        app_id="Tanggap", app_desc="Tanggap", app_url="", storage_mode=apprise.PersistentStoreMode.MEMORY
    )
    return apprise.Apprise(asset=asset)


def _name(url: str) -> str:
    scheme = url.partition("://")[0][:12]
    return f"{scheme}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
