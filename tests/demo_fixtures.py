"""The genuine clients, pointed at one stand-in that a whole test module shares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import instaloader
import requests
import tweepy
from requests.adapters import HTTPAdapter

from demo.standin import Standin, pointed_at
from demo.world import INSTAGRAM_PROGRAM, X_PROGRAM
from tests.platforms import instagram_row, x_row

PROGRAM_ID = "1800000000000000001"
TAGGED = "e31a871f7301132ceaab56507a66bbb7"  # instaloader's number of the query for tagged posts
TIMELINE = "29104886249145907"
QUERY = f"(pemkabbekasi OR #banjirbekasi) -from:{X_PROGRAM} -@{X_PROGRAM}"

X_FEED = [
    *(x_row(number) for number in range(130)),
    *(x_row(number, "search") for number in range(30)),
    x_row(131, key="xm131", extra={"edits": [{"after_minutes": 9, "text": f"@{X_PROGRAM} kabar 131, diperbaiki"}]}),
    x_row(132, key="xm132", extra={"late_minutes": 400}),
    x_row(133, key="xm133", text=f"@{X_PROGRAM} <b>tolong</b> & cepat", extra={"place": "Bekasi"}),
    x_row(134, key="xm134", parent="xm133", text=f"@{X_PROGRAM} {'panjang ' * 60}"),
    x_row(135, key="xm135", extra={"deleted_after_hours": 1}),
    x_row(40, "search", key="xold", day=-9, text="pemkabbekasi lama sekali"),
]
FEW, MANY = "io011", "io012"  # a post with 12 comments and replies (GraphQL), one with 55 (the phone's endpoints)
INSTAGRAM_FEED = [
    *(instagram_row(number) for number in range(30)),
    *(instagram_row(number, "own", author=INSTAGRAM_PROGRAM) for number in range(1, 14)),
    instagram_row(0, "own", author=INSTAGRAM_PROGRAM, extra={"pinned": True}),
    *(instagram_row(100 + number, "comment", parent=FEW) for number in range(7)),
    *(instagram_row(110 + number, "reply", parent="ic100") for number in range(5)),
    *(instagram_row(120 + number, "comment", parent=MANY) for number in range(30)),
    *(instagram_row(150 + number, "reply", parent="ic120") for number in range(25)),
]


@contextmanager
def borrowed(standin: Standin) -> Iterator[Standin]:
    """For one test: this process's environment points at the stand-in, and the test's traces are wiped off afterwards."""
    with pointed_at(standin.environment):
        try:
            yield standin
        finally:
            standin.clear_faults()
            standin.set_clock()
            standin.switch(bill_expanded_users=False, new_field_names=False)
            standin.reload()


class ShortPatience(HTTPAdapter):
    """tweepy passes no timeout."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        kwargs["timeout"] = 0.5
        return super().send(request, **kwargs)


def tweepy_client(standin: Standin, **changes: str) -> tweepy.Client:
    secrets = standin.credentials | changes
    names = ("X_BEARER_TOKEN", "X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")
    return tweepy.Client(*(secrets[name] for name in names))


def instaloader_client(standin: Standin, *, logged_in: bool = True, **options: Any) -> instaloader.Instaloader:
    """Without pauses, and one attempt per request unless ``options`` say more."""
    settings = {"sleep": False, "quiet": True, "iphone_support": False, "max_connection_attempts": 1}
    loader = instaloader.Instaloader(**settings | options)
    if logged_in:
        secrets = standin.credentials
        cookies = json.loads(Path(secrets["INSTAGRAM_SESSION_FILE"]).read_text(encoding="utf-8"))
        loader.load_session(secrets["INSTAGRAM_USERNAME"], cookies)
    return loader


def program_profile(loader: instaloader.Instaloader) -> instaloader.Profile:
    return instaloader.Profile(loader.context, {"username": INSTAGRAM_PROGRAM, "id": "501001"})


def own_post(loader: instaloader.Instaloader, standin: Standin, key: str) -> instaloader.Post:
    post: instaloader.Post = instaloader.Post.from_shortcode(loader.context, standin.items()[key]["shortcode"])
    return post
