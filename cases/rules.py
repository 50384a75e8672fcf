"""The rules: five files of data/ as one checked whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from cases.regions import region_name
from cases.rule_checks import check_agencies, check_deadlines, check_states
from cases.rule_file import RuleFile, RulesError, parsed, read_rule_file
from cases.rule_models import (
    Action,
    AgenciesFile,
    Agency,
    Clock,
    DeadlinesFile,
    LevelsFile,
    Rule,
    Rung,
    State,
    StatesFile,
    TaxonomyFile,
)
from cases.working_days import WorkingDays
from settings import DATA, Settings

FILES = ("agencies", "levels", "deadlines", "states", "taxonomy")
SHARED = ("taxonomy",)  # read by the classifier too: one for all, never a home's own


@dataclass(frozen=True)
class Home:
    """The region whose desk this is: Kemendagri code, name, zone of its clocks."""

    region: str
    name: str  # Kabupaten Bekasi
    zone: ZoneInfo

    @property
    def kind(self) -> str:
        """kabupaten or kota."""
        return self.name.split()[0].lower()


@dataclass(frozen=True)
class Rules:
    """Everything the files say; ``files`` by name, for the line an entry stands on."""

    home: Home
    agencies: AgenciesFile
    levels: LevelsFile
    deadlines: DeadlinesFile
    states: StatesFile
    taxonomy: TaxonomyFile
    files: dict[str, RuleFile]

    @cached_property
    def working_days(self) -> WorkingDays:
        return WorkingDays(self.deadlines.calendar)

    def agency(self, name: str) -> Agency:
        return self.agencies.agency[name]

    def clock(self, name: str) -> Clock:
        return self.deadlines.clock[name]

    def state(self, name: str) -> State:
        return self.states.state[name]

    def action(self, name: str) -> Action | None:
        return self.states.action.get(name)

    @property
    def rungs(self) -> list[Rung]:
        return self.states.rung

    @cached_property
    def _in_force(self) -> dict[date, list[Rule]]:
        return {}

    def rules_on(self, day: date) -> list[Rule]:
        """The routing rules in force on a day; of several with one id, the newest that has begun."""
        if day in self._in_force:
            return self._in_force[day]
        newest: dict[str, Rule] = {}
        for rule in sorted(self.agencies.rule, key=lambda rule: rule.valid_from):
            if rule.valid_from <= day:
                newest[rule.id] = rule
        return self._in_force.setdefault(day, list(newest.values()))

    def where(self, rule: Rule) -> str:
        """file, line: of a routing rule."""
        file = self.files["agencies"]
        return f"{file.path}, line {file.line(('rule', self.agencies.rule.index(rule)))}"


def load_desk_rules(settings: Settings) -> Rules:
    """The rules of a desk: files in TANGGAP_HOME/data go before those of the repository, file by file."""

    def file_of(name: str) -> Path:
        own = settings.home / "data" / f"{name}.toml"
        return own if name not in SHARED and own.is_file() else DATA / f"{name}.toml"

    code = settings.program.region
    rules = load_rules(file_of, Home(code, region_name(code) or code, settings.zone))
    _ = rules.working_days
    return rules


def load_rules(file_of: Callable[[str], Path], home: Home) -> Rules:
    """Read and check the files; ``file_of`` says where the file of a name is (agencies -> …/agencies.toml).

    Raises RulesError, one sentence with file and line, at the first fault.
    """
    files = {name: read_rule_file(file_of(name)) for name in FILES}
    rules = Rules(
        home,
        parsed(files["agencies"], AgenciesFile),
        parsed(files["levels"], LevelsFile),
        parsed(files["deadlines"], DeadlinesFile),
        parsed(files["states"], StatesFile),
        parsed(files["taxonomy"], TaxonomyFile),
        files,
    )
    check_agencies(files["agencies"], rules.agencies, rules.taxonomy, home.region)
    check_deadlines(files["deadlines"], rules.deadlines, set(rules.agencies.agency))
    check_states(files["states"], rules.states, set(rules.deadlines.clock))
    _check_words(files["levels"], rules.levels)
    return rules


def _check_words(file: RuleFile, levels: LevelsFile) -> None:
    """Every level has its words, and they can be filled."""
    blanks = dict.fromkeys(("jenis", "home", "place", "reason", "agency", "helpers"), "")
    for name in ("kabkota", "provinsi", "pusat", "luar_wilayah"):
        if name not in levels.level:
            raise RulesError(f"{file.path}: there is no [level.{name}]; add it.")
    for name, words in levels.level.items():
        for key in ("label", "sentence"):
            try:
                getattr(words, key).format(**blanks)
            except (KeyError, IndexError, ValueError):
                raise file.fault(
                    ("level", name, key), f"{key} has a blank other than {{{'}, {'.join(blanks)}}}"
                ) from None
