"""Mapping stored payloads again: read a slice, write what differs. Verdicts and cases hang on ids and stay where they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from mention import Mention
from triage.collecting import mentions_table
from triage.database import merge, sql


@dataclass(frozen=True, slots=True)
class StoredPayload:
    """A payload as it is kept, with what its mention says of how it was found (None when it has no mention yet)."""

    payload_id: str
    source: str
    mention_id: str | None
    fetched_at: datetime
    body: dict[str, Any]
    matched: str | None
    client_version: str | None
    use: bool  # False: its mention was deleted, or another payload of it stands above this one


@dataclass(frozen=True, slots=True)
class Remapped:
    """A payload and the mention that it says now."""

    payload: StoredPayload
    mention: Mention


def payload_slice(connection: duckdb.DuckDBPyConnection, after: str, limit: int) -> list[StoredPayload]:
    """The next payloads behind an id, in the order of their ids."""
    rows = connection.execute(sql("remap_slice"), {"after": after, "limit": limit}).fetchall()
    return [
        StoredPayload(payload_id, source, mention_id, fetched_at, json.loads(body), matched, client_version, use)
        for payload_id, source, mention_id, fetched_at, body, matched, client_version, use in rows
    ]


def save_remapped(connection: duckdb.DuckDBPyConnection, remapped: Sequence[Remapped]) -> int:
    """Write one slice inside the caller's transaction; returns how many mentions changed or are new."""
    if not remapped:
        return 0
    newest = {one.mention.mention_id: one for one in sorted(remapped, key=lambda one: one.payload.fetched_at)}
    table = mentions_table(
        [one.mention for one in newest.values()], [one.payload.fetched_at for one in newest.values()]
    )
    connection.register("slice_mentions", table)
    changed = connection.execute(sql("merge_remapped")).fetchone()  # DuckDB counts what it wrote
    connection.unregister("slice_mentions")
    _name_payloads(connection, [one for one in remapped if one.payload.mention_id is None], newest)
    return int(changed[0]) if changed else 0


def _name_payloads(connection: duckdb.DuckDBPyConnection, found: list[Remapped], newest: dict[str, Remapped]) -> None:
    """Payloads that had no mention before are named after the one they have now; of several, the newest stays."""
    if not found:
        return
    names = [
        f"{one.payload.source}:{one.mention.mention_id}" if newest[one.mention.mention_id] is one else None
        for one in found
    ]
    columns = {
        "payload_id": [one.payload.payload_id for one in found],
        "name": names,
        "mention_id": [one.mention.mention_id for one in found],
    }
    batch = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    merge(connection, "rename_payloads", "slice_renamed", batch)
