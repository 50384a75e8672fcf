"""The texts that go out of a case, to be copied and sent by a person: what an agency is told, and the answers that fit now."""

from __future__ import annotations

from datetime import date

from cases.case import Case
from review.masking import mask
from review.reading import Reader
from review.replies import PLATFORMS, Draft, DraftRefused, Drafts, Wish, draft_for_case, handover
from review.withheld import may_be_restricted
from triage.case_page import CasePage

TOLD = 400  # characters of the need in a hand-over


def handover_words(drafts: Drafts, page: CasePage, reader: Reader) -> str:
    """What the agency is told: the need masked, for a case opened by hand in the words of whoever opened it. Raises ReaderRefused."""
    opened_with = "" if page.mentions else str(page.events[0].detail.get("why", ""))
    need = str(page.mentions[0]["text"]) if page.mentions else opened_with
    return handover(drafts, page.case, "" if may_be_restricted(need) else mask(need, (), TOLD), reader)


def fitting_drafts(drafts: Drafts, case: Case, wanted: tuple[str, str], reader: Reader, day: date) -> list[Draft]:
    """The draft of one kind and language (``wanted``) for every platform that may have it."""
    kind, lang = wanted
    found = []
    for platform in PLATFORMS:
        try:
            found.append(draft_for_case(drafts, case, Wish(kind, platform, lang), reader, day))
        except DraftRefused:  # no such text there, or not for this case
            continue
    return found


def fitting_kinds(drafts: Drafts, case: Case, reader: Reader, day: date) -> list[str]:
    """The kinds of answers that this case may have, in the order of the file."""
    return [kind for kind in drafts.file.reply if fitting_drafts(drafts, case, (kind, "id"), reader, day)]
