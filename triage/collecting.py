"""Storing what collectors bring: a page's payloads, rows, cursor, run and settled money in one transaction."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from mention import Mention, Page, Payload
from triage.database import merge, sql
from triage.deliveries import empty_delivery
from triage.spending import Price, settle

_TIME = pa.timestamp("us", tz="UTC")
_MENTION_COLUMNS = pa.schema(
    [
        (name, _TIME if name in {"created_at", "seen_at"} else pa.int64() if name.endswith("_count") else pa.string())
        for name in [*Mention.__dataclass_fields__, "seen_at"]
    ]
)


def start_run(connection: duckdb.DuckDBPyConnection, source: str, client_version: str, now: datetime) -> str:
    run_id = uuid.uuid4().hex
    connection.execute(
        "INSERT INTO collection_runs VALUES (?, ?, ?, NULL, NULL, 0, 0, 0, 0, NULL, ?)",
        [run_id, source, now, client_version],
    )
    return run_id


def finish_run(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    status: str,
    error: str | None,
    lost_requests: int,
    now: datetime,
) -> None:
    """status: ok | degraded (rows kept, something unread) | failed (nothing could be read); lost_requests brought no page."""
    connection.execute(
        "UPDATE collection_runs SET finished_at = ?, status = ?, error = ?, requests = requests + ? WHERE run_id = ?",
        [now, status, error, lost_requests, run_id],
    )


def run_counts(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, int]:
    row = connection.execute(
        "SELECT requests, seen, new, unmapped FROM collection_runs WHERE run_id = ?", [run_id]
    ).fetchone()
    assert row is not None
    return dict(zip(("requests", "seen", "new", "unmapped"), row, strict=True))


def read_cursor(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> dict[str, Any]:
    row = connection.execute("SELECT state FROM cursors WHERE source = ? AND target = ?", [source, target]).fetchone()
    return json.loads(row[0]) if row else {}


def save_cursor(
    connection: duckdb.DuckDBPyConnection, source: str, target: str, state: Mapping[str, Any], now: datetime
) -> None:
    row = {
        "source": source,
        "target": target,
        "state": storable(json.dumps(state, ensure_ascii=False)),
        "updated_at": now,
    }
    _merge(connection, "merge_cursor", "page_cursor", [row])


def known_ids(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> set[str]:
    rows = connection.execute(
        "SELECT mention_id FROM mentions WHERE mention_id IN (SELECT unnest(?::text[]))", [list(ids)]
    ).fetchall()
    return {row[0] for row in rows}


def save_page(
    connection: duckdb.DuckDBPyConnection, page: Page, run_id: str, prices: Mapping[str, Price], now: datetime
) -> int:
    """Store one page inside the caller's transaction; returns how many of its mentions were new."""
    mentions = _newest_of_each(page.mentions)
    stored = _stored_of_page(connection, mentions, page.payloads)
    new = _save_mentions(connection, mentions, stored, now)
    _save_payloads(connection, page, new, stored, now)
    save_cursor(connection, page.source, page.target, page.state, now)
    _merge(
        connection,
        "merge_gaps",
        "page_gaps",
        [{"source": page.source, "target": page.target, "found_at": now, **asdict(gap)} for gap in page.gaps],
        times=("from_at", "to_at", "found_at"),
    )
    if page.delivery:
        empty_delivery(connection, page.delivery, now)
    if page.reservation:
        settle(connection, page.reservation, page.charges, prices, page.billed_on, now)
    connection.execute(
        "UPDATE collection_runs SET requests = requests + ?, seen = seen + ?, new = new + ?, unmapped = unmapped + ? WHERE run_id = ?",
        [page.requests, len(page.mentions), len(new), page.unmapped, run_id],
    )
    return len(new)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is known of a mention that a page shows again."""

    blanked: bool
    differs: bool  # its text reads otherwise on the page


def _stored_of_page(
    connection: duckdb.DuckDBPyConnection, mentions: Sequence[Mention], payloads: Sequence[Payload]
) -> dict[str, _Stored]:
    """One look at the table for all of a page: what it says decides which of the other statements need another."""
    texts: dict[str, str | None] = {one.mention_id: None for one in payloads if one.mention_id}
    texts |= {mention.mention_id: storable(mention.text) for mention in mentions}
    if not texts:
        return {}
    batch = pa.table({"mention_id": list(texts), "text": pa.array(texts.values(), pa.string())})
    connection.register("page_ids", batch)
    rows = connection.execute(sql("stored_of_page")).fetchall()
    connection.unregister("page_ids")
    return {mention_id: _Stored(blanked, differs) for mention_id, blanked, differs in rows}


def _save_mentions(
    connection: duckdb.DuckDBPyConnection, mentions: Sequence[Mention], stored: Mapping[str, _Stored], now: datetime
) -> set[str]:
    """Returns the ids that are new."""
    new = [mention for mention in mentions if mention.mention_id not in stored]
    known = [mention for mention in mentions if mention.mention_id in stored]
    blanked = [mention for mention in known if stored[mention.mention_id].blanked]
    edited = [mention for mention in known if stored[mention.mention_id].differs]
    for statement, batch in (
        ("seen_again", blanked),
        ("keep_versions", edited),
        ("merge_mentions", known),
        ("insert_mentions", new),
    ):
        if batch:
            merge(connection, statement, "page_mentions", mentions_table(batch, [now] * len(batch)))
    return {mention.mention_id for mention in new}


def mentions_table(mentions: Sequence[Mention], seen_at: Sequence[datetime]) -> pa.Table:
    """Mentions as the MERGE files read them: their fields and when each was seen."""
    columns = [[storable(getattr(mention, name)) for mention in mentions] for name in Mention.__dataclass_fields__]
    return pa.table([*columns, list(seen_at)], schema=_MENTION_COLUMNS)


def _newest_of_each(mentions: list[Mention]) -> list[Mention]:
    """A page may show two edits of one post; MERGE wants each row once."""
    newest: dict[str, Mention] = {}
    for mention in mentions:
        kept = newest.get(mention.mention_id)
        if kept is None or _order(mention.platform_id) >= _order(kept.platform_id):
            newest[mention.mention_id] = mention
    return list(newest.values())


def _order(platform_id: str) -> tuple[int, str]:
    return len(platform_id), platform_id


def storable(value: Any) -> Any:
    """A text with half of a character pair in it (a cut emoji) cannot be stored as UTF-8: the half becomes U+FFFD."""
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _save_payloads(
    connection: duckdb.DuckDBPyConnection, page: Page, new: set[str], stored: Mapping[str, _Stored], now: datetime
) -> None:
    """Keep each payload under its mention's name; nothing is kept for a mention that was blanked."""
    blanked = {mention_id for mention_id, one in stored.items() if one.blanked}
    rows = {}
    for payload in page.payloads:
        if payload.mention_id in blanked:
            continue
        body = storable(json.dumps(payload.body, ensure_ascii=False))
        name = payload.mention_id or f"unmapped:{hashlib.sha256(body.encode()).hexdigest()}"
        payload_id = f"{page.source}:{name}"
        rows[payload_id] = {
            "payload_id": payload_id,
            "source": page.source,
            "mention_id": payload.mention_id,
            "fetched_at": now,
            "body": body,
        }
    fresh = [row for row in rows.values() if row["mention_id"] in new]
    _merge(connection, "insert_payloads", "page_payloads", fresh)
    _merge(
        connection, "merge_payloads", "page_payloads", [row for row in rows.values() if row["mention_id"] not in new]
    )


def _merge(
    connection: duckdb.DuckDBPyConnection,
    statement: str,
    view: str,
    rows: list[dict[str, Any]],
    times: Sequence[str] = ("updated_at", "fetched_at"),
) -> None:
    if rows:
        schema = pa.schema([(name, _TIME if name in times else pa.string()) for name in rows[0]])
        merge(connection, statement, view, pa.Table.from_pylist(rows, schema=schema))
