"""What a reviewer's verdict on a mention makes of its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cases.acting import Act, CaseRefused, allowed, decide
from cases.case import Case, CaseEvent, apply
from cases.rules import Rules

VERDICT_WORDS = {
    "ya": "Putusan peninjau: benar kebutuhan.",
    "bukan": "Putusan peninjau: bukan.",
    "ragu": "Putusan peninjau: ragu.",
}
CORRECTIONS = ("category", "urgency", "place_code", "agency")  # what a verdict may say otherwise than the model


def verdict_events(rules: Rules, case: Case, row: Mapping[str, Any], now: datetime) -> list[CaseEvent]:
    """What a verdict makes of its case; one that cannot be followed (an unknown category) is noted and stops nothing."""
    events: list[CaseEvent] = []
    try:
        for act in verdict_acts(rules, case, row):
            events.append(decide(rules, case, act, now))
            case = apply(case, events[-1])
    except CaseRefused:
        words = f"{VERDICT_WORDS[row['verdict']]} Belum bisa diterapkan: periksa kategori dan tempatnya."
        events.append(decide(rules, case, Act("note", row["reviewer"], words, review_id=row["review_id"]), now))
    return events


def verdict_acts(rules: Rules, case: Case, row: Mapping[str, Any]) -> Iterator[Act]:
    """What a verdict does to its case; the last act carries its review_id, so that it is taken in once."""
    actor, words, verdict = row["reviewer"], VERDICT_WORDS[row["verdict"]], row["verdict"]
    if verdict == "bukan" and row["all_rejected"] and "reject" in allowed(rules, case):
        yield Act("reject", actor, words, review_id=row["review_id"])
        return
    was_taken_back = case.closed and (case.state == "bukan" or (case.state == "ditutup" and not case.confirmed))
    if verdict != "bukan" and was_taken_back:
        yield Act("reopen", actor, words)
    if verdict == "ya" and (was_taken_back or not case.closed):
        given = {name: row[name] for name in CORRECTIONS if row[name] is not None}
        if case.forwarded_at is not None:
            given.pop("agency", None)  # an agency has it: only a hand-over moves it on
        if must_be_protected(rules, given.get("category")) and not case.restricted:
            yield Act("correct", actor, words, {"restricted": True})
        yield Act("confirm", actor, words, given, review_id=row["review_id"])
    else:
        yield Act("note", actor, words, review_id=row["review_id"])


def must_be_protected(rules: Rules, category: str | None) -> bool:
    """Whether taxonomy.toml keeps needs of this category to the officers of restricted cases."""
    entry = rules.taxonomy.category.get(category) if category else None
    return bool(entry and (entry.model_extra or {}).get("restricted"))
