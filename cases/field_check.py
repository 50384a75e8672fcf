"""What somebody saw at the place: does it match the story, which need, how urgent, how many, with whose consent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from cases.acting import Act, CaseRefused

Matches = Literal["ya", "sebagian", "bukan"]
MATCHES: tuple[Matches, ...] = ("ya", "sebagian", "bukan")
MOST_PEOPLE = 200  # in one household or place; more is a slip of the pen
_SETTABLE = ("category", "urgency", "place_code", "consent", "legal_basis")


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """A filled sheet. ``found`` holds the fields of the case that were seen to be otherwise, and the consent state."""

    actor: str
    matches: Matches
    household: int | None = None
    note: str = ""
    found: dict[str, Any] = field(default_factory=dict)
    check_id: str = field(
        default_factory=lambda: uuid.uuid4().hex
    )  # made where the sheet is filled: sending twice is once

    @property
    def verdict(self) -> str:
        """As a label for the classifier: a need that is partly as told is a need."""
        return "bukan" if self.matches == "bukan" else "ya"


def field_act(check: FieldCheck) -> Act:
    """The case after the visit goes back to the desk, which decides; a story that does not match closes nothing. Raises CaseRefused."""
    if check.household is not None and not 1 <= check.household <= MOST_PEOPLE:
        raise CaseRefused(f"Jumlah jiwa {check.household} tidak mungkin: 1 sampai {MOST_PEOPLE}.")
    if unknown := sorted(set(check.found) - set(_SETTABLE)):
        raise CaseRefused(f"Lembar lapangan tidak mengubah {', '.join(unknown)}.")
    changes = (
        check.found
        if check.matches != "bukan"
        else {name: value for name, value in check.found.items() if name == "consent"}
    )
    return Act(
        "mismatch" if check.matches == "bukan" else "verify",
        check.actor,
        check.note,
        changes,
        event_id=check.check_id,
        review_id=check.check_id,
        keeps={"field": {"matches": check.matches, "household": check.household}},
    )
