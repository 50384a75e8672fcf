"""The session cookie: a random token, known to the database by its hash; one more for people who have not signed in yet."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request, Response

from serving.people import Person, Role
from triage.sessions import NewSession, Session, end_session, find_session, open_session, touch_session

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)  # a working day
FOR_THE_CODE = timedelta(minutes=5)
TOUCHED = timedelta(minutes=5)  # how exactly it is known when a session was last used
REMEMBERED = 5.0  # seconds that a found session is believed without asking the database again
MOST_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """A living session as a request finds it."""

    person: Person
    stage: str
    must_change: bool
    has_totp: bool


class Remembered:
    """Sessions found in the last seconds: three requests of one page ask the database once."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, Session]] = {}

    def get(self, token_hash: str) -> Session | None:
        until, session = self._found.get(token_hash, (0.0, None))
        return session if time.monotonic() < until else None

    def keep(self, token_hash: str, session: Session) -> None:
        if len(self._found) >= MOST_REMEMBERED:
            self._found.clear()
        self._found[token_hash] = (time.monotonic() + REMEMBERED, session)

    def forget(self) -> None:
        """After every change of a session or an account: it holds at once in this process."""
        self._found.clear()


def cookie_name(request: Request) -> str:
    """`__Host-` only comes with Secure. A demo on plain http does without, for browsers that keep no Secure cookie there."""
    return "tanggap-demo" if _plain_demo(request) else "__Host-tanggap"


def token_of(request: Request) -> str:
    return request.cookies.get(cookie_name(request), "")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_cookie(request: Request, response: Response, token: str) -> None:
    """A session cookie of the browser; how long it holds is the database's matter. Lax: links of the report open cards."""
    response.set_cookie(
        cookie_name(request), token, path="/", httponly=True, samesite="lax", secure=not _plain_demo(request)
    )


def csrf_token(token: str) -> str:
    """Proves that a form came from a page of this session; it tells nothing about the session's token."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


async def visit_of(request: Request) -> Visit | None:
    """Who sends this request, if the cookie is a living session's."""
    token = token_of(request)
    if not token:
        return None
    state = request.app.state
    key = hash_of(token)
    session = state.remembered.get(key)
    if session is None:
        now = state.now()
        session = await state.database.read(find_session, key, IDLE, now)
        if session is None:
            return None
        if now - session.seen_at >= TOUCHED:
            await state.database.write(touch_session, session.session_id, now)
        state.remembered.keep(key, session)
    person = Person(session.user_id, session.name, Role(session.role), session.language, session.session_id)
    return Visit(person, session.stage, session.must_change, session.has_totp)


async def start_session(request: Request, response: Response, user_id: str, stage: str) -> None:
    """A fresh token for every step of signing in: what was known before opens nothing afterwards."""
    token = new_token()
    lives = ABSOLUTE if stage == "open" else FOR_THE_CODE
    device = device_words(request.headers.get("user-agent", ""))
    new = NewSession(hash_of(token), user_id, stage, device, lives)
    await request.app.state.database.write(open_session, new, request.app.state.now())
    set_cookie(request, response, token)


async def renew_session(request: Request, response: Response, visit: Visit) -> None:
    """After a change of password or factor: this session ends and goes on under another token."""
    state = request.app.state
    await state.database.write(end_session, visit.person.session_id, visit.person.user_id, state.now())
    state.remembered.forget()
    await start_session(request, response, visit.person.user_id, "open")


def device_words(agent: str) -> str:
    """Browser and system of a User-Agent, for a person who looks for a strange one in the list."""
    browsers = {"Edg": "Edge", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "FxiOS": "Firefox",
                "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
               "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip
    browser = next((name for sign, name in browsers.items() if sign in agent), "peramban lain")
    system = next((name for sign, name in systems.items() if sign in agent), "perangkat lain")
    return f"{browser}, {system}"


def _plain_demo(request: Request) -> bool:
    return bool(request.app.state.settings.demo) and request.url.scheme == "http"
