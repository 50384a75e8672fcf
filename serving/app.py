"""The app that `tanggap serve` runs: each part is a router or a mounted app of its own."""

from __future__ import annotations

from fastapi import FastAPI

from serving import webhooks
from settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Everything served for one TANGGAP_HOME; without Meta's two secrets there is no webhook."""
    app = FastAPI(title=settings.program.name, docs_url=None, redoc_url=None, openapi_url=None)
    if secrets := webhooks.secrets_of(settings):
        app.include_router(webhooks.router(settings.database, secrets))
    return app
