"""Whether a flagged mention opens a case or joins one. `join_or_open` is the only question asked from outside."""

from __future__ import annotations

from dataclasses import dataclass

from cases.likeness import Described, Likeness, compare
from cases.matching import KnownMentions, Match

REJECTED = "bukan"  # the state of a case that a person said is no need
MOST_SUGGESTIONS = 3  # a mention: more is noise
_SIGNS = {
    "author": "penulis yang sama",
    "thread": "percakapan yang sama",
    "name": "nama yang sama (disamarkan)",
    "phone": "nomor telepon yang sama (disamarkan)",
    "address": "RT atau nomor rumah yang sama",
    "age": "umur yang sama",
    "village": "desa yang sama",
    "district": "kecamatan yang sama",
    "category": "kategori yang sama",
    "words": "kata-kata langka yang sama",
}
_CONFLICTS = {
    "other_name": "nama berbeda",
    "other_age": "umur berbeda",
    "other_address": "RT atau nomor rumah berbeda",
    "apart": "tempat berbeda",
    "template": "kalimat sama dengan isian lain",
}


@dataclass(frozen=True, slots=True)
class Joining:
    """Where a mention goes. ``case_id`` None: it opens one. ``related``: a closed case that it seems to go on from."""

    case_id: str | None
    how: str  # opened | merged
    score: float
    reason: str  # opened | thread | repost | author | likeness
    related: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A case that may be about the same household as a mention; a person decides."""

    mention_id: str
    other_mention_id: str  # in that case
    other_case_id: str
    likeness: Likeness
    reason: str  # one Indonesian sentence without a citizen's words


def join_or_open(described: Described, known: KnownMentions) -> tuple[Joining, tuple[Suggestion, ...]]:
    """The case a mention surely belongs to, or a new one; and the cases about which a person is asked.

    Sure are a repost, the same author going on about one need, and several independent signs with a name or a house
    among them. A conflict with any mention of the case, or two cases that both seem sure, leaves it to a person.
    """
    repost = known.repost_of(described.mention)
    related = None
    if repost is not None:
        ended = known.ended.get(repost)
        if ended is None or ended == REJECTED:
            return Joining(repost, "merged", 1.0, "repost"), ()
        related = repost
    matches = known.matches(described)
    sure = [match for match in matches if match.likeness.sure]
    going_on = [match for match in sure if match.case_id not in known.ended and _fits(described, match, known)]
    related = related or next((match.case_id for match in sure if match.case_id in known.ended), None)
    joining = Joining(None, "opened", 1.0, "opened", related)
    if len(going_on) == 1:
        best = going_on[0]
        joining = Joining(best.case_id, "merged", round(best.likeness.chance, 3), _reason(best.likeness))
    asked = [one for one in matches if one.case_id not in known.ended and one.case_id != joining.case_id]
    return joining, tuple(_suggestion(described, match) for match in asked[:MOST_SUGGESTIONS])


def _fits(described: Described, match: Match, known: KnownMentions) -> bool:
    """No mention of the case contradicts."""
    return not any(compare(one, described).conflicts for one in known.in_case(match.case_id))


def _reason(likeness: Likeness) -> str:
    return next((sign for sign in ("thread", "author") if sign in likeness.signs), "likeness")


def _suggestion(described: Described, match: Match) -> Suggestion:
    other = match.described.mention.mention_id
    return Suggestion(described.mention.mention_id, other, match.case_id, match.likeness, sentence(match.likeness))


def sentence(likeness: Likeness) -> str:
    """Why two mentions may be about one household, and what speaks against it."""
    signs = [_SIGNS[sign] for sign in likeness.signs if sign in _SIGNS]
    against = [_CONFLICTS[conflict] for conflict in likeness.conflicts]
    days = round(likeness.hours / 24)
    apart = f"berselang {days} hari" if days else f"berselang {round(likeness.hours)} jam"
    head = f"Mungkin keluarga yang sama ({likeness.chance:.0%}): {', '.join([*signs, apart])}"
    return f"{head}; tetapi {', '.join(against)}." if against else f"{head}."
