"""The gate to the database: answers after the commit, nobody's fault is another's, others find the file free."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from serving.database import LONGEST_HOLD, Database
from triage.database import DatabaseHeld, opened, unit_of_work

HOLDING = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
DECIDING = """
import asyncio, sys
from pathlib import Path
from serving.database import Database
def decide(connection, number):
    connection.execute("INSERT INTO access_log VALUES ('u', ?, now())", [str(number)])
async def main():
    gate = Database(Path(sys.argv[1]))
    for start in range(0, 100_000, 8):
        for number in await asyncio.gather(*(said(gate, start + n) for n in range(8))):
            print(number, flush=True)
async def said(gate, number):
    await gate.write(decide, number)
    return number
asyncio.run(main())
"""


def add(connection: Any, what: str) -> str:
    connection.execute("INSERT INTO access_log VALUES ('u', ?, now())", [what])
    return what


def count(connection: Any) -> int:
    return int(connection.execute("SELECT count(*) FROM access_log").fetchone()[0])


def broken(connection: Any) -> None:
    add(connection, "half")
    raise RuntimeError("in the middle")


async def many_at_once(gate: Database) -> None:
    answers = await asyncio.gather(
        *(gate.write(add, str(n)) for n in range(40)), gate.write(broken), gate.read(count), return_exceptions=True
    )
    assert answers[:40] == [str(n) for n in range(40)]
    assert isinstance(answers[40], RuntimeError)
    assert answers[41] == 40  # in the order they came, and nothing of the one that broke


def test_units_share_an_opening_and_each_is_whole(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openings: list[int] = []
    monkeypatch.setattr("serving.database.opened", lambda *arguments: openings.append(1) or opened(*arguments))
    asyncio.run(many_at_once(Database(database)))
    assert len(openings) < 20


def test_a_read_cannot_write(database: Path) -> None:
    with pytest.raises(Exception, match="read-only"):
        asyncio.run(Database(database).read(add, "x"))
    with unit_of_work(database) as connection:
        assert count(connection) == 0


def test_a_held_file_is_waited_for_only_so_long(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.database.WAIT_SECONDS", 0.4)
    gate = Database(database)
    holder = subprocess.Popen([sys.executable, "-c", HOLDING, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"

    async def both() -> list[Any]:
        return await asyncio.gather(gate.write(add, "a"), gate.write(add, "b"), return_exceptions=True)

    started = time.monotonic()
    assert [type(one) for one in asyncio.run(both())] == [DatabaseHeld, DatabaseHeld]
    assert time.monotonic() - started < 5
    holder.communicate()
    assert asyncio.run(gate.write(add, "c")) == "c"  # and the gate goes on


def test_another_process_finds_the_file_free_while_many_decide(database: Path) -> None:
    """The hourly flow must come through: the gate lets go after LONGEST_HOLD, however many wait."""
    deciding = subprocess.Popen([sys.executable, "-c", DECIDING, str(database)], stdout=subprocess.PIPE)
    assert deciding.stdout is not None and deciding.stdout.readline()
    try:
        for number in range(3):
            with unit_of_work(database, 20) as connection:
                add(connection, f"flow {number}")
    finally:
        deciding.kill()
        deciding.wait()
    assert LONGEST_HOLD < 0.15


def test_what_was_answered_is_there_after_a_kill(database: Path) -> None:
    deciding = subprocess.Popen([sys.executable, "-c", DECIDING, str(database)], stdout=subprocess.PIPE, text=True)
    assert deciding.stdout is not None
    said = [deciding.stdout.readline().strip() for _ in range(30)]
    deciding.send_signal(signal.SIGKILL)
    said += [line.strip() for line in deciding.stdout if line.endswith("\n")]  # the last line may be torn
    deciding.wait()
    with unit_of_work(database) as connection:
        kept = {row[0] for row in connection.execute("SELECT what FROM access_log").fetchall()}
    assert set(said) <= kept
