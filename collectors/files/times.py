"""Times as people and tools write them: ISO, seconds since 1970, X's old form, and Indonesian dates, day first."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_ZONES = {"WIB": 7, "WITA": 8, "WIT": 9, "UTC": 0, "GMT": 0}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb februari february",
            "mar maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agt ags agustus aug august",
            "sep sept september",
            "okt oktober oct october",
            "nov november",
            "des desember dec december",
        ),
        1,
    )
    for name in names.split()
}
_CLOCK = r"(?:[ ,T]+(?:pukul |jam )?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?"
_NUMERIC = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_CLOCK}")
_WORDED = re.compile(rf"(?:[A-Za-z']+, *)?(\d{{1,2}}) ([A-Za-z]+) (\d{{4}}){_CLOCK}", re.IGNORECASE)
_X_TIME = "%a %b %d %H:%M:%S %z %Y"


def parse_time(text: str, zone: str) -> datetime | None:
    """An aware UTC time, or None when the text is none; a time without a zone is one of ``zone``.

    12/11/2026 is the 12th of November, as Indonesians write; 11/24/2026 can only be the 24th.
    """
    text = text.strip()
    try:
        if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1000 if seconds >= 1e11 else seconds, UTC)
        bare, named = _without_zone(text)
        moment = _iso(bare) or _x_time(bare) or _dated(bare)
    except (ValueError, OverflowError, OSError):
        return None
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=named or ZoneInfo(zone))
    return moment.astimezone(UTC)


def _without_zone(text: str) -> tuple[str, timezone | None]:
    head, _, last = text.rpartition(" ")
    if last.upper() in _ZONES:
        return head, timezone(timedelta(hours=_ZONES[last.upper()]))
    return text, None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _x_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _X_TIME)
    except ValueError:
        return None


def _dated(text: str) -> datetime | None:
    if found := _NUMERIC.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        day, month = (second, first) if second > 12 else (first, second)
    elif (found := _WORDED.fullmatch(text)) and found[2].lower() in _MONTHS:
        day, month = int(found[1]), _MONTHS[found[2].lower()]
    else:
        return None
    hour, minute, second_ = (int(part or 0) for part in found.groups()[3:6])
    return datetime(int(found[3]), month, day, hour, minute, second_)
