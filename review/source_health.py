"""The health of the sources in plain Indonesian: one line each, causes by situation and not by error class."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from review.wording import PLATFORMS, Moment, moment_words, number
from settings import Settings

# The English sentences of collectors/situations.py and their callers, recognised by what they say; the first that fits holds.
CAUSES: tuple[tuple[str, str], ...] = (
    (r"no credentials|has no session: set", "kunci masuk belum dipasang di berkas .env"),
    (r"clock is \d+ minutes", "jam komputer ini salah, perlu disetel"),
    (r"is reading with the same account", "proses lain sedang membaca dengan akun yang sama"),
    (r"account is blocked for now", "akun Instagram sedang diblokir, periksa di aplikasinya"),
    (
        r"session is dead|session has ended|asks for a login|logged out",
        "sesi Instagram sudah berakhir, perlu masuk ulang",
    ),
    (r"owner to confirm|challenge|checkpoint", "Instagram meminta pemilik akun mengonfirmasi sesuatu di aplikasinya"),
    (
        r"session file .*(?:not JSON|lacks|cannot be read|can be read)",
        "berkas sesi Instagram rusak atau tidak aman, perlu dibuat ulang",
    ),
    (r"Meta rejected the token", "kunci Meta ditolak, perlu kunci baru"),
    (r"app lacks a permission", "aplikasi Meta belum mendapat izin untuk bacaan ini"),
    (r"30 hashtags were asked", "jatah 30 tagar dalam 7 hari sudah habis"),
    (r"token was rejected|\(401\)", "kunci X ditolak, perlu kunci baru"),
    (r"access is refused|\(403", "akses ditolak X, periksa paket di portal pengembang"),
    (r"monthly cap", "jatah bulanan X sudah habis"),
    (r"this month's budget", "jatah bulanan yang kita tetapkan sudah habis, dilanjutkan bulan depan"),
    (r"this hour's", "jatah permintaan jam ini sudah habis, dilanjutkan pada pembacaan berikutnya"),
    (r"account rests", "akun Instagram sedang diistirahatkan setelah ditolak, dicoba lagi otomatis"),
    (r"before its own count", "daftar Instagram terputus, dibaca ulang pada pembacaan berikutnya"),
    (r"credit is used up|\(402\)", "saldo X sudah habis"),
    (
        r"today's budget|requests are used up",
        "jatah harian yang kita tetapkan sudah habis, dilanjutkan setelah pukul 07.00 WIB",
    ),
    (
        r"rate limit|asks for a pause|enough requests|\b429\b|wait a few minutes",
        "platform meminta jeda, dilanjutkan pada pembacaan berikutnya",
    ),
    (r"account is private", "akun yang dipantau bersifat privat"),
    (r"knows no|not found \(404\)", "akun yang dipantau tidak ditemukan, periksa tanggap.toml"),
    (
        r"no usable answer|is no page|could not be read|came again|whether more follows|timed? ?out|connection|unreachable",
        "platform tidak menjawab dengan benar, dicoba lagi otomatis",
    ),
    (r"refused", "platform menolak permintaan, mungkin aturannya berubah"),
)
GAP_REASONS: tuple[tuple[str, str], ...] = (
    (r"ended (\d+) posts before", "daftar berhenti {} unggahan sebelum jumlah yang disebut Instagram"),
    (r"list came empty", "daftar Instagram datang kosong"),
    (r"(\d+) of (\d+) comments", "{} dari {} komentar pada satu unggahan tidak ditampilkan Instagram"),
    (r"interrupted search", "pencarian yang terputus tidak selesai dalam 7 hari"),
    (r"7 days only", "pencarian X hanya menjangkau 7 hari ke belakang"),
    (r"hashtag can be read 24 hours", "tagar hanya bisa dibaca 24 jam ke belakang"),
    (r"more than (\d+) posts with a hashtag", "lebih dari {} unggahan dengan satu tagar dalam 24 jam"),
    (r"keeps (\d+) posts", "X hanya menyimpan {} sebutan terakhir"),
)
UNKNOWN_CAUSE_LENGTH = 90  # characters of a sentence nobody translated


@dataclass(frozen=True, slots=True)
class Health:
    """One source's line. state: ok | degraded | failed | never."""

    source: str
    state: str
    word: str
    sentence: str


class SourceFacts(Moment, Protocol):
    """A moment, and how the sources were then (rows of report_sources.sql)."""

    @property
    def sources(self) -> pd.DataFrame: ...


def source_lines(facts: SourceFacts, settings: Settings) -> list[Health]:
    """A line for every source that ran or should have run, the unwell first."""
    lines = [_line(row, facts) for row in facts.sources.to_dict("records")]
    seen = set(facts.sources["source"]) if len(facts.sources) else set()
    for name, section in (
        ("instagram", settings.instagram),
        ("instagram_graph", settings.instagram_graph),
        ("x", settings.x),
    ):
        if section.enabled and name not in seen:
            lines.append(
                Health(
                    PLATFORMS[name],
                    "never",
                    "belum pernah dibaca",
                    "Sumber ini aktif di tanggap.toml, tetapi belum ada pembacaan yang selesai.",
                )
            )
    return sorted(lines, key=lambda line: (line.state == "ok", line.source))


def cause_words(error: Any) -> str:
    """Why, in a plain Indonesian clause; a sentence that is not known is shown short."""
    if not isinstance(error, str) or not error.strip():
        return "sebabnya tidak tercatat"
    found = [words for pattern, words in CAUSES if re.search(pattern, error, re.IGNORECASE)]
    if found:
        return found[0]
    text = " ".join(error.split())
    return text if len(text) <= UNKNOWN_CAUSE_LENGTH else text[:UNKNOWN_CAUSE_LENGTH].rstrip() + "…"


def gap_words(reason: str) -> str:
    """Why a span could not be read, in Indonesian; the collectors' reasons recognised by what they say."""
    for pattern, words in GAP_REASONS:
        if found := re.search(pattern, reason):
            return words.format(*found.groups())
    return reason


def _line(row: dict[Any, Any], facts: SourceFacts) -> Health:
    source = PLATFORMS.get(row["source"], str(row["source"]))
    read = f"{number(row['seen'])} dibaca, {number(row['new'])} baru"
    at = moment_words(row["last_run_at"].to_pydatetime(), facts.zone, facts.made_at)
    if row["status"] == "ok":
        return Health(source, "ok", "baik", f"{read}, terakhir {at}.{_unmapped(row)}")
    since = row["unwell_since"] if not pd.isna(row["unwell_since"]) else row["last_run_at"]
    since_words = moment_words(since.to_pydatetime(), facts.zone, facts.made_at)
    cause = cause_words(row["error"])
    if row["status"] == "failed":
        return Health(
            source,
            "failed",
            "gagal dibaca",
            f"Sejak {since_words}, karena {cause}. {_last_ok(row, facts)}{_unmapped(row)}",
        )
    return Health(
        source,
        "degraded",
        "terganggu",
        f"Sejak {since_words}, karena {cause}. Sebagian tetap masuk: {read}.{_unmapped(row)}",
    )


def _last_ok(row: dict[Any, Any], facts: SourceFacts) -> str:
    if pd.isna(row["last_ok_at"]):
        return "Belum pernah berhasil."
    return f"Terakhir baik {moment_words(row['last_ok_at'].to_pydatetime(), facts.zone, facts.made_at)}."


def _unmapped(row: dict[Any, Any]) -> str:
    return f" {number(row['unmapped'])} kiriman belum bisa diurai (disimpan)." if row["unmapped"] else ""
