"""What X would put on the bill: every resource once per UTC day and kind of read; failed requests are free."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from demo.clock import from_ms

# Micro-dollars, docs.x.com of 2026-08-13. Whether users that come along with posts are billed is not stated there:
# the switch bill_expanded_users of the control plane tries the dear answer.
PRICES = {
    "x.post_read": 5_000,
    "x.owned_read": 1_000,
    "x.user_read": 10_000,
    "x.expanded_user": 10_000,
    "x.counts_request": 5_000,
}


class Bill:
    def __init__(self) -> None:
        self._days: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._requests = 0

    def charge(self, kind: str, resource_id: str, now_ms: int) -> None:
        self._days[from_ms(now_ms).date().isoformat()][kind].add(resource_id)

    def charge_request(self, now_ms: int) -> None:
        """A request that is billed as such, however often it is repeated (counts)."""
        self._requests += 1
        self.charge("x.counts_request", str(self._requests), now_ms)

    def post_reads(self, day: str | None = None) -> int:
        """Billed post reads of a UTC day, or of all days."""
        days = self._days.values() if day is None else [self._days.get(day, {})]
        return sum(len(kinds.get(kind, ())) for kinds in days for kind in ("x.post_read", "x.owned_read"))

    def statement(self) -> dict[str, Any]:
        """{"days": {day: {kind: {"units", "usd"}}}, "usd": total}; dollars are exact to the micro-dollar."""
        days = {
            day: {kind: {"units": len(ids), "usd": len(ids) * PRICES[kind] / 1e6} for kind, ids in kinds.items()}
            for day, kinds in self._days.items()
        }
        total = sum(len(ids) * PRICES[kind] for kinds in self._days.values() for kind, ids in kinds.items())
        return {"days": days, "usd": total / 1e6}
