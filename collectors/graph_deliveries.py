"""What Meta's webhook told, made into mentions: each change is asked for by its ids, because a delivery says little."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from collectors import situations
from collectors.graph_client import Client
from collectors.instagram_graph_mapping import SOURCE, comment_payload, map_payload, media_payload
from mention import Page, Payload

COMMENT_FIELDS = "id,text,timestamp,username,from,like_count"
_MENTIONED_COMMENT = "id,text,timestamp,username,like_count,media{id,permalink}"
_MENTIONED_MEDIA = "id,caption,media_type,timestamp,username,comments_count,like_count"
_COMMENT = f"{COMMENT_FIELDS},parent_id,media{{id,permalink}}"


@dataclass(frozen=True, slots=True)
class Questions:
    """What the collector may ask of the tables: known mentions, the hashtag ledger, deliveries that wait (id, body)."""

    is_known: Callable[[list[str]], set[str]]
    take_hashtag: Callable[[str, str], bool]  # (account id, hashtag) -> whether it may be asked for
    deliveries: Callable[[], list[tuple[str, str]]]


class Inbox(Protocol):
    """The target whose deliveries are read."""

    @property
    def name(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def handle(self) -> str: ...
    @property
    def account_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened, as a delivery tells it."""

    account_id: str
    time: int | None  # seconds since 1970
    field: str
    value: dict[str, Any]


def read_deliveries(client: Client, inbox: Inbox, questions: Questions) -> Iterator[Page]:
    """A page a delivery; one that cannot be read for want of a permission stays in the inbox and is said at the end."""
    refused: situations.RequestRefused | None = None
    for delivery_id, body in questions.deliveries():
        changes = changes_of(body)
        if changes and all(change.account_id != inbox.account_id for change in changes):
            continue  # of another account: its own target reads it
        try:
            payloads = [payload for change in changes if (payload := _payload(client, inbox, change))]
        except situations.RequestRefused as fault:
            refused = fault
            continue
        yield _page(inbox, delivery_id, payloads or ([] if changes else [{"type": "delivery", "body": body}]))
    if refused:
        raise refused


def changes_of(body: str) -> list[Change]:
    """The changes of a delivery; none when it is not what Meta sends."""
    try:
        entries = json.loads(body)["entry"]
        return [
            Change(str(entry["id"]), entry.get("time"), str(change["field"]), dict(change["value"]))
            for entry in entries
            for change in entry["changes"]
        ]
    except (KeyError, TypeError, ValueError):
        return []


def _payload(client: Client, inbox: Inbox, change: Change) -> dict[str, Any] | None:
    """What is kept of a change; None when it is gone already."""
    value = change.value
    try:
        if change.field == "comments":
            return _commented(client, inbox, change)
        if change.field == "mentions" and value.get("comment_id"):
            comment = _mentioned(
                client, inbox, "mentioned_comment", f"comment_id({value['comment_id']})", _MENTIONED_COMMENT
            )
            return comment_payload(comment, comment.get("media") or {"id": value.get("media_id")}, None)
        if change.field == "mentions":
            return media_payload(_mentioned_media(client, inbox, str(value["media_id"])))
    except situations.NotThere:
        return None
    return {"type": change.field, "value": value}  # nothing we know: kept and counted as unmapped


def _commented(client: Client, inbox: Inbox, change: Change) -> dict[str, Any]:
    """The comment itself, or, when the app may not ask for it, what the delivery says of it."""
    try:
        comment = client.get(str(change.value["id"]), inbox.where, fields=_COMMENT)
    except situations.RequestRefused:
        told = {"username": (change.value.get("from") or {}).get("username"), "timestamp": change.time}
        comment = change.value | told
    return comment_payload(comment, comment.get("media") or {}, None)


def _mentioned_media(client: Client, inbox: Inbox, media_id: str) -> dict[str, Any]:
    """With the address, if Meta gives it: its page of mentioned_media allows media fields but does not list this one."""
    call = f"media_id({media_id})"
    try:
        return _mentioned(client, inbox, "mentioned_media", call, f"{_MENTIONED_MEDIA},permalink")
    except situations.RequestRefused:
        return _mentioned(client, inbox, "mentioned_media", call, _MENTIONED_MEDIA)


def _mentioned(client: Client, inbox: Inbox, edge: str, call: str, fields: str) -> dict[str, Any]:
    body = client.get(inbox.account_id, inbox.where, fields=f"{edge}.{call}{{{fields}}}")
    found = body.get(edge)
    if not isinstance(found, dict):
        raise situations.NotThere(f"{inbox.where}: Meta knows no such object, or does not show it to this token.")
    return found


def _page(inbox: Inbox, delivery_id: str, payloads: list[dict[str, Any]]) -> Page:
    mapped = [(map_payload(payload, inbox.name), payload) for payload in payloads]
    others = [(one, payload) for one, payload in mapped if one is None or one.author_handle != inbox.handle]
    kept = [Payload(mention.mention_id if mention else None, payload) for mention, payload in others]
    mentions = [mention for mention, _ in others if mention]
    return Page(SOURCE, inbox.name, mentions, kept, {"delivery": delivery_id}, 0, delivery=delivery_id)
