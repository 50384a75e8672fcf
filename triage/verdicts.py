"""Verdicts of reviewers in the tables: appended once, taken in by their cases in the same unit of work, taken back by a later one."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from cases.acting import is_possible
from cases.case import CaseEvent, apply
from cases.rules import Rules
from cases.verdicts import CORRECTIONS, VERDICT_WORDS, verdict_events
from triage.case_opening import new_verdicts
from triage.casework import read_cases, save_events
from triage.database import DatabaseError, merge, sql
from triage.queue_order import shown_as

TAKEN_BACK, TOGETHER = "urung", "serupa"  # of shown_because: an undo, and a near-duplicate decided with its card
_SCHEMA = pa.schema(
    [("review_id", pa.string()), ("mention_id", pa.string()), ("case_id", pa.string()), ("reviewer", pa.string()), ("verdict", pa.string()),
     ("category", pa.string()), ("urgency", pa.int32()), ("place_code", pa.string()), ("agency", pa.string()), ("note", pa.string()),
     ("made_at", pa.timestamp("us", tz="UTC")), ("supersedes", pa.string()), ("model_version", pa.string()), ("shown_because", pa.string()),
     ("sampling_probability", pa.float64())]
)  # fmt: skip


class MentionMissing(DatabaseError):
    """There is no such card for this reader: unknown, deleted, or restricted."""


class VerdictRefused(Exception):
    """The verdict cannot be; the message says why in Indonesian."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict that stands on a mention."""

    review_id: str
    reviewer: str
    verdict: str
    made_at: datetime


class AlreadyDecided(Exception):
    """Somebody decided first, or the same reviewer elsewhere; ``standing`` is what stands, nothing was saved."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(f"{standing.reviewer} decided first")
        self.standing = standing


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says of a card. ``review_id`` is made where it is decided: sent twice, it is one verdict.

    ``seen``: the verdict that stood when the reviewer decided, which this one replaces. Of the corrections None means: as proposed.
    """

    review_id: str
    mention_id: str
    reviewer: str
    verdict: str  # ya | bukan | ragu
    seen: str | None = None
    category: str | None = None
    urgency: int | None = None
    place_code: str | None = None
    agency: str | None = None


def save_verdict(
    connection: duckdb.DuckDBPyConnection, rules: Rules, said: Verdict, may_see: Sequence[str], now: datetime
) -> Standing:
    """Append a verdict for its mention and the near-duplicates of ``may_see``, and let their cases follow, in the caller's transaction.

    ``may_see``: the card's mention and the near-duplicates shown on it. Raises MentionMissing when the first is not among them,
    VerdictRefused, AlreadyDecided.
    """
    check_verdict(rules, said)
    if said.mention_id not in may_see:
        raise MentionMissing(f"There is no card {said.mention_id}.")
    if (known := _review(connection, said.review_id)) is not None:
        if (known["mention_id"], known["verdict"]) == (said.mention_id, said.verdict):
            return _standing(known)
        raise AlreadyDecided(_standing(known))
    before = standing_of(connection, may_see)
    first = before.get(said.mention_id)
    if first is not None and first.verdict != "ragu" and first.review_id != said.seen:
        raise AlreadyDecided(first)
    decided = [said.mention_id]
    decided += [one for one in may_see if one not in decided and (one not in before or before[one].verdict == "ragu")]
    rows = [_row(connection, said, mention_id, before.get(mention_id), now) for mention_id in decided]
    _append(connection, rules, rows, now)
    return Standing(said.review_id, said.reviewer, said.verdict, now)


def take_back(connection: duckdb.DuckDBPyConnection, rules: Rules, review_id: str, reviewer: str, now: datetime) -> str:
    """A reviewer's own verdict is undone: the card waits again. Returns the mention_id.

    Raises MentionMissing for a verdict that is not theirs, AlreadyDecided when another one has followed.
    """
    known = _review(connection, review_id)
    if known is None or known["reviewer"] != reviewer:
        raise MentionMissing(f"There is no verdict {review_id} of this reviewer.")
    mention_id = str(known["mention_id"])
    undone = _rows(
        connection.execute(
            "SELECT review_id, mention_id FROM standing_reviews WHERE review_id = $id OR starts_with(review_id, $id || '.')",
            {"id": review_id},
        )
    )
    if review_id not in {row["review_id"] for row in undone}:
        standing = standing_of(connection, [mention_id])[mention_id]
        if standing.review_id == _undo_id(review_id):  # sent twice
            return mention_id
        raise AlreadyDecided(standing)
    rows = [
        _plain(connection, row["mention_id"], reviewer, now)
        | {"review_id": _undo_id(row["review_id"]), "verdict": "ragu", "supersedes": row["review_id"], "shown_because": TAKEN_BACK}
        for row in undone
    ]  # fmt: skip
    _append(connection, rules, rows, now)
    return mention_id


def check_verdict(rules: Rules, said: Verdict) -> None:
    """Raises VerdictRefused for what no verdict can say."""
    if said.verdict not in VERDICT_WORDS:
        raise VerdictRefused("Pilih ya, bukan, atau ragu.")
    for name in CORRECTIONS:
        value = getattr(said, name)
        if value is not None and not is_possible(rules, name, value):
            raise VerdictRefused("Pilihan itu tidak dikenal. Muat ulang kartunya, lalu pilih lagi.")


def standing_of(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> dict[str, Standing]:
    """The verdicts that stand on these mentions, by mention."""
    rows = _rows(
        connection.execute(
            "SELECT review_id, mention_id, reviewer, verdict, made_at FROM standing_reviews "
            "WHERE mention_id IN (SELECT unnest(?::text[]))",
            [list(mention_ids)],
        )
    )
    return {row["mention_id"]: _standing(row) for row in rows}


def verdicts_of(
    connection: duckdb.DuckDBPyConnection, reviewer: str, limit: int, *, restricted: bool
) -> list[dict[str, Any]]:
    """A reviewer's newest verdicts that stand: rows of verdicts_of.sql, texts to be masked."""
    asked = {"reviewer": reviewer, "limit": limit, "restricted": restricted}
    return _rows(connection.execute(sql("verdicts_of"), asked))


def take_in(connection: duckdb.DuckDBPyConnection, rules: Rules, case_ids: Sequence[str], now: datetime) -> int:
    """Let these cases follow the verdicts that they have not taken in yet; returns how many there were."""
    waiting = new_verdicts(connection, case_ids)
    cases = {case.case_id: case for case in read_cases(connection, [row["case_id"] for row in waiting])}
    events: list[CaseEvent] = []
    for row in waiting:
        for event in verdict_events(rules, cases[row["case_id"]], row, now):
            cases[event.case_id] = apply(cases[event.case_id], event)
            events.append(event)
    if events:
        save_events(connection, events, [cases[case_id] for case_id in dict.fromkeys(one.case_id for one in events)])
    return len(waiting)


def save_reviews(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    """Append rows of `reviews`, in one batch; absent columns are empty."""
    merge(connection, "merge_reviews", "batch_reviews", pa.Table.from_pylist(rows, schema=_SCHEMA))


def _append(connection: duckdb.DuckDBPyConnection, rules: Rules, rows: list[dict[str, Any]], now: datetime) -> None:
    save_reviews(connection, rows)
    if case_ids := list(dict.fromkeys(row["case_id"] for row in rows if row["case_id"])):
        take_in(connection, rules, case_ids, now)


def _row(
    connection: duckdb.DuckDBPyConnection, said: Verdict, mention_id: str, before: Standing | None, now: datetime
) -> dict[str, Any]:
    """The row of a mention that a verdict decides; near-duplicates get its words under an id of their own."""
    is_card = mention_id == said.mention_id
    shown = shown_as(connection, mention_id, now) if is_card else None
    return _plain(connection, mention_id, said.reviewer, now) | {
        "review_id": said.review_id if is_card else f"{said.review_id}.{hashlib.sha256(mention_id.encode()).hexdigest()[:8]}",
        "verdict": said.verdict, **{name: getattr(said, name) for name in CORRECTIONS},
        "supersedes": before.review_id if before is not None and (before.review_id == said.seen or before.reviewer == said.reviewer) else None,
        "shown_because": shown.shown_because if shown else TOGETHER,
        "sampling_probability": shown.sampling_probability if shown else None,
    }  # fmt: skip


def _plain(connection: duckdb.DuckDBPyConnection, mention_id: str, reviewer: str, now: datetime) -> dict[str, Any]:
    row = connection.execute(
        "SELECT (SELECT model_version FROM current_assessments WHERE mention_id = $id), "
        "(SELECT min(case_id) FROM case_mentions WHERE mention_id = $id)",
        {"id": mention_id},
    ).fetchone()
    assert row is not None
    return {"mention_id": mention_id, "reviewer": reviewer, "made_at": now, "model_version": row[0], "case_id": row[1]}


def _undo_id(review_id: str) -> str:
    """The same for the same verdict, so that an undo sent twice is one."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"urung {review_id}").hex


def _review(connection: duckdb.DuckDBPyConnection, review_id: str) -> dict[str, Any] | None:
    found = _rows(
        connection.execute(
            "SELECT review_id, mention_id, reviewer, verdict, made_at FROM reviews WHERE review_id = ?", [review_id]
        )
    )
    return found[0] if found else None


def _standing(row: dict[str, Any]) -> Standing:
    return Standing(row["review_id"], row["reviewer"], row["verdict"], row["made_at"].astimezone(UTC))


def _rows(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
