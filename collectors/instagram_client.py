"""The instaloader session: made from a JSON session file, never by password; a long wait is raised, never slept."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import instaloader
import requests

from collectors import situations
from collectors.instagram_session import read_session

TIMEOUT_SECONDS = 60.0
TakeRequest = Callable[[], None]  # counts one request against the budget, and may pause; may raise BudgetSpent


class RaisingRateController(instaloader.RateController):
    """Counts every request, and raises where the stock controller would sleep for 11 to 30 minutes."""

    def __init__(self, context: instaloader.InstaloaderContext, take_request: TakeRequest) -> None:
        super().__init__(context)
        self.requests = 0
        self._take_request = take_request

    def wait_before_query(self, query_type: str) -> None:
        self._take_request()
        self.requests += 1
        super().wait_before_query(query_type)

    def sleep(self, secs: float) -> None:
        until = datetime.now(UTC) + timedelta(seconds=secs)
        raise situations.RateLimited(
            f"Instagram: enough requests for now, the next may be sent at {until:%H:%M} UTC; the next run goes on.",
            until,
        )


@dataclass(frozen=True, slots=True)
class Client:
    loader: instaloader.Instaloader
    pace: RaisingRateController
    fingerprint: str  # of the session: another one is another chance


def connect(secrets: Mapping[str, str], take_request: TakeRequest) -> Client:
    """An Instaloader with the session of INSTAGRAM_SESSION_FILE. Raises AccessRefused when there is no usable one."""
    os.environ["NETRC"] = os.devnull  # a ~/.netrc entry would add a password header to every request (seen 2026-11)
    username, cookies = read_session(secrets)
    controllers: list[RaisingRateController] = []

    def controller(context: instaloader.InstaloaderContext) -> RaisingRateController:
        controllers.append(RaisingRateController(context, take_request))
        return controllers[-1]

    loader = instaloader.Instaloader(
        sleep=False,
        quiet=True,
        iphone_support=False,
        request_timeout=TIMEOUT_SECONDS,
        max_connection_attempts=1,
        rate_controller=controller,
    )
    loader.context.error = _say_nothing  # type: ignore[method-assign]  # it would print parts of answers, quiet or not
    loader.load_session(username, cookies)
    fingerprint = hashlib.sha256(cookies["sessionid"].encode()).hexdigest()[:16]
    return Client(loader, controllers[0], fingerprint)


def _say_nothing(*_: object, **__: object) -> None:
    """What went wrong is raised, too."""


@contextmanager
def named_situations(where: str) -> Iterator[None]:
    """instaloader's exceptions as ours. Its messages may quote an answer's body, so none of them is passed on."""
    try:
        yield
    except situations.Situation:
        raise
    except instaloader.LoginRequiredException:
        raise situations.AccessRefused(
            f"{where}: Instagram asks for a login; the session is dead, run 'tanggap session import FILE' with new cookies."
        ) from None
    except instaloader.AbortDownloadException as error:
        raise _aborted(where, str(error)) from None
    except (instaloader.ProfileNotExistsException, instaloader.QueryReturnedNotFoundException):
        raise situations.AccountUnknown(
            f"{where}: Instagram knows no such account; mend [instagram] accounts in tanggap.toml."
        ) from None
    except instaloader.PrivateProfileNotFollowedException:
        raise situations.AccessRefused(f"{where}: the account is private and the session does not follow it.") from None
    except instaloader.QueryReturnedBadRequestException:
        raise situations.RequestRefused(
            f"{where}: Instagram refused the request (400); it may have changed, look for a newer instaloader."
        ) from None
    except instaloader.ConnectionException as error:
        raise _connection(where, error) from None
    except (
        instaloader.InstaloaderException,
        requests.RequestException,
        KeyError,
        TypeError,
        AssertionError,
        AttributeError,
        IndexError,
        ValueError,
    ) as error:
        # bare KeyError and TypeError: an answer without the expected parts (instaloader issues 2688, 2710)
        raise situations.Unreachable(
            f"{where}: no usable answer from Instagram ({type(error).__name__}); it is tried again."
        ) from None


def _aborted(where: str, message: str) -> situations.Situation:
    if "logged out" in message:
        return situations.AccessRefused(
            f"{where}: the Instagram session has ended; run 'tanggap session import FILE' with new cookies."
        )
    return situations.AccessRefused(
        f"{where}: Instagram wants the account's owner to confirm something; open the app with that account, then import a new session."
    )


def _connection(where: str, error: Exception) -> situations.Situation:
    causes, cause = [error], error.__cause__
    while isinstance(cause, Exception):
        causes.append(cause)
        cause = cause.__cause__
    if any(isinstance(one, instaloader.TooManyRequestsException) for one in causes) or re.search(
        r"\b429\b", str(error)
    ):
        return situations.RateLimited(f"{where}: Instagram asks for a pause (429); the next run goes on.")
    if re.search(r"\b(401|403)\b", str(error)):
        return situations.TurnedAway(
            f"{where}: Instagram refuses for now (401 or 403, 'wait a few minutes'); the next run goes on, and if it stays so, import a new session."
        )
    return situations.Unreachable(f"{where}: no usable answer from Instagram (ConnectionException); it is tried again.")
