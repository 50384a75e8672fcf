"""What may be spent on X: set aside before a request, compared with X's own counter, a hard stop below every limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from collectors import situations
from collectors.x_client import Usage
from settings import XSource
from triage.database import unit_of_work
from triage.reconciling import Counter, LastCounter, last_counter, open_days, reconcile
from triage.spending import Price, Spent, reserve, spent, void

SOURCE = "x"
CAP_MARGIN = (
    0.02  # of the platform's cap that is never used: its counter lags, and other tools of the office may read too
)
COUNTER_KEPT = timedelta(hours=24)  # an older look at the counter says nothing about the cap


class XBudget:
    """The money of one run. ``now`` is the platform's time as far as it is known; each question is one unit of work."""

    def __init__(
        self,
        database: Path,
        limits: XSource,
        run_id: str,
        prices: Mapping[str, Price],
        ask_usage: Callable[[], Usage],
        now: Callable[[], datetime],
    ) -> None:
        self.database, self.limits, self.run_id, self.prices = database, limits, run_id, prices
        self._ask_usage, self._now = ask_usage, now
        self._open: str | None = None
        self._kind: str | None = None  # of the reads since the counter was looked at
        self._held = False  # money of an answer that broke stays set aside
        self.lost_requests = 0  # sent, but they brought no page

    def begin(self) -> None:
        """Look at X's counter: it is free, tells X's clock, and what an earlier run that was killed has really cost."""
        self._compare()
        with unit_of_work(self.database) as connection:
            self._held = bool(open_days(connection, SOURCE))

    def reserve(self, units: Mapping[str, int]) -> str:
        """Set the money aside in a transaction of its own, before the request leaves. Raises BudgetSpent or CapReached."""
        self.release()  # the collector asks anew only when the request before was refused
        kind = next(name for name in units if name.endswith("_read"))
        if self._held and self._kind not in (None, kind):
            self._compare()
        self._kind = kind
        with unit_of_work(self.database) as connection:
            now = self._now()
            self._check(spent(connection, SOURCE, now), units)
            self._check_cap(last_counter(connection, SOURCE), max(units.values()))
            self._open = reserve(connection, self.run_id, SOURCE, units, self.prices, now)
        return self._open

    def settled(self, *, held: bool) -> None:
        """The page came and is stored with its money; around midnight that stays set aside on both days."""
        self._held, self._open = self._held or held, None

    def release(self) -> None:
        """Without an open reservation nothing; else the platform refused the request, and failed requests are free."""
        if self._open is None:
            return
        with unit_of_work(self.database) as connection:
            void(connection, self._open)
        self._open = None
        self.lost_requests += 1

    def hold(self) -> None:
        """Nobody knows whether a broken answer is billed: the money stays set aside until X's counter tells."""
        self._held, self._open = True, None
        self.lost_requests += 1

    def _compare(self) -> None:
        """Ask X what it has counted. Without an answer the money stays set aside as it is: too much, never too little."""
        self.lost_requests += 1
        try:
            usage = self._ask_usage()
        except situations.Situation:
            return
        counter = Counter(usage.used, usage.cap, usage.since, usage.days)
        with unit_of_work(self.database) as connection:
            reconcile(connection, SOURCE, counter, self.prices, self._now())
        self._kind = None

    def _check(self, sums: Spent, units: Mapping[str, int]) -> None:
        posts = max(units.values())
        usd = sum(count * self.prices[kind].usd_at_most for kind, count in units.items())
        limits = self.limits
        if sums.posts_today + posts > limits.posts_per_day or sums.usd_today + usd > limits.usd_per_day:
            raise situations.BudgetSpent(
                f"X: today's budget ({limits.posts_per_day} posts, {limits.usd_per_day:g} USD) leaves no room for another page; "
                "the rest is read after 07:00 WIB, or raise posts_per_day and usd_per_day in tanggap.toml."
            )
        if sums.posts_month + posts > limits.posts_per_month or sums.usd_month + usd > limits.usd_per_month:
            raise situations.BudgetSpent(
                f"X: this month's budget ({limits.posts_per_month} posts, {limits.usd_per_month:g} USD) leaves no room for another page; "
                "the rest is read next month, or raise posts_per_month and usd_per_month in tanggap.toml."
            )

    def _check_cap(self, counter: LastCounter | None, posts: int) -> None:
        """What X had counted at the last look and what was asked for since, against its cap; an old look says nothing."""
        if counter is None or counter.cap is None or self._now() - counter.asked_at > COUNTER_KEPT:
            return
        if counter.used + counter.since + posts > counter.cap * (1 - CAP_MARGIN):
            raise situations.CapReached(
                f"X: its monthly cap of {counter.cap} posts is nearly used up ({counter.used} counted by X); "
                "the rest is read next month, or raise the cap in the developer portal."
            )
