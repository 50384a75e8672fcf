"""The app that `tanggap serve` runs: each part is a router of its own, behind one door."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.staticfiles import StaticFiles

from cases.rules import load_desk_rules
from serving import (
    account,
    admin,
    admin_users,
    board,
    cases,
    figures,
    lounge,
    offline,
    queue,
    search,
    signing_in,
    unmasking,
    webhooks,
)
from serving.card_view import MaskedTexts
from serving.database import Database
from serving.errors import add_handlers
from serving.guards import SignedOut, step_to_do
from serving.headers import Door
from serving.looking import Looking
from serving.pages import STATIC, redirect
from serving.people import home_of
from serving.sessions import Remembered, visit_of
from settings import Settings

SCREENS = (signing_in, account, admin_users, admin, unmasking, offline, queue, cases, board, lounge, search, figures)


def create_app(settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> FastAPI:
    """Everything served for one TANGGAP_HOME; without Meta's two secrets there is no webhook.

    ``app.state`` holds what routes need: settings, rules, database, now (the clock) and the sessions found just now.
    """
    app = FastAPI(title=settings.program.name, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings, app.state.now = settings, now
    app.state.rules = load_desk_rules(settings)
    app.state.database, app.state.remembered = Database(settings.database), Remembered()
    app.state.looking, app.state.masked_texts = Looking(), MaskedTexts()
    app.state.key = secrets.token_bytes(32)  # of this process: for secrets offered and not yet confirmed
    app.add_middleware(
        Door, hosts=frozenset({"127.0.0.1", "localhost", urlsplit(settings.app.address or "").hostname or ""})
    )
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_handlers(app)
    for screen in SCREENS:
        app.include_router(screen.router)
    if shared := webhooks.secrets_of(settings):
        app.include_router(webhooks.router(settings.database, shared))

    @app.get("/", include_in_schema=False)
    async def start(request: Request) -> Response:
        visit = await visit_of(request)
        if visit is None:
            raise SignedOut
        return redirect(request, step_to_do(request, visit) or home_of(visit.person))

    return app
