"""The stand-in's clock: real time until someone sets it over the control plane."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

DAY_MS = 86_400_000


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return round(moment.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


class Clock:
    """Milliseconds since 1970, UTC. Runs at real speed from wherever it is set, or stands still when frozen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset_ms = 0
        self._frozen_ms: int | None = None

    def now_ms(self) -> int:
        with self._lock:
            return self._now_ms()

    def now(self) -> datetime:
        return from_ms(self.now_ms())

    def set(self, moment: datetime, *, frozen: bool = False) -> None:
        with self._lock:
            self._offset_ms = to_ms(moment) - _real_ms()
            self._frozen_ms = to_ms(moment) if frozen else None

    def advance(self, seconds: float) -> None:
        with self._lock:
            step = round(seconds * 1000)
            self._offset_ms += step
            if self._frozen_ms is not None:
                self._frozen_ms += step

    def back_to_real_time(self) -> None:
        with self._lock:
            self._offset_ms, self._frozen_ms = 0, None

    def _now_ms(self) -> int:
        return self._frozen_ms if self._frozen_ms is not None else _real_ms() + self._offset_ms


def _real_ms() -> int:
    return time.time_ns() // 1_000_000
