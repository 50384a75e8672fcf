"""Small bar charts as plain SVG: readable on a 360-pixel phone, in print, and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from review.wording import number

WIDTH, ROW, LABEL, VALUE = 328, 24, 96, 70  # viewBox units, about one CSS pixel on a phone
BAR = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: a label, its total and how much of it is flagged (0 where that is not asked)."""

    label: str
    total: int
    part: int = 0


def bars(
    key: str,
    title: str,
    rows: Sequence[Bar],
    with_part: bool = False,
    label_width: int = LABEL,
    part_word: str = "ditandai",
) -> Markup:
    """A horizontal bar chart; every number is written out. Empty when there are no rows."""
    if not rows:
        return Markup("")
    room = WIDTH - label_width - VALUE
    scale = room / max([1, *(row.total for row in rows)])
    body = Markup("").join(_row(position, row, scale, label_width, with_part) for position, row in enumerate(rows))
    said = "; ".join(
        f"{row.label}: {number(row.total)}" + (f", {number(row.part)} {part_word}" if with_part else "") for row in rows
    )
    return Markup(
        '<svg class="plot" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{k}-t {k}-d"><title id="{k}-t">{t}</title><desc id="{k}-d">{d}</desc>{b}</svg>'
    ).format(w=WIDTH, h=len(rows) * ROW, k=key, t=title, d=said, b=body)


def _row(position: int, row: Bar, scale: float, label_width: int, with_part: bool) -> Markup:
    top = position * ROW
    base, end = top + 16, label_width + max(row.total * scale, 1.5 if row.total else 0)
    value = f"{number(row.total)} · {number(row.part)}" if with_part else number(row.total)
    return Markup("").join(
        (
            Markup('<text x="0" y="{}">{}</text>').format(base, row.label),
            _bar("a", label_width, top, end - label_width),
            _bar("p", label_width, top, max(row.part * scale, 1.5)) if row.part else Markup(""),
            Markup('<text class="n" x="{:.1f}" y="{}">{}</text>').format(end + 6, base, value),
        )
    )


def _bar(kind: str, left: int, top: int, width: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{:.1f}" height="{}"/>').format(kind, left, top + 6, width, BAR)
