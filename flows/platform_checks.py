"""One cheap question to each platform, with the client and the care of a real run: is the access good, what time is it there?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collectors import instagram, situations, x
from collectors.x_client import read_usage
from flows.collecting import utc_now
from flows.collection_run import CLOCK_TOLERANCE
from flows.instagram_account import InstagramAccount
from flows.one_worker import lock_file, only_worker
from settings import Settings

GREEN, YELLOW, RED = "green", "yellow", "red"
# These pass by themselves.
_PASSING = (
    situations.RateLimited,
    situations.Unreachable,
    situations.BudgetSpent,
    situations.Resting,
    situations.WorkerBusy,
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``advice`` is what to do, empty when green. Neither ever holds a secret or a citizen's text."""

    name: str
    colour: str
    said: str
    advice: str = ""


def check_x(secrets: Mapping[str, str], now: datetime) -> tuple[Check, datetime | None]:
    """X's own counter of reads: one call that reads no post and costs nothing, and says what time it is there."""
    try:
        usage = read_usage(x.connect(secrets), now.date())
    except situations.Situation as fault:
        return _refused("x", fault), None
    cap = f" of {usage.cap}" if usage.cap else ""
    return Check("x", GREEN, f"access is good; {usage.used}{cap} posts of this month are read"), usage.answered_at


def check_instagram(settings: Settings, *, tracked: bool) -> Check:
    """Whose session it is, in one request that counts like every other; an account that rests is left alone."""
    try:
        with only_worker("instagram", lock_file("instagram", settings.secrets, settings.var)):
            name = (
                _ask_tracked(settings)
                if tracked
                else instagram.signed_in_as(instagram.connect(settings.secrets, lambda: None))
            )
    except situations.Situation as fault:
        return _refused("instagram", fault)
    if name:
        return Check("instagram", GREEN, f"the session is that of {name}")
    return Check("instagram", RED, "the session is dead", "import a new one: tanggap session import FILE (README)")


def _ask_tracked(settings: Settings) -> str | None:
    """As a run does it: the request is taken from the day's, and a refusal sends the account to rest."""

    def take_request() -> None:
        account.take_request()

    client = instagram.connect(settings.secrets, take_request)
    name = settings.secrets["INSTAGRAM_USERNAME"]
    account = InstagramAccount(settings.database, settings.instagram, name, client.fingerprint, utc_now)
    account.begin()
    fault: situations.Situation | None = None
    try:
        return instagram.signed_in_as(client)
    except situations.Situation as refusal:
        fault = refusal
        raise
    finally:
        account.end(fault)


def _refused(source: str, fault: situations.Situation) -> Check:
    """A situation's message is: what happened, then what to do."""
    said, _, advice = str(fault).replace("; ", ": ").rpartition(": ")
    passing = isinstance(fault, _PASSING)
    return Check(source, YELLOW if passing else RED, said or str(fault), advice)


def check_clock(now: datetime, told: datetime | None) -> Check:
    if told is None:
        return Check("clock", YELLOW, "no platform told its time", "see that timedatectl says 'synchronized: yes'")
    off = (told - now).total_seconds()
    if abs(off) > CLOCK_TOLERANCE.total_seconds():
        return Check("clock", RED, f"{abs(off) / 60:.0f} minutes off X's", "run timedatectl set-ntp true")
    return Check("clock", GREEN, f"within {max(abs(off), 1):.0f} s of X's")
