"""Admin: rules in force, sources and their health, models, and the trail of what was done. No citizen's words on any of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from cases.routing import agency_name, level_label
from cases.rule_models import Clock
from cases.rules import Rules
from review.source_health import cause_words
from review.wording import PLATFORMS, moment_words
from serving.database import Database
from serving.guards import needs
from serving.pages import page
from serving.people import Permission, Person
from settings import DATA, Settings
from triage.access import read_access
from triage.audit import AuditBroken, Seal, last_seal, read_audit, verify_slice
from triage.health import LastRun, gaps_of_the_week, last_runs, read_models

TRAIL_SHOWN = 100
STATES = {"ok": ("good", "baik"), "degraded": ("warn", "terganggu"), "failed": ("bad", "gagal dibaca")}
MODEL_STATES = {"champion": ("good", "dipakai"), "candidate": ("warn", "calon"), "retired": ("", "pensiun")}
METRICS = {
    "recall_at_threshold": "permohonan yang ditemukan",
    "flag_ap": "ketepatan urutan (AP)",
    "category_accuracy": "kategori tepat",
    "urgency_accuracy": "kegentingan tepat",
}
UNITS = {"hours": "%(number)s jam", "days": "%(number)s hari", "working_days": "%(number)s hari kerja"}
router = APIRouter()
Admin = Annotated[Person, Depends(needs(Permission.admin))]


@router.get("/admin/aturan", response_class=HTMLResponse)
async def rules_page(request: Request, person: Admin) -> Response:
    state = request.app.state
    rules: Rules = state.rules
    today = state.now().astimezone(state.settings.zone).date()
    return page(
        request, person, "admin_rules.html.j2",
        files=[(file.path.name, file.path.parent != DATA) for file in rules.files.values()],
        routing=[
            {"rule": rule, "matter": rule.category or rule.topic or "semua", "agency": agency_name(rules, rule.agency),
             "level": level_label(rules, rule.level), "unsure": "[G]" in rule.source}
            for rule in rules.rules_on(today)
        ],
        clocks=[{"clock": clock, "limit": _limit(clock), "unsure": "[G]" in clock.source} for clock in rules.deadlines.clock.values()],
    )  # fmt: skip


@router.get("/admin/sumber", response_class=HTMLResponse)
async def sources_page(request: Request, person: Admin) -> Response:
    state = request.app.state
    now = state.now()
    runs, gaps = await state.database.read(_sources, now)
    return page(request, person, "admin_sources.html.j2", sources=_source_lines(state.settings, runs, gaps, now))


@router.get("/admin/model", response_class=HTMLResponse)
async def models_page(request: Request, person: Admin) -> Response:
    state = request.app.state
    models = await state.database.read(read_models)
    return page(
        request, person, "admin_models.html.j2", models=[_model(one, state.settings, state.now()) for one in models]
    )


@router.get("/admin/jejak", response_class=HTMLResponse)
async def trail_page(request: Request, person: Admin, periksa: bool = False) -> Response:
    """Who opened what, what was done, and, when asked, whether the trail is whole."""
    state = request.app.state
    seen, trail, seal = await state.database.read(_trail)
    fault = await _fault_of_the_trail(state.database) if periksa else ""
    now, zone = state.now(), state.settings.zone
    return page(
        request, person, "admin_trail.html.j2", seal=seal, fault=fault, checked=periksa,
        seen=[one | {"when": moment_words(one["made_at"], zone, now)} for one in seen],
        trail=[one | {"when": moment_words(one["made_at"], zone, now)} for one in trail],
    )  # fmt: skip


@router.get("/admin/openapi.json", include_in_schema=False)
async def description(request: Request, person: Admin) -> JSONResponse:
    """The OpenAPI description: for tests and admins, not for the street."""
    return JSONResponse(request.app.openapi())


def _limit(clock: Clock) -> tuple[str, dict[str, int]]:
    """A sentence to be translated and its number."""
    unit = next(name for name in UNITS if getattr(clock, name) is not None)
    return UNITS[unit], {"number": getattr(clock, unit)}


def _sources(connection: Any, now: datetime) -> tuple[list[LastRun], dict[str, int]]:
    return last_runs(connection), gaps_of_the_week(connection, now)


def _source_lines(settings: Settings, runs: list[LastRun], gaps: dict[str, int], now: datetime) -> list[dict[str, Any]]:
    """One for each source that ran or should have, those that never ran last."""
    found = []
    for run in runs:
        sign, word = STATES.get(run.status, ("warn", run.status))
        found.append({
            "name": PLATFORMS.get(run.source, run.source), "sign": sign, "word": word, "gaps": gaps.get(run.source, 0),
            "cause": "" if run.status == "ok" else cause_words(run.error),
            "last": moment_words(run.last_run_at, settings.zone, now),
            "last_ok": moment_words(run.last_ok_at, settings.zone, now) if run.last_ok_at else "",
        })  # fmt: skip
    seen = {run.source for run in runs}
    for name in ("x", "instagram", "instagram_graph"):
        if name not in seen and getattr(settings, name).enabled:
            nothing = {"gaps": 0, "cause": "", "last": "", "last_ok": ""}
            found.append(nothing | {"name": PLATFORMS[name], "sign": "warn", "word": "belum pernah dibaca"})
    return found


def _model(row: dict[str, Any], settings: Settings, now: datetime) -> dict[str, Any]:
    sign, word = MODEL_STATES.get(row["status"], ("", row["status"]))
    metrics = json.loads(row["metrics"]) if row["metrics"] else {}
    return {
        "version": row["model_version"], "sign": sign, "word": word, "sha256": row["sha256"],
        "trained": moment_words(row["trained_at"], settings.zone, now),
        "metrics": [(label, f"{round(metrics[name] * 100)} %") for name, label in METRICS.items() if isinstance(metrics.get(name), float)],
    }  # fmt: skip


async def _fault_of_the_trail(database: Database) -> str:
    seal, reached = None, Seal()
    try:
        while seal != reached:
            seal, reached = reached, await database.read(verify_slice, reached)
    except AuditBroken as broken:
        return str(broken)
    return ""


def _trail(connection: Any) -> tuple[list[Any], list[Any], Seal]:
    return read_access(connection, TRAIL_SHOWN), read_audit(connection, TRAIL_SHOWN), last_seal(connection)
