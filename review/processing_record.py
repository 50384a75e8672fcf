"""The record of processing (UU 27/2022 art. 31) from data/processing.toml and data/retention.toml, as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cases.rule_file import parsed, read_rule_file
from triage.retention_rules import Retention, Rule

UNFILLED = "belum diisi"
Words = Annotated[str, Field(min_length=1, max_length=400)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Controller(_Part):
    name: Words
    contact: Words
    officer: Words


class Activity(_Part):
    """One processing: why, on what ground, whose data, who receives it, how it is protected, in which tables."""

    id: Annotated[str, Field(pattern=r"^[a-z_]{2,30}$")]
    name: Words
    purpose: Words
    legal_basis: Words
    subjects: Words
    data: Annotated[list[Words], Field(min_length=1)]
    specific: list[Words]
    recipients: Annotated[list[Words], Field(min_length=1)]
    transfer: Words
    automated: Words
    safeguards: Words
    tables: Annotated[list[str], Field(min_length=1)]


class ProcessingFile(_Part):
    controller: Controller
    activity: Annotated[list[Activity], Field(min_length=1)]


def load_processing(home: Path, shipped: Path, retention: Retention) -> ProcessingFile:
    """The desk's own file before the shipped one. Raises RulesError: each table belongs to one activity and has its period."""
    own = home / "data" / "processing.toml"
    file = read_rule_file(own if own.is_file() else shipped / "processing.toml")
    record = parsed(file, ProcessingFile)
    seen: set[str] = set()
    for number, activity in enumerate(record.activity):
        for table in activity.tables:
            if table not in retention.tables:
                raise file.fault(
                    ("activity", number, "tables"),
                    f"{activity.id} names the table {table}, which {retention.path} does not have",
                )
            if table in seen:
                raise file.fault(
                    ("activity", number, "tables"), f"{activity.id} names the table {table}, which another activity has"
                )
            seen.add(table)
    if missing := sorted(retention.tables.keys() - seen):
        raise file.fault(("activity",), f"no activity names the table {missing[0]}; add it where it belongs")
    return record


def record_page(record: ProcessingFile, retention: Retention) -> str:
    """Markdown, for the officer and the supervisor."""
    return "\n".join(_lines(record, retention))


def unfilled(record: ProcessingFile) -> list[str]:
    """What the regency has to fill in itself."""
    return [name for name, value in record.controller.model_dump().items() if value == UNFILLED]


def _lines(record: ProcessingFile, retention: Retention) -> Iterator[str]:
    yield "# Rekaman kegiatan pemrosesan data pribadi (UU 27/2022 pasal 31)\n"
    yield f"Pengendali: {record.controller.name}  \nKontak: {record.controller.contact}  \nPejabat pelindungan data: {record.controller.officer}\n"
    for activity in record.activity:
        yield f"## {activity.name}\n"
        yield "| | |\n|---|---|"
        for label, value in (
            ("Tujuan", activity.purpose),
            ("Dasar", activity.legal_basis),
            ("Subjek data", activity.subjects),
            ("Data", ", ".join(activity.data)),
            ("Data spesifik (pasal 4)", ", ".join(activity.specific) or "tidak ada"),
            ("Penerima", ", ".join(activity.recipients)),
            ("Transfer", activity.transfer),
            ("Keputusan otomatis", activity.automated),
            ("Pengamanan", activity.safeguards),
        ):
            yield f"| {label} | {value} |"
        yield "\n| tabel | masa simpan | sesudahnya | alasan |\n|---|---|---|---|"
        for table in activity.tables:
            yield _kept(table, retention.tables[table])
        yield ""
    yield "## Berkas\n\n| folder var/ | masa simpan | sesudahnya | alasan |\n|---|---|---|---|"
    for folder, rule in retention.folders.items():
        yield _kept(folder, rule)


def _kept(name: str, rule: Rule) -> str:
    period = f"{rule.days} hari" if rule.days else "disimpan"
    longer = " (sesudah kasus ditutup)" if rule.unless == "open_case" else ""
    after = {"keep": "-", "delete": "dihapus", "blank": "dikosongkan"}[rule.then]
    return f"| {name} | {period}{longer} | {after} | {rule.why} |"
