"""Who reads, and what that reader may see: a switch of the command line; in the app, what the user's permissions say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases.case import Case

# role: may see citizens' own words, may see restricted cases
ROLES = {"staff": (False, False), "officer": (False, True), "lead": (True, False), "restricted": (True, True)}


class ReaderRefused(Exception):
    """This reader may not see it; the message says who may, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A person at the desk. ``name`` is needed wherever more than the usual is seen: it stands in the access log."""

    name: str = ""
    role: str = "staff"

    @property
    def sees_words(self) -> bool:
        return ROLES[self.role][0]

    @property
    def sees_restricted(self) -> bool:
        return ROLES[self.role][1]


def may_see(reader: Reader, case: Case) -> bool:
    return reader.sees_restricted or not case.restricted


def require_may_see(reader: Reader, case: Case) -> None:
    """Raises ReaderRefused for a restricted case."""
    if not may_see(reader, case):
        raise ReaderRefused(
            f"Kasus {case.case_id} terbatas: hanya untuk petugas kasus terbatas (--role restricted --actor NAMA)."
        )


def seen_by(reader: Reader, cases: Iterable[Case]) -> tuple[list[Case], int]:
    """The cases that a reader may see, and how many are left out."""
    known = list(cases)
    seen = [case for case in known if may_see(reader, case)]
    return seen, len(known) - len(seen)


def left_out_words(count: int) -> str:
    """What a list says of the restricted cases that it does not hold."""
    return f"{count} kasus terbatas tidak ditampilkan." if count else ""
