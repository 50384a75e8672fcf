"""A card as the app shows it: what the report's card says, and beside it the clock, the map, the conversation and the verdict that stands."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from cases.case import Case
from cases.clocks import last_day, standing
from cases.routing import Proposal, agency_name, level_label
from cases.rules import Rules
from review.cards import MOST_READINGS, Card, CardMaker, Similar, json_list, short_place
from review.masking import SHOWN, Masked, shorten
from review.ordering import Group
from review.place_map import place_map
from review.wording import moment_words, short_date
from serving.choices import Choices, choices_of
from triage.review_cards import CardFacts, Row

MOST_BESIDE = 6  # near-duplicates and answers told on a card; the rest is a number
EXCERPT = 150  # characters of a text in the list
REMEMBERED = 3_000  # masked texts


@dataclass(frozen=True, slots=True)
class Present:
    """The moment at which cards are shown."""

    made_at: datetime
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return self.made_at.astimezone(self.zone).date()


class MaskedTexts(MutableMapping[str, Masked]):
    """Masked texts by the hash of what was written: masking takes 3 ms, and a list shows twenty. No citizen's own word stays here."""

    def __init__(self) -> None:
        self._texts: OrderedDict[bytes, Masked] = OrderedDict()

    def __getitem__(self, text: str) -> Masked:
        return self._texts[_key(text)]

    def __setitem__(self, text: str, masked: Masked) -> None:
        self._texts[_key(text)] = masked
        if len(self._texts) > REMEMBERED:
            self._texts.popitem(last=False)

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and _key(text) in self._texts

    def __delitem__(self, text: str) -> None:
        del self._texts[_key(text)]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("the texts themselves are not kept")

    def __len__(self) -> int:
        return len(self._texts)


@dataclass(frozen=True, slots=True)
class Clock:
    """The case's clock in words. standing: none | paused | running | nearly_due | late."""

    words: str
    standing: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The verdict that stands, as another reviewer reads it."""

    who: str
    verdict: str
    when: str
    review_id: str


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything the card's template says."""

    card: Card
    proposal: Proposal
    clock: Clock
    map: Markup
    readings: list[
        tuple[str, int]
    ]  # places that may be meant, and how much speaks for each (%); none when there is but one
    thread: list[Similar]
    unshown: int  # near-duplicates beyond MOST_BESIDE
    decided: Decided | None
    undone: bool  # the verdict was taken back: nobody's stands
    seen: str  # the verdict that stands, for the form
    case_id: str
    restricted: bool
    choices: Choices


@dataclass(frozen=True, slots=True)
class Line:
    """A card in the queue's list."""

    mention_id: str
    urgency: int
    urgency_label: str
    category: str
    place: str
    age: str
    source: str
    excerpt: str
    together: int
    unsure: str  # who was unsure about it
    restricted: bool


def card_view(maker: CardMaker, facts: CardFacts, present: Present, names: dict[str, str]) -> CardView:
    """``names``: what users are called, by their ids."""
    row, case = facts.row, facts.case
    card = maker.card(Group(row, list(facts.similar[:MOST_BESIDE])), SHOWN)
    proposal = maker.proposal(row) if case is None else _of_case(maker.rules, case)
    places = [one for one in json_list(row["place_candidates"]) if one.get("code")][:MOST_READINGS]
    codes = [str(one["code"]) for one in places]
    total = sum(float(one.get("weight", 0)) for one in places) or 1.0
    shares = [(short_place(str(one["code"])), round(100 * float(one.get("weight", 0)) / total)) for one in places]
    place = short_place(codes[0]) if codes and " atau " not in card.place else card.place
    return CardView(
        card=card,
        proposal=proposal,
        clock=_clock(maker.rules, case, present),
        map=place_map(maker.region, codes, f"Letak: {card.place}"),
        readings=shares if len(shares) > 1 else [],
        thread=[maker.similar(one) for one in facts.thread[:MOST_BESIDE]],
        unshown=max(0, len(facts.similar) - MOST_BESIDE),
        decided=_decided(row, present, names),
        undone=row["shown_because"] == "urung",
        seen=row["review_id"] or "",
        case_id=row["case_id"] or "",
        restricted=bool(row["restricted"]),
        choices=choices_of(maker.rules, row, case, present.day, place, proposal.agency),
    )


def line_of(maker: CardMaker, facts: CardFacts, together: int, names: dict[str, str]) -> Line:
    row = facts.row
    card = maker.card(Group(row, []), 0)
    decided = _decided(row, Present(maker.facts.made_at, maker.facts.zone), names)
    text = " ".join(maker.masked(row["text"]).text.split())
    return Line(
        row["mention_id"], card.urgency, card.urgency_label, card.category, card.place, card.age, card.source,
        shorten(text, EXCERPT), together, decided.who if decided and decided.verdict == "ragu" else "", bool(row["restricted"]),
    )  # fmt: skip


def _of_case(rules: Rules, case: Case) -> Proposal:
    """The agency that the case has: a person's choice goes before the model's."""
    agency = agency_name(rules, case.agency, case.place_code) if case.agency else "Belum ada dinas"
    return Proposal(agency, level_label(rules, case.level) if case.level else "", case.routing_reason)


def _clock(rules: Rules, case: Case | None, present: Present) -> Clock:
    """How long the case's next step may still take."""
    if case is None:
        return Clock("", "none")
    state = standing(rules, case, present.made_at)
    if case.due_at is None or case.clock is None:
        return Clock("jam dijeda" if state == "paused" else "", state)
    left = case.due_at - present.made_at
    if rules.clock(case.clock).hours is not None:
        words = f"sisa {_span(left)}" if left > timedelta() else f"lewat {_span(-left)}"
    elif state == "late":
        words = f"lewat batas {short_date(last_day(case.due_at, present.zone))}"
    else:
        words = f"batas {short_date(last_day(case.due_at, present.zone))}"
    return Clock(words, state)


def _span(span: timedelta) -> str:
    """3 hari, 4 jam 12 mnt, 12 mnt"""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)} hari"
    return f"{minutes // 60} jam {minutes % 60} mnt" if minutes >= 60 else f"{minutes} mnt"


def _decided(row: Row, present: Present, names: dict[str, str]) -> Decided | None:
    if not row["review_id"] or row["shown_because"] == "urung":
        return None
    when = moment_words(row["decided_at"], present.zone, present.made_at)
    reviewer = str(row["reviewer"])
    return Decided(names.get(reviewer, reviewer), str(row["verdict"]), when, str(row["review_id"]))


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
