"""Meta's field lists, "id,text,media{id,permalink}" or "mentioned_media.media_id(17){caption}", as a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[a-z_]+")
_ARGUMENT = re.compile(r"\.([a-z_]+)\((\w+)\)")


class FieldsError(ValueError):
    """A field list that Meta would call a syntax error."""


@dataclass(slots=True)
class Field:
    """One name with its arguments (``.limit(5)``) and the fields asked of what it leads to."""

    arguments: dict[str, str] = field(default_factory=dict)
    inner: dict[str, Field] = field(default_factory=dict)


def parse_fields(text: str) -> dict[str, Field]:
    """Raises FieldsError."""
    fields, rest = _read(text)
    if rest:
        raise FieldsError(f"Syntax error at {rest[:20]!r}")
    return fields


def _read(text: str) -> tuple[dict[str, Field], str]:
    fields: dict[str, Field] = {}
    while found := _NAME.match(text):
        name, text = found.group(), text[found.end() :]
        one = fields[name] = Field()
        while argument := _ARGUMENT.match(text):
            one.arguments[argument.group(1)] = argument.group(2)
            text = text[argument.end() :]
        if text.startswith("{"):
            one.inner, text = _read(text[1:])
            if not text.startswith("}"):
                raise FieldsError("Expected }")
            text = text[1:]
        if not text.startswith(","):
            break
        text = text[1:]
    return fields, text
