"""One seed from the first run to the calm after it, and what must hold: nothing lost, nothing doubled, never below the bill."""

from __future__ import annotations

import os
import random
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.x_mapping import snowflake_time
from demo.instagram_session import SESSION
from demo.standin import Standin, credentials, running
from demo.world import INSTAGRAM_PROGRAM, X_PROGRAM
from settings import ROOT, Settings, load_settings
from tests.platforms import write_feed
from tests.storm.mortal import Fate, run_mortal
from tests.storm.naive import NaiveInstagram, NaiveX
from tests.storm.weather import WORD, Trouble, troubles, world
from triage.database import HERE, prepare_database, unit_of_work

CALM = (timedelta(hours=26), timedelta(hours=2), timedelta(hours=26))  # waits before the last runs
CENT = 1e-6


@dataclass
class Result:
    """One seed. ``lost``: can be read, was not read, and no gap says so. ``below``: looks at which the ledger was below the bill."""

    source: str
    seed: int
    runs: int = 0
    kills: int = 0
    faults: int = 0
    midnights: int = 0
    readable: int = 0
    lost: list[str] = field(default_factory=list)
    in_gaps: int = 0
    doubled: list[Any] = field(default_factory=list)
    unsound: list[Any] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)  # secrets or citizens' words where they must not be
    below: int = 0
    ledger: float = 0.0
    bill: float = 0.0
    still_open: int = 0
    naive_lost: int = 0


def weather_seed(source: str, seed: int, folder: Path) -> Result:
    """Run one seed in a folder of its own: ours, then the naive collector through the same weather."""
    home, feed = folder / "home", write_feed(folder / "feed", *world(source, seed))
    home.mkdir(parents=True)
    shutil.copy(ROOT / "tanggap.toml", home)
    with running(feed, folder / "state") as standin:
        secrets = _secrets(source, seed, folder / "state")
        environment = {**standin.environment, **secrets, "TANGGAP_HOME": str(home)}
        settings = load_settings({**os.environ, **environment}, demo=True)
        prepare_database(settings.database, demo=True)
        result = Result(source, seed)
        storm = _Storm(standin, settings, environment, folder / "runs.log", result)
        storm.rage(troubles(source, seed))
        storm.calm_down()
        storm.judge()
        standin.clear_faults()
        standin.reload()
        result.naive_lost = _naive(standin, settings, troubles(source, seed), result, credentials(folder / "state"))
    return result


def _secrets(source: str, seed: int, state: Path) -> dict[str, str]:
    """Every other seed of X has the bearer token alone, the others the account's own keys too: two kinds of reads a day."""
    secrets = credentials(state)
    if source == "x" and seed % 2:
        return {"X_BEARER_TOKEN": secrets["X_BEARER_TOKEN"]}
    return secrets


class _Storm:
    def __init__(
        self, standin: Standin, settings: Settings, environment: dict[str, str], log: Path, result: Result
    ) -> None:
        self.standin, self.settings, self.environment, self.log, self.result = (
            standin,
            settings,
            environment,
            log,
            result,
        )
        self.chance = random.Random(f"hands {result.source} {result.seed}")

    def rage(self, storm: list[Trouble]) -> None:
        begin_world(self.standin)
        for trouble in storm:
            move_clock(self.standin, trouble)
            self._change_world(trouble)
            self.standin.clear_faults()
            self.standin.faults(*trouble.faults)
            before = self.standin.clock()
            lived = self._run(trouble.kill, trouble.midnight_after, timedelta(minutes=trouble.clock_off_minutes))
            self.result.kills += not lived
            self.result.midnights += self.standin.clock().date() > before.date()
            self.result.faults += sum(fault["fired"] for fault in self.standin.faults())
            self._look_at_the_money()

    def calm_down(self) -> None:
        """The weather clears: the account rests, the days end, and everything that can still be read is read."""
        self.standin.clear_faults()
        for wait in CALM:
            self.standin.set_clock(max(self.standin.clock(), world_end(self.standin)) + wait)
            assert self._run(None, None, timedelta(0))
            self._look_at_the_money()

    def judge(self) -> None:
        result = self.result
        with unit_of_work(self.settings.database) as connection:
            stored = dict(connection.execute("SELECT mention_id, text FROM mentions").fetchall())
            gaps = connection.execute("SELECT target, from_at, to_at FROM gaps").fetchall()
            for check in sorted((HERE / "checks").glob("*.sql")):
                result.unsound += connection.execute(check.read_text(encoding="utf-8")).fetchall()
            opened = connection.execute("SELECT count(*) FROM spend WHERE state = 'reserved'").fetchone()
        result.leaks = self._leaks()
        readable = {mention_id_of(item): item for item in self.standin.items().values() if to_be_read(item)}
        result.readable = len(readable)
        for mention_id, item in readable.items():
            if stored.get(mention_id) != item["text"]:
                covered = item["platform"] == "x" and any(_covers(gap, item) for gap in gaps)
                result.in_gaps += covered
                if not covered:
                    result.lost.append(item["key"])
        items = {mention_id_of(item) for item in self.standin.items().values()}
        result.doubled = sorted(set(stored) - items)
        result.ledger, result.bill = self._money()
        result.still_open = opened[0] if opened else 0

    def _leaks(self) -> list[str]:
        """Everything the runs printed or logged, at the loudest level, and every table but those that hold what people wrote."""
        with unit_of_work(self.settings.database) as connection:
            tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            tables -= {"mentions", "mention_versions", "payloads"}
            written = {table: str(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in sorted(tables)}
        written[self.log.name] = self.log.read_text(encoding="utf-8")
        return [f"{place}: {word}" for place, text in written.items() for word in self._secrets() if word in text]

    def _secrets(self) -> set[str]:
        cookies = {SESSION[name] for name in ("sessionid", "csrftoken", "mid", "ig_did")}
        tokens = {value for name, value in self.environment.items() if re.match(r"X_.*(TOKEN|SECRET|KEY)", name)}
        return {WORD, *cookies, *tokens}

    def _run(self, kill: tuple[int, str] | None, midnight_after: int | None, clock_off: timedelta) -> bool:
        self.result.runs += 1
        ahead = self.standin.clock() - datetime.now(UTC)
        fate = Fate(
            self.result.source,
            self.environment,
            self.standin.control_port,
            ahead,
            self.log,
            kill,
            midnight_after,
            clock_off,
        )
        return run_mortal(fate)

    def _change_world(self, trouble: Trouble) -> None:
        """Citizens change and delete what they wrote."""
        can_be_seen = sorted(
            key for key, item in self.standin.items().items() if item["visible"] and item["channel"] != "own"
        )
        for key in self.chance.sample(can_be_seen, min(trouble.edits, len(can_be_seen))):
            text = self.standin.items()[key]["text"]
            self.standin.edit_item(key, f"{text} diralat")
        for key in self.chance.sample(can_be_seen, min(trouble.deletions, len(can_be_seen))):
            self.standin.delete_item(key)

    def _look_at_the_money(self) -> None:
        ledger, bill = self._money()
        self.result.below += ledger < bill - CENT

    def _money(self) -> tuple[float, float]:
        with unit_of_work(self.settings.database) as connection:
            row = connection.execute("SELECT coalesce(sum(usd), 0) FROM spend WHERE state <> 'void'").fetchone()
        assert row is not None
        return float(row[0]), float(self.standin.bill()["usd"])


def begin_world(standin: Standin) -> None:
    standin.set_clock(world_end(standin) - timedelta(hours=44))


def world_end(standin: Standin) -> datetime:
    """When the last post has been written and indexed."""
    last = max(item["created_ms"] for item in standin.items().values() if item["created_ms"])
    return datetime.fromtimestamp(last / 1000, UTC) + timedelta(minutes=30)


def move_clock(standin: Standin, trouble: Trouble) -> None:
    now = standin.clock() + timedelta(minutes=trouble.minutes)
    if trouble.midnight_after is not None:  # the run begins half a minute before the platform's day ends
        now = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - timedelta(seconds=30)
    standin.set_clock(now)


def mention_id_of(item: dict[str, Any]) -> str:
    if item["platform"] == "x":
        return f"x:{item['id']}"
    return f"instagram:{'c:' if item['channel'] in ('comment', 'reply') else ''}{item['id']}"


def to_be_read(item: dict[str, Any]) -> bool:
    return bool(item["visible"]) and item["author"] not in (X_PROGRAM, INSTAGRAM_PROGRAM)


def _covers(gap: tuple[str, datetime | None, datetime | None], item: dict[str, Any]) -> bool:
    created = snowflake_time(item["version_ids"][-1])  # of an edited post only the last version is shown
    target, from_at, to_at = gap
    searched = item["channel"] == "search"
    return (
        searched == target.startswith("search:")
        and (from_at is None or from_at <= created)
        and (to_at is None or created <= to_at)
        and not (from_at is None and to_at is None)
    )


def _naive(standin: Standin, settings: Settings, storm: list[Trouble], result: Result, secrets: dict[str, str]) -> int:
    """What the naive collector has not read when the same weather has passed over it."""
    naive = NaiveX(secrets, settings.x) if result.source == "x" else NaiveInstagram(secrets, settings.instagram)
    begin_world(standin)
    for trouble in storm:
        move_clock(standin, trouble)
        standin.clear_faults()
        with suppress(AssertionError):
            standin.faults(*trouble.faults)
        naive.run(trouble.kill[0] % 3 if trouble.kill else None)
    standin.clear_faults()
    for wait in CALM:
        standin.set_clock(max(standin.clock(), world_end(standin)) + wait)
        naive.run(None)
    wanted = [item for item in standin.items().values() if to_be_read(item) and item["channel"] != "comment"]
    return sum(item["id"] not in naive.seen for item in wanted)
