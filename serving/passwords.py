"""Passwords: argon2id, a length instead of rules about signs, and no faster answer for a name that nobody has."""

from __future__ import annotations

import secrets
import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 128  # characters, as the sentences below say
_HASHER = PasswordHasher()  # RFC 9106's second choice: 64 MiB, 3 passes, 4 lanes; about 0.1 s
_two_at_once = threading.BoundedSemaphore(2)  # a flood of sign-ins must not take all the memory
_SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstwy" for vowel in "aiueo"]


class PasswordRefused(Exception):
    """The password may not be used; the message says why, in Indonesian."""


def hash_password(password: str) -> str:
    with _two_at_once:
        return _HASHER.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether it is the password of this hash. Without a hash it takes as long and is never right."""
    with _two_at_once:
        try:
            return _HASHER.verify(password_hash or _nobodys(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Made with older parameters: to be made anew at the next sign-in."""
    return _HASHER.check_needs_rehash(password_hash)


def require_good(password: str, user_id: str, name: str) -> None:
    """Raises PasswordRefused. Any sign may be used; what matters is length and that it is not one's name."""
    if len(password) < SHORTEST:
        raise PasswordRefused("Kata sandi terlalu pendek: paling sedikit 10 huruf atau angka.")
    if len(password) > LONGEST:
        raise PasswordRefused("Kata sandi terlalu panjang: paling banyak 128 huruf atau angka.")
    plain = password.casefold()
    own = {part for part in [user_id, *name.casefold().split(), "tanggap", "password", "kata sandi"] if len(part) > 2}
    rest = plain
    for part in sorted(own, key=len, reverse=True):
        rest = rest.replace(part, "")
    if len(set(plain)) < 5 or sum(char.isalnum() for char in rest) < 6 or _runs(plain):
        raise PasswordRefused("Kata sandi mudah ditebak: pakai beberapa kata yang tidak berhubungan dengan Anda.")


def invented_password() -> str:
    """Easy to read out on the telephone: four groups of three syllables, about 76 bits."""
    groups = ["".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(4)]
    return "-".join(groups)


def _runs(plain: str) -> bool:
    """1234567890, abcdefghij, qwertyuiop and their like."""
    rows = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
    return any(plain[:8] in row or plain[:8] in row[::-1] for row in rows)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(24))
