"""The sheet for a visit, to print and fill in by hand: what was told, and what to look at."""

from __future__ import annotations

from cases.rules import Rules
from review.case_words import CONSENTS, agency_words, matter_words, place_words
from review.lounge_brief import printed, privacy_note, told_words
from review.reading import Reader, require_may_see
from review.wording import label
from settings import Settings
from triage.case_page import CasePage


def render_field_sheet(settings: Settings, rules: Rules, page: CasePage, reader: Reader) -> bytes:
    """UTF-8 HTML for one page of paper. Raises ReaderRefused for a restricted case that the reader may not see."""
    case = page.case
    require_may_see(reader, case)
    return printed(
        "field.html.j2",
        {
            "program": settings.program.name,
            "case_id": case.case_id,
            "version": case.version,
            "urgent": case.emergency,
            "matter": matter_words(case),
            "place": place_words(case.place_code),
            "agency": agency_words(rules, case),
            "told": told_words(settings, page, reader),
            "categories": [label("category", name) for name in rules.taxonomy.category],
            "urgencies": [label("urgency", name) for name in rules.taxonomy.urgency],
            "consents": list(CONSENTS.values()),
            "note": privacy_note(reader),
        },
    )
