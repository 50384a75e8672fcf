"""One source, collected: the collector asks, every page is stored before the next request. No Prefect here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors import instagram, situations, x
from collectors.instagram_mapping import CLIENT_VERSION as INSTAGRAM_CLIENT
from collectors.x_mapping import CLIENT_VERSION as X_CLIENT
from flows.progress import Steps
from mention import Page
from settings import DATA, Settings
from triage.collecting import finish_run, known_ids, read_cursor, requests_today, run_counts, save_page, start_run
from triage.database import unit_of_work
from triage.spending import Price, load_prices, reserve, spent_today, void

CLOCK_TOLERANCE = timedelta(minutes=10)
CLIENTS = {"x": X_CLIENT, "instagram": INSTAGRAM_CLIENT}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one collecting of one source ended. status: ok | degraded | failed, as in collection_runs."""

    source: str
    status: str
    error: str | None
    passing: bool  # trying again soon may help
    requests: int
    seen: int
    new: int
    unmapped: int


def enabled_sources(settings: Settings) -> list[str]:
    return [name for name in CLIENTS if getattr(settings, name).enabled]


def utc_now() -> datetime:
    return datetime.now(UTC)


def collect_source(settings: Settings, source: str, steps: Steps) -> Outcome:
    """Read every target of a source; what is read before a fault stays, and the next call goes on from there."""
    with unit_of_work(settings.database) as connection:
        run_id = start_run(connection, source, CLIENTS[source], utc_now())
    run = _Run(settings, source, run_id, load_prices(DATA / "prices.toml", utc_now().date()), steps)
    faults = _collect_targets(run)
    with unit_of_work(settings.database) as connection:
        read = run_counts(connection, run_id)["requests"] > 0
        status = "ok" if not faults else "degraded" if read else "failed"
        error = " ".join(dict.fromkeys(str(fault) for fault in faults)) or None
        finish_run(connection, run_id, status, error, run.lost_requests, utc_now())
        counts = run_counts(connection, run_id)
    steps.say(f"collect {source}", f"{counts['seen']} seen, {counts['new']} new, {status}", done=True)
    return Outcome(source, status, error, any(isinstance(fault, situations.Unreachable) for fault in faults), **counts)


def _collect_targets(run: _Run) -> list[situations.Situation]:
    """The faults met, one a target at most; one bad target leaves the others, one dead source ends them all."""
    try:
        walks = run.walks()
    except situations.Situation as fault:
        return [fault]
    faults: list[situations.Situation] = []
    for walk in walks:
        try:
            for page in walk:
                run.save(page)
        except situations.Situation as fault:
            faults.append(fault)
            if not isinstance(fault, situations.AccountUnknown | situations.Unreachable | situations.RequestRefused):
                break  # the other targets would meet the same refusal
    return [*faults, *([run.clock_fault] if run.clock_fault else [])]


class _Run:
    """One run of one source: what the collector may ask of the database, each answer one unit of work."""

    def __init__(self, settings: Settings, source: str, run_id: str, prices: Mapping[str, Price], steps: Steps) -> None:
        self.settings, self.source, self.run_id, self.prices, self.steps = settings, source, run_id, prices, steps
        self.seen = self.new = 0
        self.clock_fault: situations.ClockWrong | None = None
        self.lost_requests = 0  # sent, but no page of theirs was stored
        self._open_reservation: str | None = None
        self._requests_left = 0

    def walks(self) -> list[Iterator[Page]]:
        if self.source == "x":
            client = x.connect(self.settings.secrets)
            return [self._x_walk(client, target) for target in x.targets(self.settings.x)]
        with unit_of_work(self.settings.database) as connection:
            self._requests_left = self.settings.instagram.requests_per_day - requests_today(
                connection, self.source, utc_now()
            )
        client_ig = instagram.connect(self.settings.secrets, self._take_request)
        return [self._instagram_walk(client_ig, target) for target in instagram.targets(self.settings.instagram)]

    def save(self, page: Page) -> None:
        with unit_of_work(self.settings.database) as connection:
            self.new += save_page(connection, page, self.run_id, self.prices, utc_now())
        self._open_reservation = None
        self.seen += len(page.mentions)
        self._check_clock(page)
        self.steps.say(f"collect {self.source}", f"{self.seen} seen, {self.new} new ({page.target})")

    def _x_walk(self, client: x.Client, target: x.Target) -> Iterator[Page]:
        try:
            yield from x.collect(client, target, self._cursor(target.name), reserve=self._reserve, now=utc_now)
        except situations.Unreachable:
            self.lost_requests += 1  # nobody knows whether a broken answer is billed: the money stays set aside
            raise
        except situations.Situation:
            self._release()
            raise

    def _instagram_walk(self, client: instagram.Client, target: instagram.Target) -> Iterator[Page]:
        stored = client.pace.requests
        try:
            for page in instagram.collect(client, target, self._cursor(target.name), is_known=self._known, now=utc_now):
                stored += page.requests
                yield page
        finally:
            self.lost_requests += client.pace.requests - stored

    def _check_clock(self, page: Page) -> None:
        """A clock set to another zone's time shows here: the platform answers, or a post was written, in its future."""
        now = utc_now()
        told = page.answered_at or max((mention.created_at for mention in page.mentions), default=now)
        off = told - now
        if off > CLOCK_TOLERANCE or (page.answered_at and -off > CLOCK_TOLERANCE):
            minutes = round(off.total_seconds() / 60)
            self.clock_fault = situations.ClockWrong(
                f"This machine's clock is {abs(minutes)} minutes {'behind' if minutes > 0 else 'ahead of'} {self.source}'s: "
                "set it (timedatectl set-ntp true); until then ages, days and budgets are wrong."
            )

    def _cursor(self, target: str) -> dict[str, Any]:
        with unit_of_work(self.settings.database) as connection:
            return read_cursor(connection, self.source, target)

    def _known(self, ids: list[str]) -> set[str]:
        with unit_of_work(self.settings.database) as connection:
            return known_ids(connection, ids)

    def _reserve(self, units: Mapping[str, int]) -> str:
        """Set the money aside in a transaction of its own, before the request leaves."""
        budget = self.settings.x
        with unit_of_work(self.settings.database) as connection:
            posts, usd = spent_today(connection, self.source, utc_now())
            asked_usd = sum(count * self.prices[kind].usd_at_most for kind, count in units.items())
            asked_posts = max(units.values())
            if posts + asked_posts > budget.posts_per_day or usd + asked_usd > budget.usd_per_day:
                raise situations.BudgetSpent(
                    f"X: today's budget ({budget.posts_per_day} posts, {budget.usd_per_day:g} USD) leaves no room for another page; "
                    "the rest is read after 07:00 WIB, or raise posts_per_day and usd_per_day in tanggap.toml."
                )
            self._open_reservation = reserve(connection, self.run_id, self.source, units, self.prices, utc_now())
        return self._open_reservation

    def _release(self) -> None:
        """The platform refused the request: failed requests are free."""
        if self._open_reservation:
            with unit_of_work(self.settings.database) as connection:
                void(connection, self._open_reservation)
            self._open_reservation = None
            self.lost_requests += 1

    def _take_request(self) -> None:
        if self._requests_left <= 0:
            raise situations.BudgetSpent(
                f"Instagram: today's {self.settings.instagram.requests_per_day} requests are used up; "
                "the rest is read after 07:00 WIB, or raise requests_per_day in tanggap.toml."
            )
        self._requests_left -= 1
