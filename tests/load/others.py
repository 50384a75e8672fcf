"""What goes on beside the reviewers: `python -m tests.load.others flow|analyst HOME` until terminated; prints turns and faults."""

from __future__ import annotations

import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from mention import Mention, Page, Payload
from settings import load_settings
from triage.collecting import save_page
from triage.database import DatabaseError, unit_of_work

PAUSE = {"flow": 0.2, "analyst": 0.5}  # seconds between turns


def page(number: int) -> Page:
    """A hundred new mentions and what the platform sent of them."""
    mentions = [
        Mention(
            mention_id=f"x:3{number:06}{one:03}", platform_id=f"3{number:06}{one:03}", platform="x", kind="post", author_id="9", author_handle="warga",
            text=f"kabar {number} {one}", lang="in", created_at=datetime.now(UTC), url=None, parent_id=None, thread_id=None, matched="search",
            like_count=0, reply_count=0, client_version="t",
        )
        for one in range(100)
    ]  # fmt: skip
    payloads = [Payload(one.mention_id, {"id": one.platform_id, "text": one.text * 20}) for one in mentions]
    return Page("x", "search", mentions, payloads, {"next": str(number)}, 1)


def turn(role: str, database: Path, number: int) -> None:
    with unit_of_work(database) as connection:
        if role == "flow":
            save_page(connection, page(number), "", {}, datetime.now(UTC))
        else:
            connection.execute("SELECT category, count(*) FROM flagged_mentions GROUP BY ALL").fetchall()


def main(role: str, home: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    database = load_settings({"TANGGAP_HOME": str(home)}, demo=True).database
    for number in range(1_000_000):
        try:
            turn(role, database, number)
            print("turn", flush=True)
        except DatabaseError as fault:
            print(f"fault: {fault}", flush=True)
        time.sleep(PAUSE[role])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
