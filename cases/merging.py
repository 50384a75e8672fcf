"""Two cases that are one need become one, and mentions that are another need leave; both ways are events and can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.acting import Act, CaseRefused, check_words, decide
from cases.case import Case, CaseEvent, Placement, apply, encoded, replay
from cases.rules import Rules

MERGED = "ditutup"  # the state of a case whose need goes on in another
_STOPPED = {"clock": None, "clock_started_at": None, "pauses": (), "paused_at": None, "due_at": None}


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with everything that makes it up."""

    case: Case
    events: Sequence[CaseEvent]
    mentions: Sequence[Placement]


def merging_events(rules: Rules, kept: Whole, gone: Whole, act: Act, now: datetime) -> list[CaseEvent]:
    """The events that move the mentions of ``gone`` into ``kept``. Raises CaseRefused.

    What is known of either holds for the one: a confirmation, an emergency, a protected matter, the earlier clock.
    """
    check_words(act.actor, act.why, "Menggabung kasus", True)
    if kept.case.case_id == gone.case.case_id:
        raise CaseRefused("Kasus tidak bisa digabung dengan dirinya sendiri.")
    for one in (kept.case, gone.case):
        if one.closed:
            raise CaseRefused(f"Kasus {one.case_id} sudah ditutup: buka lagi dulu, baru gabung.")
    ids = [one.mention_id for one in gone.mentions]
    closing = encoded({"state": MERGED, "closed_at": now, **_STOPPED})
    leave = {"changes": closing, "separated": ids, "into": kept.case.case_id, "why": act.why.strip()}
    come: dict[str, Any] = {
        "changes": encoded(_kept_changes(kept.case, gone.case)),
        "mentions": [{"mention_id": name, "how": "manual", "score": None} for name in ids],
        "from": gone.case.case_id,
        "why": act.why.strip(),
    }
    events = [_event(gone.case, act.actor, "merged", leave, now), _event(kept.case, act.actor, "merged", come, now)]
    alarm = _alarm(kept.case, gone.case)
    if alarm:
        after = apply(kept.case, events[-1])
        events.append(decide(rules, after, Act("correct", act.actor, "Kasus yang digabung menyebutnya.", alarm), now))
    return events


def _kept_changes(kept: Case, gone: Case) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if gone.confirmed and not kept.confirmed:
        changes["confirmed"] = True
    if gone.attempts:
        changes["attempts"] = kept.attempts + gone.attempts
    running = kept.clock_started_at and gone.clock_started_at and kept.paused_at is None and gone.paused_at is None
    if running and kept.clock == gone.clock and kept.due_at and gone.due_at and gone.due_at < kept.due_at:
        changes |= {name: getattr(gone, name) for name in ("clock_started_at", "pauses", "due_at")}
    return changes


def _alarm(kept: Case, gone: Case) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if gone.emergency and not kept.emergency:
        changes["urgency"] = 2
    if gone.restricted and not kept.restricted:
        changes["restricted"] = True
    return changes


def check_split(whole: Whole, mention_ids: Sequence[str], act: Act) -> None:
    """Raises CaseRefused when these mentions cannot leave the case."""
    check_words(act.actor, act.why, "Memisahkan unggahan", True)
    present = {one.mention_id for one in whole.mentions}
    if whole.case.closed:
        raise CaseRefused(f"Kasus {whole.case.case_id} sudah ditutup: buka lagi dulu, baru pisahkan.")
    if unknown := [name for name in mention_ids if name not in present]:
        raise CaseRefused(f"{', '.join(unknown)} tidak ada dalam kasus {whole.case.case_id}.")
    if not mention_ids or present <= set(mention_ids):
        raise CaseRefused("Paling sedikit satu unggahan dipisahkan dan satu tetap tinggal.")


def separation(whole: Whole, mention_ids: Sequence[str], act: Act, to: str, now: datetime) -> CaseEvent:
    """The event of mentions that leave; what their merge changed and nobody has changed since goes back to what it was."""
    detail = {
        "changes": encoded(_undone(whole, mention_ids)),
        "separated": list(mention_ids),
        "to": to,
        "why": act.why.strip(),
    }
    return _event(whole.case, act.actor, "separated", detail, now)


def _undone(whole: Whole, mention_ids: Sequence[str]) -> dict[str, Any]:
    """An alarm stays: only a person lowers it."""
    for place, event in enumerate(whole.events):
        came = {found["mention_id"] for found in event.detail.get("mentions", ())}
        if place and event.kind == "merged" and came and came == set(mention_ids):
            before, after = replay(whole.events[:place]).case, replay(whole.events[: place + 1]).case
            names = event.detail["changes"]
            return {
                name: getattr(before, name)
                for name in names
                if getattr(whole.case, name) == getattr(after, name) and whole.case.clock == after.clock
            }
    return {}


def restored(gone: Whole, act: Act, now: datetime) -> CaseEvent:
    """The event that brings a merged case back, as it stood before, with its mentions."""
    place = max(number for number, event in enumerate(gone.events) if event.kind == "merged")
    before = replay(gone.events[:place])
    names = list(gone.events[place].detail["changes"])
    detail = {
        "changes": encoded({name: getattr(before.case, name) for name in names}),
        "mentions": [{"mention_id": one.mention_id, "how": one.how, "score": one.score} for one in before.mentions],
        "why": act.why.strip(),
    }
    return _event(gone.case, act.actor, "restored", detail, now)


def came_from(events: Iterable[CaseEvent], mention_ids: Sequence[str]) -> str | None:
    """The case whose merge brought exactly these mentions, if one did."""
    for event in reversed(list(events)):
        came = {found["mention_id"] for found in event.detail.get("mentions", ())}
        if event.kind == "merged" and came == set(mention_ids):
            return str(event.detail["from"])
    return None


def _event(case: Case, actor: str, kind: str, detail: Mapping[str, Any], now: datetime) -> CaseEvent:
    return CaseEvent(uuid.uuid4().hex, case.case_id, case.version + 1, now, actor, kind, detail)
