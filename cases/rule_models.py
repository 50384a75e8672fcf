"""What the files of rules hold, entry by entry."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Level = Literal["kabkota", "provinsi", "pusat", "luar_wilayah"]
Handling = Literal["darurat", "informasi", "tidak_berpengawasan", "berpengawasan", "lain"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Words = Annotated[str, Field(min_length=1, max_length=300)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Entry(Part):
    """Every rule says where it comes from, what it rests on and since when it is used here."""

    legal_basis: Words
    source: Words
    valid_from: date


class Agency(Entry):
    name: Words
    level: Level = "kabkota"
    channel: str | None = None


class Rule(Entry):
    """One line of routing: which needs it fits, and who answers them."""

    id: Name
    level: Level = "kabkota"
    category: Name | None = None
    topic: Name | None = None
    places: list[Annotated[str, Field(pattern=r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$")]] = []
    urgency: Annotated[int, Field(ge=0, le=2)] | None = None
    restricted: bool = False
    agency: Name
    also: list[Name] = []
    channel: str | None = None
    reason: Words

    @model_validator(mode="after")
    def _one_matter(self) -> Rule:
        if self.category and self.topic:
            raise ValueError("names a category and a topic; a rule is for one of them")
        return self


class AgenciesFile(Part):
    region: Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]{2}$")]
    agency: dict[Name, Agency]
    rule: list[Rule]


class LevelWords(Entry):
    label: Words
    sentence: Words


class Certainty(Entry):
    """From which share of the readings on a candidate is sure, and the words for what is not."""

    sure: Annotated[float, Field(gt=0.5, le=1)]
    least: Annotated[float, Field(ge=0, lt=0.5)]
    urgent: Words
    place_unsure: Words
    category_unsure: Words
    declined: Words


class LevelsFile(Part):
    level: dict[Level, LevelWords]
    certainty: Certainty


class DayOff(Part):
    date: date
    name: Words
    source: Words


class CalendarRules(Entry):
    cuti_bersama: bool
    extra: list[DayOff] = []
    not_off: list[DayOff] = []


class Clock(Entry):
    """A time limit in exactly one unit; ``warn`` is in the same unit."""

    about: Words
    hours: Annotated[int, Field(gt=0)] | None = None
    days: Annotated[int, Field(gt=0)] | None = None
    working_days: Annotated[int, Field(gt=0)] | None = None
    warn: Annotated[int, Field(ge=0)]
    pausable: bool

    @model_validator(mode="after")
    def _one_unit(self) -> Clock:
        if sum(limit is not None for limit in (self.hours, self.days, self.working_days)) != 1:
            raise ValueError("needs exactly one of hours, days, working_days")
        if self.warn >= self.limit:
            raise ValueError("warns from its very beginning; warn must be smaller than the limit")
        return self

    @property
    def limit(self) -> int:
        return self.hours or self.days or self.working_days or 0


class Override(Entry):
    clock: Name
    agency: Annotated[str, Field(pattern=r"^(\*|[a-z][a-z0-9_]*)$")]
    limit: Annotated[int, Field(gt=0)]


class DeadlinesFile(Part):
    calendar: CalendarRules
    clock: dict[Name, Clock]
    override: list[Override] = []


class State(Entry):
    label: Words
    lapor_aa: Words
    closed: bool = False
    clocks: dict[Handling, Name] = {}


class Action(Entry):
    """One thing that may be done with a case; data/states.toml says what each key means."""

    label: Words
    from_states: list[Name] = Field(alias="from", min_length=1)
    to: Name | None = None
    why: bool = False
    changes: list[Name] = []
    needs: list[Name] = []
    attempt: bool = False
    emergency: Literal["attempt", "never"] | None = None
    confirms: bool = False
    declines: bool = False
    climbs: bool = False
    restarts: bool = False
    commutes: bool = False
    system: bool = False
    promises: Name | None = None
    clock: Literal["pause", "resume"] | None = None


class Rung(Entry):
    id: Name
    label: Words
    working_days: Annotated[int, Field(ge=0)]
    hours: Annotated[int, Field(ge=0)]
    state: Name | None = None
    forwarded: bool = False


class Gate(Entry):
    rung: Name
    attempts: Annotated[int, Field(ge=1)]
    or_late: bool
    danger_skips: bool


class Path(Entry):
    """What a case begins with by the way it came in: consent, and on what ground it is processed (UU 27/2022 art. 20)."""

    consent: Literal["belum", "ada", "ditolak", "wali"] = "belum"


class StatesFile(Part):
    state: dict[Name, State]
    action: dict[Name, Action]
    rung: Annotated[list[Rung], Field(min_length=1)]
    gate: Gate
    path: dict[Name, Path] = {}


class TaxonomyEntry(Entry):
    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class TaxonomyFile(Part):
    """As much of taxonomy.toml as routing needs: the names; classifiers/taxonomy.py reads the rest."""

    category: dict[Name, TaxonomyEntry]
    topic: dict[Name, TaxonomyEntry]
    urgency: dict[str, TaxonomyEntry]
    restricted: dict[Name, TaxonomyEntry]
