"""Everything that one case's page says, read in one short unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from cases.case import Case, CaseEvent
from cases.lounge import Commitment
from triage.casework import read_case, read_events
from triage.commitments import read_commitments
from triage.database import sql


@dataclass(frozen=True, slots=True)
class CasePage:
    """mentions: rows of case_mentions_told.sql; their texts are as the citizens wrote them, to be masked before anyone sees them."""

    case: Case
    events: list[CaseEvent]
    mentions: list[dict[str, Any]]
    commitments: list[Commitment]


def read_case_page(connection: duckdb.DuckDBPyConnection, case_id: str) -> CasePage:
    """Raises CaseMissing."""
    case = read_case(connection, case_id)
    told = connection.execute(sql("case_mentions_told"), {"case_id": case_id})
    names = [column[0] for column in told.description or []]
    mentions = [dict(zip(names, row, strict=True)) for row in told.fetchall()]
    return CasePage(case, read_events(connection, case_id), mentions, read_commitments(connection, [case_id]))
