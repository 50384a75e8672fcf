"""Inputs of an impact assessment (UU 27/2022 art. 34), from the tables: what can be counted is counted, what must be judged is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from review.breach_paper import SPECIFIC

QUESTIONS = (
    "Apakah setiap penerima (dinas, SP4N, Lapor AA) punya perjanjian atau aturan tentang data ini?",
    "Apakah warga tahu bahwa unggahan yang menyebut program dibaca dan dinilai? Di mana diumumkan?",
    "Apakah persyaratan platform (X untuk pemerintah, Meta) dipenuhi?",
    "Adakah kelompok yang lebih sering salah dinilai (bahasa Sunda, logat, tempat)? Lihat angka mutu model.",
    "Siapa yang boleh membuka kasus terbatas, dan apakah itu masih perlu?",
)


def impact_page(counts: dict[str, Any], categories: Sequence[tuple[str, int]], now: datetime, zone: ZoneInfo) -> str:
    """Markdown, for the officer."""
    return "\n".join(_lines(counts, categories, now, zone))


def _lines(
    counts: dict[str, Any], categories: Sequence[tuple[str, int]], now: datetime, zone: ZoneInfo
) -> Iterator[str]:
    n = counts
    yield f"# Bahan penilaian dampak pelindungan data pribadi (UU 27/2022 pasal 34), {now.astimezone(zone):%d-%m-%Y}\n"
    yield "| kriteria pasal 34 (2) | angka dari tabel |\n|---|---|"
    people = f"{n['confirmed_cases']} dari {n['cases']} kasus dipastikan orang"
    refused = f"{_share(n['refused_verdicts'], n['verdicts'])} putusan menolak usulan"
    yield f"| a. keputusan otomatis | {n['flagged']} unggahan ditandai model; {people}; {refused} |"
    specific = ", ".join(f"{category} {count}" for category, count in categories if category in SPECIFIC) or "-"
    hidden = f"{n['restricted_cases']} kasus terbatas, {n['restricted_mentions']} unggahan mungkin terbatas"
    yield f"| b. data spesifik | {specific}; {hidden} |"
    size = f"{n['accounts']} akun warga, {n['mentions']} unggahan tersimpan, {n['new_mentions']} baru dalam 30 hari"
    yield f"| c. skala besar | {size}, tertua {_day(n['oldest'], zone)} |"
    yield "| d. penilaian sistematis, pemantauan | hanya yang menyebut program atau kata kuncinya; orang tidak diikuti |"
    yield f"| e. pencocokan data | kasus digabung menurut kemiripan; {n['agencies']} dinas menerima kasus |"
    yield "| f. teknologi baru | model linear yang menjelaskan dirinya; tidak ada yang dikirim ke luar |"
    yield f"| g. membatasi hak | {n['requests']} permintaan subjek data, {n['late_requests']} lewat 3 x 24 jam; {n['forgotten']} unggahan sudah dikosongkan |\n"
    yield "| persetujuan | kasus |\n|---|---|"
    for label, name in (
        ("belum", "consent_open"),
        ("ada", "consent_given"),
        ("ditolak", "consent_refused"),
        ("wali", "consent_guardian"),
    ):
        yield f"| {label} | {n[name]} |"
    yield f"| tanpa dasar hukum yang tercatat | {n['without_basis']} |\n"
    yield f"Akses khusus dalam 30 hari: {n['accesses']} kali oleh {n['readers']} petugas. Pemusnahan terakhir: {_day(n['retained_at'], zone)}.\n"
    yield "## Yang harus dinilai orang\n"
    for question in QUESTIONS:
        yield f"- {question}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "belum ada"


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d-%m-%Y") if moment else "belum ada"
