"""Which agency a need is proposed to, and why: category or topic × place × level, by the rules of data/agencies.toml. A person decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from cases.regions import region_name
from cases.rule_file import RulesError
from cases.rule_models import Level, Rule
from cases.rules import Rules


@dataclass(frozen=True, slots=True)
class Reading:
    """One place that may be meant: its Kemendagri code, and how much speaks for it."""

    code: str
    weight: float


@dataclass(frozen=True, slots=True)
class Need:
    """What is known of a need. ``category_score``: P(category), None when a person said it."""

    category: str | None
    topic: str | None = None
    urgency: int | None = None
    level: str | None = None
    restricted: bool = False
    category_score: float | None = None
    places: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency that may be the first door, by which rule, and which share of the readings leads to it."""

    agency: str
    rule: str
    level: Level
    weight: float
    place: str | None


@dataclass(frozen=True, slots=True)
class Routing:
    """Candidates best first (at least one), who helps the first, and the reason in one Indonesian sentence."""

    candidates: tuple[Candidate, ...]
    helpers: tuple[str, ...]
    sure: bool  # False: a person must choose
    reason: str

    @property
    def first(self) -> Candidate:
        return self.candidates[0]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A routing as people read it."""

    agency: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class Door:
    """Where a concern that is not humanitarian belongs."""

    agency: str
    channel: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of a need: exactly one matter, place and level."""

    category: str | None
    topic: str | None
    place: str | None
    level: Level
    weight: float
    doubted: bool = False  # what is left when the category is not what the model thinks


def route(rules: Rules, need: Need, day: date, declined: Collection[str] = ()) -> Routing:
    """Rank the agencies for a need on a day. ``declined``: agencies that said it is not theirs; a person then chooses among the next."""
    weights: dict[str, float] = {}
    named: set[str] = set()
    best: dict[str, tuple[float, Candidate, Rule]] = {}
    for reading in _readings(rules, need):
        rule, agency = _decide(rules.rules_on(day), need, reading, declined)
        weights[agency] = weights.get(agency, 0.0) + reading.weight
        if agency not in best or reading.weight > best[agency][0]:
            candidate = Candidate(agency, rule.id, reading.level, 0.0, reading.place)
            best[agency] = (reading.weight, candidate, rule)
        named |= set() if reading.doubted else {agency}
    ranked = sorted(weights, key=lambda agency: (agency not in named, -weights[agency], agency))
    certainty = rules.levels.certainty
    kept = [agency for agency in ranked if agency == ranked[0] or weights[agency] >= certainty.least]
    candidates = tuple(
        Candidate(agency, shown.rule, shown.level, round(weights[agency], 4), shown.place)
        for agency in kept
        for shown in [best[agency][1]]
    )
    if declined:
        candidates += _next_doors(rules, need, candidates, day, declined)
    sure = candidates[0].weight >= certainty.sure and not declined
    helpers = _helpers(rules, need, candidates[0], best[ranked[0]][2], day)
    helpers = tuple(helper for helper in helpers if helper not in declined)
    reason = _sentence(rules, need, candidates, best[ranked[0]][2], (helpers, sure, bool(declined)))
    return Routing(candidates, helpers, sure, reason)


def propose(rules: Rules, need: Need, day: date) -> Proposal:
    """The first door in words."""
    routing = route(rules, need, day)
    first = routing.first
    return Proposal(agency_name(rules, first.agency, first.place), level_label(rules, first.level), routing.reason)


def door(rules: Rules, topic: str, day: date) -> Door | None:
    """The right door for a topic; None for opinions, news, thanks and jokes, which need no door."""
    for rule in rules.rules_on(day):
        if rule.topic == topic and rule.level == "kabkota" and not rule.places:
            agency = rules.agency(rule.agency)
            return Door(agency_name(rules, rule.agency), rule.channel or agency.channel or "")
    return None


def agency_name(rules: Rules, agency: str, place: str | None = None) -> str:
    """What people call an agency; that of another region needs the place's code."""
    return rules.agency(agency).name.format(place=_government(place) or "daerah setempat", home=rules.home.name)


def level_label(rules: Rules, level: str) -> str:
    """The government in words: kabupaten, provinsi, pusat, luar wilayah."""
    words = {str(name): one for name, one in rules.levels.level.items()}
    return words[level].label.format(jenis=rules.home.kind, home=rules.home.name, place="")


def _readings(rules: Rules, need: Need) -> Iterator[_Reading]:
    """Every place that may be meant with every matter that may be meant."""
    total = sum(reading.weight for reading in need.places)
    places = [(r.code, r.weight / total) for r in need.places if r.weight > 0] if total > 0 else [(None, 1.0)]
    share = 1.0 if need.category_score is None or need.category is None else min(max(need.category_score, 0.0), 1.0)
    for code, weight in places:
        level = _level(rules.home.region, code, need.level)
        if share > 0:
            yield _Reading(need.category, None if need.category else need.topic, code, level, weight * share)
        if share < 1:
            yield _Reading(None, need.topic, code, level, weight * (1 - share), doubted=True)


def _level(home: str, code: str | None, level: str | None) -> Level:
    """The government a reading is for: province and state wherever the place is, else by the place."""
    if level == "provinsi":
        return "provinsi"
    if level == "pusat":
        return "pusat"
    if code is None:
        return "luar_wilayah" if level == "luar_wilayah" else "kabkota"
    inside = code == home or code.startswith(home + ".") or home.startswith(code)
    return "kabkota" if inside else "luar_wilayah"


def _next_doors(
    rules: Rules, need: Need, ranked: tuple[Candidate, ...], day: date, declined: Collection[str]
) -> tuple[Candidate, ...]:
    """Whom else the rules name for the first candidate's reading, without a weight of their own: a person chooses after a refusal."""
    first, known = ranked[0], {one.agency for one in ranked}
    reading = _Reading(need.category, None if need.category else need.topic, first.place, first.level, 1.0)
    doors = {agency: rule for rule, agency in reversed(_doors(rules.rules_on(day), need, reading, declined))}
    others = [(agency, rule) for agency, rule in reversed(doors.items()) if agency not in known]
    return tuple(Candidate(agency, rule.id, first.level, 0.0, first.place) for agency, rule in others)


def _decide(in_force: list[Rule], need: Need, reading: _Reading, declined: Collection[str]) -> tuple[Rule, str]:
    """The most particular rule that fits, and its first agency that has not declined; the last resort when all have."""
    return _doors(in_force, need, reading, declined)[0]


def _doors(in_force: list[Rule], need: Need, reading: _Reading, declined: Collection[str]) -> list[tuple[Rule, str]]:
    """Every agency that a fitting rule names and that has not declined, the most particular rule first."""
    fitting = sorted(
        (rule for rule in in_force if _fits(rule, need, reading)),
        key=lambda rule: _particularity(rule, reading.place),
        reverse=True,
    )
    if not fitting:
        raise RulesError(
            f"agencies.toml has no rule in force for level {reading.level} on that day: add one, or an earlier valid_from."
        )
    doors = [(rule, agency) for rule in fitting for agency in (rule.agency, *rule.also) if agency not in declined]
    return doors or [(fitting[-1], fitting[-1].agency)]


def _fits(rule: Rule, need: Need, reading: _Reading) -> bool:
    return (
        rule.level == reading.level
        and rule.category in (None, reading.category)
        and rule.topic in (None, reading.topic)
        and rule.urgency in (None, need.urgency)
        and (need.restricted or not rule.restricted)
        and (not rule.places or _place_length(rule, reading.place) > 0)
    )


def _particularity(rule: Rule, place: str | None) -> tuple[bool, bool, int, bool]:
    return rule.restricted, rule.urgency is not None, _place_length(rule, place), bool(rule.category or rule.topic)


def _place_length(rule: Rule, place: str | None) -> int:
    """How exactly a rule names a place: the length of its longest code around it."""
    if place is None:
        return 0
    return max((len(code) for code in rule.places if place == code or place.startswith(code + ".")), default=0)


def _helpers(rules: Rules, need: Need, first: Candidate, rule: Rule, day: date) -> tuple[str, ...]:
    """Who the rule names beside the first; a restricted need keeps the agency that would have it otherwise."""
    names = [rule.agency, *rule.also]
    if rule.restricted:
        reading = _Reading(need.category, None if need.category else need.topic, first.place, first.level, 1.0)
        open_need = Need(need.category, need.topic, need.urgency)
        names += [_decide(rules.rules_on(day), open_need, reading, ())[1]]
    return tuple(dict.fromkeys(name for name in names if name != first.agency))


def _sentence(
    rules: Rules, need: Need, candidates: tuple[Candidate, ...], rule: Rule, found: tuple[tuple[str, ...], bool, bool]
) -> str:
    helpers, sure, declined = found
    first, words = candidates[0], rules.levels.certainty
    names = [agency_name(rules, helper, first.place) for helper in helpers]
    place = _government(first.place) or "daerah lain"
    text = rules.levels.level[first.level].sentence.format(
        jenis=rules.home.kind,
        home=rules.home.name,
        place=place,
        reason=rule.reason.format(home=rules.home.name, place=place),
        agency=agency_name(rules, first.agency, first.place),
        helpers=f", dibantu {_listed(names, 'dan')}" if names else "",
    )
    if need.urgency == 2:
        text = words.urgent + text
    if not sure:
        others = [agency_name(rules, other.agency, other.place) for other in candidates[1:]]
        choice = f", pilihan lain {_listed(others, 'atau')}" if others else ""
        text += f"; {_doubt(rules, need, declined)}, pastikan dulu{choice}"
    return text[:1].upper() + text[1:] + "."


def _doubt(rules: Rules, need: Need, declined: bool) -> str:
    words = rules.levels.certainty
    if declined:
        return words.declined
    doubts = []
    total = sum(reading.weight for reading in need.places)
    if total and max(reading.weight for reading in need.places) / total < words.sure:
        doubts.append(words.place_unsure)
    if need.category_score is not None and need.category_score < words.sure:
        doubts.append(words.category_unsure)
    return " dan ".join(doubts or [words.place_unsure, words.category_unsure])


def _listed(names: list[str], conjunction: str) -> str:
    return f" {conjunction} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _government(code: str | None) -> str | None:
    """Kota Bekasi for 32.75.03.1001"""
    return region_name(code[:5]) if code else None
