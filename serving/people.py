"""Who is at the screen, and what each role may do: the one table that every guard asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    reviewer = "reviewer"
    lead = "lead"
    analyst = "analyst"
    restricted_officer = "restricted_officer"
    admin = "admin"


class Permission(StrEnum):
    review = "review"  # queue, card, verdict
    casework = "casework"  # case pages and acts
    lead = "lead"  # board, escalation, lounge
    figures = "figures"
    restricted = "restricted"  # records about violence, children, suicide, trafficking
    unmask = "unmask"  # a citizen's words in full, one mention at a time, asked and logged
    admin = "admin"  # users, rules in force, sources, models; no citizen's words


ROLES: dict[Role, frozenset[Permission]] = {
    Role.reviewer: frozenset({Permission.review, Permission.casework, Permission.figures}),
    Role.lead: frozenset(
        {Permission.review, Permission.casework, Permission.lead, Permission.figures, Permission.unmask}
    ),
    Role.analyst: frozenset({Permission.figures}),
    Role.restricted_officer: frozenset(
        {Permission.review, Permission.casework, Permission.figures, Permission.restricted, Permission.unmask}
    ),
    Role.admin: frozenset({Permission.admin}),
}
ROLE_LABELS = {
    Role.reviewer: "Peninjau",
    Role.lead: "Koordinator",
    Role.analyst: "Analis",
    Role.restricted_officer: "Petugas kasus terbatas",
    Role.admin: "Admin",
}
SECOND_FACTOR = frozenset({Role.lead, Role.admin})  # of a desk with real data


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in user."""

    user_id: str
    name: str
    role: Role
    language: str  # id | en
    session_id: str


def may(person: Person, permission: Permission) -> bool:
    return permission in ROLES[person.role]


def home_of(person: Person) -> str:
    """The address a person starts from."""
    starts = ((Permission.review, "/antrean"), (Permission.admin, "/admin"), (Permission.figures, "/angka"))
    return next(address for permission, address in starts if may(person, permission))
