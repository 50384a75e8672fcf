"""Meta's deliveries to a webhook: bodies as Meta words them, signed over their bytes."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from typing import Any

from demo import identity
from demo.graph_api import ACCOUNT_ID, APP_SECRET, scoped_id
from demo.world import Item, World


def change_of(world: World, item: Item, now_ms: int) -> dict[str, Any]:
    """What Meta tells of an item: a comment under an own post whole, a mention elsewhere by its ids only."""
    if item.channel not in ("comment", "reply"):
        return {"field": "mentions", "value": {"media_id": identity.graph_media_id(item.key)}}
    parent = world.items[world.thread_parent(item)]
    post = world.items[world.thread_parent(parent)] if item.channel == "reply" else parent
    media_id = identity.graph_media_id(post.key)
    if post.channel != "own":
        return {"field": "mentions", "value": {"media_id": media_id, "comment_id": str(item.id)}}
    value: dict[str, Any] = {
        "id": str(item.id),
        "from": {"id": scoped_id(item), "username": item.author.handle},
        "text": item.version_at(now_ms).text,
        "media": {"id": media_id, "media_product_type": "FEED"},
    }
    if item.channel == "reply":
        value["parent_id"] = str(parent.id)
    return {"field": "comments", "value": value}


def delivery(changes: list[dict[str, Any]], now_ms: int) -> bytes:
    entry = {"id": ACCOUNT_ID, "time": now_ms // 1000, "changes": changes}
    return json.dumps({"object": "instagram", "entry": [entry]}).encode()


def signature(body: bytes) -> str:
    return "sha256=" + hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()


def deliver(url: str, body: bytes) -> int:
    """POST one delivery; the status of the answer."""
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body)}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - the caller's own server
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
