"""Texts made safe for HTML: escaped piece by piece, the model's phrases marked, placeholders set apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from review.cleaning import clean
from review.masking import PLACEHOLDERS

_PLACEHOLDER = re.compile("|".join(re.escape(word) for word in sorted(PLACEHOLDERS, key=len, reverse=True)))


def found_phrases(shown: str, phrases: Sequence[str]) -> list[str]:
    """The phrases that still stand in the masked text: what was masked must not come back as a reason."""
    cleaned = [clean(phrase).text for phrase in phrases]
    return [
        phrase for phrase in cleaned if phrase and not _PLACEHOLDER.search(phrase) and _pattern([phrase]).search(shown)
    ]


def marked(shown: str, phrases: Sequence[str]) -> Markup:
    """The masked text as HTML: everything escaped, phrases in <mark>, placeholders in <i>."""
    present = found_phrases(shown, phrases)
    spans = [(m.start(), m.end(), "i") for m in _PLACEHOLDER.finditer(shown)]
    taken = [(start, end) for start, end, _ in spans]
    if present:
        for m in _pattern(present).finditer(shown):
            if all(m.end() <= start or m.start() >= end for start, end in taken):
                spans.append((m.start(), m.end(), "mark"))
    parts: list[Markup] = []
    done = 0
    for start, end, tag in sorted(spans):
        parts += [escape(shown[done:start]), Markup("<{0}>{1}</{0}>").format(Markup(tag), shown[start:end])]  # noqa: S704  # tag is ours
        done = end
    return Markup("").join([*parts, escape(shown[done:])])


def _pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """Any of the phrases as whole words, spaces of any width; the longest first."""
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(
        "|".join(r"(?<!\w)" + r"\s+".join(map(re.escape, phrase.split())) + r"(?!\w)" for phrase in ordered),
        re.IGNORECASE,
    )
