"""Names of people in free text: after "a.n.", "nama saya", "Pak", "almarhum" and the like. Offices (Pak Camat) and kin words stay."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from lokal.samaran import _names as lists
from lokal.wilayah import list_wilayah

MOST_WORDS = 4  # of one name
HERE = Path(__file__).parent


def _words(name: str) -> frozenset[str]:
    """The words of words/<name>.txt; lines with # are remarks."""
    lines = (HERE / "words" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _either(name: str) -> str:
    """The words as one regular expression, the longest first."""
    return "|".join(sorted(map(re.escape, _words(name)), key=lambda word: (-len(word), word)))


_TITLES, _KIN = _either("titles"), _either("kin")
_WORD_AHEAD = r"(?=[A-Za-z])"
# After these a name follows for sure, whatever its spelling.
_SURE = re.compile(
    r"\b(?:a\.\s?n\b\.?|a/n|(?-i:an\.)|atas\s+nama|nama\s+(?:saya|sy|aku|gue|gw|beliau|anak(?:nya)?|ibu(?:nya)?|bapak(?:nya)?|korban|pasien|almarhum(?:ah)?)"
    r"|nama(?:nya|ku|na)|bernama|ngaran(?:\s+abdi|na)|wasta(?:na)?|nama(?:\s+lengkap)?\s*[:=])"
    r"\s*[:=]?\s*(?:(?:adalah|itu|teh|yaitu)\s+)?(?:(?:" + _TITLES + r")\b\.?\s+)?" + _WORD_AHEAD,
    re.IGNORECASE,
)
# After these a name may follow: in capitals, or a word that is no ordinary one.
_TITLED = re.compile(rf"\b(?:{_TITLES})\b\.?[ \t]+{_WORD_AHEAD}", re.IGNORECASE)
# After these only a capital, or a name that the lists have, makes a name.
_CALLED = re.compile(
    rf"(?:\b(?:{_KIN})(?:nya|ku|na)?\s*(?:saya|sy|aku|gue|gw|kami|abdi|beliau)?,?[ \t]+|(?-i:\b(?:H|Hj|KH|Ust|Drs|Dra|Ir|Dr|dr)\b\.?[ \t]+)){_WORD_AHEAD}",
    re.IGNORECASE,
)
_WITH_AGE = re.compile(r"\b(?=[A-Z][a-z]{2,}\s*[,(]?\s*(?:umur|usia|yuswa)?\s*\d{1,2}\s*(?:taun|tahun|thn|th)\b)")
_WORD = re.compile(r"[ \t]*([A-Za-z][A-Za-z'’]*)")
_INITIAL = re.compile(r"\.[ \t]?(?=[A-Z])")  # "Moh. Rizki" goes on, "Dulnya. Kerugian" does not
_AFTER_INSTITUTION = re.compile(rf"\b(?:{_either('institutions')})\.?\s*$", re.IGNORECASE)
_AFFIXED = re.compile(
    r"(?:meng|meny|mem|men|di|ber|ter|peng|peny|pem|nge|ng|ny)[a-z]{4,}|[a-z]{3,}(?:nya|kan|lah|kah|ku|mu|keun|na|in)"
)
_GIVEN = frozenset(lists.GIVEN_NAMES | lists.FAMILY_NAMES | lists.SECOND_NAMES)
_LOWER_IS_A_WORD = _words("lower_case")
_NOT_NAMES = _words("never_names")
_ORDINARY = _words("ordinary")
_HOSPITALS = frozenset(("hasan sadikin", "cipto mangunkusumo", "hermina", "siloam", "mitra keluarga"))
_PLACES_IN = ("32.16", "32.75")  # names of kecamatan and desa around here are places, not people
# Parts of place names that people bear too.
_ALSO_GIVEN_NAMES = {"wangi", "jaya", "mulya", "asih", "sari", "rahayu", "mukti", "karya"}


def given_names() -> frozenset[str]:
    """Names that people around here bear, lower case."""
    return _GIVEN


def ordinary_words() -> frozenset[str]:
    """Words that look like names after "Pak" and are none, lower case."""
    return _ORDINARY | _words("kin") | _words("titles") | _words("institutions")


def name_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every name that something in front announces."""
    shouting = _is_shouting(text)
    found: list[tuple[int, int]] = []
    for pattern, sure, careful in (
        (_SURE, True, False),
        (_TITLED, False, False),
        (_CALLED, False, True),
        (_WITH_AGE, False, True),
    ):
        for match in pattern.finditer(text):
            if pattern is _TITLED and _AFTER_INSTITUTION.search(text, max(0, match.start() - 20), match.start()):
                continue
            start = match.end()
            end = _name_end(text, start, sure, careful, shouting)
            if end > start and text[start:end].lower() not in _HOSPITALS:
                found.append((start, end))
    return found


def trimmed_name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name found by lokal-id without the words that are not part of it ("Sarti lumpuh"); None when nothing is left."""
    if text[start:end].lower() in _HOSPITALS or _AFTER_INSTITUTION.search(text[max(0, start - 20) : start]):
        return None
    kept_end = _name_end(text[:end], start, careful=text[start].isupper(), shouting=_is_shouting(text))
    return (start, kept_end) if kept_end > start else None


def _name_end(text: str, start: int, sure: bool = False, careful: bool = False, shouting: bool = False) -> int:
    """Where a name that begins at ``start`` ends; ``start`` when there is none. The first word decides how the others are written."""
    end = position = start
    first_is_capital = after_particle = False
    for count in range(MOST_WORDS):
        match = _WORD.match(text, position)
        if match is None:
            break
        word = match[1]
        particle = count > 0 and word.lower() in ("bin", "binti")  # however the name is written, its father's follows
        alike = word[0].isupper() == first_is_capital and (first_is_capital or word.lower() in _GIVEN)
        if count and not (alike or particle or after_particle):
            break
        if not particle and not _is_name_word(word, sure or after_particle, careful and not after_particle, shouting):
            break
        after_particle = particle
        first_is_capital = first_is_capital or word[0].isupper()
        end = position = match.end()
        if (initial := _INITIAL.match(text, end)) and len(word) <= 4:
            position = initial.end()
    return end


def _is_name_word(word: str, sure: bool, careful: bool, shouting: bool) -> bool:
    lower = word.lower().replace("’", "'")
    capital = word[0].isupper() and not shouting
    if (
        (careful and not capital and lower not in _GIVEN)
        or len(lower) < 3
        or lower in _NOT_NAMES
        or lower in _place_words()
    ):
        return False
    if lower in _GIVEN:
        return capital or lower not in _LOWER_IS_A_WORD
    if lower in _ORDINARY or (capital and word.isupper() and len(word) <= 5):  # ODGJ, SMK, PHK
        return False
    return sure or capital or not _AFFIXED.fullmatch(lower)


@lru_cache(maxsize=1)
def _place_words() -> frozenset[str]:
    """Every word of a kecamatan or desa name of Kabupaten and Kota Bekasi, lower case."""
    kecamatan = [area for code in _PLACES_IN for area in list_wilayah(code)]
    places = [place for area in kecamatan for place in [area, *list_wilayah(area.code)]]
    return frozenset({word for place in places for word in place.name.lower().split()} - _ALSO_GIVEN_NAMES)


def _is_shouting(text: str) -> bool:
    """Written mostly in capitals: a capital says nothing about names then."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) > 0.6 * len(letters)
