"""Meta's webhook: the handshake, and deliveries that are kept word for word before anything else is done with them.

A delivery is proved by its signature over the raw bytes, stored in one unit of work and answered; the next collecting run makes
mentions of it. Meta keeps no history and tries again for hours when the answer is not 200: so 200 means stored.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse

from settings import Settings
from triage.database import DatabaseError, unit_of_work
from triage.deliveries import save_delivery

PATH = "/webhooks/instagram"
LARGEST_BODY = 1_000_000  # bytes; Meta bundles up to 1,000 changes
LARGEST_CHALLENGE = 200  # characters
WAIT_SECONDS = 5.0  # for the database; Meta hangs up after some 20 s
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only Meta and we know: the handshake's token and the app's secret that signs deliveries."""

    verify_token: str
    app_secret: str

    def __repr__(self) -> str:
        return "Secrets(…)"


def secrets_of(settings: Settings) -> Secrets | None:
    token, secret = settings.secrets.get("META_VERIFY_TOKEN"), settings.secrets.get("META_APP_SECRET")
    return Secrets(token, secret) if token and secret else None


def router(database: Path, secrets: Secrets) -> APIRouter:
    routes = APIRouter()

    @routes.get(PATH)
    async def handshake(request: Request) -> PlainTextResponse:
        """Meta asks once whether the address is ours: its challenge goes back when it knows our token."""
        asked = request.query_params
        known = _same(asked.get("hub.verify_token", ""), secrets.verify_token)
        challenge = asked.get("hub.challenge", "")
        if asked.get("hub.mode") != "subscribe" or not known or not 0 < len(challenge) <= LARGEST_CHALLENGE:
            return PlainTextResponse("Forbidden", 403)
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    @routes.post(PATH)
    async def delivered(request: Request) -> PlainTextResponse:
        body = await _bounded_body(request)
        if body is None:
            return PlainTextResponse("Too large", 413)
        if not is_signed(body, request.headers.get("X-Hub-Signature-256", ""), secrets.app_secret):
            return PlainTextResponse("Forbidden", 403)
        try:
            await run_in_threadpool(_keep, database, body)
        except DatabaseError as error:
            _log.error("A delivery of Meta was not stored, Meta will send it again: %s", error)
            return PlainTextResponse("Try again", 503, headers={"Retry-After": "60"})
        return PlainTextResponse("OK")

    return routes


def is_signed(body: bytes, header: str, app_secret: str) -> bool:
    """Whether the header is the HMAC-SHA256 of exactly these bytes; compared in constant time."""
    expected = "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return _same(header, expected)


def _same(told: str, expected: str) -> bool:
    return hmac.compare_digest(told.encode("utf-8", "replace"), expected.encode())


def _keep(database: Path, body: bytes) -> None:
    with unit_of_work(database, WAIT_SECONDS) as connection:
        save_delivery(connection, body, datetime.now(UTC))


async def _bounded_body(request: Request) -> bytes | None:
    """The raw body, or None as soon as it is larger than allowed, whatever its Content-Length says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
