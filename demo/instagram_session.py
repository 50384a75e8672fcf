"""Who asks Instagram: a browser session by its cookies, or the phone app by the bearer token made from them."""

from __future__ import annotations

import json
from base64 import b64decode

from demo.wire import Request

USERNAME = "tanggap.demo"
# What a browser keeps for a logged-in account; the session file of the demo holds exactly this.
SESSION = {
    "sessionid": "9001%3Ademo-session%3A1",
    "ds_user_id": "9001",
    "csrftoken": "csrf-demo",
    "mid": "mid-demo",
    "ig_did": "00000000-0000-4000-8000-000000009001",
    "rur": "EAG",
    "ig_pr": "1",
    "ig_vw": "1920",
}


def cookies(request: Request) -> dict[str, str]:
    """A client may send one name twice, first empty and then filled: the last one counts."""
    found = {}
    for part in request.headers.get("Cookie", "").split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            found[name] = value.strip('"')
    return found


def session_of(request: Request) -> str:
    """The session id a request carries, empty when it comes from a stranger."""
    kind, _, token = request.headers.get("Authorization", "").partition("Bearer IGT:2:")
    if request.host == "i.instagram.com" and token and not kind:
        try:
            return str(json.loads(b64decode(token))["sessionid"])
        except (KeyError, TypeError, ValueError):
            return "unreadable"
    return cookies(request).get("sessionid", "")


def csrf_matches(request: Request) -> bool:
    """A POST must repeat the csrftoken cookie in a header."""
    cookie = cookies(request).get("csrftoken")
    return bool(cookie) and request.headers.get("X-CSRFToken", "") == cookie
