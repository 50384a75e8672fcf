"""The spelling lexicon: forms people write and the standard words they mean, from data/lexicon/*.tsv."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

LEXICON = Path(__file__).resolve().parent.parent / "data" / "lexicon"


class LexiconError(ValueError):
    """A lexicon file holds a line that cannot be read."""


def read_lexicon(path: Path) -> dict[str, str]:
    """One file: ``standard words<TAB>form form form``; # begins a comment. Gives form -> standard words."""
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        standard, tab, forms = line.partition("\t")
        if not tab or not forms.strip():
            raise LexiconError(f"{path} line {number}: expected standard words, a tab and the written forms.")
        for form in forms.split():
            if found.setdefault(form, standard.strip()) != standard.strip():
                raise LexiconError(f"{path} line {number}: {form!r} already stands for {found[form]!r}.")
    return found


@lru_cache(maxsize=1)
def spelling_lexicon() -> dict[str, str]:
    """All files together; where two languages share a form the Indonesian reading counts."""
    merged: dict[str, str] = {}
    for name in ("sundanese.tsv", "indonesian.tsv"):
        path = LEXICON / name
        if path.exists():
            merged |= read_lexicon(path)
    return merged
