"""The month report's drawings as plain SVG. A hidden count is drawn the same whatever it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from review.small_counts import LEAST, Count

ROW, LABEL, VALUE, WIDTH = 25, 140, 46, 420
SIDE, GAP = 82, 4
COLUMN, TALL, MOST_WEEKS = 96, 110, 6


def need_bars(rows: Sequence[tuple[str, Count]]) -> Markup:
    """Horizontal bars; a hidden count is a short pale bar of one length."""
    most = max([LEAST, *(count.value or 0 for _, count in rows)])
    room = WIDTH - LABEL - VALUE
    body = []
    for position, (name, count) in enumerate(rows):
        top = position * ROW
        length = room * (LEAST if count.value is None else count.value) / most
        shape = Markup('<rect class="{}" x="{}" y="{}" width="{:.1f}" height="14" rx="2"/>').format(
            "h" if count.value is None else "p", LABEL, top + 5, max(length, 1.5 if count.value != 0 else 0)
        )
        body += [
            Markup('<text x="0" y="{}">{}</text>').format(top + 16, name),
            shape,
            Markup('<text class="n" x="{:.1f}" y="{}">{}</text>').format(LABEL + length + 6, top + 16, count.words),
        ]
    said = "; ".join(f"{name}: {count.words}" for name, count in rows)
    return _drawing("Permintaan tolong menurut kebutuhan", said, (WIDTH, len(rows) * ROW), body)


def week_columns(weeks: Sequence[tuple[str, Count, Count]]) -> Markup:
    """A column a week: all mentions pale, the calls for help dark at its foot, both numbers above."""
    most = max([LEAST, *(count.value or 0 for _, count, _ in weeks)])
    body = []
    for position, (name, mentions, needs) in enumerate(weeks):
        left = position * COLUMN
        tall, dark = (TALL * (LEAST if count.value is None else count.value) / most for count in (mentions, needs))
        foot = TALL + 34
        body += [
            Markup('<rect class="a" x="{}" y="{:.1f}" width="46" height="{:.1f}" rx="2"/>').format(
                left + 4, foot - tall, tall
            ),
            Markup('<rect class="{}" x="{}" y="{:.1f}" width="46" height="{:.1f}" rx="2"/>').format(
                "h" if needs.value is None else "p", left + 4, foot - dark, dark
            ),
            Markup('<text class="n" x="{}" y="{:.1f}">{}</text>').format(left + 4, foot - tall - 19, mentions.words),
            Markup('<text class="n s" x="{}" y="{:.1f}">{} minta tolong</text>').format(
                left + 4, foot - tall - 6, needs.words
            ),
            Markup('<text class="s" x="{}" y="{}">{}</text>').format(left + 4, foot + 15, name),
        ]
    said = "; ".join(
        f"{name}: {mentions.words} unggahan, {needs.words} minta tolong" for name, mentions, needs in weeks
    )
    return _drawing("Unggahan per minggu", said, (MOST_WEEKS * COLUMN, TALL + 54), body)


def tile_map(tiles: Sequence[Mapping[str, Any]], counts: Mapping[str, Count]) -> Markup:
    """A square a kecamatan where it lies, north on top, in four shades; hidden counts share the palest."""
    if not tiles:
        return Markup("")
    most = max([LEAST, *(counts[tile["code"]].value or 0 for tile in tiles)])
    body = []
    for tile in tiles:
        left, top, count = tile["tile_column"] * SIDE, tile["tile_row"] * SIDE, counts[tile["code"]]
        shade = 0 if count.value == 0 else 1 if count.value is None else 2 + round(2 * count.value / most)
        body.append(
            Markup('<rect class="t{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>').format(
                shade, left, top, SIDE - GAP, SIDE - GAP
            )
        )
        body += [
            Markup('<text class="s {}" x="{}" y="{}">{}</text>').format(
                "w" if shade == 4 else "", left + 5, top + 14 + 11 * line, word
            )
            for line, word in enumerate(tile["name"].split(" "))
        ]
        body.append(
            Markup('<text class="b {}" x="{}" y="{}">{}</text>').format(
                "w" if shade == 4 else "", left + 5, top + 58, count.words
            )
        )
    said = "; ".join(f"{tile['name']}: {counts[tile['code']].words}" for tile in tiles)
    columns, rows = (max(tile[name] for tile in tiles) + 1 for name in ("tile_column", "tile_row"))
    return _drawing("Permintaan tolong per kecamatan", said, (columns * SIDE, rows * SIDE), body)


def _drawing(title: str, said: str, size: tuple[int, int], body: Sequence[Markup]) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>{}</svg>').format(
        *size, title, said, Markup("").join(body)
    )
