"""What a text says that tells one household from another: names (as keyed hashes), ages, house numbers, rare words."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cases.vocabulary import COMMON, Vocabulary

RARE = 4.0  # nats: a word of fewer than one text in fifty
OPENING = 2  # words
SHORTEST_WORD = 3  # letters

REPORTERS = re.compile(
    r"\b(relawan|kader|laporan|survey|survei|tksk|paralegal|klien|pendamping|lapor|posko|info dari|guru honorer|murid saya|pasien|dermawan"
    r"|donatur|donasi)\b"
)
ALSO = re.compile(r"\b(juga|jg|oge|ikut|samaan|sama di|sama pak|sama min|punya saya|selain itu|lagi di)\b")
NUMBER_WORDS = {
    "satu": 1, "hiji": 1, "dua": 2, "tiga": 3, "tilu": 3, "empat": 4, "opat": 4, "lima": 5, "enam": 6, "genep": 6, "tujuh": 7,
    "delapan": 8, "dalapan": 8, "sembilan": 9, "salapan": 9, "sepuluh": 10, "sebelas": 11,
}  # fmt: skip
_AGE = re.compile(r"(\d{1,3}|[a-z]+)\s*(tahun|taun|taunan|tahunan|thn|th|bulan|bln)\b")
_OLD = re.compile(r"\b(?:umur|usia|umurna|berusia|yuswa)\s*(?:ke-?)?(\d{1,3})\b")
_BARE = re.compile(r"\((\d{1,3})\)|,\s?(\d{1,2}),")
_ADDRESS = (
    ("rt", re.compile(r"\brt\s*\.?\s*0*(\d{1,3})\b")),
    ("rw", re.compile(r"\brw\s*\.?\s*0*(\d{1,3})\b")),
    ("no", re.compile(r"\b(?:no|nomor|nomer)\s*\.?\s*0*(\d{1,3}[a-z]?)\b")),
    ("blok", re.compile(r"\b(?:blok|block)\s*\.?\s*([a-z]{0,2}\s?\d{1,3}[a-z]?|[a-z])\b")),
    ("blok", re.compile(r"\b([a-z]{1,2}\d{1,2})\s?/\s?\d{1,3}\b")),
    ("no", re.compile(r"\b[a-z]{1,2}\d{1,2}\s?/\s?0*(\d{1,3}[a-z]?)\b")),
    ("jalan", re.compile(r"\b(?:gang|gg|jl|jln|jalan)\.?\s*(?:[a-z]+\s+){1,2}(\d{1,2})\b")),
    ("pintu", re.compile(r"\bpintu\s*0*(\d{1,3})\b")),
    ("kelas", re.compile(r"\b(?:kelas|kls)\s*(\d{1,2})\b")),
    ("darah", re.compile(r"\b(?:gol|darah|donor)\.?\s*(a|b|ab|o)\s?[+-]?(?=\W|$)")),
)  # fmt: skip
_PHONE = re.compile(r"(?:\+?62|\b0)8[\d .\-]{7,13}\d")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SAID = re.compile(r"\w+(?:[.,]\d+)*")
_ENDINGS = ("nya", "na", "ku", "lah", "kan", "keun", "an")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of a text. No name stands in it as it was written."""

    names: frozenset[str]  # keyed hashes
    beside: frozenset[str]  # keyed hashes of unknown words right behind a name
    ages: frozenset[int]  # months
    address: frozenset[tuple[str, str]]  # ("rt", "3"), ("no", "14"), ("blok", "c5")
    phones: frozenset[str]  # keyed hashes
    strangers: frozenset[str]  # keyed hashes of unknown words with a capital: hamlets, hospitals, perhaps names
    words: Mapping[str, float]  # keyed hash of a rare word -> how rare (nats)
    said: frozenset[str]  # keyed hashes of every word and number, for the likeness of the wording
    ideas: frozenset[str]  # of data/lexicon/concepts.tsv: the same in every language
    opening: str  # keyed hash of the first two words: who writes in a form begins every text alike
    reports: bool  # written by somebody who speaks for many households
    also: bool  # "di sini juga": seems to speak of another than the one before


def read_facts(text: str, tokens: Iterable[str], ideas: Iterable[str], known: Vocabulary, key: bytes) -> Facts:
    """The facts of a text. tokens: its words in even spelling; key: the secret of the hashes."""
    plain = unicodedata.normalize("NFKC", text)
    lower = plain.lower()
    names = _names(plain, known)
    words = {_stem(token) for token in tokens if token[0].isalpha() and len(token) >= SHORTEST_WORD}
    rare = {word: known.rarity(word) for word in words if word not in known.places}
    return Facts(
        names=frozenset(_hashed(spelling(name), key) for name in names),
        beside=frozenset(_hashed(spelling(word), key) for word in _beside(lower, names, known)),
        ages=frozenset(_ages(lower, known)),
        address=frozenset(
            (kind, found.replace(" ", "")) for kind, pattern in _ADDRESS for found in pattern.findall(lower)
        ),
        phones=frozenset(_hashed(re.sub(r"\D", "", found)[-9:], key) for found in _PHONE.findall(lower)),
        strangers=frozenset(_hashed(spelling(word), key) for word in _strangers(plain, known)),
        said=frozenset(_hashed(word, key) for word in _SAID.findall(lower)),
        words={_hashed(spelling(word), key): weight for word, weight in rare.items() if weight >= RARE},
        ideas=frozenset(ideas),
        opening=_hashed(" ".join(words_of(lower)[:OPENING]), key),
        reports=REPORTERS.search(lower) is not None,
        also=ALSO.search(lower) is not None,
    )


def words_of(text: str) -> list[str]:
    """The words of a text, small, in order; numbers and marks are none."""
    return [match[0].lower() for match in _WORD.finditer(text)]


def spelling(name: str) -> str:
    """One form for the ways in which a name is spelt: Syarif, Sarip."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isalpha())
    for written, heard in (("oe", "u"), ("dj", "j"), ("sy", "s"), ("kh", "h"), ("th", "t"), ("dh", "d"), ("ph", "p"), ("f", "p"),
                           ("v", "p"), ("q", "k"), ("z", "j"), ("y", "i"), ("x", "ks"), ("ck", "k")):  # fmt: skip
        plain = plain.replace(written, heard)
    plain = re.sub(r"(.)\1+", r"\1", plain)
    return plain[:-1] if plain.endswith("h") and len(plain) > 3 else plain


def _names(text: str, known: Vocabulary) -> set[str]:
    """Words behind a title (Pak Darsim, an. Rahmat), with the second word where it has a capital, too; not what a street is called."""
    found: set[str] = set()
    words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    lower = [written.lower() for written, _, _ in words]
    shouted = sum(written.isupper() for written, _, _ in words) * 2 > len(words)
    spells_names = any(text[start].isupper() and not _begins(text, start) for _, start, _ in words) and not shouted
    named = False
    for place, (written, start, _) in enumerate(words):
        gap = text[words[place - 1][2] : start] if place else "."
        before = lower[place - 1] if place and gap.strip(" .:") == "" and "\n" not in gap else ""
        first = place
        while first and lower[first - 1] in known.words["titles"]:
            first -= 1
        of_a_place = first > 0 and lower[first - 1] in known.words["place_markers"]
        capital = written[0].isupper() and not (written.isupper() and len(written) > 1) and not shouted
        behind_title = before in known.words["titles"] and not of_a_place and (capital or not spells_names)
        behind_kin = capital and (
            before in known.words["kin"]
            or (before in known.words["own"] and place > 1 and lower[place - 2] in known.words["kin"])
        )
        goes_on = named and capital and gap == " "
        named = known.is_name(lower[place]) and (behind_title or behind_kin or goes_on)
        if named:
            found.add(lower[place])
    return found


def _beside(lower: str, names: set[str], known: Vocabulary) -> set[str]:
    """Unknown words right behind a name: the rest of it (bu sri wahyuni), or a hamlet's."""
    words = words_of(lower)
    return {word for before, word in pairwise(words) if before in names and known.counts.get(word, (0, 0))[0] < COMMON}


def _strangers(text: str, known: Vocabulary) -> set[str]:
    """Words that begin with a capital inside a sentence and that nobody knows: perhaps a name, perhaps a hamlet's."""
    found = set()
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if (
            not _begins(text, match.start())
            and match[0].istitle()
            and word not in known.places
            and known.counts.get(word, (0, 0))[0] < COMMON
        ):
            found.add(word)
    return found


def _begins(text: str, start: int) -> bool:
    """Whether a sentence begins there."""
    return text[:start].rstrip()[-1:] in ("", ".", "!", "?", ":")


def _ages(lower: str, known: Vocabulary) -> set[int]:
    found = {int(age) * 12 for age in _OLD.findall(lower)}
    for match in _BARE.finditer(lower):
        age = int(match[1] or match[2])
        if 1 <= age <= 110:
            found.add(age * 12)
    for match in _AGE.finditer(lower):
        number = int(match[1]) if match[1].isdigit() else NUMBER_WORDS.get(match[1])
        before = lower[: match.start()].split()[-1:]
        if number is None or (before and before[0].strip(",.") in known.words["durations"]):
            continue
        months = match[2] in {"bulan", "bln"}
        if months and "hamil" in lower:
            continue
        if not months or number <= 24:
            found.add(number if months else number * 12)
    return found


def _stem(token: str) -> str:
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= 4:
            return token[: -len(ending)]
    return token


def _hashed(value: str, key: bytes) -> str:
    return _remembered(value, key)


@lru_cache(maxsize=100_000)
def _remembered(value: str, key: bytes) -> str:
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:16]
