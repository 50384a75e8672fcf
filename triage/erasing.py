"""Erasing for good what a data subject asked for (UU 27/2022 art. 8, 43, 44): in every table, remembered by id so that nothing brings it back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from cases.case import canonical, replay
from cases.erasing import ERASED, EXPIRED, Sought, without_words
from cases.lounge import commitments_of
from triage.casework import read_events, save_cases
from triage.commitments import save_commitments
from triage.database import merge, sql, unit_of_work
from triage.syncing import forget

SLICE = 500  # mentions a unit of work
WINDOW = 20_000  # rows that are read in one unit of work
_TIME = pa.timestamp("us", tz="UTC")
_ERASURES = pa.schema(
    [
        ("what", pa.string()),
        ("id", pa.string()),
        ("erased_at", _TIME),
        ("why", pa.string()),
        ("request_id", pa.string()),
    ]
)
# Where words stand beside mentions, and how one row is called: what -> table, id, words.
SEARCHED = {
    "mention": ("mentions", "mention_id", "concat_ws(' ', author_handle, text)"),
    "version": ("mention_versions", "mention_id", "text"),
    "note": ("reviews", "mention_id", "note"),
    "payload": ("payloads", "payload_id", "body::text"),
    "event": ("case_events", "event_id", "detail::text"),
    "suggestion": ("suggestions", "suggestion_id", "why"),
    "delivery": ("webhook_deliveries", "delivery_id", "body"),
}

ERASING = {
    "payload": "erase_payloads",
    "delivery": "erase_deliveries",
    "suggestion": "erase_suggestions",
    "note": "erase_notes",
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """One thing that was blanked. what: mention | event | payload | delivery | suggestion | note; why: subject | retention."""

    what: str
    id: str
    erased_at: datetime
    why: str = "subject"
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What belongs to a person: mentions with their words, and by which accounts they were written."""

    mention_ids: tuple[str, ...]
    author_ids: tuple[str, ...]
    handles: tuple[str, ...]
    texts: tuple[str, ...]
    case_ids: tuple[str, ...]


def mentions_by(
    connection: duckdb.DuckDBPyConnection, handle: str | None, author_id: str | None, platform: str | None
) -> list[str]:
    """Mentions written under a handle, also those that the same account wrote under another, or by an author's id."""
    asked = {"handle": (handle or "").lstrip("@").lower(), "author_id": author_id, "platform": platform}
    return [row[0] for row in connection.execute(sql("mentions_by_author"), asked).fetchall()]


def read_subject(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> Subject:
    """These mentions as far as they are known, whether blanked or not."""
    rows = connection.execute(sql("subject_mentions"), {"mention_ids": list(mention_ids)}).fetchall()
    cases = connection.execute(sql("subject_cases"), {"mention_ids": list(mention_ids)}).fetchall()
    named = sorted({row[2] for row in rows if row[2]})
    authors = sorted({row[1] for row in rows if row[1]})
    texts = dict.fromkeys(text for row in rows for text in row[3] if text)
    return Subject(
        tuple(row[0] for row in rows), tuple(authors), tuple(named), tuple(texts), tuple(row[0] for row in cases)
    )


def search(path: Path, looked_for: Sought, *, only: Sequence[str] = tuple(SEARCHED)) -> Iterator[tuple[str, str]]:
    """(what, id) of each row whose words hold what is looked for; the file is held for one window of rows at a time."""
    for what in only:
        table, key, words = SEARCHED[what]
        for row_id, text in _windows(path, table, key, words):
            if looked_for.within(text):
                yield what, row_id


def _windows(path: Path, table: str, key: str, words: str) -> Iterator[tuple[str, str]]:
    start = 0
    while True:
        with unit_of_work(path) as connection:
            last = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()  # noqa: S608 - our own names
            rows = connection.execute(
                f"SELECT {key}, {words} FROM {table} WHERE rowid >= ? AND rowid < ? AND {words} IS NOT NULL",  # noqa: S608
                [start, start + WINDOW],
            ).fetchall()
        yield from rows
        start += WINDOW
        if last is None or last[0] is None or start > last[0]:
            return


def erase_mentions(connection: duckdb.DuckDBPyConnection, mention_ids: Sequence[str], mark: Erasure) -> None:
    """Blank these mentions for good, with what quotes them, inside the caller's transaction. ``mark`` says when, why, for whom."""
    asked = {"mention_ids": list(mention_ids)}
    quoting = [row[0] for row in connection.execute(sql("quoting_payloads"), asked).fetchall()]
    if mark.why == "subject":
        connection.execute(sql("forget_billed_author"), asked | {"today": mark.erased_at.date()})
    forget(connection, mention_ids, mark.erased_at)
    _remember(connection, "mention", mention_ids, mark)
    _remember(connection, "payload", quoting, mark)


def erase_rows(connection: duckdb.DuckDBPyConnection, what: str, ids: Sequence[str], mark: Erasure) -> None:
    """Blank whole payloads, waiting deliveries, or what staff wrote to suggestions and verdicts; it is remembered."""
    if ids:
        asked: dict[str, Any] = {"ids": list(ids)} | ({"now": mark.erased_at} if what == "delivery" else {})
        connection.execute(sql(ERASING[what]), asked)
        _remember(connection, what, ids, mark)


def erase_event_words(
    connection: duckdb.DuckDBPyConnection, event_ids: Sequence[str], theirs: Sought | None, mark: Erasure
) -> int:
    """Take sentences out of these events (all, or those that hold what is sought); cases and promises follow. Returns how many events."""
    rows = connection.execute(
        "SELECT event_id, case_id, detail FROM case_events WHERE event_id IN (SELECT unnest(?::text[]))",
        [list(event_ids)],
    ).fetchall()
    instead = ERASED if mark.why == "subject" else EXPIRED
    changed = {}
    for event_id, case_id, text in rows:
        detail = json.loads(text)
        after = without_words(detail, theirs.within if theirs else None, instead)
        if after != detail:
            changed[event_id] = (case_id, canonical(after))
    if changed:
        batch = pa.table({"event_id": list(changed), "detail": [detail for _, detail in changed.values()]})
        connection.register("batch_words", batch)
        connection.execute(sql("erase_event_words"))
        connection.unregister("batch_words")
        _rebuild(connection, sorted({case_id for case_id, _ in changed.values()}))
        _remember(connection, "event", list(changed), mark)
    return len(changed)


def events_of_cases(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]) -> list[str]:
    return [one.event_id for one in read_events(connection, *case_ids)]


def cases_of_events(connection: duckdb.DuckDBPyConnection, event_ids: Sequence[str]) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT case_id FROM case_events WHERE event_id IN (SELECT unnest(?::text[])) ORDER BY 1",
        [list(event_ids)],
    ).fetchall()
    return [row[0] for row in rows]


def _rebuild(connection: duckdb.DuckDBPyConnection, case_ids: Sequence[str]) -> None:
    """Rows of cases and promises as their events say them now."""
    for case_id in case_ids:
        events = read_events(connection, case_id)
        save_cases(connection, [replay(events).case], rebuilt=True)
        save_commitments(connection, commitments_of(events))


def erase_again(connection: duckdb.DuckDBPyConnection, erasures: Iterable[Erasure]) -> None:
    """Everything that was erased before, in a file that does not know of it: one that is restored or kept as a backup."""
    known = list({(one.what, one.id): one for one in erasures}.values())
    for mark in {(one.erased_at, one.why): one for one in known}.values():
        of_then: dict[str, list[str]] = {one.what: [] for one in known}
        for one in known:
            if (one.erased_at, one.why) == (mark.erased_at, mark.why):
                of_then[one.what].append(one.id)
        unasked = Erasure("", "", mark.erased_at, mark.why)
        erase_mentions(connection, _present(connection, "mention", of_then.get("mention", [])), unasked)
        for what in ERASING:
            erase_rows(connection, what, of_then.get(what, []), unasked)
        erase_event_words(connection, of_then.get("event", []), None, unasked)
        for what, ids in of_then.items():  # also those that are not there: a later import must not bring them
            _remember(connection, what, ids, unasked)


def _present(connection: duckdb.DuckDBPyConnection, what: str, ids: Sequence[str]) -> list[str]:
    table, key, _ = SEARCHED[what]
    rows = connection.execute(f"SELECT {key} FROM {table} WHERE {key} IN (SELECT unnest(?::text[]))", [list(ids)])  # noqa: S608
    return [row[0] for row in rows.fetchall()]


def read_erasures(connection: duckdb.DuckDBPyConnection) -> list[Erasure]:
    rows = connection.execute("SELECT what, id, erased_at, why, request_id FROM erasures ORDER BY erased_at, what, id")
    return [Erasure(*row) for row in rows.fetchall()]


def save_request(connection: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> None:
    """That a subject asked and was answered: the columns of subject_requests."""
    connection.register("one_request", pa.Table.from_pylist([request]))
    connection.execute("INSERT INTO subject_requests BY NAME SELECT * FROM one_request")
    connection.unregister("one_request")


def _remember(connection: duckdb.DuckDBPyConnection, what: str, ids: Sequence[str], mark: Erasure) -> None:
    if ids:
        rows = [asdict(mark) | {"what": what, "id": one} for one in dict.fromkeys(ids)]
        merge(connection, "merge_erasures", "batch_erasures", pa.Table.from_pylist(rows, schema=_ERASURES))
