"""The lead's board: every open case with how its clock stands, whose it is, and how much each person and agency has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from cases.clocks import Standing, near_until
from cases.rules import Rules
from triage.database import sql


@dataclass(frozen=True, slots=True)
class Pending:
    """What the board must know of an open case before it shows any."""

    case_id: str
    agency: str | None
    assignee: str | None
    emergency: bool
    rung: str
    standing: Standing


@dataclass(slots=True)
class Load:
    """How much one person or agency has."""

    name: str | None  # None: nobody
    open: int = 0
    late: int = 0
    nearly_due: int = 0
    emergencies: int = 0


def read_pending(
    connection: duckdb.DuckDBPyConnection, rules: Rules, now: datetime, *, restricted: bool
) -> list[Pending]:
    """Every open case, the most pressing first; restricted ones only where they may be seen."""
    clocks = list(rules.deadlines.clock)
    asked = {"now": now, "clocks": clocks, "near": [near_until(rules, name, now) for name in clocks], "restricted": restricted}  # fmt: skip
    return [Pending(*row) for row in connection.execute(sql("board"), asked).fetchall()]


def count_restricted_open(connection: duckdb.DuckDBPyConnection) -> int:
    """How many open cases a board leaves out for those who may not see them."""
    row = connection.execute("SELECT count(*) FROM cases WHERE restricted AND closed_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def loads_by(pending: Iterable[Pending], whose: str) -> list[Load]:
    """The load of each ``agency`` or ``assignee``: most late first, nobody's last."""
    found: dict[str | None, Load] = {}
    for one in pending:
        load = found.setdefault(getattr(one, whose), Load(getattr(one, whose)))
        load.open += 1
        load.late += one.standing == "late"
        load.nearly_due += one.standing == "nearly_due"
        load.emergencies += one.emergency
    return sorted(
        found.values(), key=lambda load: (load.name is None, -load.late, -load.nearly_due, -load.open, load.name)
    )
