"""Drafts of answers from data/replies.toml: filled from the case, never with a citizen's data, never sent by the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import Field, model_validator

from cases.case import Case
from cases.clocks import limit_of
from cases.routing import Need, Reading, agency_name, door, route
from cases.rule_file import RuleFile, parsed, read_rule_file
from cases.rule_models import Entry, Name, Part, Words
from cases.rules import Rules
from review.case_words import agency_words, due_words, matter_words, place_words
from review.reading import Reader, require_may_see
from review.wording import label
from settings import DATA, Settings

Channel = Literal["public", "direct"]
PLATFORMS, LANGUAGES = ("x", "instagram", "whatsapp"), ("id", "su")
BLANKS = ("case", "agency", "channel", "matter", "program", "facts", "days")
HANDOVER_BLANKS = ("case", "program", "agency", "matter", "urgent", "place", "due", "told")
DESA = 13  # letters of the code of a desa: 32.16.06.2001
BY_STATE = {
    "diteruskan": "forwarded", "ditangani": "forwarded", "eskalasi": "forwarded", "selesai_penanganan": "finished", "selesai": "finished",
    "ditutup": "finished", "di_luar_kewenangan": "right_door",
}  # fmt: skip


class DraftRefused(Exception):
    """There is no such draft for this case; the message says why, in Indonesian."""


class Text(Part):
    id: Annotated[str, Field(min_length=1)]
    su: Annotated[str, Field(min_length=1)]


class Reply(Part):
    label: Words
    channels: list[Channel]
    restricted: bool = False
    x: Text
    instagram: Text
    whatsapp: Text | None = None

    @model_validator(mode="after")
    def _facts_are_not_asked_in_public(self) -> Reply:
        if "public" in self.channels and any(
            "{facts}" in getattr(text, language)
            for text in (self.x, self.instagram, self.whatsapp)
            if text
            for language in LANGUAGES
        ):
            raise ValueError("asks for facts and may be public; take public from its channels")
        return self


class Handover(Part):
    text: str
    restricted: str


class RepliesFile(Part):
    about: Entry
    most: dict[Name, Annotated[int, Field(gt=0)]]
    topic: dict[Name, Name]
    reply: dict[Name, Reply]
    fact: dict[Name, Text]
    handover: Handover


@dataclass(frozen=True)
class Draft:
    """A text to copy, and where it may stand."""

    kind: str
    platform: str
    lang: str
    channel: Channel
    text: str


@dataclass(frozen=True)
class Wish:
    """Which draft is wanted."""

    kind: str
    platform: str = "instagram"
    lang: str = "id"
    channel: Channel | None = None  # None: the first that the kind may have


@dataclass(frozen=True)
class Drafts:
    """The file, with what every draft is filled with."""

    rules: Rules
    file: RepliesFile
    program: str


def load_drafts(settings: Settings, rules: Rules) -> Drafts:
    """data/replies.toml, the desk's own before the repository's. Raises RulesError with file and line."""
    own = settings.home / "data" / "replies.toml"
    file = read_rule_file(own if own.is_file() else DATA / "replies.toml")
    replies = parsed(file, RepliesFile)
    _check(file, replies, rules)
    return Drafts(rules, replies, settings.program.name)


def _check(file: RuleFile, replies: RepliesFile, rules: Rules) -> None:
    for name, reply in replies.reply.items():
        for platform in PLATFORMS:
            text: Text | None = getattr(reply, platform)
            for language in LANGUAGES if text else ():
                _check_blanks(file, ("reply", name, platform, language), getattr(text, language), BLANKS)
    for key, words in (("text", replies.handover.text), ("restricted", replies.handover.restricted)):
        _check_blanks(file, ("handover", key), words, HANDOVER_BLANKS)
    for topic, kind in replies.topic.items():
        if topic not in rules.taxonomy.topic or kind not in replies.reply:
            raise file.fault(("topic", topic), f"{topic} is no topic of taxonomy.toml, or there is no [reply.{kind}]")


def _check_blanks(file: RuleFile, place: tuple[str, ...], text: str, blanks: tuple[str, ...]) -> None:
    try:
        text.format(**dict.fromkeys(blanks, ""))
    except (KeyError, IndexError, ValueError):
        raise file.fault(place, f"it has a blank other than {{{'}, {'.join(blanks)}}}") from None


def kind_for(case: Case) -> str:
    """The answer that a case's state asks for."""
    return "contact_safely" if case.restricted else BY_STATE.get(case.state, "received")


def draft_for_case(drafts: Drafts, case: Case, wish: Wish, reader: Reader, day: date) -> Draft:
    """Raises DraftRefused, or ReaderRefused for a restricted case."""
    require_may_see(reader, case)
    reply, rules = _reply(drafts, wish), drafts.rules
    if case.restricted and not reply.restricted:
        raise DraftRefused(
            f"Kasus {case.case_id} terbatas: tidak ada balasan publik atau balasan biasa, hanya {_restricted_kinds(drafts)} lewat pesan langsung."
        )
    if reply.restricted and not case.restricted:
        raise DraftRefused(f"{reply.label} hanya untuk kasus terbatas.")
    place = case.place_code
    return _filled(
        drafts,
        wish,
        {
            "case": case.case_id,
            "agency": agency_words(rules, case),
            "channel": _channel_words(rules, case.rule, case.agency, day),
            "matter": matter_words(case).lower(),
            "facts": _facts(drafts, missing_facts(drafts, case.category, place), wish.lang),
        },
    )


def draft_for_topic(drafts: Drafts, topic: str, place: str | None, wish: Wish, day: date) -> Draft | None:
    """The answer to a mention that is no case of ours: the right door, at the government that it belongs to. None: it needs no door."""
    rules = drafts.rules
    if door(rules, topic, day) is None:
        return None
    first = route(rules, Need(None, topic, places=(Reading(place, 1.0),) if place else ()), day).first
    kind = drafts.file.topic.get(topic, "right_door")
    blanks = {
        "agency": agency_name(rules, first.agency, first.place),
        "channel": _channel_words(rules, first.rule, first.agency, day),
        "matter": label("topic", topic).lower(),
    }
    return _filled(drafts, Wish(kind, wish.platform, wish.lang, wish.channel), blanks)


def missing_facts(drafts: Drafts, category: str | None, place: str | None) -> list[str]:
    """Keys of [fact] that a case does not say yet, in the order to ask them."""
    keys = [] if place and len(place) >= DESA else ["place"]
    keys += [category] if category and category in drafts.file.fact else [] if category else ["need"]
    return [*keys, "household", "contact"]


def handover(drafts: Drafts, case: Case, told: str, reader: Reader) -> str:
    """What an agency is told; ``told`` is the need, masked. A restricted case is told by telephone."""
    require_may_see(reader, case)
    rules, words = drafts.rules, drafts.file.handover
    return (
        (words.restricted if case.restricted else words.text)
        .format(
            case=case.case_id,
            program=drafts.program,
            agency=agency_words(rules, case),
            matter=matter_words(case),
            urgent=", DARURAT: mohon telepon kami lebih dulu" if case.emergency else "",
            place=place_words(case.place_code),
            due=due_words(rules, case.due_at),
            told=told,
        )
        .strip()
    )


def whatsapp_link(text: str) -> str:
    """Opens WhatsApp with the text; whom it goes to is chosen there."""
    return f"https://wa.me/?text={quote(text, safe='')}"


def _reply(drafts: Drafts, wish: Wish) -> Reply:
    reply = drafts.file.reply.get(wish.kind)
    if reply is None:
        raise DraftRefused(f"Tidak ada draf {wish.kind!r}; yang ada: {', '.join(drafts.file.reply)}.")
    return reply


def _filled(drafts: Drafts, wish: Wish, blanks: dict[str, Any]) -> Draft:
    reply = _reply(drafts, wish)
    channel = wish.channel or (
        "direct" if wish.platform == "whatsapp" and "direct" in reply.channels else reply.channels[0]
    )
    if channel not in reply.channels or (wish.platform == "whatsapp" and channel == "public"):
        way = "pesan langsung" if channel == "public" else "tempat umum"
        raise DraftRefused(f"{reply.label} hanya lewat {way}.")
    text: Text | None = getattr(reply, wish.platform)
    if text is None:
        raise DraftRefused(f"{reply.label} tidak ada untuk {wish.platform}.")
    days = limit_of(drafts.rules, "pelapor_diam", None, date.max)
    filled = (
        getattr(text, wish.lang)
        .format(**dict.fromkeys(BLANKS, "") | {"program": drafts.program, "days": days} | blanks)
        .strip()
    )
    most = drafts.file.most.get(wish.platform)
    if channel == "public" and most is not None and len(filled) > most:
        raise DraftRefused(
            f"Draf {reply.label} {len(filled)} huruf, paling banyak {most}: pendekkan di data/replies.toml."
        )
    return Draft(wish.kind, wish.platform, wish.lang, channel, filled)


def _channel_words(rules: Rules, rule_id: str | None, agency: str | None, day: date) -> str:
    """ " (lewat SP4N-LAPOR!)": how the agency is reached, where the rule or the agency says it."""
    rule = next((one for one in rules.rules_on(day) if one.id == rule_id and one.agency == agency), None)
    channel = (rule.channel if rule else None) or (rules.agency(agency).channel if agency else None)
    return f" (lewat {channel})" if channel else ""


def _facts(drafts: Drafts, keys: list[str], lang: str) -> str:
    return "\n".join(f"- {getattr(drafts.file.fact[key], lang)}" for key in keys)


def _restricted_kinds(drafts: Drafts) -> str:
    return ", ".join(name for name, reply in drafts.file.reply.items() if reply.restricted)
