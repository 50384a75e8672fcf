"""A mention joins a case only where it is sure; the program's own post does not make strangers one household."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases.joining import Incoming, KnownCases, Placed, join_or_open
from tests.case_fixtures import NOW


def mention(number: int, **more: Any) -> Incoming:
    row = {"mention_id": f"x:{number}", "platform": "x", "author_id": f"a{number}", "parent_id": None, "thread_id": None,
           "duplicate_of": None, "category": "kesehatan", "created_at": NOW}  # fmt: skip
    return Incoming(**row | more)


def known(*placed: Placed) -> KnownCases:
    return KnownCases.of(placed)


FIRST = Placed(mention(1, thread_id="x:1"), "K-1")


@pytest.mark.parametrize(
    ("incoming", "case_id", "reason"),
    [
        (mention(2), None, "opened"),
        (mention(2, duplicate_of="x:1"), "K-1", "repost"),
        (mention(2, parent_id="x:1"), "K-1", "thread"),
        (mention(2, thread_id="x:1"), "K-1", "thread"),
        (mention(2, author_id="a1"), "K-1", "author"),
        (mention(2, author_id="a1", created_at=NOW + timedelta(days=14)), "K-1", "author"),
        (mention(2, author_id="a1", created_at=NOW + timedelta(days=15)), None, "opened"),
        (mention(2, author_id="a1", category="rumah"), None, "opened"),
        (mention(2, author_id="a1", platform="instagram"), None, "opened"),
        (mention(2, author_id=None), None, "opened"),
    ],
)
def test_what_joins(incoming: Incoming, case_id: str | None, reason: str) -> None:
    found = join_or_open(incoming, known(FIRST))
    assert (found.case_id, found.reason) == (case_id, reason)
    assert found.how == ("merged" if case_id else "opened")


def test_comments_of_two_people_under_the_programs_own_post_are_two_cases() -> None:
    under_it = Placed(mention(1, thread_id="x:99", parent_id="x:99"), "K-1")
    assert join_or_open(mention(2, thread_id="x:99", parent_id="x:99"), known(under_it)).case_id is None
    assert (
        join_or_open(mention(2, thread_id="x:99", author_id="a1", category="rumah"), known(under_it)).reason == "thread"
    )


def test_a_finished_case_is_not_joined_but_remembered() -> None:
    found = join_or_open(mention(2, parent_id="x:1"), KnownCases.of([FIRST], {"K-1": "selesai"}))
    assert (found.case_id, found.related) == (None, "K-1")


def test_a_repost_of_what_was_rejected_opens_nothing() -> None:
    rejected = KnownCases.of([FIRST], {"K-1": "bukan"})
    assert join_or_open(mention(2, duplicate_of="x:1"), rejected).case_id == "K-1"
    assert join_or_open(mention(2, author_id="a1"), rejected).case_id is None  # a new need of the same person


def test_reposts_of_an_original_that_opened_nothing_find_each_other() -> None:
    repost = Placed(mention(2, duplicate_of="x:1"), "K-2")
    assert join_or_open(mention(3, duplicate_of="x:1"), known(repost)).case_id == "K-2"
