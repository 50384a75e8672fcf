"""The cases of an export and what is told of them, in one short unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from cases.case import Case
from cases.rules import Rules
from triage.casework import read_cases
from triage.database import sql


@dataclass(frozen=True, slots=True)
class Told:
    """A case and what is said of it; ``text`` is as the citizen wrote it, the others are staff's words."""

    case: Case
    text: str
    answer: str
    why: str


def read_told(connection: duckdb.DuckDBPyConnection, rules: Rules, agency: str | None = None) -> list[Told]:
    """Every case, or the open ones that an agency has, by number."""
    rows = connection.execute(
        "SELECT case_id FROM cases WHERE $agency::text IS NULL "
        "OR (agency = $agency AND closed_at IS NULL AND forwarded_at IS NOT NULL) ORDER BY case_id",
        {"agency": agency},
    ).fetchall()
    return _told(connection, rules, [row[0] for row in rows])


def _told(connection: duckdb.DuckDBPyConnection, rules: Rules, case_ids: Sequence[str]) -> list[Told]:
    attempts = [name for name, action in rules.states.action.items() if action.attempt]
    asked = {"case_ids": list(case_ids), "attempts": attempts}
    words = {row[0]: row[1:] for row in connection.execute(sql("told_of_cases"), asked).fetchall()}
    told = []
    for case in read_cases(connection, case_ids):
        text, answer, why, opened_why = words[case.case_id]
        told.append(
            Told(case, text or ("" if case.opened_from == "mention" else opened_why or ""), answer or "", why or "")
        )
    return told
