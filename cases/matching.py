"""Which of the mentions in cases a new one is like: candidates by what they share, then the comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cases.likeness import LEAST_READING, Described, Incoming, Likeness, compare

MOST_COMPARED = 40  # candidates a mention: those that share most
MOST_OF_A_MARK = 200  # the newest that bear one mark: a flood has one village in a thousand posts
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
        for mark, _ in marks(described):
            self._by_mark[mark].append(described.mention.mention_id)

    def repost_of(self, mention: Incoming) -> str | None:
        """The case of the original, or of another repost of it."""
        if mention.duplicate_of is None:
            return None
        original = self._placed.get(mention.duplicate_of)
        return original[1] if original else self._by_original.get(mention.duplicate_of)

    def in_case(self, case_id: str) -> list[Described]:
        return self._by_case.get(case_id, [])

    def case_ids(self, described: Described) -> set[str]:
        """Every case that the question of joining may come to."""
        repost = self.repost_of(described.mention)
        return {match.case_id for match in self.matches(described)} | ({repost} if repost else set())

    def matches(self, described: Described) -> list[Match]:
        """One for each case that is worth asking about, the likeliest first."""
        best: dict[str, Match] = {}
        for mention_id in self._candidates(described):
            other, case_id = self._placed[mention_id]
            likeness = compare(other, described)
            known = best.get(case_id)
            if (likeness.sure or likeness.worth_asking) and (known is None or _rank(likeness) > _rank(known.likeness)):
                best[case_id] = Match(other, case_id, likeness)
        return sorted(best.values(), key=lambda match: _rank(match.likeness), reverse=True)

    def _candidates(self, described: Described) -> list[str]:
        shared: dict[str, float] = defaultdict(float)
        for mark, weight in marks(described):
            for mention_id in self._by_mark.get(mark, ())[-MOST_OF_A_MARK:]:
                shared[mention_id] += weight
        shared.pop(described.mention.mention_id, None)
        return sorted(shared, key=lambda mention_id: (-shared[mention_id], mention_id))[:MOST_COMPARED]


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
