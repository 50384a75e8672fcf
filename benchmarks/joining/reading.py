"""The invented mentions of data/pairs as the night's work would see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.joining.pairs import Told
from cases.likeness import Described, Incoming
from classifiers.duplicates import duplicate_groups
from classifiers.places import Gazetteer
from flows.describing import describer

BEGINNING = datetime(2026, 11, 2, tzinfo=UTC)
HOME = "32.16"
KEY = b"a key for measuring"


def described(told: Sequence[Told]) -> dict[str, Described]:
    """The invented mentions as the night's work would see them: repeats folded, places read, names hashed."""
    reader, gazetteer = describer(HOME, KEY), Gazetteer()
    times = [BEGINNING + timedelta(hours=one.hours) for one in told]
    first = duplicate_groups([one.mention for one in told], [one.text for one in told], times)
    found = {}
    for one, time in zip(told, times, strict=True):
        original = str(first[one.mention])
        mention = Incoming(
            one.mention, one.platform, one.author, one.thread if one.thread != one.mention else None, one.thread,
            original if original != one.mention else None, one.category, time,
        )  # fmt: skip
        places = {place.code: place.weight for place in gazetteer.find(one.text, HOME)}
        found[one.mention] = Described(mention, reader.facts(one.text), places)
    return found
