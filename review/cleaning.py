"""Unseen and look-alike characters made plain, so that what is shown is what is there and nothing hides from the masks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Emoji are built with the zero-width joiner and variation selectors: between emoji these are spelling, elsewhere they hide things.
_EMOJI = "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\U0001f3fb-\U0001f3ff]"
_EMOJI_JOINER = re.compile(f"(?<={_EMOJI})\u200d(?={_EMOJI})")
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
_ACCENT_PILE = re.compile(
    r"([\u0300-\u036f\u0489\u1ab0-\u1aff\u20d0-\u20ff]{2})[\u0300-\u036f\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_LONG_SPACES = re.compile(r"[ \t]{3,}")
_JOINER_KEPT = "\ue000"  # private use, taken out of the input first


class Clean(NamedTuple):
    """A text without hidden characters, and whether there were any."""

    text: str
    hidden: bool


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    """One character as shown: look-alike letters and digits (full-width, mathematical, circled) become the plain ones."""
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if category == "Co":
        return ""
    if character in "\u2028\u2029\x0b\x0c\x85":
        return "\n"
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.digit(character))
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded.isascii() and folded.isalnum() else character


def _is_hidden(character: str) -> bool:
    """Bidi controls, zero-width characters, soft hyphens, tags and control codes: nothing a reader could see."""
    return (
        unicodedata.category(character) in ("Cf", "Cc") and character not in "\n\t" and character not in "\x0b\x0c\x85"
    )


def clean(text: str) -> Clean:
    """The text as a reader can see it. Line breaks stay, at most one empty line in a row."""
    if text.isascii() and text.isprintable():
        return Clean(text.strip(), False)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_JOINER_KEPT, "")
    text = _EMOJI_JOINER.sub(_JOINER_KEPT, _KEYCAP.sub(r"\1", text))
    kept: list[str] = []
    hidden = False
    for character in text:
        if character == _JOINER_KEPT:
            kept.append("\u200d")
        elif _is_hidden(character):
            hidden = True
        else:
            kept.append(_plain(character))
    shown = _ACCENT_PILE.sub(r"\1", "".join(kept))
    return Clean(_LONG_SPACES.sub("  ", _BLANK_LINES.sub("\n\n", shown)).strip(), hidden)
