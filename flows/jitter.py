"""A little chance in when Instagram is asked: a reader that comes on the second every hour is no person."""

from __future__ import annotations

import random
import time

RHYTHM_SEEN = frozenset({"instagram"})  # sources that watch for machines; the official ways do not mind


def wait_a_little(most: float) -> None:
    """Wait up to so many seconds."""
    if most:
        time.sleep(random.uniform(0, most))  # noqa: S311 - a rhythm, not a secret
