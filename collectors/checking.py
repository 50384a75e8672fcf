"""One cheap call to each platform with the genuine client: is the access good, and what time is it there?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tweepy

from collectors import instagram_client, situations, x

# Who am I: instaloader's own question in test_login, which prints its faults instead of raising them.
_VIEWER_QUERY = "d6f4427fbe92d846298cf93df0b937d3"


def check_x(secrets: Mapping[str, str]) -> tuple[str, datetime | None]:
    """(what X says, X's time) from GET /2/usage/tweets, which reads no post and costs nothing. Raises a Situation."""
    client = x.connect(secrets)
    try:
        response: Any = client.api.request(
            "GET", "/2/usage/tweets", params={"days": 1}, user_auth=not secrets.get("X_BEARER_TOKEN")
        )
        usage = response.json()["data"]
        return f"{usage['project_usage']} of {usage['project_cap']} posts of this month are read", _time_of(response)
    except (tweepy.Unauthorized, tweepy.Forbidden) as error:
        status = error.response.status_code
        raise situations.AccessRefused(
            f"X refuses the access ({status}): make new keys in the developer portal and put them into .env."
        ) from None
    except tweepy.TooManyRequests as error:
        return "access is good; its counter may be asked again later (429)", _time_of(error.response)
    except (
        tweepy.TweepyException,
        requests.RequestException,
        AttributeError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise situations.Unreachable(
            f"X gives no usable answer ({type(error).__name__}): look at this machine's network, try again later."
        ) from None


def check_instagram(secrets: Mapping[str, str], take_request: Callable[[], None]) -> str:
    """Whose session it is, in one request. Raises a Situation."""
    loader, _ = instagram_client.connect(secrets, take_request)
    with instagram_client.named_situations("Instagram"):
        viewer = loader.context.graphql_query(_VIEWER_QUERY, {})["data"]["user"]
    if viewer is None:
        raise situations.AccessRefused("Instagram: the session is dead; make a new one (README, 'Instagram').")
    return f"the session is that of {viewer['username']}"


def _time_of(response: requests.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
