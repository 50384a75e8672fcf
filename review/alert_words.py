"""What an alert says: counts and links, never a citizen's words, nothing of a restricted case but that there is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.alerting import Digest, Emergency

LINKS = 10  # cases named in one alert
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")  # fmt: skip


def digest_words(digest: Digest, day: date, address: str | None) -> tuple[str, str]:
    """Title and text of the morning's digest."""
    lines = [f"{digest.waiting} unggahan menunggu dibaca, {digest.urgent} di antaranya mendesak."]
    lines.append(f"{digest.open_cases} kasus terbuka, {digest.late} lewat batas waktu.")
    if digest.restricted or digest.restricted_late:
        late = f", {digest.restricted_late} lewat batas" if digest.restricted_late else ""
        lines.append(f"Terbatas: {digest.restricted} menunggu petugasnya{late}.")
    if digest.sources_down:
        lines.append(f"{digest.sources_down} sumber tidak terbaca penuh: lihat laporan pagi ini.")
    lines.append(f"Buka antrean: {address}/antrean" if address else "Buka laporan pagi ini di meja petugas.")
    return f"Tanggap, {day.day} {_MONTHS[day.month - 1]} {day.year}", "\n".join(lines)


def emergency_words(emergencies: Sequence[Emergency], address: str | None) -> tuple[str, str]:
    """Title and text of an alert about new emergencies."""
    shown = [one.case_id for one in emergencies if not one.restricted]
    restricted = len(emergencies) - len(shown)
    lines = [f"{address}/kasus/{case_id}" if address else f"Kasus {case_id}" for case_id in shown[:LINKS]]
    if len(shown) > LINKS:
        lines.append(f"dan {len(shown) - LINKS} lagi")
    if restricted:
        lines.append(f"{restricted} darurat terbatas: untuk petugas kasus terbatas.")
    return f"DARURAT: {len(emergencies)} kasus", "\n".join(lines)
