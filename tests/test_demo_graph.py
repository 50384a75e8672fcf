"""The stand-in's official Instagram API answers as Meta's pages say, also where it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from demo.graph_api import ACCESS_TOKEN, ACCOUNT_ID
from demo.graph_fields import FieldsError, parse_fields
from demo.standin import Standin, running
from tests.demo_fixtures import borrowed
from tests.platforms import instagram_row, write_feed

HANDLE = "qr.kabbekasi"


@pytest.fixture(scope="module")
def running_standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("standin")
    rows = [
        *(instagram_row(number, text=f"@{HANDLE} kabar {number}") for number in range(5)),
        instagram_row(1, "own", author=HANDLE),
        instagram_row(9, "comment", parent="io001"),
        instagram_row(10, "reply", parent="ic009"),
    ]
    with running(write_feed(folder / "feed", *rows), folder / "state") as one:
        yield one


@pytest.fixture
def standin(running_standin: Standin) -> Iterator[Standin]:
    with borrowed(running_standin) as one:
        yield one


def ask(path: str, token: str = ACCESS_TOKEN, **parameters: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(f"https://graph.facebook.com/v26.0/{path}", params=parameters, headers=headers, timeout=20)
    return answer.status_code, answer.json()


def test_pages_by_cursor_and_captions_without_the_at_sign(standin: Standin) -> None:
    status, page = ask(f"{ACCOUNT_ID}/tags", fields="id,caption,permalink", limit="3")
    assert status == 200 and [media["caption"] for media in page["data"]] == [f"{HANDLE} kabar {n}" for n in (4, 3, 2)]
    _, rest = ask(f"{ACCOUNT_ID}/tags", fields="caption", limit="3", after=page["paging"]["cursors"]["after"])
    assert len(rest["data"]) == 2 and "next" not in rest["paging"]


def test_nested_fields_and_replies(standin: Standin) -> None:
    own = standin.items()["io001"]["graph_id"]
    _, page = ask(f"{own}/comments", fields="id,text,replies.limit(5){text,parent_id},media{permalink}")
    (comment,) = page["data"]
    assert comment["replies"]["data"][0]["parent_id"] == comment["id"]
    assert comment["media"]["permalink"].startswith("https://www.instagram.com/p/")


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        (f"{ACCOUNT_ID}/tags", {"token": "wrong"}, 190),
        ("1/tags", {}, 100),
        ("17990000000000000", {}, 100),
        (f"{ACCOUNT_ID}/tags", {"fields": "secret"}, 100),
        (f"{ACCOUNT_ID}/tags", {"fields": "id,media{"}, 2500),
        (ACCOUNT_ID, {"fields": "mentioned_media.media_id(abc){caption}"}, 100),
        ("17840000000000000/recent_media", {"user_id": ACCOUNT_ID}, 100),
        ("nothing/here", {}, 100),
    ],
)
def test_refusals_carry_metas_codes(standin: Standin, path: str, parameters: dict[str, str], code: int) -> None:
    status, body = ask(path, **parameters)
    assert status in (400, 401) and body["error"]["code"] == code


def test_the_31st_hashtag_of_seven_days_is_refused(standin: Standin) -> None:
    for number in range(30):
        assert ask("ig_hashtag_search", user_id=ACCOUNT_ID, q=f"tagar{number}")[0] == 200
    assert ask("ig_hashtag_search", user_id=ACCOUNT_ID, q="tagar30")[1]["error"]["code"] == 18
    standin.set_clock(advance_seconds=7 * 86_400 + 1)
    assert ask("ig_hashtag_search", user_id=ACCOUNT_ID, q="tagar30")[0] == 200


def test_a_field_list_is_a_tree() -> None:
    tree = parse_fields("id,replies.limit(5){text,media{id}}")
    assert (list(tree), tree["replies"].arguments, list(tree["replies"].inner["media"].inner)) == (
        ["id", "replies"],
        {"limit": "5"},
        ["id"],
    )
    for wrong in ("id)", "media{id", "a.b"):
        with pytest.raises(FieldsError):
            parse_fields(wrong)
