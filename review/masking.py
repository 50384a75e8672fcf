"""Personal identifiers hidden before anyone sees a text; the need itself stays readable.

Health, hunger and money words stay: staff cannot help without them. What points to one person (numbers, names, house addresses)
becomes a word in square brackets. lokal-id finds the formal part; the patterns here find what it misses (measured, tests/test_review_masking.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import lokal.wilayah  # noqa: F401  # lokal-id 0.7.2: parts of it fail unless this was imported first
from lokal.samaran import PiiMatch, PiiType, detect_pii

from review.cleaning import clean
from review.person_names import name_spans, trimmed_name
from review.street_addresses import address_spans

SHOWN = 600  # characters of a post on the page
LONGEST_READ = 4_000  # characters looked at; X and Instagram allow up to 25,000, what is beyond is never shown
WORDS = {
    "NIK": "[NIK]", "KK": "[no. KK]", "NPWP": "[NPWP]", "PASSPORT": "[paspor]", "SIM": "[SIM]", "NIP": "[NIP]", "BPJS": "[no. BPJS]",
    "NISN": "[NISN]", "AKTA": "[no. akta]", "PHONE": "[no. HP]", "EMAIL": "[e-mail]", "BANK_ACCOUNT": "[rekening]", "CARD": "[no. kartu]",
    "PLATE": "[pelat nomor]", "IP": "[alamat IP]", "GEO": "[koordinat]", "NAME": "[nama]", "ADDRESS": "[alamat]", "BIRTH_DATE": "[tanggal lahir]",
    "HANDLE": "[akun]", "NUMBER": "[nomor]", "LINK": "[tautan]",
}  # fmt: skip
PLACEHOLDERS = frozenset(WORDS.values())
# HEALTH, FINANCIAL, MARITAL_STATUS and the like are the need: they are not asked for.
_ASKED: tuple[PiiType, ...] = (
    "NIK", "KK", "NPWP", "PASSPORT", "SIM", "NIP", "BPJS", "NISN", "AKTA", "PHONE",
    "EMAIL", "BANK_ACCOUNT", "CARD", "PLATE", "IP", "GEO", "NAME", "BIRTH_DATE",
)  # fmt: skip

_SEPARATOR = r"[ \t.,:_/()*~+-]{0,3}"
_SPELT = r"(?:nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|hiji|tilu|opat|genep|dalapan|salapan)"
_OWN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"[\w.+-]{2,}\s?(?:@|\(at\)|\[at\])\s?[\w-]+\s?(?:\.|\(dot\)|\[dot\])\s?(?:co\.id|com|net|org|id)\b", re.I)),
    # +62…, 62 8…, 08…: up to three separators between any two digits, the letter o for a nought.
    ("PHONE", re.compile(rf"(?<![\w])(?:\(?\+?\s?62\)?|[0oO]){_SEPARATOR}8(?:{_SEPARATOR}(?:[0-9]|[oOlI](?=[0-9]))){{7,12}}(?![0-9])")),
    ("PHONE", re.compile(r"(?:wa\.me/|whatsapp\.com/send\?phone=)\+?[0-9]{8,15}", re.I)),
    ("PHONE", re.compile(rf"\b(?:nol|kosong){_SEPARATOR}\s*(?:delapan|dalapan)(?:[\s.,-]+{_SPELT}){{6,12}}\b", re.I)),
    ("PHONE", re.compile(r"(?<![\w.])(?:\(0\d{2,3}\)|0(?:2[1-9]|[3-79]\d)\d?)[ .-]?\d{3,4}[ .-]?\d{3,4}(?!\d)")),
    # Any long number left: NIK, KK, account, card, whether or not its check digits hold. Rupiah groups (1.500.000) stay.
    ("NUMBER", re.compile(r"(?<![\w.,])(?![\d]{1,3}(?:[.,]\d{3}){2,}(?![\d]))\d(?:[ .\-/]?\d){9,19}(?![\w])")),
    ("BANK_ACCOUNT", re.compile(r"(?<=\b(?:bca|bri|bni|bsi|bjb|btn|rek) )\d(?:[ .-]?\d){6,18}\b", re.I)),
    ("BANK_ACCOUNT", re.compile(r"(?:(?<=mandiri )|(?<=rekening )|(?<=norek )|(?<=norek: )|(?<=rek: ))\d(?:[ .-]?\d){6,18}\b", re.I)),
    ("PLATE", re.compile(r"\b(?:B|T|D|F|E|Z|AA|AB|AD|H|G|K)[ -]?\d{3,4}[ -]?[A-Z]{1,3}\b")),
    ("GEO", re.compile(r"-?\d{1,2}\.\d{4,}\s*[,;]\s*-?\d{2,3}\.\d{4,}")),
    ("LINK", re.compile(r"\b(?:https?://)?(?:maps\.app\.goo\.gl|goo\.gl/maps|www\.google\.com/maps|maps\.google\.com)/\S+", re.I)),
)  # fmt: skip
_REPEATED = re.compile(r"(\[(?:nama|alamat)\])(?:[ ,]{1,2}\1)+")
_HANDLE = re.compile(r"(?<![\w@])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?)")
# Offices write under such names; a private person rarely does.
_OFFICIAL = re.compile(
    r"pemkab|pemkot|pemprov|pemda|kab[._]?bekasi|kota[._]?bekasi|bekasikab|dinas|dinsos|dinkes|disduk|disnaker|diskominfo|disperkim|bpbd|damkar|rsud|puskesmas|"
    r"bpjs|kemensos|kemenkes|kemendik|basarnas|baznas|polres|polsek|quick[._]?response|^(?:admin|min|dlh|dishub|disdik|pln|pdam|qr|jqr|lapor|humas|bupati|gubernur|camat)(?:$|[._0-9])",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """Characters start..end of the cleaned text, to be replaced by the word of ``kind``."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text ready to be shown (not yet escaped), and what was done to it."""

    text: str
    hidden: bool  # hidden characters were taken out
    shortened: bool


def mask(text: str, known_handles: Collection[str] = (), limit: int = SHOWN) -> str:
    """The text with identifiers replaced, hidden characters gone and at most about ``limit`` characters long."""
    return masked(text, known_handles, limit).text


def masked(text: str, known_handles: Collection[str] = (), limit: int = SHOWN) -> Masked:
    """Like ``mask``, and says what was done. ``known_handles`` (of the program) stay readable."""
    cleaned = clean(text[:LONGEST_READ])
    shown = _replace(cleaned.text, _spans(cleaned.text, {handle.lower() for handle in known_handles}))
    short = shorten(shown, limit)
    return Masked(short, cleaned.hidden, short != shown or len(text) > LONGEST_READ)


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters and "…", cut between words and never inside a placeholder."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    opened = cut.rfind("[")
    if opened > cut.rfind("]") and limit - opened < 20:
        cut = cut[:opened]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:space] if space > limit * 0.7 else cut).rstrip() + "…"


def personal_words(text: str) -> list[str]:
    """What ``mask`` would hide of a text: names, numbers, addresses, as they are written."""
    read = clean(text[:LONGEST_READ]).text
    return list(dict.fromkeys(read[span.start : span.end] for span in _spans(read, set()) if span.kind != "LINK"))


def _spans(text: str, known_handles: set[str]) -> list[Span]:
    found = [
        Span(m.start(), m.end(), kind)
        for kind, pattern in _OWN
        for m in pattern.finditer(text)
        if not _is_money(text, m)
    ]
    found += [Span(start, end, "ADDRESS") for start, end in address_spans(text)]
    found += [span for match in detect_pii(text, types=_ASKED) if (span := _from_lokal(text, match))]
    found += [Span(start, end, "NAME") for start, end in name_spans(text)]
    found += [
        Span(m.start(), m.end(), "HANDLE")
        for m in _HANDLE.finditer(text)
        if m[1].lower() not in known_handles and not _OFFICIAL.search(m[1])
    ]
    return found


def _is_money(text: str, match: re.Match[str]) -> bool:
    return text[max(0, match.start() - 4) : match.start()].lower().strip().endswith(("rp", "rp."))


def _from_lokal(text: str, match: PiiMatch) -> Span | None:
    if match.type == "NAME":
        if match.start and text[match.start - 1] == "@":
            return None  # handles have their own rule
        trimmed = trimmed_name(text, match.start, match.end)
        return Span(*trimmed, "NAME") if trimmed else None
    return Span(match.start, match.end, match.type)


def _replace(text: str, spans: list[Span]) -> str:
    """Overlapping spans become one, under the word of the one that begins first; a bare number's word only when nothing knows better."""
    parts: list[str] = []
    done = 0
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.kind == "NUMBER", s.kind == "NAME", -s.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    for span in merged:
        parts += [text[done : span.start], WORDS[span.kind]]
        done = span.end
    return _REPEATED.sub(r"\1", "".join([*parts, text[done:]]))
