"""Two languages: Indonesian texts are the message ids, English comes from a .po file that is compiled in memory at the start."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}


@cache
def translations(language: str) -> gettext.NullTranslations:
    file = LOCALE / language / "LC_MESSAGES" / "tanggap.po"
    if not file.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with file.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(language: str, text: str) -> str:
    return translations(language).gettext(text) if text else ""
