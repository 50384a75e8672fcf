"""`cases` and `case_mentions` from `case_events`, in slices that leave others room to work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb

from cases.case import FIELDS, case_row, replay
from cases.lounge import commitments_of
from triage.casework import read_events, remove_placements, save_cases, save_placements
from triage.commitments import read_commitments, remove_commitments, save_commitments
from triage.database import unit_of_work
from triage.slices import Slice

SLICE = 100  # cases of the first unit of work; the next ones follow how long it took


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """What a rebuild found: cases looked at, those whose rows were not what their events say, those without events."""

    cases: int
    differing: tuple[str, ...]
    without_events: tuple[str, ...]


def rebuild(path: Path, *, only_compare: bool = False) -> Rebuilding:
    """Make every row anew from its events (or only say which differ). Rows without events are removed: the events are the truth."""
    with unit_of_work(path) as connection:
        case_ids = _ids(connection, "SELECT DISTINCT case_id FROM case_events ORDER BY case_id")
        strays = _ids(
            connection,
            "SELECT case_id FROM cases WHERE case_id NOT IN (SELECT case_id FROM case_events) "
            "UNION SELECT case_id FROM case_mentions WHERE case_id NOT IN (SELECT case_id FROM case_events) "
            "UNION SELECT case_id FROM commitments WHERE case_id NOT IN (SELECT case_id FROM case_events) ORDER BY case_id",
        )
        if strays and not only_compare:
            for table in ("case_mentions", "commitments", "cases"):
                connection.execute(
                    f"DELETE FROM {table} WHERE case_id IN (SELECT unnest(?::text[]))",  # noqa: S608  # names of our own
                    [strays],
                )
    differing: list[str] = []
    sliced = Slice(SLICE)
    for part in sliced.cut(case_ids):
        with sliced.unit(path) as connection:
            differing += _rebuild_slice(connection, part, only_compare)
    return Rebuilding(len(case_ids), tuple(differing), tuple(strays))


def _rebuild_slice(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str], only_compare: bool) -> list[str]:
    stored, placed = _stored_cases(connection, case_ids), _stored_mentions(connection, case_ids)
    promised = read_commitments(connection, case_ids)
    changed, mentions, promises, differing = [], [], [], []
    for case_id, of_the_case in groupby(read_events(connection, *case_ids), key=attrgetter("case_id")):
        events = list(of_the_case)
        rebuilt, made = replay(events), commitments_of(events)
        wanted = {one.mention_id: (one.how, one.score) for one in rebuilt.mentions}
        as_promised = {one for one in promised if one.case_id == case_id} == set(made)
        if stored.get(case_id) == [case_row(rebuilt.case)] and placed.get(case_id, {}) == wanted and as_promised:
            continue
        promises += made
        differing.append(case_id)
        changed.append(rebuilt.case)
        mentions += [
            (case_id, {"mention_id": name, "how": how, "score": score}) for name, (how, score) in wanted.items()
        ]
    if differing and not only_compare:
        save_cases(connection, changed, rebuilt=True)
        for case_id in differing:
            remove_placements(connection, case_id, list(placed.get(case_id, {})))
        save_placements(connection, mentions)
        remove_commitments(connection, differing)
        save_commitments(connection, promises)
    return differing


def _stored_cases(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows as they stand, whatever stands in them."""
    rows = connection.execute(
        f"SELECT {', '.join(FIELDS)} FROM cases WHERE case_id IN (SELECT unnest(?::text[]))",  # noqa: S608  # our columns
        [case_ids],
    ).fetchall()
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        named = dict(zip(FIELDS, row, strict=True))
        found.setdefault(named["case_id"], []).append(named)
    return found


def _stored_mentions(
    connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]
) -> dict[str, dict[str, tuple[str, float | None]]]:
    rows = connection.execute(
        "SELECT case_id, mention_id, how, score FROM case_mentions WHERE case_id IN (SELECT unnest(?::text[]))",
        [case_ids],
    ).fetchall()
    found: dict[str, dict[str, tuple[str, float | None]]] = {}
    for case_id, mention_id, how, score in rows:
        found.setdefault(case_id, {})[mention_id] = (how, score)
    return found


def _ids(connection: duckdb.DuckDBPyConnection, question: str) -> list[str]:
    return [row[0] for row in connection.execute(question).fetchall()]
