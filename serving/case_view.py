"""A case as its page shows it: the need, the clock, the history, the texts to copy, what may be one with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cases.case import Case, CaseEvent
from cases.escalation import gate, next_rung
from cases.field_check import MATCHES
from cases.lounge import commitment_standing, who_promises
from cases.routing import level_label
from cases.rules import Rules
from review.case_texts import fitting_drafts, fitting_kinds, handover_words
from review.case_words import CONSENTS, SOURCES, STANDINGS, due_words, helper_words, step_words
from review.links import platform_of
from review.marking import marked
from review.masking import mask, masked
from review.reading import Reader
from review.replies import kind_for, whatsapp_link
from review.withheld import may_be_restricted
from review.wording import KINDS, PLATFORMS
from serving.case_forms import OWN_FORM, filled, new_form, options_of, step_forms
from serving.desk import Desk, case_line, caseworkers, names_of, visible_case
from triage.case_page import CasePage, read_case_page
from triage.searching import told_by
from triage.staff import Colleague, read_staff
from triage.suggesting import read_suggestions

STEP_SHOWN, STORY_SHOWN, OTHER_SHOWN = 220, 900, 240  # characters
MOST_MENTIONS, MOST_SUGGESTIONS = 25, 3
MATCH_WORDS = {"ya": "Ya, sesuai", "sebagian": "Sebagian", "bukan": "Tidak sesuai"}
WAYS = {"public": "balasan terbuka", "direct": "pesan langsung"}
TALKS = {"id": "Bahasa Indonesia", "su": "Bahasa Sunda"}


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything of the tables that a case's page is made of, read in one short unit of work."""

    page: CasePage
    suggestions: Sequence[dict[str, Any]]
    others: Mapping[str, tuple[Case, Sequence[str]]]  # the other case of each suggestion, with what was told of it
    staff: Sequence[Colleague]


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be done, and what was filled in: nothing of it is lost."""

    sentence: str
    kept: Mapping[str, str]
    status: int


def read_whole(connection: Any, reader: Reader, case_id: str) -> Whole:
    """Raises Missing."""
    visible_case(connection, reader, case_id)
    rows = read_suggestions(connection, case_id=case_id)
    visible = [row for row in rows if reader.sees_restricted or not row["restricted"]]
    likeliest = {
        _other(row, case_id): row for row in reversed(visible)
    }  # several mentions may speak for one other case
    numbers = [name for row in visible if likeliest[name := _other(row, case_id)] is row][:MOST_SUGGESTIONS]
    seen = [likeliest[name] for name in numbers]
    told = told_by(connection, sorted(numbers))
    others = {name: (visible_case(connection, reader, name), told.get(name, ())) for name in numbers}
    return Whole(read_case_page(connection, case_id), seen, others, read_staff(connection))


def _other(row: Mapping[str, Any], case_id: str) -> str:
    return str(row["other_case_id"] if row["case_id"] == case_id else row["case_id"])


def case_values(desk: Desk, whole: Whole, wanted: tuple[str, str], problem: Problem | None) -> dict[str, Any]:
    """The template's values. ``wanted``: kind and language of the drafts, empty for what fits."""
    rules, case = desk.rules, whole.page.case
    names = names_of(whole.staff)
    kept = filled(problem.kept if problem else {})
    rung = next_rung(rules, case)
    return {
        "line": case_line(rules, case, desk.now, names),
        "case": case,
        "problem": problem.sentence if problem else "",
        "kept": kept,
        "opened": f"{SOURCES[case.opened_from]}, {desk.moment(case.opened_at)}",
        "mine": case.assignee == desk.person.user_id,
        "story": _story(desk, whole.page),
        "more_mentions": max(0, len(whole.page.mentions) - MOST_MENTIONS),
        "steps": step_forms(desk, case, caseworkers(whole.staff), kept),
        "climbs_to": rung.label if rung else "",
        "gate": gate(rules, case, desk.now),
        "facts": _facts(rules, case),
        "history": [_event(desk, event, names) for event in reversed(whole.page.events)],
        "promises": _promises(desk, whole.page),
        "suggestions": [_suggestion(desk, whole, row, names) for row in whole.suggestions],
        "handover": _handover(desk, whole.page),
        "drafts": _drafts(desk, whole.page, wanted),
        "visit": _visit(desk, case, kept),
        "new_form": new_form(),
    }


def _story(desk: Desk, page: CasePage) -> list[dict[str, Any]]:
    if not page.mentions:
        why = str(page.events[0].detail.get("why", ""))
        return [{"id": None, "source": SOURCES[page.case.opened_from], "when": desk.moment(page.case.opened_at),
                 "text": marked(mask(why, (), STORY_SHOWN), []), "short": "", "link": None, "url": ""}]  # fmt: skip
    return [_told(desk, row) for row in page.mentions[:MOST_MENTIONS]]


def _told(desk: Desk, row: Mapping[str, Any]) -> dict[str, Any]:
    text, url = str(row["text"] or ""), str(row["url"] or "")
    withheld = may_be_restricted(text) and not desk.reader.sees_restricted
    shown = masked(text, (), STORY_SHOWN).text
    said = "(isi mungkin terbatas)" if withheld else "(sudah dihapus penulisnya)" if row["deleted"] else "(tanpa teks)" if not shown else ""  # fmt: skip
    return {
        "id": row["mention_id"],
        "source": f"{PLATFORMS.get(row['platform'], row['platform'])} · {KINDS.get(row['kind'], row['kind'])}",
        "when": desk.moment(row["created_at"]),
        "text": Markup("<em>{}</em>").format(said) if said else marked(shown, []),
        "link": None if withheld else platform_of(url),
        "url": url,
    }


def _facts(rules: Rules, case: Case) -> list[tuple[str, str]]:
    found = [
        ("Alasan dinas", case.routing_reason),
        ("Dibantu", helper_words(rules, case)),
        ("Kewenangan", level_label(rules, case.level) if case.level else ""),
        ("Upaya tercatat", str(case.attempts) if case.attempts else ""),
        ("Nomor SP4N", case.sp4n_id or ""),
        ("Persetujuan", CONSENTS[case.consent]),
        ("Dasar data", mask(case.legal_basis or "", (), STEP_SHOWN)),
    ]
    return [(name, value) for name, value in found if value]


def _event(desk: Desk, event: CaseEvent, names: Mapping[str, str]) -> dict[str, Any]:
    state = event.detail.get("changes", {}).get("state")
    field = event.detail.get("field")
    why = mask(str(event.detail.get("why", "")), (), STEP_SHOWN)
    if field:
        people = f", {field['household']} jiwa" if field.get("household") else ""
        why = f"{MATCH_WORDS[field['matches']]}{people}. {why}".strip()
    return {
        "what": step_words(desk.rules, event),
        "state": desk.rules.state(state).label if state else "",
        "who": "Tanggap" if event.actor == "tanggap" else names.get(event.actor, event.actor),
        "when": desk.moment(event.made_at),
        "why": why,
        "attempt": bool((action := desk.rules.action(event.kind)) and action.attempt),
    }


def _promises(desk: Desk, page: CasePage) -> list[dict[str, Any]]:
    return [
        {
            "id": one.commitment_id,
            "who": who_promises(desk.rules, desk.lounge, one.who),
            "what": mask(one.what, (), STEP_SHOWN),
            "due": due_words(desk.rules, one.due_at),
            "standing": (stands := commitment_standing(desk.rules, one, desk.now)),
            "label": STANDINGS[stands].capitalize(),
        }
        for one in page.commitments
    ]


def _suggestion(desk: Desk, whole: Whole, row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    own = whole.page.case.case_id
    other, told = whole.others[_other(row, own)]
    open_texts = [text for text in told if desk.reader.sees_restricted or not may_be_restricted(text)]
    return {
        "id": row["suggestion_id"],
        "reason": mask(row["reason"], (), STEP_SHOWN),
        "other": case_line(desk.rules, other, desk.now, names),
        "text": marked(" ".join(mask(open_texts[0], (), OTHER_SHOWN).split()), []) if open_texts else "",
    }


def _handover(desk: Desk, page: CasePage) -> dict[str, str] | None:
    if page.case.closed or not page.case.agency:
        return None
    text = handover_words(desk.drafts, page, desk.reader)
    return {"text": text, "link": whatsapp_link(text)}


def _drafts(desk: Desk, page: CasePage, wanted: tuple[str, str]) -> dict[str, Any]:
    kinds = fitting_kinds(desk.drafts, page.case, desk.reader, desk.today)
    fitting = kind_for(page.case)
    kind = wanted[0] if wanted[0] in kinds else fitting if fitting in kinds else kinds[0] if kinds else ""
    first = page.mentions[0] if page.mentions else {"platform": "whatsapp", "lang": "id"}
    lang = wanted[1] if wanted[1] in TALKS else "su" if first["lang"] == "su" else "id"
    found = fitting_drafts(desk.drafts, page.case, (kind, lang), desk.reader, desk.today) if kind else []
    return {
        "kind": kind,
        "lang": lang,
        "kinds": [(one, desk.drafts.file.reply[one].label) for one in kinds],
        "langs": list(TALKS.items()),
        "texts": [
            {"platform": one.platform, "name": PLATFORMS.get(one.platform, "WhatsApp"), "way": WAYS[one.channel], "text": one.text}
            for one in sorted(found, key=lambda draft: draft.platform != first["platform"])
        ],
    }  # fmt: skip


def _visit(desk: Desk, case: Case, kept: Mapping[str, str]) -> dict[str, Any] | None:
    """The sheet of a visit, where one is going on."""
    if not any(case.state in desk.rules.states.action[name].from_states for name in OWN_FORM & {"verify", "mismatch"}):
        return None
    return {
        "matches": [(one, MATCH_WORDS[one]) for one in MATCHES],
        "categories": options_of(desk.rules, case, "category"),
        "urgencies": options_of(desk.rules, case, "urgency"),
        "consents": options_of(desk.rules, case, "consent"),
        "places": options_of(desk.rules, case, "place_code"),
        "kept": kept if kept.get("action") == "lapangan" else filled({}),
    }
