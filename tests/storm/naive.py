"""How such collectors are usually written: X's since_id moved with the first page, Instagram's walk ended at the newest stamp seen."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import instaloader
import requests
import tweepy

from demo.world import INSTAGRAM_PROGRAM
from settings import InstagramSource, XSource

ANYTHING = (
    tweepy.TweepyException,
    requests.RequestException,
    instaloader.InstaloaderException,
    instaloader.AbortDownloadException,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
)


class NaiveX:
    def __init__(self, secrets: dict[str, str], source: XSource) -> None:
        self.api = tweepy.Client(secrets["X_BEARER_TOKEN"])
        self.source = source
        self.since: dict[str, str] = {}
        self.seen: set[str] = set()

    def run(self, pages_to_live: int | None) -> None:
        """Read both lists; ``pages_to_live`` is how many pages until a kill."""
        walks = [(account.id, self.api.get_users_mentions, "pagination_token") for account in self.source.accounts] + [
            (query, self.api.search_recent_tweets, "next_token") for query in self.source.queries
        ]
        for name, method, token_name in walks:
            token = None
            try:
                while True:
                    if pages_to_live == 0:
                        return
                    page = method(name, since_id=self.since.get(name), max_results=100, **{token_name: token})
                    pages_to_live = None if pages_to_live is None else pages_to_live - 1
                    self.seen |= {str(post.id) for post in page.data or []}
                    if token is None and page.meta.get("newest_id"):
                        self.since[name] = page.meta["newest_id"]
                    token = page.meta.get("next_token")
                    if token is None:
                        break
            except ANYTHING:
                continue


class _Hasty(instaloader.RateController):
    def sleep(self, secs: float) -> None:
        """Never waits."""


class NaiveInstagram:
    """Tagged posts only."""

    def __init__(self, secrets: dict[str, str], source: InstagramSource) -> None:
        cookies = json.loads(Path(secrets["INSTAGRAM_SESSION_FILE"]).read_text(encoding="utf-8"))
        self.loader = instaloader.Instaloader(
            sleep=False, quiet=True, iphone_support=False, max_connection_attempts=1, rate_controller=_Hasty
        )
        self.loader.load_session(secrets["INSTAGRAM_USERNAME"], cookies)
        self.loader.context.error = lambda *_, **__: None  # type: ignore[method-assign]
        self.account_id = source.accounts[0].id
        self.stamp: datetime | None = None
        self.seen: set[str] = set()

    def run(self, pages_to_live: int | None) -> None:
        newest = self.stamp
        try:
            profile = instaloader.Profile(self.loader.context, {"username": INSTAGRAM_PROGRAM, "id": self.account_id})
            for number, post in enumerate(profile.get_tagged_posts()):
                if pages_to_live is not None and number >= 12 * pages_to_live:
                    return
                if self.stamp and post.date_utc <= self.stamp:
                    break
                self.seen.add(str(post.mediaid))
                newest = max(newest or post.date_utc, post.date_utc)
        except ANYTHING:
            pass
        self.stamp = newest
