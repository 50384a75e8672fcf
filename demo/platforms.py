"""The two platforms together: one lock, one clock, the fault queue, the log and the bill."""

from __future__ import annotations

import threading
import time
import traceback
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from demo.billing import Bill
from demo.clock import Clock
from demo.faults import DELIVERIES, WORLD_FAULTS, Fault, Faults, instead
from demo.feed import FeedError, check_row
from demo.graph_api import GraphApi
from demo.graph_webhooks import change_of, delivery
from demo.identity import graph_media_id, shortcode
from demo.instagram_session import session_of
from demo.instagram_web import InstagramWeb
from demo.page_faults import CHANGES, rename
from demo.wire import Answer, Request
from demo.world import Item, load_world, make_item
from demo.x_api import XApi

X_HOSTS = frozenset({"api.twitter.com", "api.x.com"})
INSTAGRAM_HOSTS = frozenset({"www.instagram.com", "i.instagram.com", "scontent.cdninstagram.com"})
HOSTS = X_HOSTS | INSTAGRAM_HOSTS | {"graph.facebook.com"}


@dataclass(slots=True)
class Switches:
    """Open questions of the real platforms, answered the one way or the other."""

    bill_expanded_users: bool = False
    new_field_names: bool = False
    no_permalink: bool = False


class Platforms:
    def __init__(self, feed_dir: Path, anchored_at: datetime) -> None:
        self.clock = Clock()
        self.bill = Bill()
        self.faults = Faults()
        self.switches = Switches()
        self.stopped = threading.Event()
        self._feed_dir = feed_dir
        self._anchored_at = anchored_at
        self._lock = threading.Lock()
        self._log: list[dict[str, Any]] = []
        self._pages: dict[str, Any] = {}  # endpoint -> the page it sent last (fault "equal-page")
        self.reload()

    def reload(self) -> int:
        """Read the feed again; added, edited and deleted items are forgotten. Raises FeedError."""
        world = load_world(self._feed_dir, self._anchored_at)
        with self._lock:
            self.world = world
            self.x = XApi(world, self.bill)
            self.instagram = InstagramWeb(world)
            self.graph = GraphApi(world)
        return len(world.items)

    def answer(self, request: Request) -> tuple[Answer, Fault | None]:
        """Never raises: a mistake of the stand-in itself is a 500 that the log explains."""
        started = time.perf_counter()
        with self._lock:
            now_ms = self.clock.now_ms()
            fault = self.faults.strike(request)
            error = None
            try:
                answer = self._answer(request, fault, now_ms)
            except Exception:
                error = traceback.format_exc()
                answer = Answer(500, {"title": "The stand-in itself failed", "detail": "see /log"})
            self._write_log(request, answer, fault, now_ms, started, error)
        return answer, fault

    def refused(self, method: str, target: str) -> None:
        """Remember a request to a host that is not ours."""
        with self._lock:
            self._log.append(
                {
                    "at": self.clock.now().isoformat(),
                    "method": method,
                    "host": target,
                    "path": "",
                    "status": 403,
                    "refused": True,
                }
            )

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        with self._lock:
            return self._log[since:]

    def statement(self) -> dict[str, Any]:
        with self._lock:
            return self.bill.statement()

    def queue_faults(self, described: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Raises FaultError; then none is queued behind the wrong one."""
        with self._lock:
            for fault in described:
                self.faults.add(fault)
            return self.faults.described()

    def described_faults(self) -> list[dict[str, Any]]:
        with self._lock:
            return self.faults.described()

    def clear_faults(self) -> None:
        """Dead sessions live again, and rate windows start anew."""
        with self._lock:
            self.faults.clear()
            self.instagram.dead_sessions.clear()
            self.x.windows.clear()

    def add_item(self, row: dict[str, Any]) -> dict[str, Any]:
        """A new item, ``seconds_ago`` old. Raises FeedError."""
        if fault := check_row(row, placed=False):
            raise FeedError(fault)
        with self._lock:
            created_ms = self.clock.now_ms() - round(float(row.get("seconds_ago") or 0) * 1000)
            item = make_item(self.world, row, created_ms)
            self.world.add(item)
            return self._described(item)

    def change_item(self, key: str, text: str | None) -> dict[str, Any]:
        """Edit an item, or delete it when there is no text. Raises KeyError."""
        with self._lock:
            now_ms = self.clock.now_ms()
            return self._described(
                self.world.delete(key, now_ms) if text is None else self.world.edit(key, text, now_ms)
            )

    def protect(self, platform: str, handle: str) -> dict[str, Any]:
        """From now on only followers see what this person writes. Raises KeyError."""
        with self._lock:
            person = self.world.people[platform, handle.lower()]
            self.world.protected.add(person.id)
            return {"handle": person.handle, "id": person.id}

    def webhook(self, keys: list[str]) -> bytes:
        """The body of one delivery of Meta that tells of these items. Raises KeyError."""
        with self._lock:
            now_ms = self.clock.now_ms()
            return delivery([change_of(self.world, self.world.items[key], now_ms) for key in keys], now_ms)

    def described_items(self) -> list[dict[str, Any]]:
        """Every item with its ids and whether it can be seen now."""
        with self._lock:
            return [self._described(item) for item in self.world.items.values()]

    def _described(self, item: Item) -> dict[str, Any]:
        now_ms = self.clock.now_ms()
        described: dict[str, Any] = {
            "key": item.key,
            "platform": item.platform,
            "channel": item.channel,
            "id": str(item.id),
            "parent": item.parent,
            "created_ms": item.created_ms,
        }
        described |= {
            "author": item.author.handle,
            "author_id": item.author.id,
            "visible": self.world.visible(item, now_ms),
            "text": item.version_at(now_ms).text,
        }
        if item.platform == "x":
            described["version_ids"] = [str(version.id) for version in item.versions if version.from_ms <= now_ms]
        elif item.channel in ("own", "tagged"):
            described["shortcode"] = shortcode(item.id)
            described["graph_id"] = graph_media_id(item.key)
        return described

    def _answer(self, request: Request, fault: Fault | None, now_ms: int) -> Answer:
        if fault is not None:
            self._prepare(fault, request, now_ms)
            if (reply := instead(fault, request, now_ms)) is not None:
                return reply
        try:
            answer = self._room_of(request, now_ms)
        finally:
            self.world.hidden.clear()
        if isinstance(answer.payload, dict) and answer.status == 200:
            before = self._pages.get(request.endpoint)
            self._pages[request.endpoint] = answer.payload
            if fault is not None and fault.kind in CHANGES:
                answer.payload = CHANGES[fault.kind](deepcopy(answer.payload), before)
            self._charge(answer, now_ms)
            if self.switches.new_field_names and request.host in X_HOSTS:
                answer.payload = rename(answer.payload)
        if fault is not None and fault.kind in DELIVERIES:
            answer.delivery = fault.kind
        return answer

    def _prepare(self, fault: Fault, request: Request, now_ms: int) -> None:
        """Faults that happen to the world or the session, just before the request is answered."""
        if fault.kind == "expired-session":
            self.instagram.dead_sessions.add(session_of(request))
        if fault.kind not in WORLD_FAULTS or fault.key not in self.world.items:
            return
        if fault.kind == "deleted":
            self.world.delete(fault.key, now_ms)
        elif fault.kind == "edited":
            self.world.edit(fault.key, fault.text, now_ms)
        else:
            self.world.hidden = {fault.key}

    def _room_of(self, request: Request, now_ms: int) -> Answer:
        if request.host in X_HOSTS:
            return self.x.answer(request, now_ms)
        if request.host in INSTAGRAM_HOSTS:
            return self.instagram.answer(request, now_ms)
        self.graph.no_permalink = self.switches.no_permalink
        return self.graph.answer(request, now_ms)

    def _charge(self, answer: Answer, now_ms: int) -> None:
        """The bill follows what is sent, also when the bytes get lost on the way."""
        if answer.price is None:
            return
        data = answer.payload.get("data") or []
        for resource in data if isinstance(data, list) else [data]:
            self.bill.charge(answer.price, resource["id"], now_ms)
        if self.switches.bill_expanded_users:
            for user in answer.payload.get("includes", {}).get("users", []):
                self.bill.charge("x.expanded_user", user["id"], now_ms)

    def _write_log(
        self, request: Request, answer: Answer, fault: Fault | None, now_ms: int, started: float, error: str | None
    ) -> None:
        entry = {
            "at": self.clock.now().isoformat(),
            "method": request.method,
            "host": request.host,
            "path": request.path,
            "query": request.query,
            "operation": request.operation,
            "variables": request.form.get("variables") or request.query.get("variables"),
            "status": answer.status,
            "fault": fault.kind if fault else None,
            "ms": round((time.perf_counter() - started) * 1000, 2),
            "refused": False,
        }
        self._log.append(entry | ({"error": error} if error else {}))
