"""Every fault that Instagram's stand-in can have shows what the genuine instaloader makes of it (protocol, errors)."""

from __future__ import annotations

from collections.abc import Iterator

import instaloader
import pytest

from demo.standin import Standin, running
from demo.world import INSTAGRAM_PROGRAM
from tests.demo_fixtures import (
    FEW,
    INSTAGRAM_FEED,
    MANY,
    TAGGED,
    TIMELINE,
    borrowed,
    instaloader_client,
    own_post,
    program_profile,
)
from tests.platforms import write_feed


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("instagram")
    with running(write_feed(folder / "feed", *INSTAGRAM_FEED), folder / "state") as standin:
        yield standin


@pytest.fixture
def standin(process: Standin) -> Iterator[Standin]:
    with borrowed(process):
        yield process


@pytest.fixture
def loader(standin: Standin) -> instaloader.Instaloader:
    return instaloader_client(standin)


def tagged(loader: instaloader.Instaloader) -> list[str]:
    return [post.shortcode for post in program_profile(loader).get_tagged_posts()]


TRANSIENT = ["401", "403", "500", "503", "503-html", "list-body", "html-200", "truncated-json", "reset", "close"]


@pytest.mark.parametrize(
    ("kind", "raised", "said"),
    [
        *((kind, instaloader.ConnectionException, "") for kind in TRANSIENT),
        ("404", instaloader.QueryReturnedNotFoundException, "404"),
        ("400", instaloader.QueryReturnedBadRequestException, "invalid request"),
        ("feedback", instaloader.AbortDownloadException, "feedback_required"),
        ("checkpoint", instaloader.AbortDownloadException, "checkpoint_required"),
        ("challenge", instaloader.AbortDownloadException, "challenge_required"),
        ("login-redirect", instaloader.AbortDownloadException, "logged out"),
        ("gqlerror", TypeError, "NoneType"),
    ],
)
def test_what_instaloader_raises(
    standin: Standin, loader: instaloader.Instaloader, kind: str, raised: type[Exception], said: str
) -> None:
    standin.faults({"match": TAGGED, "kind": kind})
    with pytest.raises(raised) as caught:
        tagged(loader)
    assert type(caught.value) is raised
    assert said in str(caught.value)
    assert len(tagged(loader)) == 30


@pytest.mark.parametrize("kind", ["401", "503-html", "truncated-json", "reset"])
def test_two_passing_faults_are_absorbed(standin: Standin, kind: str) -> None:
    standin.faults({"match": TAGGED, "kind": kind, "skip": 1, "times": 2})
    listed = tagged(instaloader_client(standin, max_connection_attempts=3))
    assert len(listed) == len(set(listed)) == 30


def test_a_silent_server(standin: Standin) -> None:
    standin.faults({"match": TAGGED, "kind": "hang", "seconds": 30})
    with pytest.raises(instaloader.ConnectionException, match="timed out"):
        tagged(instaloader_client(standin, request_timeout=0.5))


def test_429_is_named_by_its_cause(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": TAGGED, "kind": "429"})
    with pytest.raises(instaloader.ConnectionException) as caught:
        tagged(loader)
    assert isinstance(caught.value.__cause__, instaloader.TooManyRequestsException)


def test_429_on_a_page_has_no_cause(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": f"/{INSTAGRAM_PROGRAM}/", "kind": "429"})
    with pytest.raises(instaloader.ConnectionException, match="429") as caught:
        instaloader.Profile.from_username(loader.context, INSTAGRAM_PROGRAM)
    assert caught.value.__cause__ is None


def test_a_login_wall_before_a_stranger(standin: Standin) -> None:
    standin.faults({"match": f"/{INSTAGRAM_PROGRAM}/", "kind": "login-redirect"})
    with pytest.raises(instaloader.LoginRequiredException):
        instaloader.Profile.from_username(instaloader_client(standin, logged_in=False).context, INSTAGRAM_PROGRAM)


def test_an_expired_session_stays_dead(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": TAGGED, "kind": "expired-session"})
    for _ in range(2):
        with pytest.raises(instaloader.AbortDownloadException, match="logged out"):
            tagged(loader)
    assert loader.context.is_logged_in
    assert loader.test_login() is None
    with pytest.raises(instaloader.ConnectionException, match="login_required"):
        loader.context.get_iphone_json(f"api/v1/media/{standin.items()[MANY]['id']}/comments/", {})
    standin.clear_faults()
    assert len(tagged(loader)) == 30


@pytest.mark.parametrize("kind", ["empty-page", "equal-page"])
def test_a_page_that_ends_the_walk_silently(standin: Standin, loader: instaloader.Instaloader, kind: str) -> None:
    standin.faults({"match": TAGGED, "kind": kind, "skip": 1})
    posts = program_profile(loader).get_tagged_posts()
    assert len(list(posts)) == 12
    assert posts.count == 30  # by which a caller can tell


def test_a_poisoned_tag_is_skipped_by_the_next_step(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": TAGGED, "kind": "poisoned-node", "skip": 1})
    posts = program_profile(loader).get_tagged_posts()
    first = [next(posts) for _ in range(12)]
    with pytest.raises(KeyError, match="owner"):
        next(posts)
    assert len(first) + len(list(posts)) == 29


def test_a_poisoned_own_post(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": TIMELINE, "kind": "poisoned-node"})
    posts = program_profile(loader).get_posts()
    with pytest.raises(KeyError, match="99"):
        next(posts)
    standin.faults({"match": "27128499623469141", "kind": "poisoned-node"})
    with pytest.raises(instaloader.BadResponseException, match="media_type"):
        own_post(loader, standin, FEW)


def test_owners_without_a_name_cost_a_request_each(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": TAGGED, "kind": "no-username"})
    posts = program_profile(loader).get_tagged_posts()
    before = len(standin.log())
    names = [next(posts).owner_username for _ in range(3)]
    assert all(names)
    assert len(standin.log()) == before + 3


@pytest.mark.parametrize(("kind", "left"), [("next_min_id-missing", 20), ("comments-missing", 0), ("empty-page", 10)])
def test_comments_that_are_lost_silently(
    standin: Standin, loader: instaloader.Instaloader, kind: str, left: int
) -> None:
    standin.faults({"match": "/comments/", "kind": kind})
    post = own_post(loader, standin, MANY)
    assert len(list(post.get_comments())) == left
    assert post.comments == 55


def test_replies_that_are_cut(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": "child_comments", "kind": "child-page-cut"})
    comments = list(own_post(loader, standin, MANY).get_comments())
    (replied,) = [comment for comment in comments if comment.text == "caption comment 120"]
    assert len(list(replied.answers)) == 10


def test_a_tag_deleted_and_a_late_one(standin: Standin, loader: instaloader.Instaloader) -> None:
    items = standin.items()
    gone, late = items["it000"]["shortcode"], items["it029"]["shortcode"]
    standin.faults(
        {"match": TAGGED, "kind": "late-index", "key": "it029"}, {"match": TAGGED, "kind": "deleted", "key": "it000"}
    )
    first = tagged(loader)
    assert gone not in first and late not in first and len(first) == 28
    assert late in tagged(loader)
    with pytest.raises(instaloader.BadResponseException, match="Fetching Post metadata failed"):
        own_post(loader, standin, "it000")


def test_a_fault_can_be_hung_on_one_page(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.faults({"match": f'{TAGGED}.*"first":12,"after":', "kind": "503"})
    posts = program_profile(loader).get_tagged_posts()
    listed = [next(posts) for _ in range(12)]
    with pytest.raises(instaloader.ConnectionException):
        next(posts)
    assert len(listed + list(posts)) == 30  # the iterator repeats the page: nothing lost, nothing doubled
