"""Which of the mentions in cases a new one is like: candidates by what they share, then the comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from cases.likeness import LEAST_READING, Described, Incoming, Likeness, compare

MOST_COMPARED = 16  # candidates a mention: those that share most
MOST_OF_A_MARK = 60  # the newest that bear one mark: a flood has one village in a thousand posts
PLACE_WEIGHT = {3: 1.0, 4: 3.0}  # by the parts of the code; words weigh by their rarity, a name like two rare words
NAME_WEIGHT, AUTHOR_WEIGHT = 12.0, 30.0


@dataclass(frozen=True, slots=True)
class Match:
    """A mention in a case that a new one is like."""

    described: Described
    case_id: str
    likeness: Likeness


@dataclass
class KnownMentions:
    """What is known of the mentions in cases, found by what they say; grows as mentions are placed."""

    ended: dict[str, str] = field(default_factory=dict)  # the state in which a closed case stands, by its number
    _placed: dict[str, tuple[Described, str]] = field(default_factory=dict)
    _by_mark: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _looked_up: dict[str, dict[str, Match]] = field(default_factory=dict)
    _since: list[tuple[str, set[str]]] = field(default_factory=list)  # placed since the search, with their marks
    _by_original: dict[str, str] = field(default_factory=dict)  # case by the mention that one of its own repeats
    _by_case: dict[str, list[Described]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, placed: Iterable[tuple[Described, str]], ended: Mapping[str, str] | None = None) -> KnownMentions:
        known = cls(dict(ended or {}))
        for described, case_id in placed:
            known.add(described, case_id)
        return known

    def add(self, described: Described, case_id: str) -> None:
        self._placed[described.mention.mention_id] = (described, case_id)
        self._by_case[case_id].append(described)
        if described.mention.duplicate_of:
            self._by_original.setdefault(described.mention.duplicate_of, case_id)
        own = {mark for mark, _ in marks(described)}
        self._since.append((described.mention.mention_id, own))
        for mark in own:
            self._by_mark[mark].append(described.mention.mention_id)

    def repost_of(self, mention: Incoming) -> str | None:
        """The case of the original, or of another repost of it."""
        if mention.duplicate_of is None:
            return None
        original = self._placed.get(mention.duplicate_of)
        return original[1] if original else self._by_original.get(mention.duplicate_of)

    def in_case(self, case_id: str) -> list[Described]:
        return self._by_case.get(case_id, [])

    def look_up(self, waiting: Sequence[Described]) -> set[str]:
        """Search for these ahead, while nobody waits for the database; every case that the question of joining may come to."""
        self._looked_up = {one.mention.mention_id: self._best(one, self._candidates(one)) for one in waiting}
        self._since = []
        reposts = {self.repost_of(one.mention) for one in waiting} - {None}
        return {case_id for best in self._looked_up.values() for case_id in best} | {one for one in reposts if one}

    def matches(self, described: Described) -> list[Match]:
        """One for each case that is worth asking about, the likeliest first."""
        ahead = self._looked_up.get(described.mention.mention_id)
        mention_ids = self._candidates(described) if ahead is None else self._fresh(described)
        best = _likelier(ahead or {}, self._best(described, mention_ids))
        return sorted(best.values(), key=lambda match: _rank(match.likeness), reverse=True)

    def _best(self, described: Described, mention_ids: Iterable[str]) -> dict[str, Match]:
        best: dict[str, Match] = {}
        for mention_id in mention_ids:
            other, case_id = self._placed[mention_id]
            likeness = compare(other, described)
            if likeness.sure or likeness.worth_asking:
                best = _likelier(best, {case_id: Match(other, case_id, likeness)})
        return best

    def _fresh(self, described: Described) -> list[str]:
        """What was placed since the search and shares something."""
        own = dict(marks(described))
        shared = {
            mention_id: sum(own[mark] for mark in own.keys() & theirs)
            for mention_id, theirs in self._since
            if not own.keys().isdisjoint(theirs)
        }
        return _most(shared)

    def _candidates(self, described: Described) -> list[str]:
        shared: dict[str, float] = defaultdict(float)
        for mark, weight in marks(described):
            for mention_id in self._by_mark.get(mark, ())[-MOST_OF_A_MARK:]:
                shared[mention_id] += weight
        shared.pop(described.mention.mention_id, None)
        return _most(shared)


def _most(shared: Mapping[str, float]) -> list[str]:
    """Those that share most."""
    return nsmallest(MOST_COMPARED, shared, key=lambda mention_id: (-shared[mention_id], mention_id))


def _likelier(one: dict[str, Match], other: dict[str, Match]) -> dict[str, Match]:
    """The likelier match of each case."""
    found = dict(one)
    for case_id, match in other.items():
        if case_id not in found or _rank(match.likeness) > _rank(found[case_id].likeness):
            found[case_id] = match
    return found


def _rank(likeness: Likeness) -> tuple[bool, float]:
    return likeness.sure, likeness.chance


def marks(described: Described) -> Iterator[tuple[str, float]]:
    """What two mentions must share one of to be compared, and how much it says. Names stand in it as hashes only."""
    facts, mention = described.facts, described.mention
    if mention.author_id:
        yield f"author {mention.platform} {mention.author_id}", AUTHOR_WEIGHT
    for mention_id in {mention.mention_id, mention.thread_id, mention.parent_id} - {None}:
        yield f"thread {mention_id}", AUTHOR_WEIGHT
    for code, weight in described.places.items():
        if weight >= LEAST_READING:
            parts = code.split(".")
            for size in (3, 4):
                if len(parts) >= size:
                    yield f"place {'.'.join(parts[:size])}", PLACE_WEIGHT[size]
    for name in facts.names | facts.phones:
        yield name, NAME_WEIGHT
    for word, weight in facts.words.items():
        if word not in facts.names:
            yield word, weight
