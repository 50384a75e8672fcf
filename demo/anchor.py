"""The anchor: the moment of the demo's first run, kept, from which the feed's days are counted."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

FILE = "anchor.json"


class AnchorError(Exception):
    """The kept anchor cannot be read; the message names the file and the way out."""


def read_anchor(state_dir: Path) -> datetime | None:
    """When the demo was first run (aware, UTC); None when it never was. Raises AnchorError."""
    file = state_dir / FILE
    try:
        return datetime.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["anchored_at"]).astimezone(UTC)
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise AnchorError(f"{file} is damaged: remove it together with the demo's database, then run again.") from error


def read_or_set_anchor(state_dir: Path, now: datetime | None = None) -> datetime:
    """The kept anchor, or the present moment, which is kept from then on."""
    state_dir.mkdir(parents=True, exist_ok=True)
    anchored_at = read_anchor(state_dir)
    if anchored_at is None:
        anchored_at = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
        draft = state_dir / f"{FILE}.{os.getpid()}"
        draft.write_text(json.dumps({"anchored_at": anchored_at.isoformat()}) + "\n", encoding="utf-8")
        draft.replace(state_dir / FILE)
    return anchored_at
