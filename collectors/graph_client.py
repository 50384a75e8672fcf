"""Meta's Graph API over plain HTTPS: the token in a header, one timeout, errors named by their code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from requests.auth import AuthBase

from collectors import situations

VERSION = "v26.0"
ADDRESS = f"https://graph.facebook.com/{VERSION}"
TIMEOUT_SECONDS = 30.0
NEARLY_USED = 95  # per cent of the account's calls: the rest is left to the office's other tools
_TOKEN_CODES = frozenset({102, 190})
_LIMIT_CODES = frozenset({4, 17, 32, 613, *range(80001, 80015)})
_MISSING_SUBCODE = 33  # of code 100: no such object, or none that is shown to us
_HASHTAG_CODES = {18: "30 hashtags were asked for in the last 7 days", 24: "Instagram knows no such hashtag"}


class _Bearer(AuthBase):
    """The token as a header: in an address it would stand in logs, and a ~/.netrc would replace a plain header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Client:
    """Asks one thing at a time; ``take_request`` counts it against the day's budget and may raise BudgetSpent."""

    def __init__(self, token: str, take_request: Callable[[], None]) -> None:
        self.requests = 0
        self._take_request = take_request
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        self._rest_until: datetime | None = None

    def get(self, path: str, where: str, **parameters: Any) -> dict[str, Any]:
        """The object Meta answers with. Raises a Situation; ``where`` names the target in its sentence."""
        if self._rest_until:
            raise _limited(where, self._rest_until)
        self._take_request()
        self.requests += 1
        asked = {name: value for name, value in parameters.items() if value is not None}
        try:
            response = self._session.get(
                f"{ADDRESS}/{path}", params=asked, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            body = response.json()
        except (requests.RequestException, ValueError) as error:
            raise situations.Unreachable(
                f"{where}: no usable answer from Meta ({type(error).__name__}); it is tried again."
            ) from None
        if not isinstance(body, dict) or not (response.ok or "error" in body):
            raise situations.Unreachable(f"{where}: no usable answer from Meta; it is tried again.")
        minutes, percent = _usage(response.headers)
        if "error" in body:
            raise _situation(body["error"], where, minutes)
        if percent >= NEARLY_USED:  # this answer is good; the next question waits
            self._rest_until = datetime.now(UTC) + timedelta(minutes=minutes or 60)
        return body


def connect(secrets: Mapping[str, str], take_request: Callable[[], None]) -> Client:
    """Raises AccessRefused without a token."""
    token = secrets.get("META_ACCESS_TOKEN")
    if not token:
        raise situations.AccessRefused(
            "Instagram (official) has no credentials: set META_ACCESS_TOKEN in .env (README, 'The official way')."
        )
    return Client(token, take_request)


def _situation(error: Any, where: str, minutes: int) -> situations.Situation:  # noqa: PLR0911 - a table of cases reads best so
    """Meta's error by its code; its message may quote what was asked for and is not passed on."""
    error = error if isinstance(error, dict) else {}
    code, subcode = error.get("code"), error.get("error_subcode")
    if code in _TOKEN_CODES:
        return situations.AccessRefused(
            f"{where}: Meta rejected the token (error 190); make a new META_ACCESS_TOKEN and put it into .env."
        )
    if code in _LIMIT_CODES:
        return _limited(where, datetime.now(UTC) + timedelta(minutes=minutes) if minutes else None)
    if code in _HASHTAG_CODES:
        return situations.RequestRefused(f"{where}: {_HASHTAG_CODES[code]}; change hashtags in tanggap.toml or wait.")
    if code == 100 and subcode == _MISSING_SUBCODE:
        return situations.NotThere(f"{where}: Meta knows no such object, or does not show it to this token.")
    if code in (3, 10) or (isinstance(code, int) and 200 <= code < 300):
        return situations.RequestRefused(
            f"{where}: the app lacks a permission for this (error {code}); see README, 'The official way'."
        )
    if code == 100:
        return situations.RequestRefused(f"{where}: Meta calls the request wrong (error 100).")
    return situations.Unreachable(f"{where}: no usable answer from Meta (error {code}); it is tried again.")


def _limited(where: str, until: datetime | None) -> situations.RateLimited:
    when = f" until {until:%H:%M} UTC" if until else ""
    return situations.RateLimited(f"{where}: Meta asks for a pause{when}; the next run goes on.", until)


def _usage(headers: Mapping[str, str]) -> tuple[int, int]:
    """(minutes to wait, per cent of the calls used), as the header of the answer tells."""
    try:
        told = json.loads(headers.get("X-Business-Use-Case-Usage") or "{}")
        entries = [entry for entries in told.values() for entry in entries]
        minutes = max((int(entry.get("estimated_time_to_regain_access", 0)) for entry in entries), default=0)
        return minutes, max((int(entry.get("call_count", 0)) for entry in entries), default=0)
    except (AttributeError, TypeError, ValueError):
        return 0, 0
