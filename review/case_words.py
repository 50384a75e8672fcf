"""A case as people read it: place, matter, steps, moments; nothing of what a citizen wrote."""

from __future__ import annotations

from datetime import datetime

from cases.case import Case, CaseEvent
from cases.clocks import last_day
from cases.regions import region_name
from cases.routing import agency_name
from cases.rules import Rules
from review.wording import label, long_date

SOURCES = {
    "mention": "unggahan",
    "letter": "surat",
    "visit": "datang langsung",
    "whatsapp": "WhatsApp",
    "other": "lain-lain",
}
CONSENTS = {"belum": "belum diminta", "ada": "ada", "ditolak": "ditolak", "wali": "dari wali"}
STEPS = {
    "opened": "Kasus dibuka",
    "joined": "Unggahan bergabung",
    "merged": "Digabung dengan",
    "separated": "Unggahan dipisah ke",
    "restored": "Dikembalikan dari gabungan",
}
STANDINGS = {"kept": "ditepati", "late": "TERLAMBAT", "nearly_due": "hampir habis", "running": "berjalan"}


def matter_words(case: Case) -> str:
    """Kesehatan; for what is not humanitarian, its topic."""
    return label("category", case.category) if case.category else label("topic", case.topic, "Kebutuhan belum jelas")


def place_words(code: str | None) -> str:
    """Desa, kecamatan, kabupaten, as far as the code says."""
    if not code:
        return "tempat belum disebut"
    parts = [code[:length] for length in (13, 8, 5) if len(code) >= length]
    names = [name for part in parts if (name := region_name(part))]
    return ", ".join(names) if names else code


def place_part(code: str | None, length: int) -> str:
    """The name of one part of a place's code: 5 kabupaten, 8 kecamatan, 13 desa; empty when it does not say."""
    return (region_name(code[:length]) or "") if code and len(code) >= length else ""


def agency_words(rules: Rules, case: Case) -> str:
    return agency_name(rules, case.agency, case.place_code) if case.agency else "belum ada dinas"


def helper_words(rules: Rules, case: Case) -> str:
    return ", ".join(agency_name(rules, name, case.place_code) for name in case.helpers)


def due_words(rules: Rules, due: datetime | None) -> str:
    """Selasa, 24 November 2026; with the hour when a clock of hours runs."""
    if due is None:
        return "tidak berjalan"
    local = due.astimezone(rules.home.zone)
    day = long_date(last_day(due, rules.home.zone))
    return day if (local.hour, local.minute) == (0, 0) else f"{day} pukul {local:%H.%M}"


def step_words(rules: Rules, event: CaseEvent) -> str:
    """What was done; the reason is staff's and is masked by whoever shows it."""
    action = rules.action(event.kind)
    if action is None:
        other = event.detail.get("into") or event.detail.get("from") or event.detail.get("to")
        return STEPS.get(event.kind, event.kind) + (f" {other}" if other else "")
    agency = event.detail.get("agency")
    return action.label + (f": {agency_name(rules, agency)}" if agency in rules.agencies.agency else "")


def time_left_words(due: datetime, now: datetime) -> str:
    """3 jam lagi; 2 hari lagi; lewat 5 jam. Days only from the third on: before, hours are what counts."""
    seconds = abs((due - now).total_seconds())
    hours = int(seconds // 3600)
    told = f"{int(seconds // 60)} menit" if hours < 1 else f"{hours} jam" if hours < 48 else f"{hours // 24} hari"
    return f"lewat {told}" if now >= due else f"{told} lagi"
