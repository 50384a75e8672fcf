"""A field check in the tables: an event of its case and, in the same transaction, a label for the classifier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from cases.case import Case
from cases.field_check import FieldCheck, field_act
from cases.rules import Rules
from triage.casework import act
from triage.verdicts import save_reviews

SHOWN_BECAUSE = "lapangan"


def record_field_check(
    connection: duckdb.DuckDBPyConnection, rules: Rules, case_id: str, check: FieldCheck, seen: tuple[int, datetime]
) -> Case:
    """``seen``: the version that the visitor's sheet was about, and now. Raises what ``act`` raises; then nothing is kept."""
    version, now = seen
    case = act(connection, rules, case_id, field_act(check), version, now)
    if mention_id := _told_by(connection, case_id):
        save_label(connection, case, check, mention_id, now)
    return case


def _told_by(connection: duckdb.DuckDBPyConnection, case_id: str) -> str | None:
    """The mention that opened the case: the story that was checked. None for a case opened by hand."""
    row = connection.execute(
        "SELECT mention_id FROM case_mentions WHERE case_id = ? AND how = 'opened'", [case_id]
    ).fetchone()
    return str(row[0]) if row else None


def save_label(
    connection: duckdb.DuckDBPyConnection, case: Case, check: FieldCheck, mention_id: str, now: datetime
) -> None:
    """The label says what was found, also where it is what was thought; a story that does not match has no category."""
    is_need = check.verdict == "ya"
    row: dict[str, Any] = {
        "review_id": check.check_id, "mention_id": mention_id, "case_id": case.case_id, "reviewer": check.actor, "verdict": check.verdict,
        "category": case.category if is_need else None, "urgency": case.urgency if is_need else None,
        "place_code": case.place_code if is_need else None, "made_at": now, "model_version": _opinion_of(connection, mention_id),
        "shown_because": SHOWN_BECAUSE,
    }  # fmt: skip
    save_reviews(connection, [row])


def _opinion_of(connection: duckdb.DuckDBPyConnection, mention_id: str) -> str | None:
    row = connection.execute(
        "SELECT model_version FROM current_assessments WHERE mention_id = ?", [mention_id]
    ).fetchone()
    return str(row[0]) if row else None
