"""A day of the lounge as a reader may see it: who is heard when, who does not fit in, how many are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.case import Case
from cases.lounge import Slot, arranged
from review.lounge_brief import Desk
from review.reading import Reader, seen_by
from triage.lounge import docket_cases, kept_slots

Heard = Sequence[tuple[Slot, Case]]


@dataclass(frozen=True, slots=True)
class Docket:
    """heard: by time; waiting: beyond the last slot; left_out: restricted cases; kept: slots that invitations name already."""

    day: date
    heard: Heard
    waiting: Sequence[Case]
    left_out: int
    kept: frozenset[str]

    def by_agency(self) -> dict[str | None, list[tuple[Slot, Case]]]:
        """The same, agency by agency, in the order of their first slot."""
        found: dict[str | None, list[tuple[Slot, Case]]] = {}
        for slot, case in self.heard:
            found.setdefault(case.agency, []).append((slot, case))
        return found


def read_docket(connection: Any, desk: Desk, day: date, reader: Reader, now: datetime) -> Docket:
    """Slots are given to all cases before anybody's are left out, so that two readers see the same times."""
    cases = docket_cases(connection, desk.rules, day, now)
    kept = kept_slots(connection, day)
    slots = {slot.case_id: slot for slot in arranged(desk.rules, desk.lounge, day, cases, kept)}
    seen, left_out = seen_by(reader, cases)
    heard = [(slots[case.case_id], case) for case in seen if case.case_id in slots]
    return Docket(
        day,
        sorted(heard, key=lambda one: (one[0].starts_at, one[1].case_id)),
        [case for case in seen if case.case_id not in slots],
        left_out,
        frozenset(slot.case_id for slot in kept),
    )
