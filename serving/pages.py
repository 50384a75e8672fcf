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
from serving.languages import translate, translations
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
NAVIGATION = (  # address, label, icon, who may go there
    ("/antrean", "Antrean", "antrean", Permission.review),
    ("/kasus", "Kasus", "kasus", Permission.casework),
    ("/papan", "Papan", "papan", Permission.lead),
    ("/lounge", "Lounge", "lounge", Permission.lead),
    ("/cari", "Cari", "cari", Permission.casework),
    ("/angka", "Angka", "angka", Permission.figures),
    ("/admin", "Orang", "orang", Permission.admin),
    ("/admin/aturan", "Aturan", "aturan", Permission.admin),
    ("/admin/sumber", "Sumber", "sumber", Permission.admin),
    ("/admin/model", "Model", "admin", Permission.admin),
    ("/admin/jejak", "Jejak", "antrean", Permission.admin),
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
    """Indonesian, unless the address asks for English: the switch of those who have not signed in yet."""
    return "en" if request.query_params.get("bahasa") == "en" else "id"


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
        "navigation": _navigation(request.url.path, person) if person else [],
        "may_unmask": person is not None and may(person, Permission.unmask),
        "unmask_reasons": UNMASK_REASONS.items(),
        "csrf_token": token,
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(token),
    }


def _navigation(here: str, person: Person) -> list[dict[str, Any]]:
    """The parts that a person may open, and which of them they are in: the longest address that fits."""
    open_parts = [one for one in NAVIGATION if may(person, one[3])]
    inside = [one[0] for one in open_parts if here == one[0] or here.startswith(f"{one[0]}/")]
    current = max(inside, key=len, default="")
    return [
        {"address": address, "label": label, "icon": icon, "current": address == current}
        for address, label, icon, _ in open_parts
    ]


def _sentence(text: str) -> str:
    """With a capital first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


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
    jinja.filters |= {"number": number, "sentence": _sentence}
    jinja.globals["static"] = static_address
    return jinja


@cache
def static_address(name: str) -> str:
    """The address of a file of static/, with its content's hash, so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"
