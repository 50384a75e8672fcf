"""What makes the app a thing on the phone's home screen: manifest, service worker, and the page that says there is no signal."""

from __future__ import annotations

import hashlib
import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from serving.pages import STATIC, page, static_address

SHELL = ("app.css", "queue.css", "deck.js", "outbox.js", "icon.svg", "icon-192.png")
OFFLINE = "/luring"
router = APIRouter()


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    icons = [
        {"src": static_address("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static_address("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static_address("icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    said = {
        "name": f"Tanggap · {request.app.state.settings.program.name}", "short_name": "Tanggap", "lang": "id", "start_url": "/antrean",
        "scope": "/", "display": "standalone", "orientation": "any", "background_color": "#faf7f1", "theme_color": "#0d5c56", "icons": icons,
        "shortcuts": [{"name": "Mulai memutuskan", "url": "/antrean/lanjut"}, {"name": "Putusan saya", "url": "/antrean/putusan"}],
    }  # fmt: skip
    return JSONResponse(said, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@router.get("/sw.js")
async def service_worker() -> Response:
    """The worker with the shell's files; another file makes another worker, which forgets what the one before it kept."""
    files = json.dumps([OFFLINE, *map(static_address, SHELL)])
    version = hashlib.sha256(
        files.encode() + (STATIC.parent / "templates" / "offline.html.j2").read_bytes()
    ).hexdigest()[:10]
    script = (STATIC / "sw.js").read_text(encoding="utf-8").replace("__VERSION__", version).replace("__FILES__", files)
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get(OFFLINE, response_class=HTMLResponse)
async def no_signal(request: Request) -> Response:
    """Kept on the phone: says nothing of anybody, only how many verdicts wait there."""
    return page(request, None, "offline.html.j2")
