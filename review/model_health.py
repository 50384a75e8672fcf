"""How sharp the model is and what has changed, in sentences for people: recall, drift with a masked example, who is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from review.wording import PLATFORMS, decimal, number

EXAMPLE = 140  # characters of an example


@dataclass(frozen=True, slots=True)
class Alert:
    """A change that somebody should know of; ``example`` is masked, with the id of its mention so that it can be forgotten."""

    said: str
    example: str | None = None
    mention_id: str | None = None


def recall_words(recall: Mapping[str, Any] | None) -> str:
    """What the audits say, or how far they have come."""
    if recall is None:
        return "Belum diketahui berapa permohonan yang terlewat: pemeriksaan acak dimulai besok."
    asked = f"{number(int(recall['audited']))} unggahan yang dilewati model sudah diperiksa orang"
    if recall["recall"] is None:
        return f"Belum bisa dihitung berapa permohonan yang terlewat: baru {asked}. Sebagian kartu di antrean dipilih acak untuk itu."
    missed = int(recall["audited_pleas"])
    found = f"{number(missed)} di antaranya ternyata permohonan" if missed else "tidak satu pun ternyata permohonan"
    return (
        f"Dari 100 permohonan bantuan, model menandai kira-kira {_of_100(recall['recall'])} "
        f"(antara {_of_100(recall['low'])} dan {_of_100(recall['high'])}). {asked}; {found}."
    )


def age_words(trained_at: datetime | None, now: datetime) -> str:
    if trained_at is None:
        return "Belum ada model."
    days = (now - trained_at).days
    return "Model dilatih hari ini." if days < 1 else f"Model dilatih {number(days)} hari lalu."


def alerts(signs: pd.DataFrame, masked: Callable[[str], str]) -> list[Alert]:
    """The alerts of drift_signs.sql, strongest first. ``masked`` hides what points to a person and shortens."""
    rows = signs[signs["alert"]].to_dict("records") if len(signs) else []
    return [_alert({str(name): value for name, value in row.items()}, masked) for row in rows if row["kind"] in _WORDS]


def silent_places(signs: pd.DataFrame) -> str:
    """The kecamatan that nobody has named, in a sentence; those that were named before stand first."""
    silent = signs[signs["kind"] == "silent_place"] if len(signs) else signs
    if not len(silent):
        return ""
    ordered = silent.sort_values(["alert", "name"], ascending=[False, True])
    return f"Tidak satu unggahan pun menyebut kecamatan ini dalam 28 hari terakhir: {', '.join(ordered['name'])}."


def _alert(row: Mapping[str, Any], masked: Callable[[str], str]) -> Alert:
    said = _WORDS[row["kind"]](row)
    if not isinstance(row["text"], str):
        return Alert(said)
    return Alert(said, masked(" ".join(row["text"].split())), str(row["mention_id"]))


def _source(name: str) -> str:
    platform, _, target = name.partition(" ")
    said = PLATFORMS.get(platform, platform)
    return f"{said} ({target.split(':')[0]})" if target else said


def _percent(value: float) -> str:
    return f"{decimal(100 * value, 1)} %"


def _of_100(value: float) -> str:
    return number(round(100 * value))


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "words": lambda row: (
        f"Kata “{row['name']}” tiba-tiba sering dipakai: {_percent(row['value'])} unggahan minggu ini, biasanya {_percent(row['usual'])}."
    ),
    "scores": lambda row: (
        f"Unggahan minggu ini lain dari biasanya: nilai rata-rata model {decimal(row['value'])}, biasanya {decimal(row['usual'])}."
    ),
    "flagged": lambda row: (
        f"Yang ditandai {_percent(row['value'])} dari unggahan minggu ini, biasanya {_percent(row['usual'])}."
    ),
    "source": lambda row: (
        f"Bagian {_source(row['name'])} berubah: {_percent(row['value'])} dari unggahan minggu ini, biasanya {_percent(row['usual'])}."
    ),
    "place": lambda row: (
        f"Kecamatan {row['name']} disebut dalam {_percent(row['value'])} dari unggahan yang menyebut kecamatan, biasanya {_percent(row['usual'])}."
    ),
    "silent_source": lambda row: (
        f"{_source(row['name'])} diam: biasanya {decimal(row['usual'], 1)} unggahan sehari. Periksa apakah masih terbaca."
    ),
}
