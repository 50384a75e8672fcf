"""A case, what happened to it, and the way from the one to the other: a case is nothing but the sum of its events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

SYSTEM = "tanggap"  # the actor of what the program does by itself


@dataclass(frozen=True, slots=True)
class Case:
    """One row of `cases`. Times are aware UTC; lists are tuples of JSON values."""

    case_id: str
    opened_at: datetime
    opened_from: str  # mention | letter | visit | whatsapp | other
    state: str  # a state of data/states.toml
    category: str | None
    topic: str | None
    urgency: int | None
    place_code: str | None
    level: str | None
    agency: str | None  # an agency of data/agencies.toml: proposed until the case is forwarded
    assignee: str | None
    due_at: datetime | None  # None: closed, or the clock stands still
    closed_at: datetime | None
    sp4n_id: str | None
    restricted: bool
    consent: str  # belum | ada | ditolak | wali
    legal_basis: str | None
    version: int  # of its newest event
    handling: str  # informasi | tidak_berpengawasan | berpengawasan; urgency 2 makes it darurat whatever stands here
    helpers: tuple[str, ...]
    rule: str | None  # the routing rule that proposed the agency; None: a person chose another
    candidates: tuple[Mapping[str, Any], ...]  # {agency, rule, level, weight, place}, best first
    routing_sure: bool  # False: a person must choose
    routing_reason: str
    declined: tuple[str, ...]  # agencies that said it is not theirs
    confirmed: bool  # a person said that this is a need: no model takes it back
    forwarded_at: datetime | None
    attempts: int  # documented attempts or answers of the agency
    clock: str | None
    clock_started_at: datetime | None
    pauses: tuple[tuple[str, str], ...]  # from, to (ISO, UTC) since the clock started
    paused_at: datetime | None
    rung: str
    changed_at: datetime
    changed_by: str

    @property
    def emergency(self) -> bool:
        return self.urgency == 2

    @property
    def closed(self) -> bool:
        return self.closed_at is not None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One row of `case_events`. ``detail`` holds ids, states and staff's short reasons, never a citizen's words.

    detail: ``changes`` (fields of the case and their new values), ``why``, and for mentions ``mentions`` / ``separated``.
    """

    event_id: str
    case_id: str
    version: int  # the case's version after it: 1, 2, 3 …
    made_at: datetime
    actor: str
    kind: str  # opened | joined | separated | an action of data/states.toml
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Placement:
    """A mention's place in a case: opened, merged or manual, and how sure that is (0–1)."""

    mention_id: str
    how: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a case's events add up to."""

    case: Case
    mentions: tuple[Placement, ...]


FIELDS = tuple(field.name for field in fields(Case))
TIMES = frozenset(field.name for field in fields(Case) if "datetime" in str(field.type))
LISTS = frozenset(field.name for field in fields(Case) if str(field.type).startswith("tuple"))
_OF_THE_EVENT = frozenset(("case_id", "version", "changed_at", "changed_by"))


def replay(events: Iterable[CaseEvent]) -> Replayed:
    """Rebuild a case from all of its events, in order of version. Raises ValueError when one is missing or the first opens nothing."""
    case: Case | None = None
    mentions: dict[str, Placement] = {}
    for event in events:
        if event.version != (case.version + 1 if case else 1):
            raise ValueError(
                f"{event.case_id}: event {event.event_id} is version {event.version}; one before it is missing"
            )
        case = apply(case, event)
        for found in event.detail.get("mentions", ()):
            mentions[found["mention_id"]] = Placement(found["mention_id"], found["how"], found.get("score"))
        for mention_id in event.detail.get("separated", ()):
            mentions.pop(mention_id, None)
    if case is None:
        raise ValueError("a case without events cannot be rebuilt")
    return Replayed(case, tuple(mentions.values()))


def apply(case: Case | None, event: CaseEvent) -> Case:
    """The case after one more event."""
    changes = {name: _decoded(name, value) for name, value in event.detail.get("changes", {}).items()}
    own: dict[str, Any] = {"version": event.version, "changed_at": event.made_at, "changed_by": event.actor}
    if case is None:
        return Case(case_id=event.case_id, **changes, **own)
    return replace(case, **changes, **own)


def encoded(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as JSON values: the form in which an event keeps them."""
    return {name: _encoded(value) for name, value in changes.items()}


def opening_changes(case: Case) -> dict[str, Any]:
    """All fields of a new case, as its first event keeps them."""
    return encoded({name: getattr(case, name) for name in FIELDS if name not in _OF_THE_EVENT})


def canonical(value: Any) -> str:
    """JSON that is the same for the same value, so that a rebuilt row equals the first one letter for letter."""
    return json.dumps(_encoded(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def case_row(case: Case) -> dict[str, Any]:
    """A case as the table keeps it."""
    return {name: canonical(getattr(case, name)) if name in LISTS else getattr(case, name) for name in FIELDS}


def case_of(row: Mapping[str, Any]) -> Case:
    """A case from its row."""
    values = {name: row[name] for name in FIELDS}
    for name in FIELDS:
        if name in LISTS:
            values[name] = _decoded(name, json.loads(values[name]))
        elif name in TIMES and values[name] is not None:
            values[name] = values[name].astimezone(UTC)
    return Case(**values)


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list | tuple):
        return [_encoded(part) for part in value]
    if isinstance(value, Mapping):
        return {key: _encoded(part) for key, part in value.items()}
    return value


def _decoded(name: str, value: Any) -> Any:
    if name in TIMES and isinstance(value, str):
        return datetime.fromisoformat(value)
    if name in LISTS:
        return tuple(tuple(part) if isinstance(part, list) else part for part in value)
    return value
