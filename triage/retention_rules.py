"""data/retention.toml: how long each table and folder is kept, and what happens then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cases.rule_file import parsed, read_rule_file

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
# What a rule may leave longer, as a condition on the table's row that says "not yet".
UNLESS = {
    "open_case": "case",  # see retention_mentions.sql, retention_events.sql
    "champion": "model_version IN (SELECT model_version FROM models WHERE status = 'champion')",
    "waiting": "processed_at IS NULL",
    "open": "state = 'open'",
}


class Rule(BaseModel):
    """What happens to one table or folder."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    then: Literal["keep", "delete", "blank"]
    why: Annotated[str, Field(min_length=1, max_length=300)]
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    since: Name | None = None
    columns: list[Name] = []
    unless: Literal["open_case", "champion", "waiting", "open"] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if (self.then == "keep") != (self.days is None):
            raise ValueError("needs days unless it keeps, and has none when it does")
        if self.columns and self.then != "blank":
            raise ValueError("names columns but blanks none")
        return self


class RetentionFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    table: dict[Name, Rule]
    folder: dict[Name, Rule]


@dataclass(frozen=True, slots=True)
class Retention:
    """The rules and where they were read."""

    path: Path
    tables: dict[str, Rule]
    folders: dict[str, Rule]


def load_retention(home: Path, shipped: Path) -> Retention:
    """TANGGAP_HOME/data/retention.toml, or the shipped one. Raises RulesError with file and line."""
    own = home / "data" / "retention.toml"
    file = read_rule_file(own if own.is_file() else shipped / "retention.toml")
    rules = parsed(file, RetentionFile)
    for name, rule in rules.table.items():
        if rule.then != "keep" and rule.since is None:
            raise file.fault(("table", name), f"{name} does not say from which column its days count (since)")
        if rule.then == "blank" and not rule.columns and rule.unless != "open_case":
            raise file.fault(("table", name), f"{name} does not say which columns are blanked")
    return Retention(file.path, rules.table, rules.folder)
