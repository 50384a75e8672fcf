"""What a person can do with a case right now: the transition table, and what `decide` would say to each action of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.acting import Act, CaseRefused, allowed, decide
from cases.case import Case
from cases.rule_models import Action
from cases.rules import Rules


@dataclass(frozen=True, slots=True)
class Step:
    """One action of data/states.toml that the case's state allows. ``not_yet``: what has to come first; empty: it can be done."""

    name: str
    action: Action
    not_yet: str = ""


def next_steps(rules: Rules, case: Case, now: datetime) -> list[Step]:
    """The steps in the order of the file; a clock that stands cannot be stopped again, nor a running one resumed."""
    nonsense = "pause" if case.paused_at is not None else "resume"
    actions = [(name, rules.states.action[name]) for name in allowed(rules, case)]
    return [
        Step(name, action, _refusal(rules, case, name, now)) for name, action in actions if action.clock != nonsense
    ]


def _refusal(rules: Rules, case: Case, name: str, now: datetime) -> str:
    """What stands in the way whatever is written in the form: the act is tried with everything that it needs, and not kept."""
    action = rules.states.action[name]
    agency = case.agency or next(iter(rules.agencies.agency))
    needed = {"agency": agency} if "agency" in action.needs else {}
    keeps = {"tried": True} if action.promises else {}
    try:
        decide(rules, case, Act(name, "petugas", "alasan", needed, keeps=keeps), now)
    except CaseRefused as refused:
        return str(refused)
    return ""
