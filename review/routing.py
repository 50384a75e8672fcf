"""Which agency a mention is proposed to, from data/agencies.toml. A proposal: a person decides."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from settings import DATA

LEVELS = {"kabkota": "kabupaten", "provinsi": "provinsi", "pusat": "pusat", "luar_wilayah": "luar wilayah"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first door for a need, the government it belongs to in words, and why, in half a sentence."""

    agency: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class Door:
    """Where a concern that is not humanitarian belongs."""

    agency: str
    channel: str


def propose(
    category: str | None,
    topic: str | None,
    level: str | None,
    urgency: int | None,
    place: str | None = None,
    home: str = "Kabupaten Bekasi",
) -> Proposal:
    """The agency for a category (or a topic, when there is none) at a level. ``place`` is the other region's name when it is not ours."""
    entries = _agencies()
    need = entries["category"].get(category or "") or entries["topic"].get(topic or "") or entries["fallback"]
    level_words = LEVELS.get(level or "kabkota", "kabupaten")
    if level == "luar_wilayah":
        return _outside(entries, need, urgency, place, home, level_words)
    if level == "pusat":
        return Proposal(
            entries["level"]["pusat"]["agency"], level_words, f"{entries['level']['pusat']['reason']}; {need['reason']}"
        )
    if level == "provinsi":
        return Proposal(
            need.get("provinsi") or entries["level"]["provinsi"]["agency"],
            level_words,
            f"wewenang provinsi; {need['reason']}",
        )
    if urgency == 2 and need.get("urgent"):
        after = "" if need["agency"] in need["urgent"] else f"; lalu {need['agency']}"
        return Proposal(need["urgent"], level_words, f"nyawa bisa terancam: telepon lebih dulu{after}")
    return Proposal(need["agency"], level_words, need["reason"])


def _outside(
    entries: dict[str, Any], need: dict[str, Any], urgency: int | None, place: str | None, home: str, level: str
) -> Proposal:
    """A neighbour's concern: their door, courteously; when a life is at risk they are told by telephone, not by form."""
    rule = entries["level"]["luar_wilayah"]
    reason = rule["reason"].format(place=place or "daerah lain", home=home)
    if urgency == 2:
        reason = f"nyawa bisa terancam: telepon dulu petugas di sana; {reason}"
    return Proposal(rule["agency"].format(place=place or "daerah setempat", home=home), level, reason)


def door(topic: str) -> Door | None:
    """The right door for a topic; None for opinions, news, thanks and jokes, which need no door."""
    entry = _agencies()["topic"].get(topic)
    return Door(entry["agency"], entry["channel"]) if entry else None


@lru_cache(maxsize=1)
def _agencies() -> dict[str, Any]:
    return tomllib.loads((DATA / "agencies.toml").read_text(encoding="utf-8"))
