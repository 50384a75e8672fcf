"""How Tanggap says things in Indonesian: dates, ages, labels of the taxonomy."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from settings import DATA

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
PLATFORMS = {"x": "X", "instagram": "Instagram", "instagram_graph": "Instagram (resmi)"}
KINDS = {"post": "unggahan", "comment": "komentar", "reply": "balasan"}
LANGUAGES = {"su": "bahasa Sunda", "jv": "bahasa Jawa"}


class Moment(Protocol):
    """When and where something is shown: ages and days are said from there."""

    @property
    def day(self) -> date: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def made_at(self) -> datetime: ...


def long_date(day: date) -> str:
    """Selasa, 24 November 2026"""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """Sel 24 Nov"""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """05.12, as Indonesians write the time"""
    return moment.astimezone(zone).strftime("%H.%M")


def zone_name(zone: ZoneInfo) -> str:
    """WIB, WITA or WIT"""
    return ZONES.get(str(zone), str(zone))


def moment_words(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A past moment as one would say it: "hari ini 05.12", "kemarin 21.15", "Sab 21 Nov 21.15"."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    names = {today: "hari ini", today - timedelta(days=1): "kemarin"}
    return f"{names.get(local, short_date(local))} {clock(moment, zone)}"


def age_words(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """How long ago: hours within a day, else by local calendar days. A moment in the future (a wrong clock) is "baru saja"."""
    passed = now - moment
    if passed < timedelta(minutes=2):
        return "baru saja"
    if passed < timedelta(hours=1):
        return f"{int(passed.total_seconds() // 60)} menit lalu"
    if passed < timedelta(hours=24):
        return f"{int(passed.total_seconds() // 3600)} jam lalu"
    days = (now.astimezone(zone).date() - moment.astimezone(zone).date()).days
    return "kemarin" if days == 1 else f"{days} hari lalu"


def when_words(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Age and clock, without saying a thing twice: "3 jam lalu (04.35)", "kemarin 21.15", "3 hari lalu (Sab 21 Nov 21.15)"."""
    age, exact = age_words(moment, zone, now), moment_words(moment, zone, now).removeprefix("hari ini ")
    return exact if age == "kemarin" else f"{age} ({exact})"


def number(value: float) -> str:
    """1.234"""
    return f"{value:,.0f}".replace(",", ".")


def decimal(value: float, digits: int = 2) -> str:
    """0,12"""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


@lru_cache(maxsize=1)
def taxonomy() -> dict[str, Any]:
    """data/taxonomy.toml: labels of categories, topics and urgencies."""
    return tomllib.loads((DATA / "taxonomy.toml").read_text(encoding="utf-8"))


def label(kind: str, key: str | None, absent: str = "Belum jelas") -> str:
    """The name people read for a category, topic or urgency; an unknown key is shown as words."""
    if not key or key == "-":
        return absent
    entry = taxonomy().get(kind, {}).get(key, {})
    return str(entry.get("label") or key.replace("_", " ").capitalize())
