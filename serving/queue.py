"""Screens: the queue of cards, one card after the other, and what a reviewer decides."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from review.cards import CardMaker
from review.source_health import source_lines
from review.wording import PLATFORMS, label, moment_words, taxonomy
from serving.card_view import CardView, Present, card_view, line_of
from serving.choices import URGENCIES
from serving.filters import AGE_LABELS, Asked, AskedList, AskedNext
from serving.guards import Missing, Refused, checked_write, needs
from serving.pages import page, redirect
from serving.people import Permission, Person, may
from triage.access import log_access
from triage.queue import Filters, Queue, read_queue, read_sources, restricted_waiting, user_names
from triage.review_cards import CardFacts, Reviewer, decided_together, read_card, read_cards
from triage.verdicts import (
    AlreadyDecided,
    MentionMissing,
    Standing,
    Verdict,
    VerdictRefused,
    save_verdict,
    take_back,
    verdicts_of,
)

PAGE = 20  # cards of a list
AHEAD = 4  # cards that a phone holds in memory behind the one it shows: what can be decided while offline
MINE = 30  # verdicts in a reviewer's own list
MENTION_ID = re.compile(r"[a-z]{1,12}:[a-z0-9:]{1,64}")
REVIEW_ID = re.compile(r"[0-9a-f-]{32,36}")
GONE = "Kartu ini sudah tidak ada."
router = APIRouter(dependencies=[Depends(checked_write)])
Who = Annotated[Person, Depends(needs(Permission.review))]


@dataclass(frozen=True, slots=True)
class Served:
    """What one page needs of the database: read in one unit of work."""

    queue: Queue
    cards: list[CardFacts]
    names: dict[str, str]
    withheld: int = 0
    sources: pd.DataFrame | None = None


@router.get("/antrean", response_class=HTMLResponse)
async def queue_page(request: Request, person: Who, asked: Annotated[AskedList, Query()]) -> Response:
    now = request.app.state.now()
    served = await request.app.state.database.read(_list, reviewer_of(person), asked.filters(), asked.hal, now)
    await _log_restricted(request, person, served.cards, "antrean")
    maker = _maker(request, now)
    ids = [turn.mention_id for turn in served.queue.turns]
    first = next((one for one in ids if request.app.state.looking.is_free(one, person.user_id)), ids[0] if ids else "")
    assert served.sources is not None
    sources = source_lines(_Sources(maker.facts.made_at, maker.facts.zone, served.sources), request.app.state.settings)
    return page(
        request,
        person,
        "queue.html.j2",
        lines=[line_of(maker, one, served.queue.together.get(one.row["mention_id"], 1), served.names) for one in served.cards],
        queue=served.queue,
        fitting=len(ids),
        first=first,
        asked=asked,
        pages=max(1, -(-len(ids) // PAGE)),
        menus=_menus(served.queue),
        withheld=served.withheld if not may(person, Permission.restricted) else 0,
        unwell=[one for one in sources if one.state != "ok"],
        read_last=_read_last(served.sources, maker.facts),
        icons=frozenset(taxonomy()["category"]),
    )  # fmt: skip


@router.get("/antrean/lanjut")
async def go_on(request: Request, person: Who, asked: Annotated[AskedNext, Query()]) -> Response:
    """The next card: the one asked for if it still waits, else the first that nobody else looks at."""
    found = await request.app.state.database.read(_turns, reviewer_of(person), asked.filters(), request.app.state.now())
    following = _following(request, person, found, asked)
    if not following:
        return redirect(request, "/antrean" + asked.query(), "Selesai: tidak ada kartu lagi di sini." if found else "")
    return redirect(request, f"/kartu/{following[0]}{asked.query(urung=asked.urung)}")


@router.get("/antrean/tumpukan", response_class=HTMLResponse)
async def cards_ahead(request: Request, person: Who, asked: Annotated[AskedNext, Query()]) -> Response:
    """The next few cards as pieces of a page, for the script to hold in memory."""
    now, database = request.app.state.now(), request.app.state.database
    turns = await database.read(_turns, reviewer_of(person), asked.filters(), now)
    ids = _following(request, person, turns, asked)[:AHEAD]
    cards, names = await database.read(_cards, reviewer_of(person), ids)
    await _log_restricted(request, person, cards, "kartu")
    request.app.state.looking.look(person.user_id, ids)
    return page(
        request, person, "deck.html.j2", views=_views(request, cards, now, names), following="", **_card_values(asked)
    )


@router.get("/antrean/putusan", response_class=HTMLResponse)
async def own_verdicts(request: Request, person: Who) -> Response:
    """What a reviewer decided last, each with its undo."""
    now = request.app.state.now()
    rows = await request.app.state.database.read(
        verdicts_of, person.user_id, MINE, restricted=may(person, Permission.restricted)
    )
    maker = _maker(request, now)
    lines = [
        row | {"text": " ".join(maker.masked(row["text"]).text.split())[:100], "category": label("category", row["category"]),
               "when": moment_words(row["made_at"], maker.facts.zone, now), "source": PLATFORMS[row["platform"]]}
        for row in rows
    ]  # fmt: skip
    return page(request, person, "own_verdicts.html.j2", lines=lines)


@router.get("/kartu/{mention_id}", response_class=HTMLResponse)
async def card_page(request: Request, person: Who, mention_id: str, asked: Annotated[AskedNext, Query()]) -> Response:
    now = request.app.state.now()
    if not MENTION_ID.fullmatch(mention_id):
        raise Missing(GONE)
    served = await request.app.state.database.read(_one, reviewer_of(person), mention_id, asked.filters(), now)
    if not served.cards:
        raise Missing(GONE)
    await _log_restricted(request, person, served.cards, "kartu")
    request.app.state.looking.look(person.user_id, [mention_id])
    ids = [turn.mention_id for turn in served.queue.turns]
    behind = ids[ids.index(mention_id) + 1 :] if mention_id in ids else ids
    return page(
        request,
        person,
        "card.html.j2",
        views=_views(request, served.cards, now, served.names),
        following=behind[0] if behind else "",
        waiting=len(ids),
        place=ids.index(mention_id) + 1 if mention_id in ids else 0,
        urung=asked.urung,
        **_card_values(asked),
    )


@router.post("/kartu/{mention_id}/putusan")
async def decide(
    request: Request,
    person: Who,
    mention_id: str,
    asked: Annotated[Asked, Query()],
    verdict: Annotated[str, Form(max_length=10)] = "",
    review_id: Annotated[str, Form(max_length=36)] = "",
    seen: Annotated[str, Form(max_length=80)] = "",
    category: Annotated[str, Form(max_length=40)] = "",
    urgency: Annotated[str, Form(max_length=1)] = "",
    place_code: Annotated[str, Form(max_length=13)] = "",
    agency: Annotated[str, Form(max_length=40)] = "",
    lanjut: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Keep a verdict. A script is answered with JSON, a form with the next card."""
    if not MENTION_ID.fullmatch(mention_id):
        raise Missing(GONE)
    if not REVIEW_ID.fullmatch(review_id) or (urgency and not urgency.isdigit()):
        raise Refused(422, "Putusan ini tidak lengkap. Muat ulang kartunya, lalu putuskan lagi.")
    said = Verdict(
        review_id.replace("-", ""), mention_id, person.user_id, verdict, seen or None, category or None,
        int(urgency) if urgency else None, place_code or None, agency or None,
    )  # fmt: skip
    now = request.app.state.now()
    try:
        await request.app.state.database.write(_decide, request.app.state.rules, reviewer_of(person), said, now)
    except MentionMissing:
        raise Missing(GONE) from None
    except VerdictRefused as error:
        raise Refused(422, str(error)) from None
    except AlreadyDecided as told:
        return await _told(request, person, mention_id, told.standing, asked.query(dari=lanjut))
    request.app.state.looking.leave(mention_id)
    if _wants_json(request):
        return JSONResponse({"keadaan": "tersimpan", "putusan": verdict})
    following = lanjut if MENTION_ID.fullmatch(lanjut) else ""
    return redirect(
        request, f"/antrean/lanjut{asked.query(dari=following, urung=said.review_id)}", f"Tersimpan: {verdict}."
    )


@router.post("/putusan/{review_id}/urung")
async def undo(request: Request, person: Who, review_id: str) -> Response:
    """Take a verdict back; its card waits again and is shown."""
    if not REVIEW_ID.fullmatch(review_id):
        raise Missing("Putusan ini tidak ada.")
    state = request.app.state
    try:
        mention_id = await state.database.write(
            take_back, state.rules, review_id.replace("-", ""), person.user_id, state.now()
        )
    except MentionMissing:
        raise Missing("Putusan ini tidak ada, atau bukan putusan Anda.") from None
    except AlreadyDecided as told:
        return await _told(request, person, "", told.standing, "")
    if _wants_json(request):
        return JSONResponse({"keadaan": "diurungkan", "kartu": mention_id})
    return redirect(request, f"/kartu/{mention_id}", "Putusan diurungkan. Putuskan lagi, atau biarkan untuk yang lain.")


def reviewer_of(person: Person) -> Reviewer:
    return Reviewer(person.user_id, may(person, Permission.restricted))


def _list(connection: Any, reviewer: Reviewer, filters: Filters, number: int, now: datetime) -> Served:
    queue = read_queue(connection, reviewer, filters, now)
    ids = [turn.mention_id for turn in queue.turns[(number - 1) * PAGE : number * PAGE]]
    cards = read_cards(connection, reviewer, ids, beside=False)
    return Served(queue, cards, user_names(connection), restricted_waiting(connection), read_sources(connection, now))


def _one(connection: Any, reviewer: Reviewer, mention_id: str, filters: Filters, now: datetime) -> Served:
    card = read_card(connection, reviewer, mention_id)
    return Served(read_queue(connection, reviewer, filters, now), [card] if card else [], user_names(connection))


def _turns(connection: Any, reviewer: Reviewer, filters: Filters, now: datetime) -> list[str]:
    return [turn.mention_id for turn in read_queue(connection, reviewer, filters, now).turns]


def _cards(connection: Any, reviewer: Reviewer, ids: Sequence[str]) -> tuple[list[CardFacts], dict[str, str]]:
    return read_cards(connection, reviewer, ids), user_names(connection)


def _decide(connection: Any, rules: Any, reviewer: Reviewer, said: Verdict, now: datetime) -> Standing:
    """A verdict on what its card shows: the mention and its near-duplicates that wait, as far as this reviewer may see them."""
    return save_verdict(connection, rules, said, decided_together(connection, reviewer, said.mention_id), now)


def _following(request: Request, person: Person, turns: Sequence[str], asked: AskedNext) -> list[str]:
    """The cards to come from where the reviewer stands, those that others look at left out while there are others."""
    left_out = set(asked.kecuali.split(",")) | {asked.lewat}
    start = (
        turns.index(asked.dari) if asked.dari in turns else turns.index(asked.lewat) + 1 if asked.lewat in turns else 0
    )
    ahead = [one for one in [*turns[start:], *(() if asked.lewat else turns[:start])] if one not in left_out]
    free = [one for one in ahead if request.app.state.looking.is_free(one, person.user_id)]
    return free or ahead


@dataclass(frozen=True, slots=True)
class _Sources(Present):
    """How the sources are at a moment."""

    sources: pd.DataFrame


def _maker(request: Request, now: datetime) -> CardMaker:
    state = request.app.state
    return CardMaker(Present(now, state.settings.zone), state.settings, state.rules, state.masked_texts)


def _views(request: Request, cards: Sequence[CardFacts], now: datetime, names: dict[str, str]) -> list[CardView]:
    maker = _maker(request, now)
    return [card_view(maker, one, Present(now, request.app.state.settings.zone), names) for one in cards]


def _card_values(asked: Asked) -> dict[str, Any]:
    return {
        "query": asked.query(),
        "asked": asked,
        "new_id": lambda: uuid.uuid4().hex,
        "icons": frozenset(taxonomy()["category"]),
    }


def _menus(queue: Queue) -> list[tuple[str, str, list[tuple[Any, str]]]]:
    """The filters: field, label, and what there is, with numbers."""
    kinds = queue.kinds
    return [
        ("sumber", "Sumber", [(one, f"{PLATFORMS.get(one, one)} ({n})") for one, n in kinds["source"].most_common()]),
        (
            "kategori",
            "Kategori",
            [(one, f"{label('category', one)} ({n})") for one, n in kinds["category"].most_common()],
        ),
        (
            "mendesak",
            "Mendesak",
            [(str(one), f"{words} ({kinds['urgency'][one]})") for one, words in URGENCIES.items()],
        ),
        ("kecamatan", "Kecamatan", [(one, f"{one} ({n})") for one, n in sorted(kinds["kecamatan"].items())]),
        ("umur", "Umur", list(AGE_LABELS.items())),
    ]


def _read_last(sources: pd.DataFrame, facts: Any) -> str:
    """When a source was last read; empty: never."""
    if not len(sources):
        return ""
    return moment_words(sources["last_run_at"].max().to_pydatetime(), facts.zone, facts.made_at)


async def _told(request: Request, person: Person, mention_id: str, standing: Standing, query: str) -> Response:
    """Somebody was faster: said plainly, with what stands and the ways on."""
    names = await request.app.state.database.read(user_names)
    who = names.get(standing.reviewer, standing.reviewer)
    when = moment_words(standing.made_at, request.app.state.settings.zone, request.app.state.now())
    if _wants_json(request):
        own = standing.reviewer == person.user_id
        return JSONResponse({"keadaan": "didahului", "siapa": who, "putusan": standing.verdict, "sendiri": own}, 409)
    values = {"who": who, "verdict": standing.verdict, "when": when, "mention_id": mention_id, "query": query}
    return page(request, person, "taken.html.j2", status=409, **values)


async def _log_restricted(request: Request, person: Person, cards: Sequence[CardFacts], what: str) -> None:
    """Who sees restricted mentions stands in the access log, card by card."""
    seen = [one.row["mention_id"] for one in cards if one.row["restricted"]]
    if seen:
        await request.app.state.database.write(
            _log, person.user_id, [f"{what} {one}" for one in seen], request.app.state.now()
        )


def _log(connection: Any, who: str, what: Sequence[str], now: datetime) -> None:
    for one in what:
        log_access(connection, who, one, now)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
