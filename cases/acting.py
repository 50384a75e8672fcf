"""What may be done with a case and what follows from it: one action becomes one event, or is refused in one sentence."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases.case import SYSTEM, Case, CaseEvent, encoded
from cases.clocks import clock_of, due_at
from cases.escalation import gate, next_rung, rungs_of
from cases.regions import region_name
from cases.routing import Need, Reading, route
from cases.rule_checks import CLOSED, LEVELS, OPEN
from cases.rule_models import Action
from cases.rules import Rules

LONGEST_REASON = 200  # characters: a reason, not a story
CONSENTS = ("belum", "ada", "ditolak", "wali")
HANDLINGS = ("informasi", "tidak_berpengawasan", "berpengawasan")
_MATTER = ("category", "topic", "urgency", "place_code", "level", "restricted")
PERSONAL = re.compile(r"\d{9,}|(?:\+?62|\b0)8[\d .\-]{7,}")  # NIK, KK, account and telephone numbers


class CaseRefused(Exception):
    """The action is not allowed now; the message says why and what to do, in Indonesian, for the person who tried."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants to do with a case. ``event_id`` may be made where the act is made: sending it twice is one act."""

    action: str  # of data/states.toml
    actor: str
    why: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    rung: str | None = None  # escalate: to which; None: the next
    event_id: str | None = None
    review_id: str | None = None  # the verdict that this follows from
    keeps: Mapping[str, Any] = field(default_factory=dict)  # what else the event keeps, e.g. commitments
    due_at: datetime | None = None  # an action that promises: when the next open promise runs out


def allowed(rules: Rules, case: Case) -> list[str]:
    """What a person may do with the case as it stands, in the order of the file."""
    return [
        name
        for name, action in rules.states.action.items()
        if _starts_from(action, case) and not action.system and not (case.emergency and action.emergency == "never")
    ]


def decide(rules: Rules, case: Case, act: Act, now: datetime) -> CaseEvent:
    """The event that an act makes of a case. Raises CaseRefused; the case itself is left as it is."""
    action = rules.action(act.action)
    if action is None:
        raise CaseRefused(f"Tindakan {act.action!r} tidak dikenal; yang ada: {', '.join(rules.states.action)}.")
    if action.system and act.actor != SYSTEM:
        raise CaseRefused(f"{action.label} hanya dilakukan oleh program.")
    if action.promises and not act.keeps:
        raise CaseRefused(f"{action.label} dicatat bersama janjinya: tanggap lounge minutes atau tanggap lounge kept.")
    _check_state(rules, case, action)
    check_words(act.actor, act.why, action.label, action.why)
    _check_changes(rules, case, action, act)
    _check_emergency(rules, case, action)
    changes = _consequences(rules, case, action, act, now)
    detail: dict[str, Any] = {"changes": encoded(changes), **encoded(act.keeps)}
    if act.why.strip():
        detail["why"] = act.why.strip()
    if action.declines:
        detail |= {"declined": case.agency, "rule": case.rule}
    if "agency" in act.changes:
        detail |= {"agency": act.changes["agency"], "rule": changes.get("rule", case.rule)}
    if act.review_id:
        detail["review_id"] = act.review_id
    return CaseEvent(
        act.event_id or uuid.uuid4().hex, case.case_id, case.version + 1, now, act.actor, act.action, detail
    )


def _starts_from(action: Action, case: Case) -> bool:
    return case.state in action.from_states or (CLOSED if case.closed else OPEN) in action.from_states


def _check_state(rules: Rules, case: Case, action: Action) -> None:
    if not _starts_from(action, case):
        possible = ", ".join(allowed(rules, case))
        raise CaseRefused(
            f"{action.label} tidak bisa dari keadaan {rules.state(case.state).label}; yang bisa sekarang: {possible}."
        )


def check_words(actor: str, why: str, label: str, needed: bool) -> None:
    """Who acts and why, in staff's words: short, and without a citizen's numbers. Raises CaseRefused."""
    if not actor.strip():
        raise CaseRefused("Sebutkan siapa yang bertindak.")
    if needed and not why.strip():
        raise CaseRefused(f"{label} perlu alasan singkat.")
    if len(why) > LONGEST_REASON:
        raise CaseRefused(f"Alasan terlalu panjang ({len(why)} huruf): paling banyak {LONGEST_REASON}.")
    if PERSONAL.search(why):
        raise CaseRefused("Alasan memuat nomor pribadi (telepon, NIK, atau rekening): hapus nomornya.")


def _check_changes(rules: Rules, case: Case, action: Action, act: Act) -> None:
    if extra := sorted(set(act.changes) - set(action.changes)):
        raise CaseRefused(f"{action.label} tidak boleh mengubah {', '.join(extra)}.")
    if missing := [name for name in action.needs if not act.changes.get(name)]:
        raise CaseRefused(f"{action.label} perlu {', '.join(missing)}.")
    for name, value in act.changes.items():
        if not is_possible(rules, name, value):
            raise CaseRefused(f"{name} tidak mengenal nilai {value!r}.")
    if case.emergency and act.changes.get("urgency", 2) != 2 and not act.why.strip():
        raise CaseRefused("Menurunkan keadaan darurat perlu alasan singkat.")


def is_possible(rules: Rules, name: str, value: Any) -> bool:
    """Whether a field of a case may hold a value."""
    if value is None:
        return name in {"category", "topic", "place_code", "assignee", "sp4n_id", "legal_basis"}
    known: dict[str, Any] = {
        "category": rules.taxonomy.category,
        "topic": rules.taxonomy.topic,
        "urgency": (0, 1, 2),
        "level": LEVELS,
        "handling": HANDLINGS,
        "consent": CONSENTS,
        "restricted": (True, False),
        "agency": rules.agencies.agency,
    }
    if name in known:
        return value in known[name] and isinstance(value, bool) == (name == "restricted")
    if name == "helpers":
        return isinstance(value, list | tuple) and all(helper in rules.agencies.agency for helper in value)
    if name == "place_code":
        return isinstance(value, str) and region_name(value) is not None
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_REASON
        and not (name != "sp4n_id" and PERSONAL.search(value))
    )


def _check_emergency(rules: Rules, case: Case, action: Action) -> None:
    """Life in danger does not end by saving a form: only by its own action, and that only after somebody did something."""
    if not case.emergency or action.emergency is None:
        return
    if action.emergency == "never":
        raise CaseRefused(f"{action.label} tidak berlaku untuk keadaan darurat: selesaikan dengan tindakan petugas.")
    if case.attempts == 0:
        raise CaseRefused(f"Keadaan darurat: catat dulu upaya yang dilakukan, baru {action.label.lower()}.")


def _consequences(rules: Rules, case: Case, action: Action, act: Act, now: datetime) -> dict[str, Any]:
    """Every field that the act changes: what was asked for, and what follows from it."""
    changes: dict[str, Any] = dict(act.changes)
    if action.to:
        changes["state"] = action.to
    if action.confirms:
        changes["confirmed"] = True
    if action.attempt:
        changes["attempts"] = case.attempts + 1
    if action.climbs:
        changes |= _climb(rules, case, act, now)
    changes |= _routing(rules, case, action, changes, now)
    changes |= _closing(rules, case, action, changes, now)
    changes |= _promised(rules, case, action, act, now) or _clock(rules, case, action, changes, now)
    return {name: value for name, value in changes.items() if value != getattr(case, name)}


def _climb(rules: Rules, case: Case, act: Act, now: datetime) -> dict[str, Any]:
    following = next_rung(rules, case)
    wanted = following if act.rung is None else next((one for one in rules.rungs if one.id == act.rung), None)
    if wanted is None or following is None:
        raise CaseRefused(
            "Tidak ada tingkat di atasnya." if act.rung is None else f"Tingkat {act.rung!r} tidak dikenal."
        )
    order = [rung.id for rung in rules.rungs]
    skips = case.emergency and rules.states.gate.danger_skips and order.index(wanted.id) > order.index(case.rung)
    if wanted not in rungs_of(rules, case) or (wanted != following and not skips):
        raise CaseRefused(f"Dari tingkat ini naik ke {following.label} dulu.")
    if wanted.id == rules.states.gate.rung and not (answer := gate(rules, case, now)).open:
        raise CaseRefused(f"Belum bisa ke {wanted.label}. {answer.reason}")
    return {"rung": wanted.id} | ({"state": wanted.state} if wanted.state else {})


def _routing(rules: Rules, case: Case, action: Action, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A corrected need is routed anew until an agency has it; a declined one goes one step back; forwarding is a person's choice."""
    lowest = rules.rungs[0].id
    if action.declines:
        declined = (*case.declined, *([case.agency] if case.agency else []))
        return _proposed(rules, case, changes, declined, now) | {
            "declined": declined,
            "forwarded_at": None,
            "rung": lowest,
        }
    if "agency" in changes:
        by_rule = [one for one in case.candidates if one["agency"] == changes["agency"]]
        chosen = {"rule": by_rule[0]["rule"] if by_rule else None, "routing_sure": True, "rung": lowest}
        if action.to:  # else a person only says whose it is
            chosen["forwarded_at"] = now
        return chosen | ({"level": by_rule[0]["level"]} if by_rule and "level" not in changes else {})
    corrected = any(changes.get(name, getattr(case, name)) != getattr(case, name) for name in _MATTER)
    if corrected and case.forwarded_at is None:
        return _proposed(rules, case, changes, case.declined, now)
    if case.closed and action.to:
        return {"forwarded_at": None, "attempts": 0, "rung": lowest}
    return {"rung": lowest} if action.to and case.state == "eskalasi" and not action.climbs else {}


def _proposed(
    rules: Rules, case: Case, changes: dict[str, Any], declined: tuple[str, ...], now: datetime
) -> dict[str, Any]:
    value = {name: changes.get(name, getattr(case, name)) for name in _MATTER}
    place, level = value["place_code"], value["level"]
    if "place_code" in changes and "level" not in changes and level == "luar_wilayah":
        level = None  # the old level came from the old place
    places = (Reading(place, 1.0),) if place and not ("level" in changes and level == "kabkota") else ()
    need = Need(value["category"], value["topic"], value["urgency"], level, value["restricted"], None, places)
    return routing_fields(rules, need, now, declined)


def routing_fields(rules: Rules, need: Need, now: datetime, declined: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a case that a routing sets."""
    routing = route(rules, need, now.astimezone(rules.home.zone).date(), declined)
    return {
        "agency": routing.first.agency,
        "helpers": routing.helpers,
        "rule": routing.first.rule,
        "level": routing.first.level,
        "candidates": tuple(
            {"agency": one.agency, "rule": one.rule, "level": one.level, "weight": one.weight, "place": one.place}
            for one in routing.candidates
        ),
        "routing_sure": routing.sure,
        "routing_reason": routing.reason,
    }


def _closing(rules: Rules, case: Case, action: Action, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    closes = rules.state(changes.get("state", case.state)).closed
    if closes and not case.closed:
        return {"closed_at": now}
    return {"closed_at": None} if case.closed and not closes else {}


def _promised(rules: Rules, case: Case, action: Action, act: Act, now: datetime) -> dict[str, Any]:
    """A promise is the case's clock until it is kept or the case moves on; {}: the state's own clock runs."""
    if case.closed:
        return {}
    if action.promises and act.due_at is not None:
        started = case.clock_started_at if case.clock == action.promises and not action.to else now
        return {
            "clock": action.promises,
            "clock_started_at": started,
            "pauses": (),
            "paused_at": None,
            "due_at": act.due_at,
        }
    promise_clocks = {one.promises for one in rules.states.action.values()} - {None}
    moves_on = action.promises or action.to or action.clock == "pause" or act.changes.get("urgency") == 2
    stays = case.clock in promise_clocks and not moves_on
    return {"clock": case.clock} if stays else {}


def _clock(rules: Rules, case: Case, action: Action, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Start, go on, stop or resume the clock, and say when it runs out."""
    after = {name: changes.get(name, getattr(case, name)) for name in ("state", "urgency", "handling", "agency")}
    if rules.state(after["state"]).closed:
        return {"clock": None, "clock_started_at": None, "pauses": (), "paused_at": None, "due_at": None}
    own = clock_of(rules, after["state"], after["urgency"] == 2, after["handling"])
    clock, started, pauses, paused = case.clock, case.clock_started_at, case.pauses, case.paused_at
    if paused is not None and (action.clock == "resume" or (action.to and action.clock is None)):
        pauses, paused = (*pauses, (paused.isoformat(), now.isoformat())), None
    if own is not None and (own != clock or action.restarts):
        clock, started, pauses, paused = own, now, (), None
    if clock is None or started is None:
        return {}
    if action.clock == "pause":
        if not rules.clock(clock).pausable:
            raise CaseRefused(f"Jam {rules.clock(clock).about} tidak bisa dihentikan sementara.")
        paused = paused or now
    spans = [(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in pauses]
    due = None if paused is not None else due_at(rules, clock, after["agency"], started, spans)
    return {"clock": clock, "clock_started_at": started, "pauses": pauses, "paused_at": paused, "due_at": due}
