"""A seed's world and weather: what citizens write, and what goes wrong when. Everything is invented; the same seed, the same storm."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

from demo.world import INSTAGRAM_PROGRAM, X_PROGRAM

RUNS = 7  # of the collector, until the weather clears
SPAN = 3 * 1440 - 1090  # minutes of the world: day -2 00:00 to day 0 05:50, local time
WORD = "rahasia"  # stands in every text that a citizen writes
PAUSE = 9 * 1440  # minutes without a run: longer than the search reaches back
X_FAULTS = (
    "429", "429-no-reset", "429-past", "cap", "402", "401", "403", "404", "500", "503", "503-html", "list-body", "html-200",
    "truncated-json", "reset", "close", "empty-page", "equal-page", "since_id-too-old", "suspended-author", "new-field-names",
    "poisoned-node", "no-username",
)  # fmt: skip
INSTAGRAM_FAULTS = (
    "400", "401", "403", "404", "429", "500", "503-html", "html-200", "truncated-json", "reset", "close", "feedback", "checkpoint",
    "challenge", "login-redirect", "gqlerror", "empty-page", "equal-page", "poisoned-node", "no-username", "expired-session",
    "next_min_id-missing", "comments-missing", "child-page-cut", "list-body",
)  # fmt: skip
_X_PLACES = ("/mentions", "/search/recent")
_INSTAGRAM_PLACES = (
    "e31a871f7301132ceaab56507a66bbb7",
    "29104886249145907",
    "27937681195819736",
    "/comments/",
    "97b41c52301f77ce",
)


@dataclass(frozen=True)
class Trouble:
    """What happens in one run: the stand-in's faults, a kill around one of our commits, a midnight after one, a wrong clock."""

    minutes: float  # since the run before, by the platform's clock
    faults: list[dict[str, Any]] = field(default_factory=list)
    kill: tuple[int, str] | None = None  # (commit number, before | after)
    midnight_after: int | None = None  # the commit after which the platform's day ends
    clock_off_minutes: float = 0.0
    edits: int = 0  # posts that citizens change before the run
    deletions: int = 0


def world(source: str, seed: int) -> list[dict[str, Any]]:
    """Feed rows over three days, with bursts of several pages, late indexing and late tags."""
    chance = random.Random(f"world {source} {seed}")
    return _x_world(chance) if source == "x" else _instagram_world(chance)


def troubles(source: str, seed: int) -> list[Trouble]:
    """The runs of a seed; every fifth seed of X pauses so long that its search cannot reach back."""
    chance = random.Random(f"weather {source} {seed}")
    found = [_trouble(chance, source) for _ in range(RUNS)]
    if source == "x" and seed % 5 == 4:
        found[4] = replace(found[4], minutes=PAUSE, midnight_after=None)
    return found


def _trouble(chance: random.Random, source: str) -> Trouble:
    kinds, places = (X_FAULTS, _X_PLACES) if source == "x" else (INSTAGRAM_FAULTS, _INSTAGRAM_PLACES)
    faults = [
        {
            "match": chance.choice(places),
            "kind": chance.choice(kinds),
            "skip": chance.choice((0, 0, 0, 1, 2)),
            "times": chance.choice((1, 1, 2)),
        }
        for _ in range(chance.choice((0, 1, 2, 3)))
    ]
    killed, midnight = chance.random() < 0.5, source == "x" and chance.random() < 0.35
    return Trouble(
        minutes=chance.choice((20, 60, 60, 240, 600) if source == "x" else (60, 240, 600, 1500)),
        faults=faults,
        kill=(chance.randint(2, 14), chance.choice(("before", "after"))) if killed else None,
        midnight_after=chance.randint(3, 10) if midnight else None,
        clock_off_minutes=chance.choice((0, 0, 0, 0, -420, 420)) if source == "x" else 0,
        edits=chance.choice((0, 0, 1, 2)) if source == "x" else 0,
        deletions=chance.choice((0, 0, 0, 1)),
    )


def _x_world(chance: random.Random) -> list[dict[str, Any]]:
    rows = [_x_row(chance, number, chance.randrange(SPAN)) for number in range(90)]
    for burst in range(2):  # a flood: more than a page within the hour
        start = chance.randrange(600, SPAN - 50)
        rows += [_x_row(chance, 1000 * (burst + 1) + number, start + number * 40 // 130) for number in range(130)]
    return rows


def _x_row(chance: random.Random, number: int, minute: int) -> dict[str, Any]:
    searched = chance.random() < 0.4
    text = f"#banjirbekasi kabar {number}" if searched else f"@{X_PROGRAM} kabar {number}"
    return _row(f"x{number:05}", "search" if searched else "mention", text, minute, chance, late=chance.random() * 1.5)


def _instagram_world(chance: random.Random) -> list[dict[str, Any]]:
    rows = [_row(f"io{n}", "own", f"unggahan {n}", n * 60, chance, author=INSTAGRAM_PROGRAM) for n in range(3)]
    for number in range(55):
        late = chance.choice((0, 0, 0, 0, chance.randrange(600)))  # somebody tags the program in an old post
        rows.append(
            _row(f"it{number:03}", "tagged", f"caption {number}", chance.randrange(SPAN - 605), chance, late=late)
        )
    for number in range(40):
        post = chance.choice((0, 0, 1, 2))
        minute = chance.randrange(post * 60 + 10, SPAN)
        rows.append(_row(f"ic{number:03}", "comment", f"komentar {number}", minute, chance, parent=f"io{post}"))
    return rows


def _row(
    key: str, channel: str, text: str, minute: int, chance: random.Random, *, late: float = 0, **changes: Any
) -> dict[str, Any]:
    row = {
        "key": key, "channel": channel, "author": f"warga{chance.randrange(25)}", "name": "Warga", "day": -2 + minute // 1440,
        "time": f"{minute % 1440 // 60:02}:{minute % 60:02}", "text": f"{text} {WORD}", "parent": None, "likes": 1,
        "extra": {"late_minutes": late} if late else {},
    }  # fmt: skip
    return row | changes
