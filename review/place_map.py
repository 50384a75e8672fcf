"""Where the places that may be meant lie: kecamatan as tiles of equal size, drawn as SVG without any outside picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from settings import DATA

STEP, SIZE = 12, 11  # of a tile, in the picture's own units
MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """A kecamatan of the region, or a neighbouring regency (a code of five characters)."""

    code: str
    name: str
    column: int  # from the west
    row: int  # from the north


@cache
def tiles_of(region: str) -> tuple[Tile, ...]:
    """The tiles of data/places/tiles.tsv for a regency; none where nobody has drawn them yet."""
    found = []
    for line in (DATA / "places" / "tiles.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            of, code, name, column, row, _ = line.split("\t")
            if of == region:
                found.append(Tile(code, name, int(column), int(row)))
    return tuple(found)


def place_map(region: str, codes: Sequence[str], words: str) -> Markup:
    """A small map with the tiles of these Kemendagri codes raised and numbered, best first; empty when none of them is on it.

    A regency's own code raises all of its kecamatan. ``words`` is what the picture says to those who do not see it.
    """
    tiles = tiles_of(region)
    numbered: dict[str, int] = {}
    for number, code in enumerate(codes[:MOST_SHOWN], 1):
        for tile in tiles:
            if _meant(code, tile, region):
                numbered.setdefault(tile.code, number)
    if not numbered:
        return Markup("")
    plain = [tile for tile in tiles if tile.code not in numbered]
    parts = [
        _path("home", [tile for tile in plain if len(tile.code) > len(region)]),
        _path("near", [tile for tile in plain if len(tile.code) <= len(region)]),
        *(_path(f"p{number}", [t for t in tiles if numbered.get(t.code) == number]) for number in sorted(set(numbered.values()))),
    ]  # fmt: skip
    if len(set(numbered.values())) > 1:
        parts += [_number(tile, numbered[tile.code]) for tile in tiles if tile.code in numbered]
    width, height = (max(tile.column for tile in tiles) + 1) * STEP, (max(tile.row for tile in tiles) + 1) * STEP
    return Markup('<svg class="tiles-map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        width, height, words, Markup("").join(parts)
    )


def _meant(code: str, tile: Tile, region: str) -> bool:
    """A desa lies in its kecamatan's tile; the regency is every kecamatan; elsewhere a place lies in its regency's tile."""
    if len(tile.code) > len(region):
        return code == region or code[: len(tile.code)] == tile.code
    return code[: len(tile.code)] == tile.code


def _path(kind: str, tiles: Sequence[Tile]) -> Markup:
    if not tiles:
        return Markup("")
    squares = "".join(f"M{tile.column * STEP} {tile.row * STEP}h{SIZE}v{SIZE}h-{SIZE}z" for tile in tiles)
    return Markup('<path class="{}" d="{}"/>').format(kind, squares)


def _number(tile: Tile, number: int) -> Markup:
    return Markup('<text x="{}" y="{}">{}</text>').format(
        tile.column * STEP + SIZE / 2, tile.row * STEP + SIZE * 0.78, number
    )
