"""Collecting against the bare clients on the same stand-in pages, DuckDB's share, bytes a mention, a kill, and what polling costs a day.

Run with `python -m benchmarks.collecting [COUNT]`. Nothing is asserted: machines differ, ratios less so.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import instaloader
import tweepy

import flows.collection_run
import flows.x_budget
from collectors import instagram, x
from demo.standin import Standin, credentials, running
from flows.collecting import collect_source
from flows.progress import Steps
from settings import DATA, ROOT, Settings, load_settings
from tests.platforms import instagram_row, write_feed, x_row
from tests.storm.mortal import Fate, run_mortal
from triage.database import prepare_database, unit_of_work
from triage.spending import load_prices

TAGGED = 240
ROUNDS = 3
POLLS = 20
RATE_LIMIT = 450 / 15  # searches a minute that X allows an app


def main(count: int) -> None:
    rows = [_spread(number, count) for number in range(count)] + [instagram_row(number) for number in range(TAGGED)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _configuration(home)
        with running(write_feed(home / "feed", *rows), home / "state") as standin:
            secrets = credentials(home / "state")
            environment = {**os.environ, **standin.environment, **secrets, "TANGGAP_HOME": folder}
            settings = load_settings(environment, demo=True)
            mapping_against_bare_clients(settings, count)
            storing(settings, count)
            polling(settings)
            after_a_kill(standin, {**standin.environment, **secrets}, home, count)


def mapping_against_bare_clients(settings: Settings, count: int) -> None:
    """The same pages, read by the client alone and by our collector with its mapping, no database."""
    source = settings.x
    target = x.targets(source)[-1]
    api = tweepy.Client(settings.secrets["X_BEARER_TOKEN"])
    client = x.connect(settings.secrets)

    def bare() -> int:
        pages = tweepy.Paginator(api.search_recent_tweets, target.query, max_results=100, **_fields())
        return sum(len(page.data or []) for page in pages)

    def ours() -> int:
        pages = x.collect(client, target, {}, reserve=lambda units: "r", now=lambda: datetime.now(UTC))
        return sum(len(page.mentions) for page in pages)

    _compare(f"X, {count} posts by search", bare, ours)
    account = source_account(settings)

    def bare_tagged() -> int:
        loader = instaloader.Instaloader(sleep=False, quiet=True, iphone_support=False)
        session = instagram.connect(settings.secrets, lambda: None).loader.save_session()
        loader.load_session(settings.secrets["INSTAGRAM_USERNAME"], session)
        profile = instaloader.Profile(loader.context, {"username": account.handle, "id": account.account_id})
        return sum(1 for _ in profile.get_tagged_posts())

    def our_tagged() -> int:
        session = instagram.connect(settings.secrets, lambda: None)
        pages = instagram.collect(session, account, {}, is_known=lambda ids: set(), now=lambda: datetime.now(UTC))
        return sum(len(page.mentions) for page in pages)

    _compare(f"Instagram, {TAGGED} tagged posts", bare_tagged, our_tagged)


def storing(settings: Settings, count: int) -> None:
    """The whole of `tanggap collect x`: the share of DuckDB, and what a mention takes on disk."""
    prepare_database(settings.database, demo=True)
    empty = settings.database.stat().st_size
    with _timed_units() as spent:
        began = time.perf_counter()
        outcome = collect_source(settings, "x", Steps(None))
        seconds = time.perf_counter() - began
    pages = outcome.requests - 1
    print(
        f"stored: {outcome.new} mentions in {seconds:.2f} s, {outcome.new / seconds:,.0f}/s; DuckDB {sum(spent) / pages * 1e3:.0f} ms a page "
        f"({len(spent) / pages:.1f} transactions, the file opened for each), {sum(spent) / seconds:.0%} of the time"
    )
    size = settings.database.stat().st_size - empty
    print(f"disk: {size / outcome.new:.0f} bytes a mention with its payload")


def polling(settings: Settings) -> None:
    """What asking again and again costs when there is little new: the machine's time, the disk, X's limit, the money at most."""
    size, began = settings.database.stat().st_size, time.process_time()
    requests = sum(collect_source(settings, "x", _Silent(None)).requests for _ in range(POLLS))
    cpu = (time.process_time() - began) / requests
    grown = max(0, settings.database.stat().st_size - size) / requests
    price = load_prices(DATA / "prices.toml", datetime.now(UTC).date())["x.post_read"].usd
    print(
        f"polling ({requests} requests in {POLLS} runs): {cpu * 1e3:.0f} ms of CPU and {grown:.0f} bytes of disk a request"
    )
    for a_minute in (1, 10, 100):
        a_day = a_minute * 1440
        allowed = "within X's limit" if a_minute <= RATE_LIMIT else f"X allows {RATE_LIMIT:.0f} a minute"
        print(
            f"  {a_minute:>3} requests a minute: {a_day * cpu / 60:,.0f} min of CPU and {a_day * grown / 1e6:,.0f} MB a day, {allowed}; "
            f"full pages of new posts would cost {a_day * 100 * price:,.0f} USD, 2,000 new posts {2000 * price:.0f} USD however often asked"
        )


def after_a_kill(standin: Standin, environment: dict[str, str], home: Path, count: int) -> None:
    """Killed in the middle of the pages: how long until the next run has stored its first page."""
    second = home / "second"
    second.mkdir()
    _configuration(second)
    os.environ.update(environment | {"TANGGAP_HOME": str(second)})
    settings = load_settings(demo=True)
    prepare_database(settings.database, demo=True)
    commit = 6 + count // 100  # in the middle: two commits a page
    fate = Fate(
        "x",
        environment | {"TANGGAP_HOME": str(second)},
        standin.control_port,
        timedelta(0),
        second / "log",
        (commit, "before"),
    )
    assert not run_mortal(fate)
    began = time.perf_counter()
    with unit_of_work(settings.database) as connection:
        before = connection.execute("SELECT count(*) FROM mentions").fetchone()
    opened = time.perf_counter() - began
    first = _FirstPage()
    outcome = collect_source(settings, "x", first)
    print(
        f"killed after {before[0] if before else 0} mentions: open and read again {opened * 1e3:.0f} ms, "
        f"first new page stored after {first.at - began - opened:.2f} s, {outcome.new} more to the end"
    )


class _Silent(Steps):
    def say(self, step: str, detail: str = "", *, done: bool = False) -> None:
        """Twenty runs, twenty lines: nobody reads them."""


class _FirstPage(Steps):
    def __init__(self) -> None:
        super().__init__(None)
        self.at = 0.0

    def say(self, step: str, detail: str = "", *, done: bool = False) -> None:
        self.at = self.at or time.perf_counter()


@contextmanager
def _timed_units() -> Iterator[list[float]]:
    """Seconds of every unit of work of a run, opening and closing included."""
    spent: list[float] = []

    @contextmanager
    def timed(*arguments: Any) -> Iterator[Any]:
        began = time.perf_counter()
        with unit_of_work(*arguments) as connection:
            yield connection
        spent.append(time.perf_counter() - began)

    modules: list[Any] = [flows.collection_run, flows.x_budget]
    for module in modules:
        module.unit_of_work = timed
    try:
        yield spent
    finally:
        for module in modules:
            module.unit_of_work = unit_of_work


def _compare(what: str, bare: Callable[[], int], ours: Callable[[], int]) -> None:
    """Alternately, the median of a few rounds: other load on the machine meets both."""
    times: dict[str, list[float]] = {"bare": [], "ours": []}
    seen = set()
    for _ in range(ROUNDS):
        for name, read in (("bare", bare), ("ours", ours)):
            began = time.perf_counter()
            seen.add(read())
            times[name].append(time.perf_counter() - began)
    assert len(seen) == 1, seen
    alone, mapped = statistics.median(times["bare"]), statistics.median(times["ours"])
    print(
        f"{what}: bare client {alone:.2f} s, with our mapping {mapped:.2f} s, {seen.pop() / mapped:,.0f} mentions/s; ratio {mapped / alone:.2f} to 1"
    )


def _configuration(home: Path) -> None:
    """The shipped one with room for every page of the benchmark."""
    text = (ROOT / "tanggap.toml").read_text(encoding="utf-8")
    text = text.replace("posts_per_day = 3000", "posts_per_day = 30000").replace(
        "usd_per_day = 15.0", "usd_per_day = 150.0"
    )
    (home / "tanggap.toml").write_text(text, encoding="utf-8")


def source_account(settings: Settings) -> instagram.Target:
    return instagram.targets(settings.instagram)[0]


def _fields() -> dict[str, Any]:
    from collectors.x import _FIELDS

    return {name: value for name, value in _FIELDS.items() if name != "max_results"}


def _spread(number: int, count: int) -> dict[str, Any]:
    """Posts that the search finds, evenly over the two days before."""
    minute = number * 2600 // count
    text = f"#banjirbekasi kabar nomor {number}, air masuk rumah di RT {number % 9}"
    return x_row(
        number, "search", key=f"xs{number:05}", text=text, day=-2 + minute // 1440, time=f"{minute % 1440 // 60:02}:{minute % 60:02}"
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
