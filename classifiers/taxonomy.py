"""Categories of need and topics of everything else, with the words people read, from data/taxonomy.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


class TaxonomyError(ValueError):
    """data/taxonomy.toml is missing or incomplete."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One category or topic. ``name`` is the key in data, ``label`` what a reader sees (Bahasa Indonesia)."""

    name: str
    label: str
    icon: str  # one short word a screen may show in place of a picture; no colour is meant by it
    about: str
    restricted: bool
    source: str
    valid_from: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All entries, and the phrases that mark a post as possibly restricted (violence, children, suicide, trafficking)."""

    categories: dict[str, Entry]
    topics: dict[str, Entry]
    urgencies: dict[int, str]
    restricted_hints: dict[str, tuple[str, ...]]

    def label(self, name: str | None) -> str:
        """The Indonesian name of a category or topic; the key itself when it is not known, "-" when absent."""
        if not name:
            return "-"
        entry = self.categories.get(name) or self.topics.get(name)
        return entry.label if entry else name


def _entries(raw: dict[str, dict[str, Any]], path: Path) -> dict[str, Entry]:
    found = {}
    for name, value in raw.items():
        for key in ("label", "icon", "source", "valid_from"):
            if key not in value:
                raise TaxonomyError(f"{path}: entry {name!r} lacks {key!r}.")
        found[name] = Entry(
            name,
            value["label"],
            value["icon"],
            value.get("about", ""),
            bool(value.get("restricted", False)),
            value["source"],
            str(value["valid_from"]),
        )
    return found


@lru_cache(maxsize=4)
def load_taxonomy(path: Path = DATA / "taxonomy.toml") -> Taxonomy:
    """The taxonomy file, read once."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TaxonomyError(f"{path} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(f"{path} is not valid TOML: {error}.") from None
    return Taxonomy(
        _entries(raw["category"], path),
        _entries(raw["topic"], path),
        {int(key): value["label"] for key, value in raw["urgency"].items()},
        {name: tuple(value["phrases"]) for name, value in raw["restricted"].items()},
    )
