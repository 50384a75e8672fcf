"""Pages: one environment of templates a language, the layout's values, a message that is shown once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from review.page import TEMPLATES as REPORT_TEMPLATES
from review.wording import number
from serving.languages import LANGUAGES, translate, translations
from serving.people import ROLE_LABELS, Permission, Person, may
from serving.sessions import csrf_token, token_of

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"
UNMASK_REASONS = {
    "menghubungi": "Menghubungi pelapor",
    "alamat": "Mencari alamat untuk kunjungan",
    "menilai": "Menilai apakah benar kebutuhan",
    "gabung": "Membandingkan dengan unggahan lain",
}
LARGEST_PAGE = 100_000  # bytes
NAVIGATION = (  # address, label, who may go there
    ("/antrean", "Antrean", Permission.review),
    ("/kasus", "Kasus", Permission.casework),
    ("/papan", "Papan", Permission.lead),
    ("/lounge", "Lounge", Permission.lead),
    ("/cari", "Cari", Permission.casework),
    ("/angka", "Angka", Permission.figures),
    ("/admin", "Admin", Permission.admin),
)


def page(request: Request, person: Person | None, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a template with the layout's values; ``person`` is None on the pages before signing in."""
    language = person.language if person else asked_language(request)
    said = unquote(request.cookies.get(_said_name(request), ""))
    content = _environment(language).get_template(template).render(
        _layout(request, person, language) | {"said": translate(language, said)} | values
    )  # fmt: skip
    response = HTMLResponse(content, status)
    if said:
        secure = request.url.scheme == "https"
        response.delete_cookie(_said_name(request), path="/", httponly=True, samesite="lax", secure=secure)
    return response


def redirect(request: Request, to: str, said: str = "") -> RedirectResponse:
    """303 after a write. ``said`` is one Indonesian sentence without a citizen's words, shown on the next page."""
    response = RedirectResponse(to, 303)
    if said:
        secure = request.url.scheme == "https"
        response.set_cookie(
            _said_name(request), quote(said), 60, path="/", httponly=True, samesite="lax", secure=secure
        )
    return response


def _said_name(request: Request) -> str:
    """`__Host-` where it can be: no neighbouring site may put words on our pages."""
    return "__Host-kabar" if request.url.scheme == "https" else "kabar"


def asked_language(request: Request) -> str:
    """English only for those who ask for it before Indonesian; a signed-in person's own choice goes before this."""
    asked = request.headers.get("accept-language", "").lower()
    places = {language: asked.find(language) for language in LANGUAGES if language in asked}
    return "en" if "en" in places and "id" not in places else "id"


def _layout(request: Request, person: Person | None, language: str) -> dict[str, Any]:
    known = getattr(request.state, "token", "") or token_of(request)  # the first page sets its cookie with itself
    token = csrf_token(known) if known else ""
    settings = request.app.state.settings
    return {
        "person": person,
        "role_label": ROLE_LABELS[person.role] if person else "",
        "language": language,
        "program": settings.program.name,
        "demo": settings.demo,
        "here": request.url.path,
        "navigation": [one[:2] for one in NAVIGATION if person and may(person, one[2])],
        "may_unmask": person is not None and may(person, Permission.unmask),
        "unmask_reasons": UNMASK_REASONS.items(),
        "csrf_token": token,
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(token),
    }


@cache
def _environment(language: str) -> Environment:
    jinja = Environment(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(REPORT_TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    jinja.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    jinja.filters["number"] = number
    jinja.globals["static"] = static_address
    return jinja


@cache
def static_address(name: str) -> str:
    """The address of a file of static/, with its content's hash, so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"
