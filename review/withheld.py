"""A second look before the text of another post is quoted: what may be restricted is never shown, not even as the start of a thread."""

from __future__ import annotations

import re
from functools import lru_cache

from review.cleaning import clean
from review.wording import taxonomy


def may_be_restricted(text: str) -> bool:
    """Whether a phrase of data/taxonomy.toml [restricted] stands in the text: violence, children, suicide, trafficking."""
    words = " ".join(re.findall(r"[^\W_]+", clean(text).text.lower()))
    return bool(_phrases().search(words))


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    """Every phrase as whole words; * stands for the rest of a word."""
    phrases = [phrase for entry in taxonomy()["restricted"].values() for phrase in entry["phrases"]]
    return re.compile("|".join(rf"\b{phrase.replace('*', r'[^ ]*')}(?= |$)" for phrase in phrases))
