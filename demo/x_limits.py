"""X's rate limits: a window of 15 minutes per endpoint and identity, told in the headers of every reply."""

from __future__ import annotations

WINDOW_MS = 900_000
# Endpoint -> requests per window with an app's bearer token, with a user's keys (docs.x.com of 2026-07-24).
LIMITS = {
    "search": (450, 300),
    "counts": (300, 300),
    "mentions": (450, 300),
    "timeline": (10_000, 900),
    "tweets": (3_500, 5_000),
    "users": (300, 900),
    "usage": (50, 50),
}


class Windows:
    def __init__(self) -> None:
        self._open: dict[tuple[str, bool], tuple[int, int]] = {}  # -> (start, used)

    def count(self, endpoint: str, as_user: bool, now_ms: int) -> tuple[bool, list[tuple[str, str]]]:
        """Count one request: whether it is still allowed, and the three headers."""
        limit = LIMITS[endpoint][as_user]
        start, used = self._open.get((endpoint, as_user), (now_ms, 0))
        if not start <= now_ms < start + WINDOW_MS:
            start, used = now_ms, 0
        self._open[endpoint, as_user] = (start, used + 1)
        reset = (start + WINDOW_MS) // 1000
        return used < limit, rate_headers(limit, max(limit - used - 1, 0), reset)

    def clear(self) -> None:
        self._open.clear()


def rate_headers(limit: int, remaining: int, reset: int) -> list[tuple[str, str]]:
    return [
        ("x-rate-limit-limit", str(limit)),
        ("x-rate-limit-remaining", str(remaining)),
        ("x-rate-limit-reset", str(reset)),
    ]
