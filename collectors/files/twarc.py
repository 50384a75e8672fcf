"""twarc2's JSONL: whole answers of the API, a page a line, or flattened posts, a post a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collectors.files.rows import FileFormat, Place, Reading, Row, checked, json_lines
from collectors.x_mapping import map_payload, payloads_of
from mention import Mention


def fits(line: dict[str, Any]) -> bool:
    return _is_page(line) or (_is_post(line) and "legacy" not in line)


def read(path: Path, start: Place, reading: Reading) -> Iterator[Row]:
    for parsed, line, after in json_lines(path, start):
        if isinstance(parsed, str):
            yield Row(line, None, after, parsed)
        elif _is_page(parsed):
            yield from _page_rows(parsed, line, after)
        elif _is_post(parsed):
            yield Row(line, _flattened(parsed), after)
        else:
            yield Row(line, None, after, "is neither a post nor a page of twarc2")


def map_row(payload: dict[str, Any], matched: str) -> Mention:
    return checked(map_payload(payload, matched))


def _is_page(line: dict[str, Any]) -> bool:
    return (isinstance(line.get("data"), list | dict) and "item_id" not in line) or (
        "errors" in line and "id" not in line
    )


def _is_post(line: dict[str, Any]) -> bool:
    return "id" in line and "text" in line and isinstance(line["text"], str)


def _page_rows(page: dict[str, Any], line: int, after: Place) -> Iterator[Row]:
    """One payload a post; a page of errors only holds none. The place moves with the last one."""
    posts = page.get("data") or []
    posts = [post for post in ([posts] if isinstance(posts, dict) else posts) if isinstance(post, dict)]
    includes = page.get("includes") if isinstance(page.get("includes"), dict) else {}
    payloads = list(payloads_of({"data": [_alone(post) for post in posts], "includes": includes}))
    for number, payload in enumerate(payloads, 1):
        yield Row(line, payload, after if number == len(payloads) else None)


def _flattened(post: dict[str, Any]) -> dict[str, Any]:
    """As the collector stores a post: twarc2 puts author and place into it."""
    author = post.get("author")
    payload: dict[str, Any] = {"data": _alone(post)}
    return payload | ({"user": author} if isinstance(author, dict) else {})


def _alone(post: dict[str, Any]) -> dict[str, Any]:
    """A post without the posts and people it refers to: what one citizen deletes must not live on in another's payload."""
    alone = {
        name: value
        for name, value in post.items()
        if name not in {"author", "in_reply_to_user", "attachments", "__twarc"}
    }
    for name in ("referenced_tweets", "referenced_posts"):
        if isinstance(alone.get(name), list):
            alone[name] = [
                {"type": ref.get("type"), "id": ref.get("id")} for ref in alone[name] if isinstance(ref, dict)
            ]
    return alone


FORMAT = FileFormat("twarc2", read, map_row)
