"""Screens: the figures of the desk, which are all that an analyst sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from review.figure_words import ABOUT, COLUMNS, HEADS, group_words, row_words
from review.plots import Bar, bars
from review.reading import left_out_words
from review.wording import MONTHS, decimal, long_date
from serving.desk import Desk
from serving.guards import checked_write, needs
from serving.pages import page
from serving.people import Permission, Person
from triage.stats import BY, By, Figures, Span, count_restricted, read_figures

router = APIRouter(dependencies=[Depends(checked_write)])
Reader = Annotated[Person, Depends(needs(Permission.figures))]
Tables = dict[By, list[Figures]]
FRESH = timedelta(minutes=1)
SPANS = {"30": "30 hari", "90": "90 hari", "365": "1 tahun", "semua": "Semua"}
MOST_BARS, WIDE = 12, 132


@router.get("/angka", response_class=HTMLResponse)
async def figures(request: Request, person: Reader, rentang: str = "90") -> Response:
    desk = Desk(request, person)
    chosen = rentang if rentang in SPANS else "90"
    first = None if chosen == "semua" else desk.today - timedelta(days=int(chosen))
    tables, left_out = await _known(desk, first)
    values = await run_in_threadpool(_values, desk, tables)
    since = f"sejak {long_date(first)}" if first else "sejak awal"
    return page(request, person, "figures.html.j2", spans=SPANS, chosen=chosen, since=since, about=ABOUT,
                left_out=left_out_words(left_out), columns=COLUMNS, **values)  # fmt: skip


async def _known(desk: Desk, first: date | None) -> tuple[Tables, int]:
    """The tables of a span, at most a minute old. Each is read in a unit of work of its own: none holds the file for long."""
    kept: dict[Any, tuple[datetime, tuple[Tables, int]]] = desk.once("figures", dict)
    sees, now = desk.reader.sees_restricted, desk.now
    if (known := kept.get((first, sees))) and timedelta() <= now - known[0] < FRESH:
        return known[1]
    span = Span(str(desk.settings.zone), first, None, sees)
    tables = {by: await desk.database.read(read_figures, by, span, now) for by in BY}
    found = tables, 0 if sees else await desk.database.read(count_restricted)
    kept[first, sees] = now, found
    return found


def _values(desk: Desk, tables: Tables) -> dict[str, Any]:
    whole = tables["semua"][0] if tables["semua"] else Figures("semua")
    named = {by: [(_name(desk, by, one.name), one) for one in found] for by, found in tables.items()}
    return {
        "tiles": _tiles(whole),
        "plots": [
            ("Kasus per minggu", "", _cases_plot("minggu", named["week"][-MOST_BARS:][::-1])),
            ("Kasus per kebutuhan", "", _cases_plot("kebutuhan", _most(named["category"]))),
            ("Kasus per kecamatan", "", _cases_plot("kecamatan", _most(named["kecamatan"]))),
            ("Terlambat per dinas", "penanganan yang bisa dinilai · terlambat", _late_plot(named["agency"])),
        ],
        "tables": [(HEADS[by], [(name, row_words(one)) for name, one in named[by]]) for by in BY if by != "semua"],
    }  # fmt: skip


def _name(desk: Desk, by: By, name: str) -> str:
    """A week is told by its Monday: 23 Nov 2026."""
    if by != "week" or name == "-":
        return group_words(desk.rules, by, name)
    monday = date.fromisoformat(name)
    return f"{monday.day} {MONTHS[monday.month - 1][:3]} {monday.year}"


def _tiles(whole: Figures) -> list[tuple[str, str, str]]:
    """Number, what it is, in which unit it is told."""
    late = f"{whole.late_share:.0%}" if whole.late_share is not None else "-"
    emergencies = f"{whole.emergencies_in_time}/{whole.emergencies}" if whole.emergencies else "-"
    return [
        (str(whole.cases), "kasus", ""),
        (_told(whole.first_action_hours), "sampai tindakan pertama", "jam"),
        (_told(whole.forward_hours), "sampai diteruskan", "jam"),
        (_told(whole.finish_days), "sampai selesai", "hari"),
        (emergencies, "darurat ditangani tepat waktu", ""),
        (late, "penanganan terlambat", ""),
    ]


def _told(value: float | None) -> str:
    return "-" if value is None else decimal(value, 1)


def _most(named: Sequence[tuple[str, Figures]]) -> list[tuple[str, Figures]]:
    return sorted(named, key=lambda one: -one[1].cases)[:MOST_BARS]


def _cases_plot(key: str, named: Sequence[tuple[str, Figures]]) -> Any:
    return bars(key, f"Kasus per {key}", [Bar(_short(name), one.cases) for name, one in named], label_width=WIDE)


def _late_plot(named: Sequence[tuple[str, Figures]]) -> Any:
    judged = sorted((one for one in named if one[1].handlings), key=lambda one: -one[1].late)[:MOST_BARS]
    rows = [Bar(_short(name), one.handlings, one.late) for name, one in judged]
    return bars("dinas", "Terlambat per dinas", rows, with_part=True, label_width=WIDE, part_word="terlambat")


def _short(name: str) -> str:
    """As much of a name as stands beside a bar."""
    return name if len(name) <= 19 else name[:18].rstrip() + "…"
