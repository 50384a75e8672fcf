"""Long work in slices that follow the clock, and leave nothing undone when their log stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from settings import ROOT
from triage.database import unit_of_work
from triage.slices import AIM, RANGE, Slice


def test_slices_follow_how_long_they_took() -> None:
    sliced = Slice(100)
    for _ in range(20):
        sliced.took(AIM * sliced.size / 250)  # a machine that does 250 rows in the time aimed at
    assert 240 <= sliced.size <= 260
    sliced.took(60.0)  # one slow moment
    assert sliced.size >= 120
    for _ in range(20):
        sliced.took(60.0)
    assert sliced.size == 100 // RANGE
    for _ in range(20):
        sliced.took(0.0)
    assert sliced.size == 100 * RANGE


def test_every_row_is_cut_once_and_in_order() -> None:
    sliced, seen = Slice(7), []
    for part in sliced.cut(range(100)):
        seen += part
        sliced.took(AIM / 2 if len(seen) < 40 else AIM * 3)
    assert seen == list(range(100))


def test_waiting_for_the_file_is_not_counted(database: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(0.4)", str(database)],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    sliced = Slice(100)
    with sliced.unit(database) as connection:
        connection.execute("SELECT 1")
    holder.wait()
    assert sliced.size >= 100


def test_what_slices_leave_in_the_log_is_there_for_everybody(database: Path) -> None:
    """Another process reads it, read-only as well; the next unit brings it into the file."""
    sliced = Slice(1)
    for name in ("a", "b"):
        with sliced.unit(database) as connection:
            connection.execute(
                "INSERT INTO users (user_id, name, role, created_at) VALUES (?, 'n', 'reviewer', now())", [name]
            )
    log = database.with_name(database.name + ".wal")
    assert log.exists()
    script = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute('SELECT count(*) FROM users').fetchall())"
    done = subprocess.run([sys.executable, "-c", script, str(database)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[(2,)]"
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchall() == [(2,)]
    assert not log.exists()


def test_a_kill_between_slices_loses_nothing(database: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from triage.slices import Slice
sliced = Slice(1)
for number in range(5):
    with sliced.unit(Path({str(database)!r})) as connection:
        connection.execute("INSERT INTO users (user_id, name, role, created_at) VALUES (?, 'n', 'reviewer', now())", [str(number)])
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchall() == [(5,)]


def test_units_inside_each_other_share_the_file_and_let_it_go_at_the_end(database: Path) -> None:
    with unit_of_work(database) as outer:
        outer.execute("INSERT INTO users (user_id, name, role, created_at) VALUES ('a', 'n', 'reviewer', now())")
        with unit_of_work(database) as inner:
            assert inner.execute("SELECT count(*) FROM users").fetchall() == [(0,)]  # not committed yet
        with pytest.raises(duckdb.Error):  # still attached, to this process's engine alone
            duckdb.connect(str(database))
    with duckdb.connect(str(database)) as other:
        assert other.execute("SELECT count(*) FROM users").fetchall() == [(1,)]


def test_another_file_may_be_opened_inside_a_unit(database: Path, tmp_path: Path) -> None:
    with unit_of_work(database) as outer, unit_of_work(tmp_path / "it's.duckdb") as inner:
        inner.execute("CREATE TABLE t AS SELECT 1 AS one")
        assert outer.execute("SELECT count(*) FROM users").fetchall() == [(0,)]
    os.replace(tmp_path / "it's.duckdb", tmp_path / "lain.duckdb")
    with unit_of_work(tmp_path / "lain.duckdb") as moved:
        assert moved.execute("SELECT one FROM t").fetchall() == [(1,)]
