"""Writing the database anew loses nothing: others write all the while, and a kill leaves the old file or the new one, whole."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from flows.collecting import utc_now
from tests.test_triage_collecting import mention, page, save
from triage.backups import read_facts
from triage.database import unit_of_work
from triage.rewriting import clear_leftovers, rewrite

WRITES = 16
FORK = multiprocessing.get_context(
    "fork"
)  # another process, with everything imported: no file of DuckDB is open when it begins


def write_along(path: Path, started: object) -> None:
    """Small units of work, closer together and further apart than a rewriting takes."""
    draw = random.Random(7)
    for number in range(WRITES):
        with unit_of_work(path) as connection:
            connection.execute("INSERT INTO access_log VALUES (?, 'menulis', now())", [str(number)])
        started.set()  # type: ignore[attr-defined]
        time.sleep(draw.uniform(0, 0.16))


def rewrite_and_die(path: Path, *, before: bool) -> None:
    """Killed where the fresh file takes the old one's place."""
    put_in_place = os.replace

    def killed(old: str, new: str) -> None:
        if not before:
            put_in_place(old, new)
        os.kill(os.getpid(), signal.SIGKILL)

    os.replace = killed  # type: ignore[assignment]
    rewrite(path, utc_now())


def test_nobody_who_writes_meanwhile_loses_a_row(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.rewriting.TRIES", 3)
    save(database, *(page(mention(number, f"kata {number}")) for number in range(3)))
    started = FORK.Event()
    writer = FORK.Process(target=write_along, args=(database, started))
    writer.start()
    assert started.wait(60)
    times, inodes = 0, {database.stat().st_ino}
    while writer.is_alive():
        rewrite(database, utc_now() + timedelta(microseconds=times))
        inodes.add(database.stat().st_ino)
        times += 1
    writer.join()
    assert writer.exitcode == 0 and times >= 1 and len(inodes) > 1
    with unit_of_work(database) as connection:
        written = connection.execute("SELECT count(DISTINCT user_id) FROM access_log WHERE what = 'menulis'").fetchone()
        assert written == (WRITES,)
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (3,)


def test_a_kill_leaves_a_whole_file(database: Path) -> None:
    save(database, page(mention(1, "kata satu"), mention(2, "kata dua")))
    expected = read_facts(database).tables["mentions"]
    for before in (True, False):
        inode = database.stat().st_ino
        victim = FORK.Process(target=rewrite_and_die, args=(database,), kwargs={"before": before})
        victim.start()
        victim.join(60)
        assert victim.exitcode == -signal.SIGKILL
        assert (database.stat().st_ino == inode) == before
        facts = read_facts(database)
        assert facts.tables["mentions"] == expected and facts.unsound == []
    clear_leftovers(database)
    assert [path.name for path in database.parent.glob(".triage*")] == []
