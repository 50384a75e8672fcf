"""Reposts fold, two families with the same words do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from classifiers.duplicates import duplicate_groups, exact_key

PLEA = "tolong pak rumah bu Aminah di Kp Ceger RT 03 roboh kena angin semalam, anaknya tiga masih kecil"


def groups(*texts: str) -> list[int]:
    """For each text the number of the text it repeats."""
    found = duplicate_groups(range(len(texts)), texts, range(len(texts)))
    return [int(found[i]) for i in range(len(texts))]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "repost",
    [
        PLEA.upper() + "!!!",
        "RT @warga: " + PLEA + " https://x.id/1",
        PLEA.replace("semalam", "smalam").replace("rumah", "rmh"),
        "𝐭𝐨𝐥𝐨𝐧𝐠" + PLEA[6:],
        "Tolong bantu share ya guys " + PLEA,
        PLEA + " mohon segera dibantu",
    ],
)
def test_reposts_fold(repost: str) -> None:
    assert groups(PLEA, "hal lain sama sekali tentang jalan rusak", repost) == [0, 1, 0]


@pytest.mark.parametrize(
    "other",
    [
        PLEA.replace("Aminah", "Yati"),
        PLEA.replace("Ceger", "Bojong"),
        PLEA.replace("RT 03", "RT 07"),
        PLEA.replace("tiga", "lima"),
    ],
)
def test_two_families_with_the_same_words_stay_two(other: str) -> None:
    assert groups(PLEA, other) == [0, 1]


def test_short_greetings_are_not_folded() -> None:
    assert groups("amin", "amin", "", "", "mantap pak", "mantap pak") == [0, 1, 2, 3, 4, 5]
    assert groups("semoga cepat ada bantuan", "Semoga cepat ada bantuan!") == [0, 0]


def test_the_earliest_is_the_first_whatever_the_order() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    found = duplicate_groups(["x:2", "instagram:1"], [PLEA, PLEA + " !"], [now, now - timedelta(days=300)])
    assert found == {"x:2": "instagram:1", "instagram:1": "instagram:1"}


def test_chains_lead_to_the_first() -> None:
    assert groups(PLEA, PLEA + " ya", PLEA + " ya", "RT @a: " + PLEA) == [0, 0, 0, 0]


def test_a_thousand_equal_posts_stay_cheap() -> None:
    assert set(groups(*[f"{PLEA} {'!' * i}" for i in range(1_000)])) == {0}


def test_exact_key_ignores_case_marks_and_links() -> None:
    assert exact_key("Tolong, PAK! https://a.id") == exact_key("tolong pak")
    assert exact_key("tolong pak") != exact_key("tolong bu")
