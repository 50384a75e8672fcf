"""What one file of rules must agree on with itself and with the others; every fault names its line."""

from __future__ import annotations

from cases.regions import region_name
from cases.rule_file import RuleFile
from cases.rule_models import Action, AgenciesFile, DeadlinesFile, Rule, StatesFile, TaxonomyFile

OPEN, CLOSED = "terbuka", "tertutup"
# What a person may set with an action; state, version, clocks and rung follow from the action itself and are set by nobody.
SETTABLE = frozenset(
    ("category", "topic", "urgency", "place_code", "level", "handling", "restricted", "consent", "legal_basis", "sp4n_id",
     "assignee", "agency", "helpers")
)  # fmt: skip
PATHS = ("mention", "letter", "visit", "whatsapp", "other", "emergency")
LEVELS = ("kabkota", "provinsi", "pusat", "luar_wilayah")


def check_agencies(file: RuleFile, agencies: AgenciesFile, taxonomy: TaxonomyFile, region: str) -> None:
    if agencies.region != region:
        raise file.fault(
            ("region",),
            f"region {agencies.region} is not {region}, the program.region of tanggap.toml; "
            f"put this regency's agencies here, or mend the code",
        )
    seen: dict[tuple[object, ...], str] = {}
    dated: set[tuple[str, object]] = set()
    for number, rule in enumerate(agencies.rule):
        if (rule.id, rule.valid_from) in dated:
            raise file.fault(
                ("rule", number), f"rule {rule.id} stands here twice for one valid_from; rename it or date it later"
            )
        dated.add((rule.id, rule.valid_from))
        _check_names(file, number, rule, agencies, taxonomy)
        _check_places(file, number, rule, region)
        key = (rule.level, rule.category, rule.topic, tuple(sorted(rule.places)), rule.urgency, rule.restricted)
        other = seen.setdefault(key, rule.id)
        if other != rule.id:
            raise file.fault(
                ("rule", number), f"rule {rule.id} fits exactly what rule {other} fits; make one more particular"
            )
    _check_no_need_is_left(file, agencies, taxonomy)


def _check_names(file: RuleFile, number: int, rule: Rule, agencies: AgenciesFile, taxonomy: TaxonomyFile) -> None:
    for key, names in (("agency", [rule.agency]), ("also", rule.also)):
        for name in names:
            if name not in agencies.agency:
                raise file.fault(
                    ("rule", number, key), f"rule {rule.id} names the agency {name}; there is no [agency.{name}]"
                )
    for key, known in (("category", taxonomy.category), ("topic", taxonomy.topic)):
        name = getattr(rule, key)
        if name and name not in known:
            raise file.fault(
                ("rule", number, key), f"rule {rule.id} is for the {key} {name}, which taxonomy.toml does not have"
            )


def _check_places(file: RuleFile, number: int, rule: Rule, region: str) -> None:
    for code in rule.places:
        if region_name(code) is None:
            raise file.fault(("rule", number, "places"), f"rule {rule.id}: {code} is not a Kemendagri code")
        if rule.level == "kabkota" and code != region and not code.startswith(region + "."):
            raise file.fault(
                ("rule", number, "places"), f"rule {rule.id}: {code} does not lie in {region}, the home region"
            )


def _check_no_need_is_left(file: RuleFile, agencies: AgenciesFile, taxonomy: TaxonomyFile) -> None:
    """Each level has a last resort, and each category at home somebody who answers it whatever its place and urgency."""
    plain = [rule for rule in agencies.rule if not rule.places and rule.urgency is None and not rule.restricted]
    for level in LEVELS:
        if not any(rule.level == level and not rule.category and not rule.topic for rule in plain):
            raise file.fault(
                ("rule",), f"no rule is the last resort of the level {level}; add one with nothing but that level"
            )
    for name in taxonomy.category:
        if not any(rule.level == "kabkota" and rule.category == name for rule in plain):
            raise file.fault(("rule",), f"no rule at level kabkota is for the category {name}; add one")


def check_deadlines(file: RuleFile, deadlines: DeadlinesFile, agencies: set[str]) -> None:
    for number, override in enumerate(deadlines.override):
        if override.clock not in deadlines.clock:
            raise file.fault(("override", number, "clock"), f"there is no [clock.{override.clock}] to override")
        if override.agency != "*" and override.agency not in agencies:
            raise file.fault(
                ("override", number, "agency"), f"agencies.toml has no [agency.{override.agency}] to override for"
            )
        if override.limit <= deadlines.clock[override.clock].warn:
            raise file.fault(("override", number, "limit"), "limit is not above the clock's warn; raise it")


def check_states(file: RuleFile, states: StatesFile, clocks: set[str]) -> None:
    for name, state in states.state.items():
        if unknown := set(state.clocks.values()) - clocks:
            raise file.fault(("state", name, "clocks"), f"deadlines.toml has no [clock.{min(unknown)}]")
        if state.closed and state.clocks:
            raise file.fault(("state", name, "clocks"), f"{name} is closed; no clock runs there")
        if state.clocks and "lain" not in state.clocks:
            raise file.fault(("state", name, "clocks"), f"{name} has no clock for `lain`, every other handling; add it")
    for name, action in states.action.items():
        _check_action(file, name, action, states)
        if action.promises and action.promises not in clocks:
            raise file.fault(("action", name, "promises"), f"deadlines.toml has no [clock.{action.promises}]")
    for number, rung in enumerate(states.rung):
        if rung.state and rung.state not in states.state:
            raise file.fault(("rung", number, "state"), f"there is no [state.{rung.state}]")
        if number and _climb(states, number) < _climb(states, number - 1):
            raise file.fault(("rung", number), f"the rung {rung.id} comes earlier than the one below it")
    if unknown := set(states.path) - set(PATHS):
        raise file.fault(
            ("path", min(unknown)), f"no case comes in by the path {min(unknown)}; there are {', '.join(PATHS)}"
        )
    if states.gate.rung not in {rung.id for rung in states.rung}:
        raise file.fault(("gate", "rung"), f"there is no [[rung]] {states.gate.rung}")


def _climb(states: StatesFile, number: int) -> tuple[int, int]:
    return states.rung[number].working_days, states.rung[number].hours


def _check_action(file: RuleFile, name: str, action: Action, states: StatesFile) -> None:
    place = ("action", name)
    if unknown := set(action.from_states) - set(states.state) - {OPEN, CLOSED}:
        raise file.fault((*place, "from"), f"there is no [state.{min(unknown)}]")
    if action.to and action.to not in states.state:
        raise file.fault((*place, "to"), f"there is no [state.{action.to}]")
    if forbidden := (set(action.changes) | set(action.needs)) - SETTABLE:
        raise file.fault((*place, "changes"), f"{min(forbidden)} may be set by no action; it follows from what is done")
    if action.needs and not set(action.needs) <= set(action.changes):
        raise file.fault((*place, "needs"), f"{name} needs a field that it may not change")
    if action.to and states.state[action.to].closed and not (action.why and not action.changes):
        raise file.fault(
            place, f"{name} closes a case; it must ask why and change no data, so that saving closes nothing"
        )
    if action.commutes and (action.to or action.changes or action.attempt or action.climbs or action.clock):
        raise file.fault((*place, "commutes"), f"{name} changes the case; only what leaves it as it is may commute")
