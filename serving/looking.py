"""Who looks at which card just now: so that twenty people who open one queue do not all begin with the same card."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

LASTING = 120.0  # seconds; nobody is kept from a card for longer, and its address opens at any time


class Looking:
    """Held in memory only: a restart forgets it, and no decision depends on it."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._cards: dict[str, tuple[str, float]] = {}

    def look(self, user_id: str, mention_ids: Iterable[str]) -> None:
        """These cards are in front of somebody now."""
        until = self._seconds() + LASTING
        for mention_id in mention_ids:
            if self.is_free(mention_id, user_id):
                self._cards[mention_id] = (user_id, until)

    def is_free(self, mention_id: str, user_id: str) -> bool:
        """Whether nobody else looks at a card."""
        holder, until = self._cards.get(mention_id, (user_id, 0.0))
        return holder == user_id or self._seconds() >= until

    def leave(self, mention_id: str) -> None:
        """It was decided."""
        self._cards.pop(mention_id, None)
