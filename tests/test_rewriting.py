"""Writing the database anew loses nothing: others write all the while, and a kill leaves the old file or the new one, whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from flows.collecting import utc_now
from settings import ROOT
from tests.test_triage_collecting import mention, page, save
from triage.backups import read_facts
from triage.database import unit_of_work
from triage.rewriting import clear_leftovers, rewrite

WRITES = 16
# Small units of work, closer together and further apart than a rewriting takes.
WRITER = """
import random, time
from pathlib import Path
from triage.database import unit_of_work
draw = random.Random(7)
for number in range({writes}):
    with unit_of_work(Path({path!r})) as connection:
        connection.execute("INSERT INTO access_log VALUES (?, 'menulis', now())", [str(number)])
    print(number, flush=True)
    time.sleep(draw.uniform(0, 0.16))
"""
# Killed where the fresh file takes the old one's place.
KILLED = """
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from triage.rewriting import rewrite
put_in_place = os.replace
def killed(old, new):
    if not {before}:
        put_in_place(old, new)
    os.kill(os.getpid(), signal.SIGKILL)
os.replace = killed
rewrite(Path({path!r}), datetime.now(UTC))
"""


def test_nobody_who_writes_meanwhile_loses_a_row(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.rewriting.TRIES", 3)
    save(database, *(page(mention(number, f"kata {number}")) for number in range(3)))
    script = WRITER.format(path=str(database), writes=WRITES)
    writer = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None and writer.stdout.readline() == "0\n"
    times, inodes = 0, {database.stat().st_ino}
    while writer.poll() is None:
        rewrite(database, utc_now() + timedelta(microseconds=times))
        inodes.add(database.stat().st_ino)
        times += 1
    assert writer.wait() == 0 and times >= 1 and len(inodes) > 1
    with unit_of_work(database) as connection:
        written = connection.execute("SELECT count(DISTINCT user_id) FROM access_log WHERE what = 'menulis'").fetchone()
        assert written == (WRITES,)
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (3,)


def test_a_kill_leaves_a_whole_file(database: Path) -> None:
    save(database, page(mention(1, "kata satu"), mention(2, "kata dua")))
    expected = read_facts(database).tables["mentions"]
    for before in (True, False):
        inode = database.stat().st_ino
        script = KILLED.format(path=str(database), before=before)
        killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert (database.stat().st_ino == inode) == before
        facts = read_facts(database)
        assert facts.tables["mentions"] == expected and facts.unsound == []
    clear_leftovers(database)
    assert [path.name for path in database.parent.glob(".triage*")] == []
