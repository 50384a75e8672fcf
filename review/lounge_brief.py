"""One page for the regent's lounge: the need, what is asked, who did what; masked unless the reader may see."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from cases.case import CaseEvent
from cases.escalation import gate
from cases.lounge import LoungeFile, Slot, asked_of_the_regent, commitment_standing, who_promises
from cases.rules import Rules
from review.case_words import (
    CONSENTS,
    SOURCES,
    STANDINGS,
    agency_words,
    due_words,
    helper_words,
    matter_words,
    place_words,
    step_words,
)
from review.cleaning import clean
from review.masking import mask, shorten
from review.page import TEMPLATES, environment
from review.reading import Reader, require_may_see
from review.withheld import may_be_restricted
from review.wording import clock, long_date, short_date
from settings import Settings
from triage.case_page import CasePage

MOST_TOLD, TOLD = 2, 420  # mentions quoted, characters of each: more would not fit the page
FIRST_STEPS, LAST_STEPS, STEP = 2, 9, 150  # steps shown from both ends of the history, characters of each
WITHHELD = "(isi mungkin terbatas: hanya untuk petugas kasus terbatas)"


@dataclass(frozen=True)
class Desk:
    """What every brief needs: the settings, the rules, the lounge's words."""

    settings: Settings
    rules: Rules
    lounge: LoungeFile


def render_brief(desk: Desk, page: CasePage, reader: Reader, now: datetime, slot: Slot | None = None) -> bytes:
    """The brief as UTF-8 HTML. Raises ReaderRefused for a restricted case that the reader may not see."""
    require_may_see(reader, page.case)
    return printed("brief.html.j2", _facts(desk, page, reader, now) | {"slot": _slot_words(desk.rules, slot)})


def printed(template: str, content: dict[str, Any], css: str = "brief.css") -> bytes:
    """A page of paper: the template with its style sheet inside, and nothing from elsewhere."""
    style = {"css": Markup(_css(css)), "css_hash": css_hash(css)}  # noqa: S704  # our own file
    return environment().get_template(template).render(content | style).encode("utf-8")


def css_hash(css: str = "brief.css") -> str:
    """The hash under which a content security policy lets the sheet of printed pages pass."""
    return base64.b64encode(hashlib.sha256(_css(css).encode()).digest()).decode()


def _css(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _facts(desk: Desk, page: CasePage, reader: Reader, now: datetime) -> dict[str, Any]:
    rules, case, zone = desk.rules, page.case, desk.rules.home.zone
    return {
        "program": desk.settings.program.name,
        "case_id": case.case_id,
        "urgent": case.emergency,
        "restricted": case.restricted,
        "matter": matter_words(case),
        "place": place_words(case.place_code),
        "state": rules.state(case.state).label,
        "opened": long_date(case.opened_at.astimezone(zone).date()),
        "open_days": (now.astimezone(zone).date() - case.opened_at.astimezone(zone).date()).days,
        "source": SOURCES[case.opened_from],
        "asked": _shown(reader, asked_of_the_regent(rules, desk.lounge, case, page.events), 400),
        "told": told_words(desk.settings, page, reader),
        "more_told": max(0, len(page.mentions) - MOST_TOLD),
        "agency": agency_words(rules, case),
        "helpers": helper_words(rules, case),
        "gate": gate(rules, case, now).reason,
        "due": due_words(rules, case.due_at),
        "household": _field_words(page.events),
        "consent": CONSENTS[case.consent],
        "sp4n": case.sp4n_id,
        "steps": _steps(rules, page.events, reader),
        "commitments": _commitments(desk, page, reader, now),
        "note": privacy_note(reader),
        "made": _dated(rules, now),
    }


def told_words(settings: Settings, page: CasePage, reader: Reader) -> list[str]:
    """The need in the citizens' words; for a case opened by hand, in those of whoever opened it."""
    handles = [account.handle for part in (settings.x, settings.instagram) for account in part.accounts]
    texts = [str(one["text"]) for one in page.mentions if one["text"]][:MOST_TOLD]
    if not page.mentions and (why := page.events[0].detail.get("why")):
        texts = [str(why)]
    return [_quoted(text, reader, handles) for text in texts]


def _quoted(text: str, reader: Reader, handles: Sequence[str]) -> str:
    if may_be_restricted(text) and not reader.sees_restricted:
        return WITHHELD
    return shorten(clean(text).text, TOLD) if reader.sees_words else mask(text, handles, TOLD)


def _shown(reader: Reader, text: str, limit: int) -> str:
    """A reason of staff: masked too, for names slip in."""
    return shorten(clean(text).text, limit) if reader.sees_words else mask(text, (), limit)


def _steps(rules: Rules, events: Sequence[CaseEvent], reader: Reader) -> list[dict[str, Any]]:
    lines = [_step(rules, event, reader) for event in events]
    hidden = len(lines) - FIRST_STEPS - LAST_STEPS
    if hidden <= 1:
        return lines
    return [*lines[:FIRST_STEPS], {"gap": hidden}, *lines[-LAST_STEPS:]]


def _step(rules: Rules, event: CaseEvent, reader: Reader) -> dict[str, Any]:
    why = _shown(reader, event.detail.get("why", ""), STEP)
    what = step_words(rules, event) + (f" ({why})" if why else "")
    return {"gap": 0, "when": _dated(rules, event.made_at), "who": event.actor, "what": what}


def _commitments(desk: Desk, page: CasePage, reader: Reader, now: datetime) -> list[dict[str, str]]:
    return [
        {
            "due": due_words(desk.rules, one.due_at),
            "who": who_promises(desk.rules, desk.lounge, one.who),
            "what": _shown(reader, one.what, STEP),
            "standing": STANDINGS[commitment_standing(desk.rules, one, now)],
        }
        for one in page.commitments[-5:]
    ]


def _field_words(events: Sequence[CaseEvent]) -> str:
    """The newest field check, if there was one."""
    found = [event.detail["field"] for event in events if "field" in event.detail]
    if not found:
        return ""
    words = {"ya": "cerita sesuai", "sebagian": "cerita sebagian sesuai", "bukan": "cerita tidak sesuai"}
    household = found[-1].get("household")
    return words[found[-1]["matches"]] + (f", {household} jiwa serumah" if household else "")


def privacy_note(reader: Reader) -> str:
    """What the foot of a printed page says about the data on it."""
    if not reader.sees_words:
        return "Data pribadi disamarkan."
    return f"MEMUAT DATA PRIBADI, dibuka oleh {reader.name} ({reader.role}), tercatat. Jangan difoto, musnahkan setelah rapat."


def _dated(rules: Rules, moment: datetime) -> str:
    """Sel 24 Nov 09.30: paper is read on another day, so nothing on it is "today"."""
    return f"{short_date(moment.astimezone(rules.home.zone).date())} {clock(moment, rules.home.zone)}"


def _slot_words(rules: Rules, slot: Slot | None) -> str:
    if slot is None:
        return ""
    local = slot.starts_at.astimezone(rules.home.zone)
    return f"{long_date(local.date())} pukul {local:%H.%M}"


def write_pdf(page_file: Path) -> Path:
    """The page printed on A4 beside it. Raises NoBrowser when the machine has no Chromium."""
    from review.screens import chromium

    paper = page_file.with_suffix(".pdf")
    with chromium() as browser:
        sheet = browser.new_page(java_script_enabled=False)
        sheet.goto(page_file.as_uri())
        sheet.pdf(path=paper, format="A4", prefer_css_page_size=True)
    paper.chmod(page_file.stat().st_mode & 0o777)
    return paper
