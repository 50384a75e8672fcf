"""The month's report for the regent and the public: two A4 pages, counts only, small ones hidden."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from review.daily_report import write_whole
from review.lounge_brief import printed
from review.month_plots import need_bars, tile_map, week_columns
from review.small_counts import LEAST, Count, out_of_ten, told, told_together
from review.wording import MONTHS, decimal, label, number
from settings import Settings
from triage.month import MonthFacts, Totals

MOST_SILENT = 6  # names of silent kecamatan; the map shows the others
LEAST_JUDGED = 10  # handlings of an agency before the public reads how it did
MOST_NEEDS = 10
MOST_AGENCIES = 6  # what is beyond would not fit two pages


def write_month_report(facts: MonthFacts, settings: Settings, region: str) -> Path:
    """Write var/reports/bulan-2026-11.html; returns its path. The PDF is made from it (review.lounge_brief.write_pdf)."""
    page = settings.reports / f"bulan-{facts.month:%Y-%m}.html"
    write_whole(page, render_month(facts, settings, region), 0o644)
    return page


def render_month(facts: MonthFacts, settings: Settings, region: str) -> bytes:
    """The report as UTF-8 HTML. ``region``: the regency's name."""
    totals, zone = facts.totals, settings.zone
    places = told_together(facts.kecamatan)
    return printed(
        "month.html.j2",
        {
            "program": settings.program.name,
            "region": region,
            "month": f"{MONTHS[facts.month.month - 1]} {facts.month.year}",
            "until": _until(facts, zone),
            "demo": facts.demo,
            "tiles": _tiles(totals),
            "lead": _lead(facts),
            "weeks": week_columns(_weeks(facts)),
            "needs": need_bars(_needs(facts)),
            "map": tile_map(facts.tiles, places),
            "unplaced": places["-"].words if facts.kecamatan.get("-") else "",
            "silent": _silent(facts),
            "speed": _speed(totals),
            "agencies": _agencies(facts),
            "least_judged": LEAST_JUDGED,
            "least": LEAST,
            "withheld": told(totals.withheld),
            "unread_hours": round(totals.unread_hours),
            "made": _day(facts.made_at.astimezone(zone).date()),
        },
        css="month.css",
    )


def _until(facts: MonthFacts, zone: ZoneInfo) -> str:
    """Said only while the month is not over."""
    made = facts.made_at.astimezone(zone).date()
    return f"sampai {_day(made)}" if made < facts.month + timedelta(days=_days(facts.month)) else ""


def _lead(facts: MonthFacts) -> str:
    now, before = facts.totals, facts.before
    words = f"Bulan ini {number(now.mentions)} unggahan dan komentar menyapa kami. " if now.mentions >= LEAST else ""
    needs = told(now.needs)
    words += (
        f"{needs.words} di antaranya kami baca sebagai permintaan tolong."
        if words
        else "Belum banyak yang menyapa kami bulan ini."
    )
    return words + _compared(facts) if before.needs >= LEAST and now.needs >= LEAST else words


def _compared(facts: MonthFacts) -> str:
    change = facts.totals.needs / facts.before.needs - 1
    than = f"bulan {MONTHS[(facts.month.month - 2) % 12]}"
    if abs(change) < 0.1:
        return f" Itu hampir sama dengan {than}."
    return f" Itu {abs(change):.0%} {'lebih banyak' if change > 0 else 'lebih sedikit'} dari {than}."


def _tiles(totals: Totals) -> list[tuple[str, str]]:
    """The big numbers: what is told, and what it means."""
    return [
        (told(totals.mentions).words, "unggahan dan komentar kami baca"),
        (told(totals.needs).words, "permintaan tolong"),
        (told(totals.finished).words, "sudah selesai ditangani dinas"),
        (out_of_ten(totals.emergencies_in_time, totals.emergencies).capitalize() or "–", "keadaan darurat dilihat petugas dalam 8 jam"),
    ]  # fmt: skip


def _weeks(facts: MonthFacts) -> list[tuple[str, Count, Count]]:
    mentions = told_together({str(week["begins"]): week["mentions"] for week in facts.weeks})
    needs = told_together({str(week["begins"]): week["needs"] for week in facts.weeks})
    last = facts.month + timedelta(days=_days(facts.month) - 1)
    found = []
    for week in facts.weeks:
        begins, key = week["begins"], str(week["begins"])
        ends = min(begins + timedelta(days=6 - begins.weekday()), last)
        days = f"{begins.day}" if begins == ends else f"{begins.day}–{ends.day}"
        found.append((f"{days} {MONTHS[begins.month - 1][:3]}", mentions[key], needs[key]))
    return found


def _needs(facts: MonthFacts) -> list[tuple[str, Count]]:
    counts = told_together(facts.categories)
    names = sorted(
        counts,
        key=lambda name: (-(counts[name].value or 0), counts[name].words != f"{LEAST}+", label("category", name)),
    )
    return [(label("category", name), counts[name]) for name in names[:MOST_NEEDS]]


def _silent(facts: MonthFacts) -> str:
    names = [tile["name"] for tile in facts.tiles if facts.kecamatan[tile["code"]] == 0]
    more = f" dan {len(names) - MOST_SILENT} kecamatan lain" if len(names) > MOST_SILENT else ""
    return ", ".join(names[:MOST_SILENT]) + more


def _speed(totals: Totals) -> list[str]:
    """Sentences about waiting, each only when enough stands behind it."""
    found = []
    if totals.cases >= LEAST and (looked := out_of_ten(totals.looked_at, totals.cases)):
        found.append(f"{looked.capitalize()} kasus bulan ini sudah ditindak petugas.")
    if totals.first_hours is not None and totals.looked_at >= LEAST_JUDGED:
        found.append(
            f"Separuh keluarga menunggu tidak lebih dari {_hours(totals.first_hours)} sampai ada petugas yang bergerak."
        )
    if totals.finish_days is not None and totals.finished >= LEAST_JUDGED:
        found.append(f"Yang selesai, separuhnya selesai dalam {decimal(totals.finish_days, 1)} hari.")
    return found or ["Belum cukup kasus untuk dinilai."]


def _agencies(facts: MonthFacts) -> list[tuple[str, str]]:
    """Agencies with enough cases to be fair to them, and how often they moved in time."""
    rows = [row for row in facts.agencies if row["judged"] >= LEAST_JUDGED][:MOST_AGENCIES]  # those with most cases
    rows.sort(key=lambda row: row["late"] / row["judged"])
    return [(row["name"] or row["agency"], out_of_ten(row["judged"] - row["late"], row["judged"])) for row in rows]


def _hours(hours: float) -> str:
    return (
        f"{round(hours * 60)} menit"
        if hours < 1
        else f"{decimal(hours, 1)} jam"
        if hours < 48
        else f"{decimal(hours / 24, 1)} hari"
    )


def _days(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
