"""A file of rules and the lines its entries stand on; tomllib does not tell, and a fault without its line is not mended."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Place = tuple[str | int, ...]  # ("rule", 3, "agency"): the key `agency` of the fourth [[rule]]
Model = TypeVar("Model", bound=BaseModel)
_ADVICE = {
    "extra_forbidden": "is not a key Tanggap knows; remove it or mend its spelling",
    "missing": "is missing; add it",
}


class RulesError(Exception):
    """A file of rules cannot be used; the message names file, line and the way out."""


@dataclass(frozen=True)
class RuleFile:
    """A TOML file as it was read, with the line of every table and key."""

    path: Path
    content: dict[str, Any]
    lines: dict[Place, int]

    def line(self, place: Sequence[str | int]) -> int:
        """The line of a key, or of the nearest table around it; 1 when nothing of it is there."""
        wanted = tuple(place)
        while wanted and wanted not in self.lines:
            wanted = wanted[:-1]
        return self.lines.get(wanted, 1)

    def fault(self, place: Sequence[str | int], said: str) -> RulesError:
        return RulesError(f"{self.path}, line {self.line(place)}: {said}.")


def read_rule_file(path: Path) -> RuleFile:
    """Raises RulesError when the file is missing, unreadable or no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RulesError(f"{path} is missing: copy the file of that name from the repository's data folder.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(
            f"{path} cannot be read ({type(error).__name__}): save it as UTF-8 text readable by this user."
        ) from None
    try:
        return RuleFile(path, tomllib.loads(text), _lines(text))
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path} is not valid TOML: {error}; mend that line.") from None


def parsed(file: RuleFile, model: type[Model]) -> Model:
    """The file as ``model``; its first fault as one sentence with the line."""
    try:
        return model.model_validate(file.content)
    except ValidationError as error:
        fault = error.errors()[0]
        said = _ADVICE.get(fault["type"]) or _lowered(str(fault["msg"]).removeprefix("Value error, "))
        key = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise file.fault(fault["loc"], f"{key} {said}") from None


def _lines(text: str) -> dict[Place, int]:
    lines: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*\[\[\s*([\w.\-]+)\s*\]\]", line):
            name = tuple(found[1].split("."))
            counts[name] = counts.get(name, -1) + 1
            table = (*name, counts[name])
            lines[table] = number
        elif found := re.match(r"\s*\[\s*([\w.\-]+)\s*\]\s*(?:#|$)", line):
            table = tuple(found[1].split("."))
            lines[table] = number
        elif found := re.match(r"\s*([\w\-]+)\s*=", line):
            lines.setdefault((*table, found[1]), number)
    return lines


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
