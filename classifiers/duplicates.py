"""Near-duplicates across platforms and days: exact key, then MinHash, then a check of what actually differs."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from rapidfuzz import fuzz

NOISE = re.compile(r"https?://\S+|@[\w.]+|#\w+|\brt\s+(?=@)|[^\w\s]", re.UNICODE)
WORD = re.compile(r"\w+")
SHINGLE = 2  # words
PERMUTATIONS, BANDS = 63, 21  # rows of 3: nearly all pairs of 60 % likeness are looked at
SEED = 42
MIXING = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)  # one key of a band
CHUNK = 20_000  # posts sketched at a time
MOST_COMPARED = 20  # earlier posts of one bucket: bounds the work when a thousand people write the same
ALIKE = 88.0  # rapidfuzz ratio, 0..100
SHORTEST = 5  # words; shorter texts fold only when exactly the same
SHORTEST_EXACT = 3  # "amin", "mantap pak" by a hundred people are a hundred posts
IDENTIFYING = re.compile(r"\d+")


def plain_text(text: str) -> str:
    """NFKC, lower case, without links, handles, tags and marks: what a repost keeps."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return " ".join(NOISE.sub(" ", folded).split())


def exact_key(text: str) -> bytes:
    """The same for texts that differ only in case, marks, links and spacing (128 bits)."""
    return hashlib.blake2b(plain_text(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def same_post(one: str, other: str) -> bool:
    """Whether two plain texts are one post passed on: nearly the same letters, and no other name, place or number.

    Two families may use the same words; their numbers, names and places then differ, and they stay two posts.
    """
    if not fuzz.ratio(one, other, score_cutoff=ALIKE) and not _extended(one, other):
        return False
    if sorted(IDENTIFYING.findall(one)) != sorted(IDENTIFYING.findall(other)) and not _extended(one, other):
        return False
    mine, theirs = WORD.findall(one), WORD.findall(other)
    only_mine, only_theirs = _left_over(mine, theirs), _left_over(theirs, mine)
    return not (only_mine and only_theirs)


def _extended(one: str, other: str) -> bool:
    """One is the other with words before or behind it ("repost: …", "tolong dibantu ya")."""
    short, long = sorted((one, other), key=len)
    return len(long) <= 1.6 * len(short) and short in long and len(WORD.findall(short)) >= 2 * SHORTEST


def _left_over(words: list[str], others: list[str]) -> list[str]:
    """Words without a counterpart: not there, and not a different spelling (one or two letters) of one that is."""
    known = set(others)
    missing = [w for w in words if w not in known and len(w) > 1]
    free = [w for w in others if w not in set(words)]
    return [w for w in missing if not any(_spelling(w, other) for other in free)]


def _spelling(one: str, other: str) -> bool:
    if one.isdigit() or other.isdigit():
        return False
    short, long = sorted((one, other), key=len)
    vowelless = re.sub(r"[aeiou]", "", long)
    return short == vowelless or (one[0] == other[0] and len(short) >= 4 and fuzz.ratio(one, other) >= 80)


def _shingles(plain: str) -> list[str]:
    words = plain.split()
    return [" ".join(words[i : i + SHINGLE]) for i in range(max(len(words) - SHINGLE + 1, 1))]


def duplicate_groups(
    ids: Sequence[Hashable], texts: Sequence[str], created: Sequence[datetime | Any]
) -> dict[Hashable, Hashable]:
    """For every id the id of the earliest post it repeats; a post that repeats none stands for itself."""
    order = sorted(range(len(ids)), key=lambda i: (created[i], str(ids[i])))
    plain = [plain_text(text or "") for text in texts]
    first_of: dict[int, int] = {}
    exact: dict[str, int] = {}
    fresh: list[int] = []
    for i in order:
        words = plain[i].count(" ") + 1 if plain[i] else 0
        if words >= SHORTEST_EXACT and plain[i] in exact:
            first_of[i] = exact[plain[i]]
            continue
        first_of[i] = i
        if words >= SHORTEST_EXACT:
            exact[plain[i]] = i
        if words >= SHORTEST:
            fresh.append(i)
    _fold_near(fresh, plain, first_of)
    return {ids[i]: ids[_first(i, first_of)] for i in range(len(ids))}


def _first(i: int, first_of: dict[int, int]) -> int:
    while first_of[i] != i:
        i = first_of[i]
    return i


def _fold_near(fresh: list[int], plain: list[str], first_of: dict[int, int]) -> None:
    """Posts in order of time; each is compared with earlier ones that share a MinHash band."""
    candidates = _candidates([_shingles(plain[i]) for i in fresh])
    for later in sorted(candidates):
        for earlier in sorted(candidates[later])[:MOST_COMPARED]:
            if same_post(plain[fresh[earlier]], plain[fresh[later]]):
                first_of[fresh[later]] = fresh[earlier]
                break


def _candidates(shingles: list[list[str]]) -> dict[int, set[int]]:
    """For each post the earlier posts of its first bucket mates in every band."""
    from rensa import RMinHash  # here: only this needs it

    found: dict[int, set[int]] = defaultdict(set)
    digests = np.concatenate(
        [
            np.array(RMinHash.digests_from_token_sets(shingles[i : i + CHUNK], PERMUTATIONS, SEED), dtype=np.uint32)
            for i in range(0, len(shingles), CHUNK)
        ]
        or [np.zeros((0, PERMUTATIONS), dtype=np.uint32)]
    )
    rows = PERMUTATIONS // BANDS
    for band in range(BANDS):
        keys = (digests[:, band * rows : (band + 1) * rows].astype(np.uint64) * MIXING[:rows]).sum(axis=1)
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        bucket: list[int] = []
        for place in np.nonzero(same)[0].tolist():
            one, two = int(order[place]), int(order[place + 1])
            if not bucket or bucket[-1] != one:
                bucket = [one]
            found[two].update(bucket)
            if len(bucket) < MOST_COMPARED:
                bucket.append(two)
            else:
                bucket[-1] = two
    return found
