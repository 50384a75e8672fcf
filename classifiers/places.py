"""Free text to Kemendagri codes: every reading of a place name as a candidate with a weight, never a silent guess."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from classifiers.normalising import fold_text, folded_origins
from classifiers.place_names import LONGEST_NAME, Meaning, Names, plain_name, read_names

__all__ = ["Candidate", "Gazetteer", "plain_name"]
MOST_CANDIDATES = 5
CERTAIN_PLACE = 0.65  # weight from which a candidate is named; below it only the candidates are shown
LEAST_WEIGHT = 0.03  # candidates below are not shown
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
# What a word in front says about the level of the name behind it.
MARKERS = {
    "kecamatan": "kecamatan", "kec": "kecamatan", "kcmtn": "kecamatan", "camat": "kecamatan",
    "desa": "desa", "ds": "desa", "kelurahan": "desa", "kel": "desa", "kades": "desa", "lurah": "desa", "keluarahan": "desa",
    "kabupaten": "kabupaten", "kab": "kabupaten", "kota": "kota", "pemkot": "kota", "pemkab": "kabupaten",
    "provinsi": "provinsi", "prov": "provinsi",
}  # fmt: skip
# A kampung, housing estate or street often bears the name of a desa elsewhere: a weaker sign.
SMALLER_WORDS = (
    "kp kampung kmpg kmp dusun dsn lembur perum perumahan jl jln jalan gang gg blok griya villa taman puri cluster"
)
SMALLER = frozenset(SMALLER_WORDS.split())
NEAR_WORDS = (
    "di dari daerah wilayah sekitar warga pasar puskesmas rsud polsek stasiun terminal ti ke ka orang urang "
    "arah sd sdn smp smpn area lokasi posisi alamat asal deket dekat belakang depan pantura kantor in utara "
    "nang ning neng wonten koramil kua bumdes tol"
)
NEAR = frozenset(NEAR_WORDS.split())


AWAY = frozenset(("ke", "ka", "dari", "ti", "asal", "jurusan", "arah", "persib", "korban", "orang", "urang"))
HOME_AGAINST_DISTRICTS, HOME_AGAINST_OTHERS = 1.6, 3.0  # odds of home against all other readings together
FAR_VILLAGE = 0.7  # share that stays with a far kecamatan or desa named behind "kampung" or a street word
SHORT_NAMES = frozenset(("ckr", "bks", "krw", "bdg", "jkt", "pwk", "kbb", "dki", "ntt", "ntb", "sgc", "cbl", "ksb"))
SMALL_OFFICES = frozenset(("polsek", "puskesmas", "koramil", "kua", "stasiun", "warga", "daerah", "wilayah"))
SHORTEST_APART, SHORTEST_MISSPELT = 8, 7  # letters
Word = tuple[str, int, int]  # folded word, begin and end in the folded text


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of where a post is about. ``weight`` 0..1, all readings of a text sum to at most 1."""

    code: str
    name: str
    kind: str
    weight: float
    kecamatan: str | None
    kabkota: str | None
    written: str

    def as_dict(self) -> dict[str, Any]:
        """What is stored and shown."""
        return {"code": self.code, "name": self.name, "kind": self.kind, "weight": round(self.weight, 3)}

    def lighter(self, factor: float) -> Candidate:
        """The same reading, less sure."""
        return replace(self, weight=self.weight * factor)


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in the text and the word in front of it."""

    start: int
    end: int
    before: str
    meanings: tuple[Meaning, ...]


class Gazetteer:
    """Names of Jawa Barat down to the desa, of the country down to kabupaten and kota, and what people call them."""

    def __init__(self, names: Names | None = None):
        self.names = names or read_names()

    def find(self, text: str, home: str = "32.16") -> list[Candidate]:
        """Candidates, heaviest first; empty when no place is named. ``home`` is the account's own region code."""
        folded = fold_text(text)
        words = [(m[0].replace("'", ""), m.start(), m.end()) for m in WORD.finditer(folded)]
        found = self._mentions(words, folded, home)
        if not found:
            return []
        weights = self._weigh(found, home)
        return self._candidates(weights, folded, text, home)

    def _mentions(self, words: list[Word], folded: str, home: str) -> list[_Found]:
        found, i = [], 0
        while i < len(words):
            taken = 1
            for size, meanings in self._readings(words, i, home):
                name = " ".join(w for w, _, _ in words[i : i + size])
                if self._is_place(words, i, size, name, folded):
                    before = words[i - 1][0] if i else ""
                    found.append(_Found(words[i][1], words[i + size - 1][2], before, meanings))
                    taken = size
                    break
            i += taken
        return found

    def _readings(self, words: list[Word], i: int, home: str) -> Iterator[tuple[int, tuple[Meaning, ...]]]:
        """Names that begin at a word, longest first: as written, written apart (telaga murni), with one letter wrong."""
        names, word = self.names, words[i][0]
        for size in range(min(LONGEST_NAME, len(words) - i), 0, -1):
            written = [w for w, _, _ in words[i : i + size]]
            meanings = names.meanings.get(" ".join(written)) if word in names.first_words else None
            if not meanings and size in (2, 3):
                meanings = self._written_apart(written, home)
            if meanings:
                yield size, tuple(meanings)
        if word not in names.meanings and len(word) >= SHORTEST_MISSPELT and (code := self.names.misspelt(word)):
            yield 1, (Meaning(code, "kecamatan"),)

    def _written_apart(self, written: list[str], home: str) -> list[Meaning]:
        joined = "".join(written)
        if len(joined) < SHORTEST_APART or min(map(len, written)) < 3 or joined not in self.names.registered:
            return []
        return [m for m in self.names.meanings[joined] if m.code.startswith(home + ".") or _level(m) == 3]

    def _is_place(self, words: list[Word], i: int, size: int, name: str, folded: str) -> bool:
        before = words[i - 1][0] if i else ""
        after = words[i + size][0] if i + size < len(words) else ""
        start = words[i][1]
        if start and folded[start - 1] in "@_":
            return False  # part of a handle
        if before in self.names.not_after.get(name, ()) or after in self.names.not_before.get(name, ()):
            return False
        if name in self.names.need_marker or (size == 1 and len(name) <= 3 and name not in SHORT_NAMES):
            return before in MARKERS or (before in SMALL_OFFICES and len(name) > 3)
        return True

    def _weigh(self, found: list[_Found], home: str) -> dict[str, tuple[float, _Found, str]]:
        """Weight of every code: its own prior, the marker in front, and what the other names in the text say."""
        named = [{m.code for m in f.meanings} for f in found]
        vague = [all(_level(m) <= 2 for m in f.meanings) for f in found]
        best: dict[str, tuple[float, _Found, str]] = {}
        for number, mention in enumerate(found):
            others = [codes for n, codes in enumerate(named) if n != number]
            priors = _home_first({m: _prior(m, mention) for m in mention.meanings}, home, mention)
            raw = {m: prior * _support(m.code, others) for m, prior in priors.items()}
            total = sum(raw.values())
            strength = _mention_strength(mention)
            if vague[number] and not all(vague):
                strength *= 0.4  # "Wanajaya … ktp Lampung": a whole regency beside a named village is seldom the place
            for meaning, weight in raw.items():
                share = weight / total * strength
                if share > best.get(meaning.code, (0.0,))[0]:
                    best[meaning.code] = (share, mention, meaning.kind)
        return _absorb_parents(best, self.names.region_names)

    def _candidates(
        self, weights: dict[str, tuple[float, _Found, str]], folded: str, text: str, home: str
    ) -> list[Candidate]:
        total = sum(w for w, _, _ in weights.values()) or 1.0
        shares = {code: w / total * _far_village(code, found, home) for code, (w, found, _) in weights.items()}
        origins: list[int] | None = None
        found = []
        for code, share in shares.items():
            _, mention, kind = weights[code]
            if share >= LEAST_WEIGHT:
                origins = origins or folded_origins(text)
                written = text[origins[mention.start] : origins[mention.end - 1] + 1]
                found.append(self._candidate(code, kind, share, written))
        found.sort(key=lambda c: (-c.weight, c.code))
        parent = self._shared_parent(shares, found)
        return ([parent] if parent else []) + found[:MOST_CANDIDATES]

    def _shared_parent(self, shares: dict[str, float], found: list[Candidate]) -> Candidate | None:
        """When no reading is sure but nearly all lie in one kecamatan or regency, that is what can be said."""
        if not found or found[0].weight >= CERTAIN_PLACE:
            return None
        for level in (3, 2):
            sums: dict[str, float] = defaultdict(float)
            for code, share in shares.items():
                if len(parts := code.split(".")) > level or len(parts) == level:
                    sums[".".join(parts[:level])] += share
            code, share = max(sums.items(), key=lambda item: item[1], default=("", 0.0))
            if share >= 0.75 and all(c.code != code for c in found):
                kind = "kecamatan" if level == 3 else "kabkota"
                return self._candidate(code, kind, share, found[0].written)
        return None

    def _candidate(self, code: str, kind: str, weight: float, written: str) -> Candidate:
        parts = code.split(".")
        region = self.names.region_names
        return Candidate(
            code,
            region[code],
            kind,
            weight,
            region.get(".".join(parts[:3])) if len(parts) >= 3 else None,
            region.get(".".join(parts[:2])) if len(parts) >= 2 else None,
            written,
        )


def _level(meaning: Meaning) -> int:
    return meaning.code.count(".") + 1


def _prior(meaning: Meaning, mention: _Found) -> float:
    """How likely this reading is before the rest of the text and the home region are looked at."""
    weight = {1: 0.8, 2: 1.0, 3: 0.5, 4: 0.08}[_level(meaning)]
    if meaning.code.startswith("32.75."):
        weight *= 1.3  # Kota Bekasi is next door and often writes to the wrong government
    wanted = MARKERS.get(mention.before)
    if wanted:
        fits = meaning.kind == wanted or (wanted == "desa" and meaning.kind == "kelurahan")
        fits = fits or (meaning.kind == "kabkota" and wanted in ("kabupaten", "kota"))
        weight *= 5.0 if fits else 0.2
    return weight * meaning.share


def _home_first(priors: dict[Meaning, float], home: str, mention: _Found) -> dict[Meaning, float]:
    """People write to their own government: a name that exists at home is mostly meant there.

    "Bekasi" alone stays open, and so does a name that is a regency elsewhere.
    """
    own = {m: w for m, w in priors.items() if m.code.startswith(home + ".")}
    elsewhere = sum(w for m, w in priors.items() if m not in own)
    if not own or not elsewhere or any(_level(m) <= 2 and m.code[:2] == home[:2] for m in priors):
        return priors
    districts = any(_level(m) == 3 for m in priors if m not in own) and not any(_level(m) == 3 for m in own)
    wanted = elsewhere * (HOME_AGAINST_DISTRICTS if districts else HOME_AGAINST_OTHERS)
    lift = max(wanted / sum(own.values()), 1.0)
    return {m: w * lift if m in own else w for m, w in priors.items()}


def _support(code: str, others: list[set[str]]) -> float:
    """Names elsewhere in the text that contain this reading make it likely, those that exclude it unlikely."""
    factor = 1.0
    for codes in others:
        parents = [other for other in codes if code.startswith(other + ".")]
        if parents:
            factor *= 20.0 * len(max(parents, key=len)) / 5
        elif any(other.startswith(code + ".") for other in codes):
            factor *= 3.0
        elif codes and all(len(other) == 5 for other in codes) and len(code) > 5:
            factor *= 0.3
    return factor


def _mention_strength(mention: _Found) -> float:
    """How much this name is where the matter is, rather than spoken of."""
    if all(_level(meaning) <= 2 for meaning in mention.meanings):
        return 0.5 if mention.before in AWAY else 0.8  # a whole regency or province says less than a place in it
    if mention.before in MARKERS:
        return 1.5
    if mention.before in SMALLER:
        return 0.7
    if mention.before in AWAY:
        return 0.6
    return 1.2 if mention.before in NEAR else 1.0


def _far_village(code: str, mention: _Found, home: str) -> float:
    """ "Kampung Cikoneng" outside the home region is some kampung of that name before it is the kecamatan in Ciamis."""
    return FAR_VILLAGE if mention.before in SMALLER and not code.startswith(home) else 1.0


def _absorb_parents(
    best: dict[str, tuple[float, _Found, str]], region_names: Mapping[str, str]
) -> dict[str, tuple[float, _Found, str]]:
    """A kecamatan named beside its desa is not another place: its weight goes to the heaviest reading inside it.

    The desa that bears its kecamatan's name is nothing of its own unless "desa" stands in front.
    """
    kept = dict(best)
    for code in sorted(best, key=len, reverse=True):
        parent = code.rpartition(".")[0]
        twin = code.count(".") == 3 and parent in kept and region_names[code] == region_names[parent]
        if twin and kept[code][1] is kept[parent][1] and MARKERS.get(kept[code][1].before) != "desa":
            weight, mention, kind = kept[parent]
            kept[parent] = (weight + kept.pop(code)[0], mention, kind)
    for code in sorted(best, key=len):
        inside = [c for c in kept if c.startswith(code + ".") and code in kept and kept[c][1] is not kept[code][1]]
        if inside:
            child = max(inside, key=lambda c: kept[c][0])
            weight, mention, kind = kept[child]
            if weight >= 0.25:
                kept[child] = (weight + kept.pop(code)[0], mention, kind)
    return kept
