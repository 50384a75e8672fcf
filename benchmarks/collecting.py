"""Collecting against the bare clients on the same stand-in pages, DuckDB's share, bytes a mention, a kill, and what polling costs a day.

Run with `python -m benchmarks.collecting [COUNT]`. Nothing is asserted: machines differ, ratios less so.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import instaloader
import tweepy

from benchmarks._units import told, watched_units
from collectors import instagram, x
from demo.standin import Standin, credentials, running
from flows.collecting import collect_source
from flows.progress import Steps
from mention import Mention, Page, Payload
from settings import DATA, ROOT, Settings, load_settings
from tests.platforms import instagram_row, write_feed, x_row
from tests.storm.mortal import Fate, run_mortal
from triage.collecting import save_page
from triage.database import prepare_database, unit_of_work
from triage.spending import load_prices, reserve

TAGGED = 240
ROUNDS = 3
POLLS = 20
MANY, PAGES = 1_000_000, 30
FIRST = 2_100_000_000_000_000_000  # a post's id
FILL = f"""
INSERT INTO mentions BY NAME
SELECT 'x:' || ({FIRST} + i * 7919) AS mention_id, ({FIRST} + i * 7919)::text AS platform_id, 'x' AS platform, 'post' AS kind,
       (i % 400000)::text AS author_id, 'warga' || i % 400000 AS author_handle, 'kabar nomor ' || i AS text,
       now() - to_minutes((i % 80000)::integer) AS created_at,
       'search' AS matched, 't' AS client_version, now() AS first_seen_at, now() AS last_seen_at
FROM range({MANY}) AS numbers(i);
INSERT INTO payloads
SELECT 'x:' || mention_id, 'x', mention_id, now(), to_json({{'id': platform_id, 'text': repeat(text, 20)}}) FROM mentions;
"""
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
            storing_beside_many(settings)
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
    with watched_units() as held:
        began = time.perf_counter()
        outcome = collect_source(settings, "x", Steps(None))
        seconds = time.perf_counter() - began
    pages, spent = outcome.requests - 1, sum(one.wall for one in held)
    print(
        f"stored: {outcome.new} mentions in {seconds:.2f} s, {outcome.new / seconds:,.0f}/s; DuckDB {spent / pages * 1e3:.0f} ms a page "
        f"({len(held) / pages:.1f} units of work), {spent / seconds:.0%} of the time"
    )
    print(f"a unit of work: {told(held)}")
    size = settings.database.stat().st_size - empty
    print(f"disk: {size / outcome.new:.0f} bytes a mention with its payload")


def storing_beside_many(settings: Settings) -> None:
    """Full pages of X, a fifth of each known already, into a table of MANY mentions: what its size does to a unit of work."""
    now = datetime.now(UTC)
    prices = load_prices(DATA / "prices.toml", now.date())
    path = settings.database.with_name("many.duckdb")
    prepare_database(path, demo=True)
    with unit_of_work(path) as connection:
        connection.execute(FILL)
    with watched_units() as held:
        for number in range(PAGES):
            posts = [_post(MANY + number * 80 + one, now) for one in range(-20, 80)]
            with unit_of_work(path) as connection:
                units = {"x.post_read": 100}
                reservation = reserve(connection, "r", "x", units, prices, now)
            with unit_of_work(path) as connection:
                charges = [("x.post_read", post.platform_id) for post in posts]
                kept = [Payload(post.mention_id, {"id": post.platform_id, "text": post.text * 20}) for post in posts]
                page = Page("x", "search", posts, kept, {"next": "t"}, 1, reservation, charges, billed_on=(now.date(),))
                save_page(connection, page, "r", prices, now)
    print(f"beside {MANY:,} mentions, setting money aside: {told(held[::2])}")
    print(f"beside {MANY:,} mentions, saving a page:       {told(held[1::2])}")


def _post(number: int, now: datetime) -> Mention:
    return Mention(
        mention_id=f"x:{FIRST + number * 7919}", platform_id=str(FIRST + number * 7919), platform="x", kind="post", author_id="1",
        author_handle="warga", text=f"kabar nomor {number}", lang="in", created_at=now, url=None, parent_id=None, thread_id=None,
        matched="search", like_count=0, reply_count=0, client_version="t",
    )  # fmt: skip


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
