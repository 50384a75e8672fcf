"""The schedule: the daily flow every hour, at 06:00 local time for the morning's report; retention and a backup at night."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flows.progress import console
from settings import ROOT, Settings

HOURLY, MORNING = "30 * * * *", "0 6 * * *"  # the hourly run stands half an hour off the morning's
RETAINING = "55 1 * * *"  # what was kept long enough goes before the backup could keep it
NIGHTLY = "10 2 * * *"  # the backup, between two hourly runs
LEARNING = (
    "40 3 * * *"  # asks every night whether a challenger is due (data/learning.toml): weekly, or after many verdicts
)
# Deletions and edits: all four within one UTC day (07:00 WIB on), in which X bills a post once; refusals confirmed within the day.
FOLLOWING = "45 1,7,13,19 * * *"
JITTER_SECONDS = 240.0  # a person never opens an app at :30:00 sharp; Instagram runs begin up to this much later
_START_SECONDS = 120.0


class ScheduleError(Exception):
    """The schedule cannot run; the message says what to do."""


def serve_flows(settings: Settings, server: str | None) -> None:
    """Run the flow by the clock until stopped; starts a Prefect server on loopback unless PREFECT_API_URL names a running one."""
    if server:
        _serve(settings, server)
        return
    with _own_server() as url:
        os.environ["PREFECT_API_URL"] = url
        _serve(settings, url)


def _serve(settings: Settings, url: str) -> None:
    from prefect import serve
    from prefect.schedules import Cron

    from flows.daily_report import daily_report
    from flows.daily_sync import daily_sync
    from flows.learning_flow import learn_from_verdicts
    from flows.nightly import nightly_backup, nightly_retention

    zone, jitter = settings.program.time_zone, 0.0 if settings.demo else JITTER_SECONDS
    deployment: Any = daily_report.to_deployment(
        name="schedule",
        parameters={"demo": settings.demo, "jitter": jitter},
        schedules=[Cron(HOURLY, timezone=zone), Cron(MORNING, timezone=zone)],
        concurrency_limit=1,
    )
    backup: Any = nightly_backup.to_deployment(
        name="schedule",
        parameters={"demo": settings.demo},
        schedules=[Cron(NIGHTLY, timezone=zone)],
        concurrency_limit=1,
    )
    retention: Any = nightly_retention.to_deployment(
        name="schedule",
        parameters={"demo": settings.demo},
        schedules=[Cron(RETAINING, timezone=zone)],
        concurrency_limit=1,
    )
    following: Any = daily_sync.to_deployment(
        name="schedule",
        parameters={"demo": settings.demo, "jitter": jitter},
        schedules=[Cron(FOLLOWING, timezone=zone)],
        concurrency_limit=1,
    )
    learning: Any = learn_from_verdicts.to_deployment(
        name="schedule",
        parameters={"demo": settings.demo},
        schedules=[Cron(LEARNING, timezone=zone)],
        concurrency_limit=1,
    )
    console.print(
        f"Every hour at :30 and at 06:00 {zone}. Prefect: {url.removesuffix('/api')}  (Ctrl-C ends it)", markup=False
    )
    serve(deployment, retention, backup, following, learning, print_starting_message=False)


@contextmanager
def _own_server() -> Iterator[str]:
    """A Prefect server of our own on a free loopback port, ended with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)  # noqa: S603 - our own words only
    try:
        url = f"http://127.0.0.1:{port}/api"
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with opener.open(f"{url}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise ScheduleError(
        "Prefect's server did not start: see var/prefect/tanggap.log, or set PREFECT_API_URL to one that runs."
    )
