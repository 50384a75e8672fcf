"""Cases by what somebody types: a number, or words of the text, the place, the agency, the matter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import duckdb

from triage.database import sql

Named = Sequence[tuple[str, str]]  # a word, and the code or id that it names


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. ``number``: as a whole, in capitals; ``words`` in small letters, each of which must be found."""

    number: str
    words: Collection[str]
    places: Named = field(default=())
    agencies: Named = field(default=())
    matters: Named = field(default=())


@dataclass(frozen=True, slots=True)
class Found:
    """A case, what was told of it as it was written, and those of the words that its place, agency or matter explains.

    ``numbered``: it was found by its number, whatever its words are.
    """

    case_id: str
    texts: Sequence[str]
    named_words: frozenset[str] = frozenset()
    numbered: bool = False


def find_by_number(connection: duckdb.DuckDBPyConnection, number: str, *, restricted: bool, most: int) -> list[Found]:
    """The newest first."""
    asked = {"number": number, "restricted": restricted, "most": most}
    numbers = [row[0] for row in connection.execute(sql("search_numbers"), asked).fetchall()]
    told = told_by(connection, numbers)
    return [Found(case_id, told.get(case_id, ()), numbered=True) for case_id in numbers]


def find_by_words(connection: duckdb.DuckDBPyConnection, wanted: Wanted, *, restricted: bool, most: int) -> list[Found]:
    """Open cases first, then the newest. The words stand in the text as it was written: look again in the masked one."""
    asked = {
        "words": list(wanted.words),
        "place_words": [word for word, _ in wanted.places],
        "places": [code for _, code in wanted.places],
        "agency_words": [word for word, _ in wanted.agencies],
        "agencies": [agency for _, agency in wanted.agencies],
        "matter_words": [word for word, _ in wanted.matters],
        "matters": [matter for _, matter in wanted.matters],
        "restricted": restricted,
        "most": most,
    }
    rows = connection.execute(sql("search_cases"), asked).fetchall()
    return [Found(case_id, texts or (), frozenset(words or ())) for case_id, words, texts in rows]


def told_by(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]) -> dict[str, list[str]]:
    """What citizens (or whoever opened the case by hand) said, by case, oldest first."""
    told: dict[str, list[str]] = {}
    rows = connection.execute(sql("told_by_cases"), {"case_ids": list(case_ids)}).fetchall() if case_ids else []
    for case_id, text, _ in rows:
        told.setdefault(case_id, []).append(text)
    return told
