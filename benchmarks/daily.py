"""A day of 20,000 mentions from the collectors' pages to the report: seconds a stage, against a row-by-row store.

Run with `python -m benchmarks.daily [COUNT]`. Nothing is asserted: machines differ, ratios less so.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mention import Mention, Page, Payload
from settings import DATA, ROOT, load_settings

PAGE = 100
NAIVE_ROWS = 500


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copy(ROOT / "tanggap.toml", home)
        os.environ["TANGGAP_HOME"] = folder
        settings = load_settings(demo=True)
        if (ROOT / "var" / "models" / "champion.json").exists():
            shutil.copytree(ROOT / "var" / "models", settings.models)

        from flows.assessing import assess_new, champion
        from flows.collecting import utc_now
        from flows.progress import Steps
        from review.daily_report import write_report
        from triage.collecting import save_page, start_run
        from triage.database import prepare_database, unit_of_work
        from triage.reporting import read_report

        prepare_database(settings.database, demo=True)
        mentions = list(invented(count))
        slow = naive_seconds_a_row(home, mentions[:NAIVE_ROWS])
        with timed(f"store {count} mentions in pages of {PAGE}, one transaction each", count) as seconds:
            with unit_of_work(settings.database) as connection:
                run_id = start_run(connection, "x", "benchmark", utc_now())
            for start in range(0, count, PAGE):
                part = mentions[start : start + PAGE]
                payloads = [
                    Payload(one.mention_id, {"data": {"id": one.platform_id, "text": one.text}}) for one in part
                ]
                with unit_of_work(settings.database) as connection:
                    save_page(
                        connection, Page("x", "benchmark", part, payloads, {"at": start}, 1), run_id, {}, utc_now()
                    )
        print(
            f"  a row by INSERT, each its own transaction: {slow * 1e3:.2f} ms; ratio {slow / (seconds[0] / count):.0f} to 1"
        )
        with timed("load the champion (trained first when there is none)", 1):
            model = champion(settings, Steps(None))
        with timed(f"assess {count} mentions", count):
            assess_new(settings, model, Steps(None))
        now = utc_now()
        with timed("read the report's facts", 1), unit_of_work(settings.database) as connection:
            facts = read_report(connection, now.astimezone(settings.zone).date(), settings.zone, now)
        with timed(f"write the report of {len(facts.flagged)} flagged mentions", 1):
            path = write_report(facts, settings)
        print(
            f"report {path.stat().st_size / 1e3:.0f} kB; database {settings.database.stat().st_size / count:.0f} bytes a mention"
        )
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def invented(count: int) -> Iterator[Mention]:
    """The feed's texts over and over, each with another number in it so that none is a repost."""
    texts = [
        json.loads(line)["text"]
        for name in ("x", "instagram")
        for line in (DATA / "feed" / f"{name}.jsonl").open(encoding="utf-8")
    ]
    start = datetime.now(UTC) - timedelta(hours=24)
    for number in range(count):
        yield Mention(
            f"x:{number + 1}", str(number + 1), "x", "post", str(number % 4000), f"warga{number % 4000}",
            f"{texts[number % len(texts)]} no {number * 7919 % 99991}", "in", start + timedelta(seconds=number * 86400 / count),
            None, None, None, "benchmark", 0, 0, "benchmark",
        )  # fmt: skip


def naive_seconds_a_row(home: Path, mentions: list[Mention]) -> float:
    """The named alternative: one INSERT and one commit a row, the file kept open."""
    from triage.database import prepare_database, unit_of_work

    path = home / "naive" / "triage.duckdb"
    prepare_database(path, demo=True)
    with unit_of_work(path) as connection:
        connection.commit()
        began = time.perf_counter()
        for one in mentions:
            now = datetime.now(UTC)
            connection.execute(
                f"INSERT INTO mentions VALUES ({', '.join(['?'] * 19)})", [*ordered(one), now, now, None]
            )
        seconds = time.perf_counter() - began
        connection.begin()
    return seconds / len(mentions)


def ordered(one: Mention) -> tuple[object, ...]:
    return astuple(one)


@contextmanager
def timed(what: str, count: int) -> Iterator[list[float]]:
    """Print how long the block took; the list holds the seconds afterwards."""
    seconds: list[float] = []
    began = time.perf_counter()
    yield seconds
    seconds.append(time.perf_counter() - began)
    rate = f", {count / seconds[0]:,.0f}/s" if count > 1 else ""
    print(f"{what}: {seconds[0]:.2f} s{rate}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
