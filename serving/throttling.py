"""Guessing gets slower and slower: failed tries are counted by account and by address, and each doubles the wait."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request

from triage.sessions import failures

FREE_TRIES = {"account": 5, "address": 30}  # behind one address there may be a whole office
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
Keys = list[tuple[str, str]]


def throttle_keys(request: Request, account: str) -> Keys:
    """What a failed try is counted under; hashed, because people type passwords into the wrong field."""
    address = request.client.host if request.client else ""
    named = (("account", account), ("address", address))
    return [(kind, hashlib.sha256(value.encode()).hexdigest()) for kind, value in named]


def wait_left(connection: Any, keys: Keys, now: datetime) -> timedelta | None:
    """After the free tries 5 s, 10 s, 20 s … 15 minutes; never a lock for good. None: try."""
    left = timedelta()
    for kind, (count, last) in failures(connection, keys).items():
        if count >= FREE_TRIES[kind]:
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(count - FREE_TRIES[kind], 10))
            left = max(left, last + wait - now)
    return left or None


def wait_words(left: timedelta) -> str:
    """One sentence for everybody, whether or not there is such an account."""
    if left <= timedelta(minutes=1):
        return "Terlalu banyak percobaan. Tunggu satu menit, lalu coba lagi."
    return "Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi, atau minta admin menyetel ulang."
