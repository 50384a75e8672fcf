"""Spelling made even: one small rule per habit of writing, and a map back to what the person wrote.

``Normaliser.tokens`` is the fast way (each written chunk is remembered), ``Normaliser.spans`` the same tokens with the
place they came from, so that reasons can be shown in the original spelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

NUMBER, PHONE = "<num>", "<phone>"
LONGEST_TEXT = 20_000  # characters; platforms allow 2,200 to 25,000, what follows adds nothing to an opinion
REMEMBERED_CHUNKS = 200_000  # written forms kept in memory, about 30 MB

# Letters of other alphabets that look like ours; used to slip past word filters or by fancy keyboards.
LOOK_ALIKES = dict(zip("аеорсухіјѕԁɡһԛԝкмтвнαοερτυνκιɑı", "aeopcyxijsdghqwkmtbhaoeptuvkiai", strict=True))
LOOK_ALIKES |= {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "ß": "ss", "æ": "ae", "œ": "oe", "\u00a0": " "}
LOOK_ALIKES |= {"ł": "l", "đ": "d", "ø": "o", "∅": "o", "–": "-", "—": "-", "‑": "-"}

LEET = str.maketrans("013456789", "oieasgbbg")
NOT_LEET = frozenset(
    [
        "p3k",
        "p2tp2a",
        "dp3a",
        "dp3ap2kb",
        "p3a",
        "k3s",
        "h2o",
        "co2",
        "b3",
        "k3",
        "s1",
        "s2",
        "d3",
        "d4",
        "n4",
        "g30s",
        "u17",
        "u23",
    ]
)

# One pass over the folded text finds everything that carries meaning; punctuation other than ! and ? is dropped.
CHUNK = re.compile(
    r"(?P<url>https?://\S+|www\.\S+|\b[a-z0-9-]+\.(?:com|net|org|id|ly|me|co|gl|shop)(?:\.id)?\b(?:/\S*)?)"
    r"|(?P<user>@[\w.]*\w)"
    r"|(?P<number>\d[\d.,:/-]*\d)"
    r"|(?P<word>\w+(?:['-]\w+)*)"
    r"|(?P<mark>[!?]+)"
    r"|(?P<emoji>[\U0001F000-\U0001FAFF\u2600-\u27BF\u2190-\u21FF\u2B00-\u2BFF\u00A9\u00AE])"
)
SPACED_OUT = re.compile(r"(?<![\w'/.-])(?:[a-z](?P<gap>[ .*_-]))(?:[a-z](?P=gap)){2,}[a-z](?![\w'-])")
ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
DOUBLED = re.compile(r"([^\W\d_])\1+")
REDUPLICATED = re.compile(r"([^\W\d_]{2,}?)(?:2|²)([^\W\d_]{0,3})")
DIGIT_RUNS = re.compile(r"\d+|[^\W\d_]+")
CONTROLS = dict.fromkeys([*range(32), 127], " ")  # ASCII control characters, the line break among them
FILLER = "\u0000"  # stands where a spaced-out word was joined
INVISIBLE = frozenset(("Cf", "Mn", "Me", "Cc", "Cs"))


class Span(NamedTuple):
    """One normalised token and the characters of the original text it stands for."""

    token: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def fold_character(character: str) -> str:
    """One character as plain lower case: NFKC forms and accents undone, look-alikes replaced, invisible ones gone."""
    if character.isspace() or ord(character) in CONTROLS:
        return " "
    kept = "".join(c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c) not in INVISIBLE)
    return "".join(LOOK_ALIKES.get(c, c) for c in kept.lower())


def fold_text(text: str) -> str:
    """The whole text folded; the same as folding every character."""
    if text.isascii():
        return text.lower().translate(CONTROLS)
    return "".join(map(fold_character, text))


def folded_origins(text: str) -> list[int]:
    """For every character of ``fold_text(text)`` its position in ``text``, and one more for the end."""
    if text.isascii():
        return list(range(len(text) + 1))
    origins: list[int] = []
    for position, character in enumerate(text):
        origins.extend([position] * len(fold_character(character)))
    return [*origins, len(text)]


def shorten_elongation(word: str) -> str:
    """``toloooong`` -> ``tolong``: a letter written three times or more stands for itself once."""
    return ELONGATED.sub(r"\1", word)


def undo_leet(word: str) -> str:
    """``t0l0ng`` -> ``tolong`` where digits stand between letters; ``p3k`` and ``rt04`` stay as they are."""
    inside = word[1:-1]
    digits = sum(c.isdigit() for c in word)
    if word in NOT_LEET or len(word) < 4 or digits * 2 > len(word) or not any(c.isdigit() for c in inside):
        return word
    if re.search(r"\d\d|\d$", word) or not word[-1].isalpha():
        return word
    return word.translate(LEET)


def spell_reduplication(word: str) -> tuple[str, ...]:
    """``anak2nya`` -> ``anak anaknya``; the number two doubles the word in front of it."""
    found = REDUPLICATED.fullmatch(word)
    if not found:
        return (word,)
    stem, suffix = found.groups()
    return (stem, stem + suffix)


def split_digits(word: str) -> tuple[str, ...]:
    """``3hari`` -> ``3 hari``, ``rt04`` -> ``rt 04``."""
    return tuple(DIGIT_RUNS.findall(word.replace("_", " "))) if any(c.isdigit() for c in word) else (word,)


def number_placeholder(number: str) -> str:
    """A phone or identity number (nine digits or more) or any other number, as one token each."""
    return PHONE if sum(c.isdigit() for c in number) >= 9 else NUMBER


def join_spaced_out(text: str) -> str:
    """``t o l o n g`` -> ``tolong`` with the gaps kept as invisible filler, so that positions stay."""
    return SPACED_OUT.sub(lambda m: re.sub(r"[^a-z]", "", m[0]).ljust(len(m[0]), FILLER), text)


class Normaliser:
    """Tokens of a text in even spelling. ``lexicon`` maps a written form to its standard words (see data/lexicon)."""

    def __init__(self, lexicon: Mapping[str, str] | None = None):
        self.lexicon = {form: tuple(words.split()) for form, words in (lexicon or {}).items()}
        self._remembered: dict[str, tuple[str, ...]] = {}

    def chunk(self, written: str) -> tuple[str, ...]:
        """The tokens of one folded chunk of text as ``CHUNK`` finds it; remembered."""
        known = self._remembered.get(written)
        if known is None:
            known = self._chunk(written)
            if len(self._remembered) < REMEMBERED_CHUNKS:
                self._remembered[written] = known
        return known

    def _chunk(self, written: str) -> tuple[str, ...]:
        if written.isalpha():
            return self.word(written)
        if written[0].isdigit() and (written.isdecimal() or not any(c.isalpha() for c in written)):
            return (number_placeholder(written),)
        first = written[0]
        if first == "@":
            return ()  # whom a post is sent to, and that a picture or link hangs on it, says nothing about a need:
        if first in "!?":
            return ("?" if "?" in written else "!",)
        if written.startswith(("http", "www.")) or ("." in written and any(c.isalpha() for c in written)):
            return ()  # at a desk one puts links into adverts, in life most posts carry one (docs/decisions.md)
        return tuple(token for part in written.split("-") if part for token in self.word(part))

    def word(self, written: str) -> tuple[str, ...]:
        """The rules of one word, the lexicon first and after every rule."""
        for form in (written, written.replace("'", ""), shorten_elongation(written)):
            if form in self.lexicon:
                return self.lexicon[form]
        form = shorten_elongation(written.replace("'", "").strip("_"))
        if not form.isalpha() and any(c.isdigit() for c in form):
            return self._with_digits(form)
        single = DOUBLED.sub(r"\1", form)
        if single != form and single in self.lexicon:
            return self.lexicon[single]
        if len(form) > 4 and form.endswith("ny"):
            return (form + "a",)
        return (form,) if form else ()

    def _with_digits(self, form: str) -> tuple[str, ...]:
        if form.isdigit():
            return (number_placeholder(form),)
        if form in NOT_LEET:
            return (form,)
        words = spell_reduplication(form)
        if len(words) == 1:
            plain = undo_leet(form)
            words = (plain,) if plain != form else split_digits(form)
        if words == (form,):
            return words
        return tuple(token for word in words for token in self.word(word))

    def tokens(self, text: str) -> list[str]:
        """The normalised tokens of a text, in order; the same emoji or mark is not repeated in a row."""
        folded = fold_text(text[:LONGEST_TEXT])
        if SPACED_OUT.search(folded):
            folded = join_spaced_out(folded)
        found: list[str] = []
        for match in CHUNK.finditer(folded):
            for token in self.chunk(match[0]):
                if not (found and found[-1] == token and not token[0].isalpha()):
                    found.append(token)
        return found

    def spans(self, text: str, located: list[Span] | None = None) -> list[Span]:
        """The same tokens as ``tokens`` with their place in the original text."""
        found: list[Span] = []
        for written, start, end in located if located is not None else located_chunks(text):
            for token in self.chunk(written):
                if not (found and found[-1].token == token and not token[0].isalpha()):
                    found.append(Span(token, start, end))
        return found


def located_chunks(text: str) -> list[Span]:
    """The folded chunks of a text, before any rule, each with its place in the original text."""
    text = text[:LONGEST_TEXT]
    origins = folded_origins(text)
    folded = join_spaced_out(fold_text(text))
    found = []
    for match in CHUNK.finditer(folded):
        last = match.end()
        while folded[last : last + 1] == FILLER:
            last += 1
        found.append(Span(match[0], origins[match.start()], origins[last - 1] + 1))
    return found
