"""Pseudonyms: what stands for an id in the published copy. The same in every copy, and without the key it leads nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import duckdb

LENGTH = 20  # hex digits: 80 bits, so that a billion ids still have a pseudonym each
# The nested hash keeps what is hashed from being continued (as HMAC does); the key reaches DuckDB as a variable, never in a statement.
_MACRO = f"""
CREATE TEMP MACRO pseudonym(id) AS
    left(sha256(getvariable('pseudonym_key') || sha256(getvariable('pseudonym_key') || id)), {LENGTH})
"""


def pseudonym(key: str, value: str) -> str:
    """The pseudonym of one id."""
    inner = hashlib.sha256(f"{key}{value}".encode()).hexdigest()
    return hashlib.sha256(f"{key}{inner}".encode()).hexdigest()[:LENGTH]


def pseudonyms(key: str, values: Iterable[str]) -> list[str]:
    return [pseudonym(key, value) for value in values]


def teach_pseudonyms(connection: duckdb.DuckDBPyConnection, key: str) -> None:
    """From here on SQL of this connection knows pseudonym(id); of NULL it is NULL."""
    connection.execute("SET VARIABLE pseudonym_key = ?", [key])
    connection.execute(_MACRO)
