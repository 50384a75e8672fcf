"""The morning's work on cases: mentions open or join them, verdicts and deadlines move them. No Prefect here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases.acting import Act, allowed, decide
from cases.case import SYSTEM, Case, CaseEvent, apply
from cases.escalation import rung_by_clock
from cases.joining import Suggestion, join_or_open
from cases.likeness import Described, Incoming
from cases.matching import KnownMentions
from cases.opening import Intake, joined, opened
from cases.rules import Rules, load_desk_rules
from flows.case_news import news_events
from flows.collecting import utc_now
from flows.describing import Describer, describer, joining_key
from flows.progress import Steps
from settings import Settings
from triage.case_opening import (
    changed_opinions,
    flagged_again,
    need_of,
    new_verdicts,
    news_for_people,
    no_longer_flagged,
    placed_mentions,
    readings,
    unplaced,
    with_a_case,
)
from triage.casework import late_case_ids, read_cases, save_events
from triage.database import unit_of_work
from triage.slices import Slice
from triage.suggesting import save_suggestions
from triage.verdicts import take_in

MOST_MENTIONS = 100_000  # a run; what is beyond is taken by the next
SILENCE = "pelapor_diam"  # the clock of deadlines.toml that waits for the reporter of a finished case
SLICE = 80  # mentions or cases of the first unit of work; the next ones follow how long it took


@dataclass
class Tally:
    """What a run did."""

    opened: int = 0
    joined: int = 0
    suggested: int = 0
    verdicts: int = 0
    withdrawn: int = 0
    climbed: int = 0


def triage_cases(settings: Settings, steps: Steps) -> Tally:
    """Open and join, then take in verdicts, then what a new model no longer flags, then let late cases climb."""
    rules, tally = load_desk_rules(settings), Tally()
    place_mentions(settings, rules, tally)
    take_in_verdicts(settings, rules, tally)
    follow_the_model(settings, rules, tally)
    climb(settings, rules, tally)
    steps.say(
        "cases",
        f"{tally.opened} opened, {tally.joined} joined, {tally.suggested} suggested, {tally.verdicts} verdicts, "
        f"{tally.withdrawn} withdrawn, {tally.climbed} escalated",
        done=True,
    )
    return tally


def place_mentions(settings: Settings, rules: Rules, tally: Tally) -> None:
    """Every flagged mention without a case opens one or joins one; where it is not sure, a person is asked."""
    with unit_of_work(settings.database) as connection:
        rows = unplaced(connection, MOST_MENTIONS)
        placed = placed_mentions(connection, rows)
    if not rows:
        return
    reader = describer(settings.program.region, joining_key(settings.var))
    known = KnownMentions.of((_described(row, reader), row["case_id"]) for row in placed)
    waiting = [(row, _described(row, reader)) for row in rows]
    sliced = Slice(SLICE)
    for part in sliced.cut(waiting):
        looked_at = known.look_up([described for _, described in part])
        with sliced.unit(settings.database) as connection:
            cases = {case.case_id: case for case in read_cases(connection, sorted(looked_at))}
            placing = _Placing(rules, known, cases)
            placing.remember_ended()
            taken = with_a_case(connection, [row["mention_id"] for row, _ in part])
            for row, described in part:
                if row["mention_id"] not in taken:  # somebody may have been faster
                    placing.place(row, described, utc_now())
            save_events(connection, placing.events, placing.touched())
            save_suggestions(connection, placing.suggestions, utc_now())
        tally.opened += sum(event.kind == "opened" for event in placing.events)
        tally.joined += sum(event.kind == "joined" for event in placing.events)
        tally.suggested += len(placing.suggestions)


@dataclass
class _Placing:
    """A slice of mentions on its way into cases: what is known, and the events so far."""

    rules: Rules
    known: KnownMentions
    cases: dict[str, Case]
    events: list[CaseEvent] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)

    def place(self, row: dict[str, Any], described: Described, now: datetime) -> None:
        """Open a case for a mention or join it to one."""
        found, suggestions = join_or_open(described, self.known)
        if found.case_id is None:
            case = self._add(opened(self.rules, need_of(row), _intake(row, found.related), now))
        else:
            how = {"how": found.how, "score": found.score, "reason": found.reason}
            case = self._add(joined(self.cases[found.case_id], row["mention_id"], how, now))
            for event in _alarm(self.rules, case, row, now):
                case = self._add(event)
        self.suggestions += suggestions
        self.known.add(described, case.case_id)

    def remember_ended(self) -> None:
        """How the cases stand now, whatever was known of them."""
        for case in self.cases.values():
            self.known.ended.pop(case.case_id, None)
            if case.closed:
                self.known.ended[case.case_id] = case.state

    def touched(self) -> list[Case]:
        return [self.cases[case_id] for case_id in dict.fromkeys(event.case_id for event in self.events)]

    def _add(self, event: CaseEvent) -> Case:
        case = self.cases[event.case_id] = apply(self.cases.get(event.case_id), event)
        self.events.append(event)
        return case


def _alarm(rules: Rules, case: Case, row: dict[str, Any], now: datetime) -> list[CaseEvent]:
    """A joining mention may bring the word that a life is in danger, or that the matter must be protected: the case takes it on."""
    changes: dict[str, Any] = {}
    if row["urgency"] == 2 and not case.emergency:
        changes["urgency"] = 2
    if row["restricted"] and not case.restricted:
        changes["restricted"] = True
    if not changes or case.closed:
        return []
    return [decide(rules, case, Act("correct", SYSTEM, "Unggahan yang bergabung menyebutnya.", changes), now)]


def take_in_verdicts(settings: Settings, rules: Rules, tally: Tally) -> None:
    """Verdicts that their cases have not taken in: those of the app are, those of imports and of mentions that had no case yet are not."""
    with unit_of_work(settings.database) as connection:
        case_ids = list(dict.fromkeys(row["case_id"] for row in new_verdicts(connection)))
    sliced = Slice(SLICE)
    for part in sliced.cut(case_ids):
        with sliced.unit(settings.database) as connection:
            tally.verdicts += take_in(connection, rules, part, utc_now())


def follow_the_model(settings: Settings, rules: Rules, tally: Tally) -> None:
    """New cases that only a model spoke for end when the next one does not, and come back when it does; confirmed ones stay."""
    withdraw = Act("withdraw", SYSTEM, "Model baru tidak menandainya lagi.")
    tally.withdrawn = _act_on_all(settings, rules, lambda connection: no_longer_flagged(connection, SYSTEM), withdraw)
    _act_on_all(settings, rules, flagged_again, Act("reopen", SYSTEM, "Model baru menandainya lagi."))
    _take_over_opinions(settings, rules)
    _tell_of_news(settings, rules)


def _take_over_opinions(settings: Settings, rules: Rules) -> None:
    """An untouched case follows what a new model, or an edited text, says of its first mention."""
    with unit_of_work(settings.database) as connection:
        case_ids = [row["case_id"] for row in changed_opinions(connection, SYSTEM)]
    sliced = Slice(SLICE)
    for part in sliced.cut(case_ids):
        with sliced.unit(settings.database) as connection:
            opinions = {row.pop("case_id"): row for row in changed_opinions(connection, SYSTEM)}
            cases = [case for case in read_cases(connection, part) if case.case_id in opinions]
            events = [
                decide(rules, case, Act("correct", SYSTEM, "Penilaian baru.", opinions[case.case_id]), utc_now())
                for case in cases
            ]
            save_events(connection, events, map(apply, cases, events))


def _tell_of_news(settings: Settings, rules: Rules) -> None:
    """What people decided stays; what changed about the mentions since stands as a note on the case, once."""
    with unit_of_work(settings.database) as connection:
        case_ids = list(dict.fromkeys(row["case_id"] for row in news_for_people(connection, SYSTEM)))
    sliced = Slice(SLICE)
    for part in sliced.cut(case_ids):
        with sliced.unit(settings.database) as connection:
            cases = {case.case_id: case for case in read_cases(connection, part)}
            events = news_events(rules, cases, news_for_people(connection, SYSTEM), utc_now())
            save_events(connection, events, [cases[case_id] for case_id in {event.case_id for event in events}])


def _act_on_all(settings: Settings, rules: Rules, question: Callable[[Any], list[str]], act: Act) -> int:
    """Do one thing with every case that a question names; each slice asks again, for a person may have been faster."""
    with unit_of_work(settings.database) as connection:
        case_ids = question(connection)
    sliced = Slice(SLICE)
    for part in sliced.cut(case_ids):
        with sliced.unit(settings.database) as connection:
            still = set(question(connection))
            cases = [case for case in read_cases(connection, part) if case.case_id in still]
            events = [decide(rules, case, act, utc_now()) for case in cases]
            save_events(connection, events, map(apply, cases, events))
    return len(case_ids)


def climb(settings: Settings, rules: Rules, tally: Tally) -> None:
    """Late cases climb the ladder as high as their lateness has reached; answered ones whose reporter is silent are closed."""
    now = utc_now()
    with unit_of_work(settings.database) as connection:
        late = late_case_ids(connection, now)
    sliced = Slice(SLICE)
    for part in sliced.cut(late):
        with sliced.unit(settings.database) as connection:
            events: list[CaseEvent] = []
            climbed: dict[str, Case] = {}
            for case in read_cases(connection, part):
                overdue = _lapsing if case.clock == SILENCE else _climbing
                for event in overdue(rules, case, now):
                    events.append(event)
                    climbed[case.case_id] = apply(climbed.get(case.case_id, case), event)
            save_events(connection, events, climbed.values())
        tally.climbed += len(events)


def _lapsing(rules: Rules, case: Case, now: datetime) -> Iterator[CaseEvent]:
    """A finished case closes when its reporter has said nothing in time; an emergency waits for a person to close it."""
    if "lapse" in allowed(rules, case):
        yield decide(rules, case, Act("lapse", SYSTEM, "Pelapor tidak menanggapi jawaban sampai batas waktunya."), now)


def _climbing(rules: Rules, case: Case, now: datetime) -> Iterator[CaseEvent]:
    while (rung := rung_by_clock(rules, case, now)) is not None:
        act = Act("escalate", SYSTEM, f"Lewat batas waktu: giliran {rung.label.lower()}.", rung=rung.id)
        event = decide(rules, case, act, now)
        case = apply(case, event)
        yield event


def _intake(row: dict[str, Any], related: str | None) -> Intake:
    return Intake("mention", row["first_seen_at"], row["place_code"] or None, row["mention_id"], related)


def _described(row: dict[str, Any], reader: Describer) -> Described:
    mention = Incoming(**{name: row[name] for name in Incoming.__dataclass_fields__})
    places = {one["code"]: float(one["weight"]) for one in readings(row)}
    return Described(mention, reader.facts(row["text"] or ""), places)
