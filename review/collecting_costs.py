"""What reading cost and what a stop left unread, in plain Indonesian."""

from __future__ import annotations

from typing import Any

from pandas import isna

from review.source_health import cause_words
from review.wording import PLATFORMS, decimal, moment_words, number
from settings import Settings
from triage.reporting import ReportFacts

LEAST_SHOWN = 0.005  # US dollars; less is rounded to nothing
TARGETS = {
    "mentions": "sebutan",
    "search": "pencarian",
    "tagged": "unggahan yang menandai akun",
    "comments": "komentar",
}


def cost_lines(facts: ReportFacts, settings: Settings) -> list[str]:
    """A sentence or two for each source that costs money; the price of a confirmed complaint only when there is one."""
    return [_cost(row, settings) for row in facts.spending.to_dict("records") if row["usd_month"] >= LEAST_SHOWN]


def unread_lines(facts: ReportFacts) -> list[str]:
    """What stopped runs have left for the next one, each span in a sentence."""
    return list(dict.fromkeys(_unread(row, facts) for row in facts.unread.to_dict("records")))


def overdue_lines(facts: ReportFacts, settings: Settings) -> list[str]:
    """How many stored mentions nobody has looked up for a day, where the looking up is switched on: some may be deleted by now."""
    followed = {
        "instagram": (settings.instagram.enabled or settings.instagram_graph.enabled)
        and settings.sync.instagram_posts_per_day > 0,
        "x": settings.x.enabled and settings.sync.x_posts_per_day > 0,
    }
    return [
        f"{PLATFORMS[platform]}: {number(count)} kiriman yang tersimpan sudah lebih dari sehari belum dilihat ulang; "
        "mungkin ada yang sudah dihapus atau diubah penulisnya."
        for platform, count in facts.overdue.items()
        if count and followed[platform]
    ]


def _cost(row: dict[Any, Any], settings: Settings) -> str:
    words = f"{PLATFORMS.get(row['source'], row['source'])}: biaya membaca hari ini {decimal(row['usd_today'])} USD"
    words += f", bulan ini {decimal(row['usd_month'])} USD"
    if row["source"] == "x":
        words += f" dari paling banyak {decimal(settings.x.usd_per_day)} sehari dan {decimal(settings.x.usd_per_month)} sebulan"
    if row["usd_held"] >= LEAST_SHOWN:
        words += f"; {decimal(row['usd_held'])} USD di antaranya masih ditahan sampai hitungan platform pasti"
    if complaints := int(row["complaints"]):
        each = decimal(row["usd_month"] / complaints)
        words += f". {number(complaints)} keluhan sudah dipastikan bulan ini: {each} USD per keluhan"
    return f"{words}."


def _unread(row: dict[Any, Any], facts: ReportFacts) -> str:
    kind = TARGETS.get(str(row["target"]).partition(":")[0], "sebagian")
    ends = [
        None if isna(row[name]) else moment_words(row[name].to_pydatetime(), facts.zone, facts.made_at)
        for name in ("from_at", "to_at")
    ]
    since = f"sejak {ends[0]} " if ends[0] else ""
    return f"{PLATFORMS.get(row['source'], row['source'])}, {kind}: belum dibaca {since}sampai {ends[1]}, karena {cause_words(row['reason'])}."
