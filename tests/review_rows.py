"""Invented mentions with opinions, stored in a real database and read back as the report reads them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from triage.database import unit_of_work
from triage.reporting import ReportFacts, read_report
from triage.syncing import forget

ZONE = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 0, 12, tzinfo=UTC)  # Tuesday 07.12 WIB
DAY = date(2026, 11, 24)
MODEL = "m-20261124"

HOSTILE = (
    "<script>alert('x')</script> tolong nenek sakit",
    "</p></article><img src=x onerror=alert(1)> anak demam",
    "<style>body{display:none}</style> banjir sedada",
    "tolong &lt;b&gt; &amp; <b>tebal</b> \"kutip\" 'petik'",
    "{{ 7*7 }} {% include '/etc/passwd' %} bapak sesak",
    "=HYPERLINK(\"http://jahat.example\";\"klik\") tolong ibu saya",
    "@SUM(1+1)*cmd|' /C calc'!A0 rumah roboh",
    "+628120000 9999 hubungi kami lapar",
    "-2+3 anak belum makan",
    "\tadik hilang sejak sore",
    "tolong \u202egnipmas nak\u202c ada yang hanyut",
    "anak\u200b saya\u200d sakit 0\u200b8\u200b1\u200b2\u200b0\u200b0\u200b0\u200b0\u200b7\u200b7\u200b7\u200b7",
    "😭😭🙏👨\u200d👩\u200d👧",
    "",
    "bantu " * 366,
    "z" * 2200,
    "t\u0336\u0337\u0338o\u0336\u0337\u0338l\u0336\u0337\u0338ong kelaparan",
    "\n\n\n\n" * 200 + "ada orang di bawah reruntuhan",
    "lone \ud83d surrogate tolong",
    "javascript:alert(1) https://evil.example/?a=<b> bapak pingsan",
    "[nama] [NIK] sudah tiga hari tidak makan",
    "<!-- komentar --> --> ]]> lansia terlantar",
    "<a href='https://x.com'>palsu</a> anak putus sekolah",
)  # fmt: skip
NEEDS = (
    (
        "kesehatan",
        "Min tolong, nenek saya sesak napas dari subuh, tabung oksigen habis. Kp. Pulo RT 03/05 Desa Sukamukti",
        2,
    ),
    ("bencana", "air sudah sepaha di Kebalen, ada bayi 2 bulan dan nenek stroke, belum ada perahu", 2),
    ("pangan_ekonomi", "sudah 2 hari keluarga bu Onih cuma makan singkong, anaknya 4 masih kecil", 1),
    ("rumah", "atap rumah abah Karta roboh kena angin, tidur di teras tetangga. Sukatani", 1),
    ("pendidikan", "ijazah anak saya ditahan sekolah karena nunggak 2,4 juta, besok terakhir daftar kerja", 1),
    ("terlantar", "aya aki-aki di emper toko Pasar Cibitung, teu tiasa leumpang, karunya pisan", 1),
    ("orang_hilang", "adik saya 14 th belum pulang dari kemarin siang, terakhir naik angkot ke Cikarang", 2),
    ("sarana_darurat", "jembatan bambu putus, warga Pantai Bahagia susah nyebrang ke puskesmas", 0),
)
PLACES: tuple[list[dict[str, Any]], ...] = (
    [],
    [{"code": "32.16.15", "name": "Sukatani", "kind": "kecamatan", "weight": 0.55},
     {"code": "32.14.05", "name": "Sukatani", "kind": "kecamatan", "weight": 0.40}],
    [{"code": "32.16.02.1007", "name": "Kebalen", "kind": "kelurahan", "weight": 1.0}],
    [{"code": "32.75", "name": "Kota Bekasi", "kind": "kabkota", "weight": 0.7}],
)  # fmt: skip


def post(number: int, text: str, **changes: Any) -> dict[str, Any]:
    """One mention and the model's opinion of it; hours_ago counts back from NOW."""
    row = {
        "mention_id": f"x:19900000000000{number:05d}", "platform": "x", "kind": "post", "text": text, "hours_ago": 3.0, "seen_hours_ago": None,
        "url": f"https://x.com/i/status/19900000000000{number:05d}", "parent_id": None, "flag_score": 0.9, "threshold": 0.1, "category": "kesehatan",
        "topic": "layanan_lain", "urgency": 1, "lang": "id", "restricted": False, "places": [], "kecamatan": None, "kabkota": None, "level": "kabkota",
        "phrases": [], "duplicate_of": None, "edits": 0, "deleted": False,
    }  # fmt: skip
    return row | changes


def invented() -> list[dict[str, Any]]:
    """About eighty varied posts: every category, hostile texts, near-duplicates, old and restricted ones, jokes below the line."""
    rows = []
    for number in range(32):
        category, text, urgency = NEEDS[number % len(NEEDS)]
        rows.append(
            post(number, f"{text} {'tolong min' if number % 3 else ''}".strip(), category=category, urgency=urgency, flag_score=0.99 - number * 0.02,
                 hours_ago=0.3 + number * 2.7, places=PLACES[number % 4], phrases=text.split()[:2], lang="su" if category == "terlantar" else "id",
                 platform=("instagram", "x")[number % 2], kind=("comment", "post", "reply", "post")[number % 4], edits=number % 7 == 3,
                 level="luar_wilayah" if number % 4 == 3 else "kabkota", kabkota="Kota Bekasi" if number % 4 == 3 else "Kabupaten Bekasi",
                 url=("https://www.instagram.com/p/Abc123/", f"https://x.com/i/status/19900000000000{number:05d}")[number % 2])
        )  # fmt: skip
    rows += [post(100 + n, text, flag_score=0.5, hours_ago=6 + n, urgency=n % 3) for n, text in enumerate(HOSTILE)]
    first = rows[1]["mention_id"]
    rows += [
        post(200 + n, rows[1]["text"] + " (repost)", duplicate_of=first, urgency=2 - n % 2, category="bencana")
        for n in range(3)
    ]
    rows += [
        post(300 + n, f"RAHASIA{n} bapak tirinya memukuli lagi", restricted=True, urgency=2, category="kekerasan")
        for n in range(3)
    ]
    rows += [
        post(400 + n, f"min follow back dong {n}", flag_score=0.02 + n / 400, topic=("spam_candaan", "infrastruktur")[n % 2], category=None)
        for n in range(16)
    ]  # fmt: skip
    rows.append(
        post(
            500,
            "iya min, kakak saya juga di lantai dua",
            kind="reply",
            parent_id="x:1990000000000000001",
            category="bencana",
        )
    )
    return rows


def store(database: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Put the rows into the tables as a collecting and an assessing would."""
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO models VALUES (?, ?, 'champion', NULL, 'm.json', 'abc', 'corpus')",
            [MODEL, NOW - timedelta(days=1)],
        )
        for table, frame in (
            ("mentions", _mentions(rows)),
            ("assessments", _assessments(rows)),
            ("mention_versions", _versions(rows)),
        ):
            if len(frame):
                connection.register("frame", frame)
                connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM frame")
                connection.unregister("frame")
        forget(connection, [row["mention_id"] for row in rows if row["deleted"]], NOW)


def run(database: Path, source: str, status: str, error: str | None, hours_ago: float, unmapped: int = 0) -> None:
    """One finished collecting of a source."""
    at = NOW - timedelta(hours=hours_ago)
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO collection_runs VALUES (?, ?, ?, ?, ?, 9, 40, 12, ?, ?, 'client 1')",
            [f"{source}-{hours_ago}", source, at, at, status, unmapped, error],
        )


def facts_of(database: Path, now: datetime = NOW, day: date = DAY) -> ReportFacts:
    with unit_of_work(database) as connection:
        return read_report(connection, day, ZONE, now)


def _seen(row: dict[str, Any]) -> datetime:
    return NOW - timedelta(hours=row["hours_ago"] if row["seen_hours_ago"] is None else row["seen_hours_ago"])


def _mentions(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {name: row[name] for name in ("mention_id", "platform", "kind", "url", "parent_id")}
            | {"platform_id": row["mention_id"], "text": row["text"].encode("utf-8", "replace").decode(), "created_at": NOW - timedelta(hours=row["hours_ago"]),
               "author_id": "1", "author_handle": "seseorang", "thread_id": row["mention_id"], "matched": "search", "client_version": "t",
               "first_seen_at": _seen(row), "last_seen_at": NOW}
            for row in rows
        ]
    )  # fmt: skip


def _assessments(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    names = (
        "mention_id",
        "flag_score",
        "threshold",
        "category",
        "topic",
        "urgency",
        "lang",
        "restricted",
        "kecamatan",
        "kabkota",
        "level",
        "duplicate_of",
    )
    return pd.DataFrame(
        [
            {name: row[name] for name in names}
            | {"model_version": MODEL, "assessed_at": NOW, "flagged": row["flag_score"] >= row["threshold"], "text_sha256": "0" * 64,
               "place_candidates": json.dumps(row["places"]), "reasons": json.dumps([{"phrase": p, "weight": 1.0} for p in row["phrases"]])}
            for row in rows
        ]
    )  # fmt: skip


def _versions(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"mention_id": row["mention_id"], "version": 1, "text": "dulu", "seen_at": NOW}
            for row in rows
            if row["edits"]
        ]
    )
