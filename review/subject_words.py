"""What a data subject is shown of what is kept (UU 27/2022 art. 7), and the list that staff confirm before anything is erased."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from review.masking import mask

RIGHTS = (
    "Anda berhak meminta penjelasan, perbaikan, penghapusan, dan keberatan atas data ini (UU 27/2022 pasal 5 sampai 13). "
    "Penilaian model hanya usulan; keputusan dibuat petugas."
)


def listed(rows: Iterable[dict[str, Any]], zone: ZoneInfo) -> list[str]:
    """One line a mention: its id, day, account and its first words, masked."""
    lines = []
    for row in rows:
        when = row["created_at"].astimezone(zone).strftime("%d-%m-%Y")
        words = mask(row["text"], limit=90).replace("\n", " ") or "(sudah dihapus)"
        lines.append(f"{row['mention_id']}  {when}  @{row['author_handle'] or '-'}  {row['cases'] or '-'}  {words}")
    return lines


def copy_for_subject(facts: dict[str, list[dict[str, Any]]], program: str, made_at: datetime) -> bytes:
    """Everything that is kept about the person, in one JSON file: words as they are, staff by role and not by name."""
    content = {"program": program, "dibuat": made_at.isoformat(), "hak": RIGHTS, **facts}
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode("utf-8")
