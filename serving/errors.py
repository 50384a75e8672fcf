"""What a person sees when something cannot be done: one sentence and a way on, never a trace; nothing of citizens in the log."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from serving.guards import Refused, SignedOut
from serving.languages import translate
from serving.pages import asked_language, page, redirect
from triage.database import DatabaseError

HELD = "Basis data sedang dipakai. Isian Anda tersimpan di halaman ini: coba lagi sebentar lagi."
BROKEN = "Ada yang salah di sisi kami dan sudah dicatat. Coba lagi, atau beri tahu admin."
_SENTENCES = {
    404: "Halaman ini tidak ada.",
    405: "Alamat ini tidak bisa dipakai begitu.",
    413: "Kiriman ini terlalu besar.",
}
_PRIVATE = frozenset({"csrf", "sandi", "sandi_baru", "sandi_ulang", "kode"})  # never written back into a page
_log = logging.getLogger(__name__)


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(SignedOut, _signed_out)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(DatabaseError, _held)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


async def _signed_out(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignedOut)
    if _wants_json(request):
        return _say(request, 401, "Masuk dulu.")
    back = f"?lalu={quote(request.url.path)}" if request.method == "GET" and error.to == "/masuk" else ""
    return redirect(request, error.to + ("" if request.url.path == "/" else back))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if error.status == 403:
        who = getattr(getattr(request.state, "person", None), "user_id", "nobody")
        _log.warning("%s %s was refused to %s", request.method, _route(request), who)
    return _say(request, error.status, error.sentence)


async def _invalid(request: Request, error: Exception) -> Response:
    """An address or a form that no page of ours makes."""
    return _say(request, 422, "Isian ini tidak dikenal. Muat ulang halamannya, lalu coba lagi.")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = _say(request, error.status_code, _SENTENCES.get(error.status_code, "Permintaan ini tidak bisa dipenuhi."))
    said.headers.update(error.headers or {})
    return said


async def _held(request: Request, error: Exception) -> Response:
    """Another process keeps the file for long, or the disk is full: the form stays, the person sends it once more."""
    _log.warning("%s %s was answered 503: %s", request.method, _route(request), error)
    fields = [
        (name, value)
        for name, value in getattr(request.state, "form", {}).items()
        if name not in _PRIVATE and isinstance(value, str)
    ]
    response = _say(request, 503, HELD, again=request.method == "POST", fields=fields)
    response.headers["Retry-After"] = "5"
    return response


async def _broken(request: Request, error: Exception) -> Response:
    """A fault of the program. Messages of exceptions may quote a citizen: only its kind and the lines of code are logged."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    _log.error("%s %s failed: %s at %s", request.method, _route(request), type(error).__name__, " > ".join(frames[-8:]))
    return _say(request, 500, BROKEN)


def _say(request: Request, status: int, sentence: str, **values: Any) -> Response:
    if _wants_json(request):
        return JSONResponse({"pesan": translate(asked_language(request), sentence)}, status)
    values = {"again": False, "fields": []} | values
    person = getattr(request.state, "person", None)
    return page(request, person, "error.html.j2", status=status, code=status, sentence=sentence, **values)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "") or request.headers.get(
        "content-type", ""
    ).startswith("application/json")


def _route(request: Request) -> str:
    """The route's pattern rather than the address that was asked for."""
    return str(getattr(request.scope.get("route"), "path", "an unknown address"))
