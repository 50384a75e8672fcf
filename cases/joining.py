"""Whether a flagged mention opens a case or joins one. `join_or_open` is the only question asked from outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REJECTED = "bukan"  # the state of a case that a person said is no need
SAME_NEED = timedelta(days=14)  # the same author writing again about the same category


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is compared of a mention: ids and the opinion, no words."""

    mention_id: str
    platform: str
    author_id: str | None
    parent_id: str | None
    thread_id: str | None
    duplicate_of: str | None
    category: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """A mention that already stands in a case."""

    mention: Incoming
    case_id: str


@dataclass(frozen=True, slots=True)
class Joining:
    """Where a mention goes. ``case_id`` None: it opens one. ``related``: a closed case that it seems to go on from."""

    case_id: str | None
    how: str  # opened | merged
    score: float
    reason: str  # opened | thread | repost | author
    related: str | None = None


@dataclass
class KnownCases:
    """The mentions that stand in cases, looked up by what can make a new one belong to them; grows as mentions are placed."""

    placed: dict[str, Placed] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)  # the state in which a closed case stands, by its number
    _by_author: dict[tuple[str, str], list[Placed]] = field(default_factory=dict)
    _by_original: dict[str, Placed] = field(default_factory=dict)

    @classmethod
    def of(cls, placed: Iterable[Placed], ended: Mapping[str, str] | None = None) -> KnownCases:
        known = cls(ended=dict(ended or {}))
        for one in placed:
            known.add(one)
        return known

    def add(self, one: Placed) -> None:
        self.placed[one.mention.mention_id] = one
        if one.mention.author_id:
            self._by_author.setdefault((one.mention.platform, one.mention.author_id), []).append(one)
        if one.mention.duplicate_of:
            self._by_original.setdefault(one.mention.duplicate_of, one)

    def repost_of(self, mention: Incoming) -> Placed | None:
        """The original, or another repost of it."""
        if mention.duplicate_of is None:
            return None
        return self.placed.get(mention.duplicate_of) or self._by_original.get(mention.duplicate_of)

    def by_author(self, mention: Incoming) -> list[Placed]:
        """What the same account wrote, newest first."""
        if mention.author_id is None:
            return []
        found = self._by_author.get((mention.platform, mention.author_id), [])
        return sorted(found, key=lambda one: one.mention.created_at, reverse=True)


def join_or_open(mention: Incoming, known: KnownCases) -> Joining:
    """The case a mention surely belongs to, or a new one. Likeness of two needs is not judged here yet.

    Sure are: an answer to a mention of the case, the same author in one thread, a repost, the same author about the same
    category within 14 days. Under the program's own post many households write: the thread alone says nothing.
    """
    related = None
    for reason, one in ties(mention, known):
        ended = known.ended.get(one.case_id)
        if ended is None or (ended == REJECTED and reason == "repost"):
            return Joining(one.case_id, "merged", 1.0, reason)
        related = related or one.case_id
    return Joining(None, "opened", 1.0, "opened", related)


def ties(mention: Incoming, known: KnownCases) -> Iterator[tuple[str, Placed]]:
    """What binds a mention to those in cases, the strongest tie first."""
    repost = known.repost_of(mention)
    if repost:
        yield "repost", repost
    for above in (mention.parent_id, mention.thread_id):
        if above and above in known.placed:
            yield "thread", known.placed[above]
    for one in known.by_author(mention):
        if mention.thread_id and one.mention.thread_id == mention.thread_id:
            yield "thread", one
        same_time = abs(mention.created_at - one.mention.created_at) <= SAME_NEED
        if mention.category and one.mention.category == mention.category and same_time:
            yield "author", one
