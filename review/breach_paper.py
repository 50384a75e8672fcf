"""The paper of a failed protection (UU 27/2022 art. 46): who, what, when, what is done, in writing within 3 x 24 hours. Counts and ids only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.privacy_facts import BreachFacts

LIMIT = timedelta(hours=72)
SPECIFIC = {
    "kesehatan": "data kesehatan",
    "kekerasan": "data anak dan korban",
    "orang_hilang": "data anak (mungkin)",
    "pendidikan": "data anak",
}
MOST = 200  # lines of the access log on the paper
STEPS = (
    "Sesi diakhiri, sandi dan kunci platform diganti (portal X dan Meta)",
    "Basis data diperiksa atau dipulihkan (`tanggap doctor`, `tanggap restore`)",
    "Salinan yang beredar ditarik",
    "Subjek data diberi tahu",
    "Lembaga diberi tahu",
    "Masyarakat diberi tahu, bila pelayanan publik terganggu (pasal 46 (3))",
)
TO_FILL = "…………………………………………"


@dataclass(frozen=True, slots=True)
class Breach:
    """What is known when the paper is begun."""

    what: str
    from_at: datetime
    to_at: datetime
    found_at: datetime
    actor: str

    @property
    def due_at(self) -> datetime:
        return self.found_at + LIMIT


def breach_page(breach: Breach, facts: BreachFacts, program: str, zone: ZoneInfo) -> str:
    """Markdown, to be completed by the officer and signed."""
    return "\n".join(_lines(breach, facts, program, zone))


def _lines(breach: Breach, facts: BreachFacts, program: str, zone: ZoneInfo) -> Iterator[str]:
    kept = facts.kept
    yield f"# Kegagalan pelindungan data pribadi: {program}\n"
    yield f"**Batas pemberitahuan tertulis: {_when(breach.due_at, zone)}** (3 x 24 jam sejak diketahui, UU 27/2022 pasal 46), kepada subjek data dan lembaga.\n"
    yield "## Kapan\n"
    yield f"- Terjadi: {_when(breach.from_at, zone)} sampai {_when(breach.to_at, zone)}"
    yield f"- Diketahui: {_when(breach.found_at, zone)}, dicatat oleh {breach.actor}\n"
    yield f"## Apa dan bagaimana\n\n{breach.what}\n"
    yield "Yang tersimpan pada saat itu (batas atas dari yang dapat terungkap):\n"
    yield "| | jumlah |\n|---|---|"
    for label, name in (
        ("akun warga", "accounts"), ("unggahan dengan kata-katanya", "mentions"), ("kiriman asli platform", "payloads"), ("kasus", "cases"),
        ("di antaranya kasus terbatas", "restricted_cases"), ("unggahan yang mungkin terbatas", "restricted_mentions"), ("akun petugas", "staff"),
    ):  # fmt: skip
        yield f"| {label} | {kept[name]} |"
    specific = [
        f"{category} ({count}): {SPECIFIC[category]}" for category, count in facts.categories if category in SPECIFIC
    ]
    yield f"\nData spesifik (pasal 4 (2)): {'; '.join(specific) or 'tidak ada kasus yang tercatat'}.\n"
    yield from _who(facts, zone)
    yield "## Upaya penanganan dan pemulihan\n"
    for step in STEPS:
        yield f"- [ ] {step}: {TO_FILL}"
    yield from _notice(breach, zone)


def _who(facts: BreachFacts, zone: ZoneInfo) -> Iterator[str]:
    yield "## Siapa yang membuka\n"
    by_user = Counter(user for user, _, _ in facts.accesses)
    yield (
        ", ".join(f"{user}: {count} kali" for user, count in by_user.most_common())
        or "Tidak ada akses khusus yang tercatat pada waktu itu."
    )
    if facts.accesses:
        yield "\n| waktu | siapa | apa |\n|---|---|---|"
        for user, what, made_at in facts.accesses[:MOST]:
            yield f"| {_when(made_at, zone)} | {_cell(user)} | {_cell(what)} |"
        if len(facts.accesses) > MOST:
            yield f"\n… dan {len(facts.accesses) - MOST} baris lagi di access_log."
    if facts.files:
        yield "\nBerkas yang diserahkan pada waktu itu:\n"
        for what, actor, made_at in facts.files:
            yield f"- {_when(made_at, zone)}: {_cell(what)}, {_cell(actor)}"
    yield ""


def _notice(breach: Breach, zone: ZoneInfo) -> Iterator[str]:
    yield "\n## Pemberitahuan kepada subjek data (konsep)\n"
    yield f"> Yth. Bapak/Ibu, pada {_when(breach.from_at, zone)} terjadi kegagalan pelindungan data di program kami. Data Anda yang mungkin terungkap:"
    yield f"> {TO_FILL}. Kami mengetahuinya pada {_when(breach.found_at, zone)} dan telah melakukan: {TO_FILL}."
    yield f"> Anda dapat menghubungi: {TO_FILL}. Mohon maaf.\n"
    yield "## Pemberitahuan kepada lembaga (konsep)\n"
    yield "> Bagian Kapan, Apa dan bagaimana, Upaya penanganan dan pemulihan di atas, dengan jumlah subjek data dan jenis datanya."


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d-%m-%Y %H.%M")


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")
