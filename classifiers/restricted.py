"""Which posts may concern violence, child victims, suicide or trafficking: held back from lists, wide on purpose."""

from __future__ import annotations

import re

from classifiers.normalising import Normaliser
from classifiers.taxonomy import load_taxonomy


class RestrictedHints:
    """The phrases of data/taxonomy.toml as one pattern over normalised tokens."""

    def __init__(self, normaliser: Normaliser | None = None):
        groups = []
        for kind, phrases in load_taxonomy().restricted_hints.items():
            forms = sorted({re.escape(p).replace(r"\*", r"\S*") for p in phrases})
            groups.append(f"(?P<{kind}>(?<!\\S)(?:{'|'.join(forms)})(?!\\S))")
        self._pattern = re.compile("|".join(groups))

    def kind(self, tokens: list[str]) -> str | None:
        """violence, children, suicide or trafficking; None when nothing hints at them."""
        found = self._pattern.search(" ".join(tokens))
        return found.lastgroup if found else None
