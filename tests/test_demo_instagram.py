"""The stand-in's Instagram, asked by the genuine instaloader."""

from __future__ import annotations

from collections.abc import Iterator

import instaloader
import pytest
import requests

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


@pytest.fixture
def stranger(standin: Standin) -> instaloader.Instaloader:
    return instaloader_client(standin, logged_in=False)


def visible(standin: Standin, channel: str) -> list[str]:
    """Shortcodes of what a list must hold, newest first."""
    items = [item for item in standin.items().values() if item["channel"] == channel and item["visible"]]
    return [item["shortcode"] for item in sorted(items, key=lambda item: item["created_ms"], reverse=True)]


def test_the_session_knows_who_it_is(loader: instaloader.Instaloader, stranger: instaloader.Instaloader) -> None:
    assert loader.test_login() == "tanggap.demo"
    assert stranger.test_login() is None


def test_tagged_posts_come_whole_once_and_newest_first(standin: Standin, loader: instaloader.Instaloader) -> None:
    posts = program_profile(loader).get_tagged_posts()
    assert posts.count == 30
    assert [post.shortcode for post in posts] == visible(standin, "tagged")


def test_a_tagged_post_in_its_free_fields(standin: Standin, loader: instaloader.Instaloader) -> None:
    post = next(program_profile(loader).get_tagged_posts())
    item = standin.items()["it029"]
    before = len(standin.log())
    assert (str(post.mediaid), post.caption, post.owner_username) == (item["id"], item["text"], item["author"])
    assert (str(post.owner_id), post.likes, post.comments) == (item["author_id"], 1, 0)
    assert instaloader.Post.mediaid_to_shortcode(post.mediaid) == post.shortcode
    assert len(standin.log()) == before
    assert post.tagged_users == [INSTAGRAM_PROGRAM]
    assert post.location is None
    assert len(standin.log()) == before + 1


def test_a_late_tag_appears_in_the_middle(standin: Standin, loader: instaloader.Instaloader) -> None:
    age = standin.clock().timestamp() - standin.items()["it015"]["created_ms"] / 1000
    row = {"key": "late", "channel": "tagged", "author": "w", "text": "terlambat", "seconds_ago": age}
    code = standin.add_item(row)["shortcode"]
    listed = [post.shortcode for post in program_profile(loader).get_tagged_posts()]
    assert 13 <= listed.index(code) <= 15
    assert listed == visible(standin, "tagged")


def test_a_growing_head_moves_no_page(standin: Standin, loader: instaloader.Instaloader) -> None:
    before = visible(standin, "tagged")
    posts = program_profile(loader).get_tagged_posts()
    listed = []
    for number, post in enumerate(posts):
        listed.append(post.shortcode)
        if number % 5 == 0:
            standin.add_item({"key": f"new{number}", "channel": "tagged", "author": "w", "text": "baru"})
    assert listed == before


def test_a_deleted_cursor_post_loses_nothing(standin: Standin, loader: instaloader.Instaloader) -> None:
    before = visible(standin, "tagged")
    posts = program_profile(loader).get_tagged_posts()
    listed = [next(posts).shortcode for _ in range(12)]
    standin.delete_item("it018")  # the twelfth, which the cursor names
    assert listed + [post.shortcode for post in posts] == before


def test_freeze_and_thaw(standin: Standin, loader: instaloader.Instaloader) -> None:
    posts = program_profile(loader).get_tagged_posts()
    seen = [next(posts).shortcode for _ in range(15)]
    again = program_profile(instaloader_client(standin)).get_tagged_posts()
    again.thaw(posts.freeze())
    assert seen[:-1] + [post.shortcode for post in again] == visible(standin, "tagged")


def test_own_posts_with_the_pinned_one_first(standin: Standin, loader: instaloader.Instaloader) -> None:
    posts = list(program_profile(loader).get_posts())
    newest_first = visible(standin, "own")
    pinned = standin.items()["io000"]["shortcode"]
    assert newest_first[-1] == pinned
    assert [post.shortcode for post in posts] == [pinned, *newest_first[:-1]]  # 14: two pages


def test_metadata_of_one_post_and_of_a_deleted_one(standin: Standin, loader: instaloader.Instaloader) -> None:
    post = own_post(loader, standin, FEW)
    assert (post.owner_username, post.comments, post.typename) == (INSTAGRAM_PROGRAM, 12, "GraphImage")
    assert post.caption == "caption own 11"
    standin.delete_item(FEW)
    with pytest.raises(instaloader.BadResponseException, match="Fetching Post metadata failed"):
        own_post(loader, standin, FEW)


def test_an_edited_caption_keeps_the_post(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.edit_item(FEW, "sudah diperbaiki")
    assert own_post(loader, standin, FEW).caption == "sudah diperbaiki"


def test_few_comments_come_by_graphql(standin: Standin, loader: instaloader.Instaloader) -> None:
    comments = list(own_post(loader, standin, FEW).get_comments())
    assert [comment.text for comment in comments] == [f"caption comment {number}" for number in range(106, 99, -1)]
    answers = {comment.text: [answer.text for answer in comment.answers] for comment in comments}
    assert answers.pop("caption comment 100") == [f"caption reply {number}" for number in range(110, 115)]
    assert not any(answers.values())
    assert not any(entry["host"] == "i.instagram.com" for entry in standin.log()[-4:])
    first, items = comments[-1], standin.items()
    assert str(first.id) == items["ic100"]["id"]
    assert (first.owner.username, first.likes_count) == (items["ic100"]["author"], 1)


def test_many_comments_come_by_the_phones_endpoint(standin: Standin, loader: instaloader.Instaloader) -> None:
    before = len(standin.log())
    comments = list(own_post(loader, standin, MANY).get_comments())
    assert sorted(comment.text for comment in comments) == [f"caption comment {number}" for number in range(120, 150)]
    assert [entry["path"].rsplit("/", 2)[1] for entry in standin.log()[before + 1 :]] == ["comments", "comments"]
    (replied,) = [comment for comment in comments if comment.text == "caption comment 120"]
    answers = list(replied.answers)
    assert len(answers) == 20  # one page: instaloader asks for no second (protocol: 20 of 45)
    assert [answer.text for answer in answers] == [f"caption reply {number}" for number in range(150, 170)]


def test_the_rest_of_the_replies_is_there_for_those_who_ask(standin: Standin, loader: instaloader.Instaloader) -> None:
    items = standin.items()
    path = f"api/v1/media/{items[MANY]['id']}/comments/{items['ic120']['id']}/child_comments/"
    first = loader.context.get_iphone_json(path, {"max_id": ""})
    second = loader.context.get_iphone_json(path, {"max_id": first["next_max_child_cursor"]})
    assert first["has_more_tail_child_comments"] and not second["has_more_tail_child_comments"]
    assert [node["text"] for node in second["child_comments"]] == [
        f"caption reply {number}" for number in range(170, 175)
    ]


def test_a_growing_head_moves_no_comment(standin: Standin, loader: instaloader.Instaloader) -> None:
    comments = own_post(loader, standin, MANY).get_comments()
    texts = []
    for number, comment in enumerate(comments):
        texts.append(comment.text)
        if number == 3:
            standin.add_item({"key": "new", "channel": "comment", "author": "w", "text": "baru", "parent": MANY})
    assert sorted(texts) == [f"caption comment {number}" for number in range(120, 150)]


def test_a_deleted_comment_takes_its_replies_along(standin: Standin, loader: instaloader.Instaloader) -> None:
    standin.delete_item("ic120")
    post = own_post(loader, standin, MANY)
    assert post.comments == 29
    assert all(comment.text != "caption comment 120" for comment in post.get_comments())


def test_a_profile_by_its_page_and_by_its_id(standin: Standin, loader: instaloader.Instaloader) -> None:
    profile = instaloader.Profile.from_username(loader.context, INSTAGRAM_PROGRAM)
    assert (profile.userid, profile.full_name) == (501001, "Quick Response Kab. Bekasi")
    assert (profile.mediacount, profile.is_private) == (14, False)
    assert instaloader.Profile.from_id(loader.context, 501001).username == INSTAGRAM_PROGRAM
    for missing in (
        lambda: instaloader.Profile.from_username(loader.context, "tidak.ada"),
        lambda: instaloader.Profile.from_id(loader.context, 42),
    ):
        with pytest.raises(instaloader.ProfileNotExistsException):
            missing()


def test_a_page_holds_hostile_text_safely(standin: Standin, stranger: instaloader.Instaloader) -> None:
    standin.add_item(
        {"key": "bad", "channel": "tagged", "author": "jahat", "name": "</script><b>", "text": "</script>"}
    )
    assert instaloader.Profile.from_username(stranger.context, "jahat").full_name == "</script><b>"


def test_what_a_stranger_may_read(standin: Standin, stranger: instaloader.Instaloader) -> None:
    profile = instaloader.Profile.from_username(stranger.context, INSTAGRAM_PROGRAM)
    assert profile.mediacount == 14
    assert [post.shortcode for post in profile.get_posts()][1:] == visible(standin, "own")[:-1]
    assert own_post(stranger, standin, FEW).comments == 12


def test_what_a_stranger_may_not(standin: Standin, stranger: instaloader.Instaloader) -> None:
    with pytest.raises(instaloader.ConnectionException, match="Please wait a few minutes"):
        list(program_profile(stranger).get_tagged_posts())
    with pytest.raises(instaloader.LoginRequiredException):
        own_post(stranger, standin, FEW).get_comments()
    phone = requests.get(f"https://i.instagram.com/api/v1/media/{standin.items()[FEW]['id']}/comments/", timeout=5)
    assert (phone.status_code, phone.json()["message"]) == (403, "login_required")


def test_a_foreign_session_is_sent_to_the_login_page(standin: Standin, loader: instaloader.Instaloader) -> None:
    loader.context.update_cookies({"sessionid": "orang-lain"})
    assert loader.test_login() is None
    with pytest.raises(instaloader.AbortDownloadException, match="logged out"):
        list(program_profile(loader).get_tagged_posts())


def test_a_post_must_repeat_the_csrf_token(standin: Standin, loader: instaloader.Instaloader) -> None:
    cookies = requests.utils.dict_from_cookiejar(loader.context._session.cookies)
    form = {"doc_id": TIMELINE, "variables": "{}"}
    refused = requests.post(
        "https://www.instagram.com/graphql/query", form, cookies=cookies, headers={"X-CSRFToken": "lain"}, timeout=5
    )
    assert (refused.status_code, refused.json()["status"]) == (403, "fail")


def test_damaged_questions_are_refused_not_crashed_on(standin: Standin, loader: instaloader.Instaloader) -> None:
    for variables in ({"id": "501001", "after": "???"}, {"id": "501001", "first": "banyak"}, {}):
        with pytest.raises(instaloader.QueryReturnedBadRequestException):
            loader.context.graphql_query(TAGGED, variables)
    assert loader.context.graphql_query("0" * 32, {})["errors"][0]["message"] == "execution error"
    assert not any("error" in entry for entry in standin.log())


def test_pictures_load(standin: Standin, loader: instaloader.Instaloader) -> None:
    picture = loader.context.get_raw(next(program_profile(loader).get_tagged_posts()).url)
    assert picture.content.startswith(b"\x89PNG")
