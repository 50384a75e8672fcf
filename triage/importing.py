"""Storing what other tools saved: new mentions and later edits come in, what is known better stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb
import pyarrow as pa

from mention import Mention, Page
from triage.collecting import save_page
from triage.database import sql

_UNNAMED = ":i:"  # in the id of a row that has none of the platform's


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database knows of a mention that a file brings again."""

    platform_id: str
    deleted: bool


def save_imported(connection: duckdb.DuckDBPyConnection, page: Page, now: datetime) -> int:
    """Store a batch of a file with its place and counts (the page's state) inside the caller's transaction; returns how many were new.

    A mention that is known stays untouched unless the file has a later edit of it: files are older than what collectors
    saw, and what was deleted must not come back.
    """
    mentions = _not_stored_under_another_id(connection, page.mentions)
    known = _stored(connection, [mention.mention_id for mention in mentions])
    wanted = [mention for mention in mentions if _brings_something(mention, known.get(mention.mention_id))]
    ids = {mention.mention_id for mention in wanted}
    payloads = [payload for payload in page.payloads if payload.mention_id in ids]
    state = page.state | {"new": page.state["new"] + len(ids - known.keys())}
    # No run: an import is none of a source's collectings, and its counts stand in the cursor's state.
    return save_page(connection, replace(page, mentions=wanted, payloads=payloads, state=state), "", {}, now)


def _brings_something(mention: Mention, stored: Stored | None) -> bool:
    if stored is None:
        return True
    newer = (len(mention.platform_id), mention.platform_id) > (len(stored.platform_id), stored.platform_id)
    return newer and not stored.deleted


def _stored(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, Stored]:
    rows = connection.execute(
        "SELECT mention_id, coalesce(platform_id, ''), deleted_at IS NOT NULL FROM mentions WHERE mention_id IN (SELECT unnest(?::text[]))",
        [list(ids)],
    ).fetchall()
    return {mention_id: Stored(platform_id, deleted) for mention_id, platform_id, deleted in rows}


def _not_stored_under_another_id(connection: duckdb.DuckDBPyConnection, mentions: list[Mention]) -> list[Mention]:
    """Without the rows that have no id of the platform's and are a stored mention under another id."""
    unnamed = [mention for mention in mentions if _UNNAMED in mention.mention_id]
    if not unnamed:
        return mentions
    names = ("mention_id", "platform", "author_handle", "text")
    columns = {name: pa.array([getattr(mention, name) for mention in unnamed], pa.string()) for name in names}
    times = pa.array([mention.created_at for mention in unnamed], pa.timestamp("us", tz="UTC"))
    connection.register("batch_unnamed", pa.table(columns | {"created_at": times}))
    found = dict(connection.execute(sql("match_imported")).fetchall())
    connection.unregister("batch_unnamed")
    return [mention for mention in mentions if found.get(mention.mention_id, mention.mention_id) == mention.mention_id]
