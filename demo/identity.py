"""Ids as the platforms make them, derived from the feed's keys and times: the same feed and anchor give the same ids."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

X_EPOCH_MS = 1288834974657  # 2010-11-04: X's snowflakes count from here
INSTAGRAM_EPOCH_MS = 1314220021721  # 2011-08-24: Instagram's media ids count from here
# Accounts whose ids other code knows (tanggap.toml of the demo).
KNOWN_USERS = {
    ("x", "qr_kabbekasi"): 1800000000000000001,
    ("instagram", "qr.kabbekasi"): 501001,
    ("instagram", "tanggap.demo"): 9001,
}


def stable_number(text: str, bits: int) -> int:
    """A number of that many bits which depends on nothing but the text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> (64 - bits)


def snowflake(ms: int, key: str) -> int:
    """The id of an X post: time in the upper bits, the key in the lower 22."""
    return (ms - X_EPOCH_MS) << 22 | stable_number(key, 22)


def snowflake_floor(ms: int) -> int:
    """The lowest X id of a millisecond."""
    return (ms - X_EPOCH_MS) << 22


def snowflake_ms(post_id: int) -> int:
    return (post_id >> 22) + X_EPOCH_MS


def media_pk(ms: int, key: str) -> int:
    """The id of an Instagram post: 41 bits of time, 23 of the key."""
    return (ms - INSTAGRAM_EPOCH_MS) << 23 | stable_number(key, 23)


def shortcode(pk: int) -> str:
    """The id of an Instagram post as its address shows it."""
    return urlsafe_b64encode(pk.to_bytes(9, "big")).decode().lstrip("A")


def shortcode_pk(code: str) -> int:
    """The inverse of shortcode; 0 for what is none."""
    try:
        return int.from_bytes(urlsafe_b64decode(code.rjust(12, "A")), "big")
    except ValueError:
        return 0


def comment_pk(key: str) -> int:
    """The id of an Instagram comment: 17 digits that begin with 178 or 179 and tell no time."""
    return 17_800_000_000_000_000 + stable_number(key, 47) % 200_000_000_000_000


def graph_media_id(key: str) -> str:
    """The id of an Instagram post in the official API: 17 digits that have nothing to do with its address."""
    return str(17_990_000_000_000_000 + stable_number(f"graph:{key}", 43))


def user_id(platform: str, handle: str) -> int:
    known = KNOWN_USERS.get((platform, handle))
    if known is not None:
        return known
    number = stable_number(f"{platform}:{handle}", 48)
    return 10_000_000 + number % 60_000_000_000 if platform == "instagram" else 1_000_000_000 + number


def pack_cursor(text: str) -> str:
    """A cursor the client cannot read anything into."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpack_cursor(cursor: str) -> str:
    """Raises ValueError for anything that is no cursor of ours."""
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
