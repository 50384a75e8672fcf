"""One run of one source: what its collector may ask of the database and the platform. Each answer is one unit of work."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from collectors import instagram, situations, x
from collectors.x_client import Usage, read_usage
from flows.instagram_account import InstagramAccount
from flows.progress import Steps
from flows.x_budget import XBudget
from mention import Mention, Page
from settings import Settings
from triage.account_health import Unread
from triage.collecting import known_ids, read_cursor, save_cursor, save_page
from triage.database import unit_of_work
from triage.spending import Price

CLOCK_TOLERANCE = timedelta(minutes=10)


class Target(Protocol):
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every run of a source needs; ``clock`` is this machine's."""

    settings: Settings
    run_id: str
    prices: Mapping[str, Price]
    steps: Steps
    clock: Callable[[], datetime]


class Run:
    """What both platforms share: pages are stored as they come, and the platform's clock corrects ours."""

    source: str

    def __init__(self, surroundings: Surroundings) -> None:
        self.around = surroundings
        self.settings = surroundings.settings
        self.seen = self.new = 0
        self.lost_requests = 0  # sent, but no page of theirs was stored
        self.clock_fault: situations.ClockWrong | None = None
        self._clock_off = timedelta(0)

    def now(self) -> datetime:
        """The platform's time, as far as it has told: days and budgets are the platform's."""
        return self.around.clock() + self._clock_off

    def save(self, page: Page) -> None:
        with unit_of_work(self.settings.database) as connection:
            self.new += save_page(connection, page, self.around.run_id, self.around.prices, self.now())
        self.seen += len(page.mentions)
        self.check_clock(page.answered_at, page.mentions)
        self.around.steps.say(f"collect {self.source}", f"{self.seen} seen, {self.new} new ({page.target})")

    def cursor(self, target: str) -> dict[str, Any]:
        with unit_of_work(self.settings.database) as connection:
            return read_cursor(connection, self.source, target)

    def left_unread(self, target: Target, fault: situations.Situation) -> Unread:
        """What a stop leaves of a target for the next run."""
        return Unread(self.source, target.name, None, self.now(), str(fault), self.now())

    def check_clock(self, answered_at: datetime | None, mentions: Sequence[Mention] = ()) -> None:
        """A clock set to another zone's time shows here: the platform answers, or a post was written, in its future."""
        now = self.now()
        told = answered_at or max((mention.created_at for mention in mentions), default=now)
        off = told - now
        if off > CLOCK_TOLERANCE or (answered_at and -off > CLOCK_TOLERANCE):
            self._clock_off += off
            minutes = round(self._clock_off.total_seconds() / 60)
            self.clock_fault = situations.ClockWrong(
                f"This machine's clock is {abs(minutes)} minutes {'behind' if minutes > 0 else 'ahead of'} {self.source}'s: "
                "set it (timedatectl set-ntp true); until then ages, days and budgets are wrong."
            )


class XRun(Run):
    source = "x"

    def targets(self) -> list[x.Target]:
        return x.targets(self.settings.x)

    def begin(self) -> None:
        """Raises AccessRefused without credentials."""
        self.client = x.connect(self.settings.secrets)
        self.budget = XBudget(
            self.settings.database,
            self.settings.x,
            self.around.run_id,
            self.around.prices,
            self._read_usage,
            self.now,
        )
        self.budget.begin()

    def walks(self) -> list[tuple[Target, Iterator[Page]]]:
        states = self._cursors()
        return [(target, self._walk(target, states[target.name])) for target in self.targets()]

    def _cursors(self) -> dict[str, dict[str, Any]]:
        """Where each target stopped; one that was never asked for remembers from when on it was, should the answer never come."""
        states = {}
        with unit_of_work(self.settings.database) as connection:
            for target in self.targets():
                states[target.name] = read_cursor(connection, self.source, target.name)
                if not states[target.name]:
                    states[target.name] = {"begun": self.now().isoformat()}
                    save_cursor(connection, self.source, target.name, states[target.name], self.now())
        return states

    def _walk(self, target: x.Target, state: dict[str, Any]) -> Iterator[Page]:
        try:
            yield from x.collect(self.client, target, state, reserve=self.budget.reserve, now=self.now)
        except situations.Unreachable as fault:
            if fault.billable:
                self.budget.hold()
            self.budget.release()
            raise
        except situations.Situation:
            self.budget.release()
            raise

    def _read_usage(self) -> Usage:
        """X's counter; its Date header tells X's clock before any money is set aside for one of its days."""
        usage = read_usage(self.client, self.now().date())
        self.check_clock(usage.answered_at)
        return usage

    def save(self, page: Page) -> None:
        super().save(page)
        self.budget.settled(held=len(page.billed_on) > 1)

    def judge(self, fault: situations.Situation) -> situations.Situation:
        return fault

    def end(self, faults: list[situations.Situation]) -> None:
        self.lost_requests = self.budget.lost_requests

    def left_unread(self, target: Target, fault: situations.Situation) -> Unread:
        from_at, to_at = x.unread(self.cursor(target.name), self.now())
        return Unread(self.source, target.name, from_at, to_at, str(fault), self.now())


class InstagramRun(Run):
    source = "instagram"

    def targets(self) -> list[instagram.Target]:
        return instagram.targets(self.settings.instagram)

    def begin(self) -> None:
        """Raises AccessRefused without a session or when the canary cannot be read, Resting while the account rests."""
        secrets, limits = self.settings.secrets, self.settings.instagram
        self.client = instagram.connect(secrets, self._take_request)
        self.account = InstagramAccount(
            self.settings.database, limits, secrets["INSTAGRAM_USERNAME"], self.client.fingerprint, self.now
        )
        self._pause = 0.0 if self.settings.demo else limits.seconds_between_requests
        self._stored_requests = 0
        self.account.begin()
        if self.account.recovering and self._canary_is_dead():
            blocked = _blocked()
            self.end([blocked])
            raise blocked

    def walks(self) -> list[tuple[Target, Iterator[Page]]]:
        return [(target, self._walk(target)) for target in self.targets()]

    def _walk(self, target: instagram.Target) -> Iterator[Page]:
        known = partial(_known, self.settings)
        for page in instagram.collect(self.client, target, self.cursor(target.name), is_known=known, now=self.now):
            self._stored_requests += page.requests
            yield page

    def judge(self, fault: situations.Situation) -> situations.Situation:
        """What a doubtful refusal means: ask who we are, or whether a post that must be there can be read."""
        with suppress(situations.Situation):  # no requests left to ask with
            if isinstance(fault, situations.TurnedAway) and not instagram.session_is_alive(self.client):
                return situations.AccessRefused(
                    "Instagram: the session is dead; import a new one with 'tanggap session import FILE'."
                )
            if isinstance(fault, situations.ListCut | situations.AccountUnknown) and self._canary_is_dead():
                return _blocked()
        return fault

    def end(self, faults: list[situations.Situation]) -> None:
        refusals = [fault for fault in faults if isinstance(fault, situations.RateLimited | situations.AccessRefused)]
        self.account.end((refusals or faults or [None])[0])
        self.lost_requests = self.client.pace.requests - self._stored_requests

    def _take_request(self) -> None:
        self.account.take_request()
        if self._pause:
            time.sleep(self._pause * random.uniform(0.5, 1.5))  # noqa: S311 - a rhythm, not a secret

    def _canary_is_dead(self) -> bool:
        """False, too, when no canary is named and no own post is known yet."""
        shortcode = self.settings.instagram.canary or self._newest_own_post()
        return shortcode is not None and not instagram.canary_is_healthy(self.client, shortcode)

    def _newest_own_post(self) -> str | None:
        read = [
            code
            for target in self.targets()
            if target.name.startswith("comments:")
            for code in self.cursor(target.name).get("read", {})
        ]
        return max(read, key=lambda code: (len(code), code), default=None)


def _known(settings: Settings, ids: list[str]) -> set[str]:
    with unit_of_work(settings.database) as connection:
        return known_ids(connection, ids)


def _blocked() -> situations.AccessRefused:
    return situations.AccessRefused(
        "Instagram: a post that is known to be there cannot be read; the account is blocked for now, look at it in the app."
    )
