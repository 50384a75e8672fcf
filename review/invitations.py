"""Who is asked to the lounge, in words that may leave the house: case numbers and kinds of need, no citizen's data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cases.case import Case
from cases.lounge import LoungeFile, Slot, invited
from cases.routing import agency_name
from cases.rules import Rules
from review.case_words import matter_words, place_part
from review.wording import long_date


def agency_invitations(
    rules: Rules, lounge: LoungeFile, day: date, heard: Sequence[tuple[Slot, Case]], program: str
) -> dict[str, str]:
    """By agency: the letter with its cases. It names the need and the kecamatan, nothing of the household."""
    by_agency: dict[str, list[tuple[Slot, Case]]] = {}
    for slot, case in heard:
        for name in invited(case):
            by_agency.setdefault(name, []).append((slot, case))
    return {
        name: lounge.invitation.agency.format(
            program=program,
            day=long_date(day),
            begins=_clock(rules, theirs[0][0]),
            place=lounge.sitting.place,
            agency=agency_name(rules, name, theirs[0][1].place_code),
            list="\n".join(_line(rules, slot, case) for slot, case in theirs),
            case="",
        ).strip()
        for name, theirs in by_agency.items()
    }


def complainant_invitation(rules: Rules, lounge: LoungeFile, slot: Slot, case: Case, program: str) -> str:
    """What the complainant is told, by direct message or by hand: the number, the day, the place."""
    return lounge.invitation.complainant.format(
        program=program,
        day=long_date(slot.starts_at.astimezone(rules.home.zone).date()),
        begins=_clock(rules, slot),
        place=lounge.sitting.place,
        agency="",
        list="",
        case=case.case_id,
    ).strip()


def _line(rules: Rules, slot: Slot, case: Case) -> str:
    matter = "kasus terbatas" if case.restricted else matter_words(case)
    kecamatan = "" if case.restricted else place_part(case.place_code, 8)
    return f"- {_clock(rules, slot)}  {case.case_id}  {matter}" + (f", Kecamatan {kecamatan}" if kecamatan else "")


def _clock(rules: Rules, slot: Slot) -> str:
    return slot.starts_at.astimezone(rules.home.zone).strftime("%H.%M")
