"""Mentions made anew from what the platforms once sent, after a fix of the mapping: in slices, while flows may run. No Prefect here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from collectors import instagram_graph_mapping, instagram_mapping, x_mapping
from collectors.files.recognising import FORMATS
from collectors.files.rows import FileFormat, Unmappable
from flows.progress import Steps
from mention import Mention
from triage.database import unit_of_work
from triage.remapping import Remapped, StoredPayload, payload_slice, save_remapped
from triage.slices import Slice

SLICE = 1_000  # payloads of the first unit of work; the next ones follow how long it took
MATCHED = "remap"  # of a mention whose payload could not be mapped when it was found
MapPayload = Callable[[dict[str, Any], str], Mention | None]


@dataclass(slots=True)
class Remapping:
    """What became of the payloads: changed mentions (new ones too), and those that still cannot be mapped, or not any more."""

    payloads: int = 0
    changed: int = 0
    unmapped: int = 0
    moved: int = 0  # the mapping gives another id now: left as it was


def _of_file(file_format: FileFormat) -> MapPayload:
    def map_payload(payload: dict[str, Any], matched: str) -> Mention | None:
        try:
            return file_format.map_row(payload, matched)
        except Unmappable:
            return None

    return map_payload


MAPPINGS: dict[str, MapPayload] = {
    x_mapping.SOURCE: x_mapping.map_payload,
    instagram_mapping.SOURCE: instagram_mapping.map_payload,
    instagram_graph_mapping.SOURCE: instagram_graph_mapping.map_payload,
    **{f"import:{name}": _of_file(one) for name, one in FORMATS.items()},
}


def remap(database: Path, steps: Steps) -> Remapping:
    """Walk all payloads by their ids. Stopped in the middle it has done no harm: run it again."""
    result, after, part = Remapping(), "", Slice(SLICE)
    while True:
        with unit_of_work(database) as connection:
            payloads = payload_slice(connection, after, part.size)
        if not payloads:
            steps.say("remap", f"{result.payloads} payloads, {result.changed} mentions changed", done=True)
            return result
        remapped = [one for payload in payloads if payload.use and (one := _map(payload, result))]
        if remapped:
            with part.unit(database) as connection:
                result.changed += save_remapped(connection, remapped)
        after = payloads[-1].payload_id
        result.payloads += len(payloads)
        steps.say("remap", f"{result.payloads} payloads, {result.changed} mentions changed")


def _map(payload: StoredPayload, result: Remapping) -> Remapped | None:
    mapping = MAPPINGS.get(payload.source)
    mention = mapping(payload.body, payload.matched or MATCHED) if mapping else None
    if mention is None:
        result.unmapped += 1
        return None
    if payload.mention_id not in {None, mention.mention_id}:
        result.moved += 1
        return None
    return Remapped(payload, replace(mention, client_version=payload.client_version or mention.client_version))
