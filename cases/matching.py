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
    _described: dict[str, Described] = field(default_factory=dict)  # those in cases, and those that wait for one
    _case_of: dict[str, str] = field(default_factory=dict)  # by mention
    _by_mark: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _looked_up: dict[str, list[tuple[str, Likeness]]] = field(default_factory=dict)  # by mention, for those that wait
    _by_original: dict[str, str] = field(default_factory=dict)  # case by the mention that one of its own repeats
    _by_case: dict[str, list[Described]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, placed: Iterable[tuple[Described, str]], ended: Mapping[str, str] | None = None) -> KnownMentions:
        known = cls(dict(ended or {}))
        for described, case_id in placed:
            known.add(described, case_id)
        return known

    def add(self, described: Described, case_id: str) -> None:
        self._file(described)
        self._case_of[described.mention.mention_id] = case_id
        self._by_case[case_id].append(described)
        if described.mention.duplicate_of:
            self._by_original.setdefault(described.mention.duplicate_of, case_id)

    def repost_of(self, mention: Incoming) -> str | None:
        """The case of the original, or of another repost of it."""
        if mention.duplicate_of is None:
            return None
        return self._case_of.get(mention.duplicate_of) or self._by_original.get(mention.duplicate_of)

    def in_case(self, case_id: str) -> list[Described]:
        return self._by_case.get(case_id, [])

    def look_up(self, waiting: Sequence[Described]) -> set[str]:
        """Compare these ahead, each with those before it, too, while nobody waits for the database; every case that the question of joining may come to."""
        self._looked_up = {}
        for one in waiting:
            self._looked_up[one.mention.mention_id] = self._alike(one)
            self._file(one)
        alike = {mention_id for found in self._looked_up.values() for mention_id, _ in found}
        cases = {self._case_of.get(mention_id) for mention_id in alike} | {
            self.repost_of(one.mention) for one in waiting
        }
        return {case_id for case_id in cases if case_id}

    def matches(self, described: Described) -> list[Match]:
        """One for each case that is worth asking about, the likeliest first."""
        ahead = self._looked_up.get(described.mention.mention_id)
        best: dict[str, Match] = {}
        for mention_id, likeness in self._alike(described) if ahead is None else ahead:
            case_id = self._case_of.get(mention_id)
            if case_id and (case_id not in best or _rank(likeness) > _rank(best[case_id].likeness)):
                best[case_id] = Match(self._described[mention_id], case_id, likeness)
        return sorted(best.values(), key=lambda match: _rank(match.likeness), reverse=True)

    def _file(self, described: Described) -> None:
        """Where it is found from now on; it counts once it stands in a case."""
        if described.mention.mention_id not in self._described:
            self._described[described.mention.mention_id] = described
            for mark in {mark for mark, _ in marks(described)}:
                self._by_mark[mark].append(described.mention.mention_id)

    def _alike(self, described: Described) -> list[tuple[str, Likeness]]:
        """Those among the candidates that are more than different."""
        found = [(other, compare(self._described[other], described)) for other in self._candidates(described)]
        return [(other, likeness) for other, likeness in found if likeness.sure or likeness.worth_asking]

    def _candidates(self, described: Described) -> list[str]:
        """Those that share most with it."""
        shared: dict[str, float] = defaultdict(float)
        for mark, weight in marks(described):
            for mention_id in self._by_mark.get(mark, ())[-MOST_OF_A_MARK:]:
                shared[mention_id] += weight
        shared.pop(described.mention.mention_id, None)
        return nsmallest(MOST_COMPARED, shared, key=lambda mention_id: (-shared[mention_id], mention_id))


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
