"""The first event of a case, and the event of a mention that joins one."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cases.acting import CaseRefused, check_words, is_possible, routing_fields
from cases.case import SYSTEM, Case, CaseEvent, encoded
from cases.clocks import clock_of, due_at
from cases.routing import Need
from cases.rules import Rules

FIRST_STATE = "baru"
DEFAULT_HANDLING = "tidak_berpengawasan"
_LETTERS = (
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that sounds or looks alike when read over the telephone
)


@dataclass(frozen=True, slots=True)
class Intake:
    """How a need came in. ``received_at``: when the desk first had it, from which its clock runs."""

    source: str  # mention | letter | visit | whatsapp | other
    received_at: datetime
    place_code: str | None = None
    mention_id: str | None = None
    related: str | None = None
    why: str = ""
    request_id: str | None = None  # made where the form is filled in: sending it twice opens one case


def opened(rules: Rules, need: Need, intake: Intake, now: datetime, actor: str = SYSTEM) -> CaseEvent:
    """The event that opens a case: everything a case begins with."""
    clock = clock_of(rules, FIRST_STATE, need.urgency == 2, DEFAULT_HANDLING)
    routed = routing_fields(rules, need, now)
    consent, legal_basis = _ground(rules, need, intake.source)
    due = due_at(rules, clock, routed["agency"], intake.received_at) if clock else None
    changes: dict[str, Any] = routed | {
        "opened_at": now,
        "opened_from": intake.source,
        "state": FIRST_STATE,
        "category": need.category,
        "topic": need.topic,
        "urgency": need.urgency,
        "place_code": intake.place_code,
        "assignee": None,
        "due_at": due,
        "closed_at": None,
        "sp4n_id": None,
        "restricted": need.restricted,
        "consent": consent,
        "legal_basis": legal_basis,
        "handling": DEFAULT_HANDLING,
        "declined": (),
        "confirmed": actor != SYSTEM,
        "forwarded_at": None,
        "attempts": 0,
        "clock": clock,
        "clock_started_at": intake.received_at if clock else None,
        "pauses": (),
        "paused_at": None,
        "rung": rules.rungs[0].id,
    }
    detail: dict[str, Any] = {"changes": encoded(changes)}
    if intake.mention_id:
        detail["mentions"] = [{"mention_id": intake.mention_id, "how": "opened", "score": None}]
    if intake.related:
        detail["related"] = intake.related
    if intake.why:
        detail["why"] = intake.why
    event_id = intake.request_id or uuid.uuid4().hex
    case_id = new_case_id(intake.mention_id or event_id, now.astimezone(rules.home.zone))
    return CaseEvent(event_id, case_id, 1, now, actor, "opened", detail)


def _ground(rules: Rules, need: Need, source: str) -> tuple[str, str | None]:
    """Consent and legal basis of a new case: those of its path; life in danger has its own basis, whoever asked."""
    paths = rules.states.path
    path, danger = paths.get(source), paths.get("emergency") if need.urgency == 2 else None
    basis = danger or path
    return (path.consent if path else "belum"), (basis.legal_basis if basis else None)


def opened_by_hand(rules: Rules, need: Need, intake: Intake, now: datetime, actor: str) -> CaseEvent:
    """A case from a letter, a visit, a call. Raises CaseRefused when a word of it is unknown or names a citizen's number."""
    check_words(actor, intake.why, "Membuka kasus", True)
    for name, value in (("category", need.category), ("topic", need.topic), ("place_code", intake.place_code)):
        if value is not None and not is_possible(rules, name, value):
            raise CaseRefused(f"{name} tidak mengenal nilai {value!r}.")
    if intake.received_at > now:
        raise CaseRefused("Waktu diterima ada di masa depan: perbaiki tanggal dan jamnya.")
    category = rules.taxonomy.category.get(need.category or "")
    restricted = need.restricted or bool(getattr(category, "restricted", False))
    return opened(rules, replace(need, restricted=restricted), intake, now, actor)


def joined(case: Case, mention_id: str, found: Mapping[str, Any], now: datetime, actor: str = SYSTEM) -> CaseEvent:
    """The event of a mention that joins a case. found: how (merged | manual), score, reason."""
    detail: dict[str, Any] = {
        "mentions": [{"mention_id": mention_id, "how": found["how"], "score": found["score"]}],
        "reason": found["reason"],
    }
    return CaseEvent(uuid.uuid4().hex, case.case_id, case.version + 1, now, actor, "joined", detail)


def new_case_id(seed: str, local_time: datetime) -> str:
    """K-261124-7K3M9PQ: the day, and 35 bits of the seed; it says nothing about anybody and can be read aloud."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    letters = "".join(_LETTERS[(number >> (5 * place)) & 31] for place in range(7))
    return f"K-{local_time:%y%m%d}-{letters}"
