"""What an edit or a new opinion says to the people who work on a case already. No Prefect here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cases.acting import Act, decide
from cases.case import SYSTEM, Case, CaseEvent, apply
from cases.rules import Rules


def news_events(rules: Rules, cases: dict[str, Case], news: Iterable[dict[str, Any]], now: datetime) -> list[CaseEvent]:
    """A note on each of these cases for each piece of news about it; ``cases`` moves on with them."""
    events: list[CaseEvent] = []
    for row in news:
        if case := cases.get(row["case_id"]):
            events.append(decide(rules, case, Act("note", SYSTEM, news_words(row), event_id=row["news_id"]), now))
            cases[case.case_id] = apply(case, events[-1])
    return events


def news_words(row: dict[str, Any]) -> str:
    """One sentence for who works on the case, without a citizen's words."""
    if row["what"] == "edited":
        return "Penulis mengubah unggahannya setelah kasus ini ditangani: baca lagi sebelum melangkah."
    told = [f"kategori {row['category']}"] if row["category"] else []
    told += [("tidak mendesak", "perlu segera", "darurat")[row["urgency"]]] if row["urgency"] is not None else []
    told += ["perlu dilindungi"] if row["restricted"] else []
    return f"Penilaian baru atas unggahannya: {', '.join(told)}. Putusan petugas tetap; lihat lagi apakah masih tepat."
