"""tweepy as Tanggap speaks it: connected without surprises, its counter of reads, its exceptions named."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tweepy
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from collectors import situations

TIMEOUT_SECONDS = 30.0
USAGE_DAYS = 30
_KEYS = ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")
# tweepy raises these; AttributeError: a 5xx whose JSON is a list; ValueError: a 200 that is not JSON (seen 2026-11)
CLIENT_ERRORS = (tweepy.TweepyException, requests.RequestException, AttributeError, ValueError)


@dataclass(frozen=True, slots=True)
class Client:
    """tweepy's client and whether it speaks as the account itself (owned reads cost a fifth)."""

    api: tweepy.Client
    owned_id: str | None
    user_only: bool = False  # there is no bearer token: every request is signed with the account's own keys


@dataclass(frozen=True, slots=True)
class Usage:
    """X's own counter of post reads: of the running month, its cap, and by UTC day from ``since`` on."""

    used: int
    cap: int | None
    since: date
    days: dict[date, int]
    answered_at: datetime | None  # by X's clock


class _Timeout(HTTPAdapter):
    """tweepy passes no timeout (tweepy#2024): a silent server would block for ever."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT_SECONDS
        return super().send(request, **kwargs)


class _NoNetrc(AuthBase):
    """A ~/.netrc entry would replace the Bearer header (seen 2026-11); a session with an auth of its own is left alone."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def connect(secrets: Mapping[str, str]) -> Client:
    """Raises AccessRefused when neither a bearer token nor the four user-context keys are there."""
    keys = [secrets.get(name) for name in _KEYS]
    bearer = secrets.get("X_BEARER_TOKEN")
    if not bearer and not all(keys):
        raise situations.AccessRefused(
            f"X has no credentials: set X_BEARER_TOKEN (or the four keys {', '.join(_KEYS)}) in .env."
        )
    for name in ("tweepy", "oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # at DEBUG they print tokens and posts
    api = tweepy.Client(bearer, *keys, return_type=requests.Response, wait_on_rate_limit=False)
    api.session.mount("https://", _Timeout())
    api.session.auth = _NoNetrc()
    # An access token of X begins with the id of the account it speaks for.
    token = keys[2] or ""
    owned_id = token.split("-", 1)[0] if all(keys) and "-" in token else None
    return Client(api, owned_id, user_only=not bearer)


def read_usage(client: Client, today: date) -> Usage:
    """Ask X what it has counted; free of charge, 50 times in 15 minutes. Raises a Situation."""
    try:
        response = client.api.request("GET", "/2/usage/tweets", params={"days": USAGE_DAYS}, user_auth=client.user_only)
        data = response.json()["data"]
        counted = (data.get("daily_project_usage") or {}).get("usage") or []
        return Usage(
            used=int(data["project_usage"]),
            cap=int(data["project_cap"]) if data.get("project_cap") else None,
            since=today - timedelta(days=USAGE_DAYS - 1),
            days={date.fromisoformat(str(entry["date"])[:10]): int(entry["usage"]) for entry in counted},
            answered_at=date_header(response),
        )
    except (*CLIENT_ERRORS, KeyError, TypeError) as error:
        raise situation(error, "X, usage") from None


def date_header(response: requests.Response) -> datetime | None:
    """When X answered, by its own clock, to the second."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def situation(error: Exception, where: str) -> situations.Situation:  # noqa: PLR0911 - a table of cases reads best so
    """tweepy's exception as one of ours; 429 by its title, because the window and the monthly cap are one class."""
    title, detail = _problem(error)
    if isinstance(error, tweepy.TooManyRequests):
        if "UsageCapExceeded" in title:
            return situations.CapReached(
                f"{where}: the monthly cap of posts is used up; raise it in the developer portal or wait for the next month."
            )
        until = datetime.fromtimestamp(error.reset_time, UTC) if error.reset_time else None
        when = f" until {until:%H:%M} UTC" if until else ""
        return situations.RateLimited(f"{where}: the rate limit is used up{when}; the next run goes on.", until)
    if isinstance(error, tweepy.Unauthorized):
        return situations.AccessRefused(
            f"{where}: the token was rejected (401); make a new one in the developer portal and put it into .env."
        )
    if isinstance(error, tweepy.Forbidden):
        return situations.AccessRefused(
            f"{where}: access is refused (403{detail}); check the app's project and plan in the developer portal."
        )
    if isinstance(error, tweepy.NotFound):
        return situations.AccountUnknown(f"{where}: not found (404); mend [x] accounts in tanggap.toml.")
    if isinstance(error, tweepy.BadRequest):
        kind = situations.SinceTooOld if "since_id" in _parameters(error) else situations.RequestRefused
        return kind(f"{where}: the request was refused (400{detail}).")
    if isinstance(error, tweepy.HTTPException) and error.response.status_code == 402:
        return situations.CapReached(f"{where}: the credit is used up (402); top it up in the developer portal.")
    billable = not (isinstance(error, tweepy.HTTPException) or _never_sent(error))  # failed requests are free
    return situations.Unreachable(
        f"{where}: no usable answer ({type(error).__name__}); it is tried again.", billable=billable
    )


def _never_sent(error: BaseException | None) -> bool:
    """Whether no connection came about (no network, no such name): then there was no request that could be billed."""
    while error is not None:
        if isinstance(error, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError):
            return True
        inner = getattr(error, "reason", None) or next(iter(error.args), None) or error.__cause__
        error = inner if isinstance(inner, BaseException) and inner is not error else error.__cause__
    return False


def _problem(error: Exception) -> tuple[str, str]:
    body = _body(error)
    title = str(body.get("title") or "")[:60]
    return title, f", {title}" if title else ""


def _parameters(error: Exception) -> set[str]:
    """The names of the parameters that X calls wrong."""
    faults = [fault for fault in _body(error).get("errors") or [] if isinstance(fault, dict)]
    return {name for fault in faults for name in fault.get("parameters") or {}}


def _body(error: Exception) -> dict[str, Any]:
    response = getattr(error, "response", None)
    try:
        body = response.json() if response is not None else {}
    except ValueError:
        body = {}
    return body if isinstance(body, dict) else {}
