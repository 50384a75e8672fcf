"""Faults that can be queued: which request they hit, how often, and what the platform does wrong then.

Three sorts: an answer in place of the real one, a change to the real page, and a way of delivering it badly.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo import graph_api, instagram_web
from demo.page_faults import CHANGES
from demo.wire import Answer, Request, html
from demo.x_api import PROBLEMS, invalid, problem
from demo.x_limits import rate_headers

DELIVERIES = ("truncated-json", "reset", "hang", "close")
WORLD_FAULTS = ("deleted", "edited", "late-index")
_SORRY = "<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>\n"


class FaultError(ValueError):
    """A fault that cannot be queued; the message says why."""


@dataclass(slots=True)
class Fault:
    """``match``: part of, or a regular expression for, demo.wire.Request.subject. Hits ``times`` requests after ``skip`` others.

    ``key`` names the feed item of a world fault; ``seconds`` is the reset of a 429 (from now) or the length of a hang.
    """

    match: str
    kind: str
    times: int = 1
    skip: int = 0
    key: str | None = None
    seconds: float = 600
    text: str = "(diedit)"
    fired: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def fits(self, request: Request) -> bool:
        return self.match in request.subject or re.search(self.match, request.subject) is not None

    def described(self) -> dict[str, Any]:
        return {
            "match": self.match,
            "kind": self.kind,
            "times": self.times,
            "skip": self.skip,
            "key": self.key,
            "fired": self.fired,
        }


class Faults:
    """The queue. The caller holds the lock."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []

    def add(self, described: dict[str, Any]) -> None:
        """Raises FaultError."""
        unknown = set(described) - {"match", "kind", "times", "skip", "key", "seconds", "text"}
        if unknown:
            raise FaultError(f"a fault has no {sorted(unknown)[0]!r}")
        if not isinstance(described.get("match"), str) or described.get("kind") not in KINDS:
            raise FaultError(f"a fault needs a match and a kind, one of {', '.join(sorted(KINDS))}")
        if described["kind"] in WORLD_FAULTS and not described.get("key"):
            raise FaultError(f"{described['kind']} needs the key of a feed item")
        try:
            re.compile(described["match"])
        except re.error:
            described = described | {"match": re.escape(described["match"])}
        self._queue.append(Fault(**described))

    def clear(self) -> None:
        for fault in self._queue:
            fault.over.set()  # lets go of the requests that hang
        self._queue = []

    def described(self) -> list[dict[str, Any]]:
        return [fault.described() for fault in self._queue]

    def strike(self, request: Request) -> Fault | None:
        """The first fault that hits this request; those that only skip it count it."""
        for fault in self._queue:
            if fault.fired >= fault.times or not fault.fits(request):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.fired += 1
            return fault
        return None


def instead(fault: Fault, request: Request, now_ms: int) -> Answer | None:
    """The answer of a fault that takes the place of the real one, None for the others. Raises FaultError."""
    for_x = request.host.endswith((".twitter.com", ".x.com"))
    replies = _X_REPLIES if for_x else _GRAPH_REPLIES if request.host.startswith("graph.") else _INSTAGRAM_REPLIES
    if fault.kind.startswith("429"):
        reply = replies["429"]()
        shift = {"429": fault.seconds, "429-past": -60.0}.get(fault.kind)
        if for_x and shift is not None:
            reply.headers += rate_headers(450, 0, int(now_ms / 1000 + shift))
        return reply
    make = replies.get(fault.kind) or _REPLIES.get(fault.kind)
    if make is None and fault.kind in {*_X_REPLIES, *_INSTAGRAM_REPLIES, *_GRAPH_REPLIES}:
        raise FaultError(f"{request.host} knows no fault {fault.kind!r}")  # a 500 that the log explains
    return make() if make else None


def _cap() -> Answer:
    body = {
        "account_id": 1,
        "product_name": "standard-basic",
        "period": "Monthly",
        "scope": "Product",
        "type": PROBLEMS + "usage-capped",
    }
    detail = "Usage cap exceeded: Monthly product cap"
    return Answer(
        429,
        {**body, "title": "UsageCapExceeded", "detail": detail},
        headers=[("x-rate-limit-limit", "40000"), ("x-rate-limit-remaining", "39999")],
    )


def _not_enrolled() -> Answer:
    detail = (
        "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter "
    )
    detail += "developer App that is attached to a Project. You can create a project via the developer portal."
    answer = problem(403, "Client Forbidden", detail, reason="client-not-enrolled")
    answer.payload |= {"type": PROBLEMS + "client-forbidden"}
    return answer


_REPLIES: dict[str, Callable[[], Answer]] = {
    "500": lambda: Answer(
        500, {"title": "Internal Server Error", "detail": "Something is broken.", "type": "about:blank", "status": 500}
    ),
    "503": lambda: Answer(
        503, {"title": "Service Unavailable", "detail": "Service Unavailable", "type": "about:blank", "status": 503}
    ),
    "503-html": lambda: html(_SORRY, 503),
    "html-200": lambda: html(_SORRY),
    "list-body": lambda: Answer(503, [{"message": "Over capacity", "code": 130}]),
}
_X_REPLIES: dict[str, Callable[[], Answer]] = {
    "401": lambda: problem(401, "Unauthorized"),
    "402": lambda: problem(
        402, "CreditsDepleted", "Your enrolled account does not have any credits to fulfill this request."
    ),
    "403": _not_enrolled,
    "404": lambda: problem(404, "Not Found"),
    "429": lambda: problem(429, "Too Many Requests"),
    "cap": _cap,
    "since_id-too-old": lambda: invalid(
        "since_id",
        "1",
        "'since_id' must be a tweet id created after 2026-11-14T16:45Z. Please use a 'since_id' that is larger than 2121645128859975680",
    ),
}
_INSTAGRAM_REPLIES: dict[str, Callable[[], Answer]] = {
    "400": lambda: instagram_web.failure(400, "invalid request"),
    "401": instagram_web.please_wait,
    "403": lambda: Answer(403, body=b"", content_type="text/html"),
    "404": lambda: instagram_web.failure(404, "Not found"),
    "429": lambda: instagram_web.failure(429, "Please wait a few minutes before you try again.", require_login=False),
    "500": lambda: html(_SORRY, 500),
    "feedback": lambda: instagram_web.failure(400, "feedback_required", spam=True, feedback_title="Try Again Later"),
    "checkpoint": lambda: instagram_web.failure(
        400, "checkpoint_required", checkpoint_url="https://www.instagram.com/challenge/", lock=True
    ),
    "challenge": lambda: instagram_web.failure(
        400, "challenge_required", challenge={"url": "https://www.instagram.com/challenge/"}
    ),
    "login-redirect": instagram_web.login_redirect,
    "gqlerror": instagram_web.withdrawn_query,
}
_GRAPH_REPLIES: dict[str, Callable[[], Answer]] = {
    "400": lambda: graph_api.failure(100, "(#100) Invalid parameter"),
    "401": lambda: graph_api.failure(190, "Error validating access token: Session has expired.", 463),
    "403": lambda: graph_api.failure(10, "(#10) Application does not have permission for this action"),
    "404": lambda: graph_api.failure(100, "Unsupported get request. Object does not exist", 33),
    "429": graph_api.limited,
    "500": lambda: Answer(
        500, {"error": {"message": "An unknown error occurred", "type": "OAuthException", "code": 1}}
    ),
    "hashtag-limit": lambda: graph_api.failure(18, "Max. Amount of Hashtag Queries reached", 2207034),
}
KINDS = frozenset(
    (
        *_REPLIES,
        *_X_REPLIES,
        *_INSTAGRAM_REPLIES,
        *_GRAPH_REPLIES,
        *CHANGES,
        *DELIVERIES,
        *WORLD_FAULTS,
        "429-no-reset",
        "429-past",
        "expired-session",
    )
)
