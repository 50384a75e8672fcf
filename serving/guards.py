"""Who may pass: a living session, a role that may, and a token on every write. Routes ask for these; nothing else decides."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import Request

from serving.people import SECOND_FACTOR, Permission, Person, may
from serving.sessions import Visit, csrf_token, token_of, visit_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "application/json"})


class SignedOut(Exception):
    """Nobody is signed in, or not yet with everything that is needed; ``to`` is where that is done."""

    def __init__(self, to: str = "/masuk") -> None:
        super().__init__(to)
        self.to = to


class Refused(Exception):
    """The request cannot be done: a status and one Indonesian sentence for the person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class NotAllowed(Refused):
    """This role may not."""

    def __init__(self, sentence: str = "Bagian ini bukan untuk peran Anda.") -> None:
        super().__init__(403, sentence)


class Missing(Refused):
    """There is nothing at this address, or nothing that this person may know of."""

    def __init__(self, sentence: str = "Halaman ini tidak ada.") -> None:
        super().__init__(404, sentence)


class Conflict(Refused):
    """Somebody else was faster."""

    def __init__(self, sentence: str = "Orang lain baru saja mengubahnya. Lihat keadaannya sekarang, lalu putuskan lagi.") -> None:  # fmt: skip
        super().__init__(409, sentence)


def needs(permission: Permission) -> Callable[[Request], Awaitable[Person]]:
    """The dependency of a route: the signed-in person, who may. Raises SignedOut, NotAllowed."""

    async def person_who_may(request: Request) -> Person:
        person = await signed_in(request)
        if not may(person, permission):
            raise NotAllowed
        return person

    return person_who_may


async def signed_in(request: Request) -> Person:
    """Whoever is signed in completely: second factor given, own password chosen. Raises SignedOut."""
    visit = await visit_of(request)
    if visit is None:
        raise SignedOut
    if step := step_to_do(request, visit):
        raise SignedOut(step)
    request.state.person = visit.person
    return visit.person


async def opened_visit(request: Request) -> Visit:
    """Whoever has given password and second factor; what they must still do is what the page is for. Raises SignedOut."""
    visit = await visit_of(request)
    if visit is None or visit.stage != "open":
        raise SignedOut
    request.state.person = visit.person
    return visit


def step_to_do(request: Request, visit: Visit) -> str | None:
    """What a session must still do before anything else: an address, or None."""
    if visit.stage == "code":
        return "/masuk/kode"
    if visit.must_change:
        return "/akun/sandi"
    if not visit.has_totp and visit.person.role in SECOND_FACTOR and not request.app.state.settings.demo:
        return "/akun/kode"
    return None


async def checked_write(request: Request) -> None:
    """Every write carries the token of its session and comes from our own pages. Raises Refused."""
    if request.method in SAFE_METHODS:
        return
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in FORM_TYPES:
        raise Refused(415, "Kiriman ini tidak bisa dibaca.")
    if not _from_here(request):
        raise Refused(403, "Kiriman ini tidak datang dari halaman Tanggap.")
    told = request.headers.get("x-csrf-token", "")
    if not told and kind.endswith("urlencoded"):
        form = await request.form()
        request.state.form = form
        told = str(form.get("csrf", ""))
    token = token_of(request)
    if not token or not hmac.compare_digest(told.encode(), csrf_token(token).encode()):
        raise Refused(403, "Halaman ini sudah kedaluwarsa. Muat ulang, lalu kirim sekali lagi.")


def _from_here(request: Request) -> bool:
    """What browsers say of a write's origin; a client that says nothing is held by the token alone."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
