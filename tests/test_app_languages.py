"""English is whole: every text of the screens has its translation, and none is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO

from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from serving.account import WRONG_PASSWORD
from serving.admin import METRICS, MODEL_STATES, STATES, UNITS
from serving.errors import BROKEN, HELD
from serving.languages import LOCALE
from serving.pages import HERE, NAVIGATION, TEMPLATES, UNMASK_REASONS
from serving.people import ROLE_LABELS
from serving.signing_in import WRONG, WRONG_CODE

SAYING = {
    "redirect",
    "Refused",
    "NotAllowed",
    "Missing",
    "Conflict",
    "PasswordRefused",
    "_say",
}  # their sentences are shown


def in_templates() -> Iterator[str]:
    options = {"trim_blocks": "true", "silent": "false"}
    for file in TEMPLATES.glob("*.j2"):
        for _, _, found, _ in babel_extract(BytesIO(file.read_bytes()), ("_", "gettext", "ngettext"), [], options):
            yield from [found] if isinstance(found, str) else [one for one in found or () if one]


def in_code() -> Iterator[str]:
    """Sentences handed to those who show them, and Indonesian constants that templates translate."""
    for file in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYING:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and " " in str(argument.value):
                        yield str(argument.value)
    yield from (admin_words for _, admin_words in (*STATES.values(), *MODEL_STATES.values()))
    yield from (*METRICS.values(), *UNITS.values(), WRONG, WRONG_CODE, WRONG_PASSWORD, HELD, BROKEN)
    yield from ROLE_LABELS.values()
    yield from UNMASK_REASONS.values()
    yield from (label for _, label, _, _ in NAVIGATION)


def test_every_text_has_its_english() -> None:
    with (LOCALE / "en" / "LC_MESSAGES" / "tanggap.po").open("rb") as stream:
        known = {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(stream) if one.id and one.string}
    wanted = {*in_templates(), *in_code()}
    assert len(wanted) > 100
    assert sorted(wanted - known) == []
