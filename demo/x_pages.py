"""Lists of X posts: the window a request may see, keyset tokens and meta. Newest first, inside and across pages."""

from __future__ import annotations

import re
from base64 import b32hexdecode, b32hexencode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from typing import Any

from demo import identity
from demo.clock import DAY_MS, from_ms, to_ms
from demo.wire import Request
from demo.world import Item
from demo.x_objects import ParameterError, Writer

SEARCH_REACH_MS = 7 * DAY_MS
INDEX_LAG_MS = 30_000  # without an end, the search ends 30 s before now
MENTIONS_REACH = 800


@dataclass(frozen=True, slots=True)
class ListKind:
    """What differs between the search and a timeline."""

    token_name: str
    smallest_page: int
    default_page: int
    search: bool
    reach: int | None = None  # posts, None: no limit


SEARCH = ListKind("next_token", 10, 10, search=True)
MENTIONS = ListKind("pagination_token", 5, 10, search=False, reach=MENTIONS_REACH)
TIMELINE = ListKind("pagination_token", 5, 10, search=False, reach=3200)


@dataclass(frozen=True, slots=True)
class Window:
    """Ids strictly above ``floor`` and strictly below ``ceiling``."""

    floor: int
    ceiling: int


def write_page(
    request: Request, kind: ListKind, entries: Callable[[int], Iterator[tuple[int, Item]]], writer: Writer
) -> dict[str, Any]:
    """One page of what ``entries(ceiling)`` yields. Raises ParameterError."""
    size = page_size(request, kind)
    window = read_window(request, kind, writer.now_ms)
    below = read_token(request, kind)
    ceiling = window.ceiling if below is None else min(below, window.ceiling)
    found: list[tuple[int, Item]] = []
    for post_id, item in entries(ceiling):
        if post_id <= window.floor or len(found) > size:
            break
        found.append((post_id, item))
    shown = found[:size]
    meta: dict[str, Any] = {"result_count": len(shown)}
    if shown:
        meta |= {"newest_id": str(shown[0][0]), "oldest_id": str(shown[-1][0])}
    if len(found) > size:
        meta["next_token"] = make_token(request, shown[-1][0])
    page: dict[str, Any] = {"meta": meta}
    if shown:
        page["data"] = [writer.post(item, item.version_at(writer.now_ms)) for _, item in shown]
        if includes := writer.includes():
            page["includes"] = includes
    return page


def limited(entries: Iterator[tuple[int, Item]], reach: int | None) -> Iterator[tuple[int, Item]]:
    return entries if reach is None else islice(entries, reach)


def page_size(request: Request, kind: ListKind) -> int:
    """Raises ParameterError for what is no number of posts X would send."""
    text = request.query.get("max_results")
    if text is None:
        return kind.default_page
    if not text.isdigit() or not kind.smallest_page <= int(text) <= 100:
        raise ParameterError(
            "max_results",
            f"The `max_results` query parameter value [{text}] is not between {kind.smallest_page} and 100",
        )
    return int(text)


def read_window(request: Request, kind: ListKind, now_ms: int) -> Window:
    """Raises ParameterError with the texts X uses."""
    query = request.query
    ids = [name for name in ("since_id", "until_id") if query.get(name)]
    times = [name for name in ("start_time", "end_time") if query.get(name)]
    if ids and times:
        raise ParameterError(
            ids[0], "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'."
        )
    oldest_ms = now_ms - SEARCH_REACH_MS if kind.search else 0
    newest_ms = now_ms - INDEX_LAG_MS if kind.search else now_ms
    floor = identity.snowflake_floor(oldest_ms) if kind.search else 0
    ceiling = identity.snowflake_floor(newest_ms + 1)
    if "since_id" in ids:
        floor = _since(query["since_id"], oldest_ms if kind.search else None)
    if "until_id" in ids:
        ceiling = min(ceiling, _post_id(query["until_id"], "until_id"))
    if "start_time" in times:
        floor = identity.snowflake_floor(_start(query["start_time"], oldest_ms if kind.search else None)) - 1
    if "end_time" in times:
        ceiling = identity.snowflake_floor(_end(query["end_time"], now_ms))
    return Window(floor, ceiling)


def _since(text: str, oldest_ms: int | None) -> int:
    since = _post_id(text, "since_id")
    if oldest_ms is not None and identity.snowflake_ms(since) < oldest_ms:
        least = identity.snowflake_floor(oldest_ms)
        raise ParameterError(
            "since_id",
            f"'since_id' must be a tweet id created after {from_ms(oldest_ms):%Y-%m-%dT%H:%MZ}. Please use a 'since_id' that is larger than {least}",
        )
    return since


def _post_id(text: str, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,19}", text):
        raise ParameterError(name, f"The `{name}` query parameter value [{text}] is not valid")
    return int(text)


def _start(text: str, oldest_ms: int | None) -> int:
    start_ms = _moment(text, "start_time")
    if oldest_ms is not None and start_ms < oldest_ms:
        raise ParameterError(
            "start_time",
            f"Invalid 'start_time':'{text}'. 'start_time' must be on or after {from_ms(oldest_ms):%Y-%m-%dT%H:%MZ}.",
        )
    return start_ms


def _end(text: str, now_ms: int) -> int:
    end_ms = _moment(text, "end_time")
    if end_ms > now_ms - 10_000:
        raise ParameterError(
            "end_time",
            f"Invalid 'end_time':'{text}'. 'end_time' must be a minimum of 10 seconds prior to the request time.",
        )
    return end_ms


def _moment(text: str, name: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ParameterError(
            name, f"The `{name}` query parameter value [{text}] is not a valid RFC3339 date-time"
        ) from None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def make_token(request: Request, last_id: int) -> str:
    """The token names the last post shown, not a position: pages stay whole when the head grows."""
    return b32hexencode(last_id.to_bytes(8, "big") + _fingerprint(request)).decode().rstrip("=").lower()


def read_token(request: Request, kind: ListKind) -> int | None:
    """Raises ParameterError for a token that is damaged or was made for another query or since_id."""
    token = request.query.get(kind.token_name) or request.query.get("pagination_token")
    if not token:
        return None
    try:
        raw = b32hexdecode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        raw = b""
    if len(raw) != 14 or raw[8:] != _fingerprint(request):
        raise ParameterError(kind.token_name, f"The `{kind.token_name}` query parameter value [{token}] is not valid")
    return int.from_bytes(raw[:8], "big")


def _fingerprint(request: Request) -> bytes:
    parts = [
        request.path,
        *(request.query.get(name, "") for name in ("query", "since_id", "until_id", "start_time", "end_time")),
    ]
    return blake2b("\n".join(parts).encode(), digest_size=6).digest()
