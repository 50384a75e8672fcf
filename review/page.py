"""The facts of a day as the page shows them, section by section; the words live in templates/report.html.j2."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pandas import isna

from cases.routing import door
from review.cards import Card, CardMaker, source_words
from review.collecting_costs import cost_lines, overdue_lines, unread_lines
from review.links import platform_of
from review.marking import marked
from review.masking import shorten
from review.model_health import EXAMPLE, alerts, recall_words, silent_places
from review.model_health import age_words as model_age_words
from review.ordering import Group, Ordered, urgency_of
from review.plots import Bar, bars
from review.source_health import gap_words, source_lines
from review.wording import (
    PLATFORMS,
    age_words,
    decimal,
    label,
    long_date,
    moment_words,
    number,
    short_date,
    taxonomy,
    zone_name,
)  # fmt: skip
from settings import Settings
from triage.reporting import ReportFacts

TEMPLATES = Path(__file__).parent / "templates"
LARGEST_PAGE = 500_000  # bytes
SAMPLE_SHOWN = 220  # characters
MOST_KECAMATAN = 10


@dataclass(frozen=True, slots=True)
class Detail:
    """How much the page tells, so that it stays below LARGEST_PAGE whatever the backlog is."""

    cards: int  # mentions told in full; the other open ones are told in short, never folded
    shown: int  # characters of an open text
    folded: int  # characters of a folded text; 0: category, age and link only
    lines: int = 10**9  # folded mentions; what is beyond stands in the CSV, and the page says how many

    def least_size(self, open_groups: int, folded_groups: int) -> int:
        """Bytes that such a page cannot go below: measured sizes of the parts without their texts, rounded down."""
        full = min(open_groups, self.cards)
        return full * 800 + (open_groups - full) * 330 + min(folded_groups, self.lines) * (330 if self.folded else 150)


DETAILS = (
    Detail(10**9, 600, 600), Detail(10**9, 600, 240), Detail(10**9, 420, 140), Detail(120, 420, 90), Detail(60, 300, 0),
    Detail(40, 200, 0, 1200), Detail(40, 140, 0, 500), Detail(40, 140, 0, 0), Detail(0, 60, 0, 0),
)  # fmt: skip


def render_page(facts: ReportFacts, settings: Settings, groups: Ordered, maker: CardMaker, csv_name: str) -> bytes:
    """The page as UTF-8, told in as much detail as fits."""
    page = b""
    open_groups = len(groups.fresh) + len(groups.older)
    folded_groups = len(groups.fresh_folded) + len(groups.older_folded)
    for detail in DETAILS:
        if detail.least_size(open_groups, folded_groups) > LARGEST_PAGE and detail is not DETAILS[-1]:
            continue
        page = _render(facts, settings, groups, maker, csv_name, detail)
        if len(page) <= LARGEST_PAGE:
            break
    return page


def _render(
    facts: ReportFacts, settings: Settings, groups: Ordered, maker: CardMaker, csv_name: str, detail: Detail
) -> bytes:
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    topics = _topics(facts, maker)
    content: dict[str, Any] = {
        "css": Markup(css),  # noqa: S704  # our own file
        "css_hash": base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        "demo": settings.demo,
        "program": settings.program.name,
        "date": long_date(facts.day),
        "covered": _covered(facts),
        "made": f"{moment_words(facts.made_at, facts.zone, facts.made_at)} {zone_name(facts.zone)}",
        "counts": _counts(facts, groups, settings.program.capacity_per_day),
        "sources": source_lines(facts, settings),
        "full_cards": detail.cards,
        "fresh": _cards(maker, groups.fresh, detail.shown),
        "older": _cards(maker, groups.older, detail.shown),
        "fresh_folded": _cards(maker, groups.fresh_folded[: detail.lines], detail.folded),
        "older_folded": _cards(
            maker, groups.older_folded[: max(0, detail.lines - len(groups.fresh_folded))], detail.folded
        ),
        "only_in_table": max(0, len(groups.fresh_folded) + len(groups.older_folded) - detail.lines),
        "icons": frozenset(taxonomy()["category"]),
        "doors": [topic for topic in topics if topic["door"]],
        "no_doors": [topic for topic in topics if not topic["door"]],
        "unmapped": int(facts.sources["unmapped"].sum()) if len(facts.sources) else 0,
        "sample": _sample(facts, maker),
        "gaps": _gaps(facts),
        "health": _health(facts, maker),
        "plots": _plots(facts),
        "costs": cost_lines(facts, settings),
        "unread": [*unread_lines(facts), *overdue_lines(facts, settings)],
        "model": facts.model_version,
        "threshold": _threshold(facts),
        "recall": round(settings.thresholds.recall_floor * 100),
        "csv_name": csv_name,
    }
    return environment().get_template("report.html.j2").render(content).encode("utf-8")


def _cards(maker: CardMaker, groups: list[Group], characters: int) -> list[Card]:
    return [maker.card(group, characters) for group in groups]


@lru_cache(maxsize=1)
def environment() -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["number"] = number
    return jinja


def _covered(facts: ReportFacts) -> str:
    zone = zone_name(facts.zone)
    to = moment_words(facts.covered_to, facts.zone, facts.made_at)
    if facts.covered_from is None:
        return f"Laporan pertama: semua yang terbaca sampai {to} {zone}."
    return f"Mencakup {moment_words(facts.covered_from, facts.zone, facts.made_at)} sampai {to} {zone}."


def _counts(facts: ReportFacts, groups: Ordered, capacity: int) -> dict[str, int]:
    shown = len(groups.fresh) + len(groups.older)
    every = groups.all_groups
    return {
        "shown": shown,
        "fresh": len(groups.fresh),
        "older": len(groups.older),
        "folded": len(groups.fresh_folded) + len(groups.older_folded),
        "urgent": sum(any(urgency_of(row) == 2 for row in group.rows) for group in every),
        "similar": sum(len(group.others) for group in every),
        "capacity": capacity,
        "new_mentions": facts.new_mentions,
        "new_flagged": facts.new_flagged,
        "restricted": facts.restricted_waiting,
        "restricted_new": facts.restricted_new,
        "restricted_urgent": facts.restricted_urgent,
    }


def _topics(facts: ReportFacts, maker: CardMaker) -> list[dict[str, Any]]:
    """Out-of-scope counts, most first, each with its door; opinions, jokes and thanks have none."""
    return [
        {
            "label": label("topic", row["topic"], "Lain-lain"),
            "mentions": int(row["mentions"]),
            "door": door(maker.rules, row["topic"], facts.day),
        }
        for row in facts.topics.to_dict("records")
    ]


def _sample(facts: ReportFacts, maker: CardMaker) -> list[dict[str, Any]]:
    found = []
    for row in facts.sample.to_dict("records"):
        shown = maker.masked(row["text"])
        url = row["url"] if isinstance(row["url"], str) else ""
        found.append(
            {
                "mention_id": row["mention_id"],
                "near": row["chosen"] == "nyaris",
                "text": marked(shorten(shown.text, SAMPLE_SHOWN), []),
                "source": source_words(row),
                "age": age_words(row["created_at"].to_pydatetime(), facts.zone, facts.made_at),
                "topic": label("topic", row["topic"], "Lain-lain"),
                "url": url,
                "link": platform_of(url),
                "card": maker.address_of(row["mention_id"]),
            }
        )
    return found


def _health(facts: ReportFacts, maker: CardMaker) -> dict[str, Any]:
    """How sharp the model is, and what has changed."""
    return {
        "recall": recall_words(facts.recall),
        "age": model_age_words(facts.trained_at, facts.made_at),
        "alerts": alerts(facts.signs, lambda text: shorten(maker.masked(text).text, EXAMPLE)),
        "silent": silent_places(facts.signs),
    }


def _gaps(facts: ReportFacts) -> list[str]:
    """The spans that could not be read, in a sentence each."""
    found = []
    for row in facts.gaps.to_dict("records"):
        ends = [
            moment_words(row[key].to_pydatetime(), facts.zone, facts.made_at)
            for key in ("from_at", "to_at")
            if not isna(row[key])
        ]
        span = " sampai ".join(ends) if len(ends) == 2 else f"sampai {ends[0]}" if ends else "waktu tidak diketahui"
        found.append(f"{PLATFORMS.get(row['source'], row['source'])}, {span}: {gap_words(str(row['reason']))}.")
    return list(dict.fromkeys(found))


def _plots(facts: ReportFacts) -> dict[str, Any]:
    days = [
        Bar(short_date(_day(row["day"])), int(row["mentions"]), int(row["flagged"]))
        for row in facts.volume.to_dict("records")
    ]
    counts = [(row["kind"], row["name"], int(row["mentions"])) for row in facts.counts.to_dict("records")]
    categories = [Bar(label("category", name), mentions) for kind, name, mentions in counts if kind == "category"]
    places = [Bar(name, mentions) for kind, name, mentions in counts if kind == "kecamatan" and name != "-"]
    return {
        "volume": bars(
            "volume", "Unggahan per hari, 14 hari terakhir, terbaru di atas", days[::-1], with_part=True, label_width=86
        ),
        "category": bars("kategori", "Ditandai per kategori, 14 hari terakhir", categories, label_width=132),
        "kecamatan": bars(
            "kecamatan", "Ditandai per kecamatan, 14 hari terakhir", places[:MOST_KECAMATAN], label_width=132
        ),
        "no_kecamatan": sum(mentions for kind, name, mentions in counts if kind == "kecamatan" and name == "-"),
    }


def _day(value: Any) -> Any:
    return value.date() if hasattr(value, "date") else value


def _threshold(facts: ReportFacts) -> str:
    for frame in (facts.flagged, facts.sample):
        if len(frame):
            return decimal(float(frame["threshold"].iloc[0]))
    return ""
