"""The control plane: plain HTTP on a loopback port of its own, never behind the gate's host names.

GET /health /log?since=N /bill /clock /items /faults · POST /clock /faults /items /switches /webhooks /reload · DELETE /faults
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from demo.faults import FaultError
from demo.feed import FeedError
from demo.graph_webhooks import deliver
from demo.platforms import Platforms

_SWITCHES = ("bill_expanded_users", "new_field_names", "no_permalink")


class Control(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, platforms: Platforms) -> None:
        self.platforms = platforms
        super().__init__(("127.0.0.1", 0), _Handler)


class _Refused(Exception):
    """A request to the control plane that makes no sense; the message says why."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Control

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length)
        try:
            body = json.loads(text) if text else None
            self._reply(200, _act(self.server.platforms, self.command, path, dict(parse_qsl(query)), body))
        except (_Refused, FaultError, FeedError) as error:
            self._reply(400, {"error": str(error)})
        except KeyError as error:
            self._reply(400, {"error": f"{error} is missing or unknown"})
        except (AttributeError, TypeError, ValueError) as error:
            self._reply(400, {"error": f"the body does not fit: {error}"})

    do_POST = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def _reply(self, status: int, payload: Any) -> None:
        body = json.dumps(payload, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.connection.sendall(head.encode() + body)


def _act(platforms: Platforms, method: str, path: str, query: dict[str, str], body: Any) -> Any:
    actions: dict[str, Callable[[], Any]] = {
        "GET /health": lambda: {"ok": True, "items": len(platforms.world.items)},
        "GET /log": lambda: platforms.log(int(query.get("since", 0))),
        "GET /bill": platforms.statement,
        "GET /clock": lambda: {"now": platforms.clock.now().isoformat()},
        "POST /clock": lambda: _set_clock(platforms, body),
        "GET /faults": platforms.described_faults,
        "POST /faults": lambda: platforms.queue_faults(body if isinstance(body, list) else [body]),
        "DELETE /faults": platforms.clear_faults,
        "GET /items": platforms.described_items,
        "POST /items": lambda: _change_items(platforms, body),
        "POST /webhooks": lambda: {"status": deliver(body["url"], platforms.webhook(body["keys"]))},
        "POST /reload": lambda: {"items": platforms.reload()},
        "POST /switches": lambda: _switch(platforms, body),
    }
    action = actions.get(f"{method} {path}")
    if action is None:
        raise _Refused(f"there is no {method} {path}")
    return action()


def _set_clock(platforms: Platforms, body: dict[str, Any]) -> dict[str, str]:
    """{"now": ISO time with zone[, "frozen": true]}, {"advance_seconds": N} or {"real": true}."""
    if body.get("real"):
        platforms.clock.back_to_real_time()
    elif "advance_seconds" in body:
        platforms.clock.advance(float(body["advance_seconds"]))
    else:
        moment = datetime.fromisoformat(body["now"])
        if moment.tzinfo is None:
            raise _Refused("now needs a time zone")
        platforms.clock.set(moment, frozen=bool(body.get("frozen")))
    return {"now": platforms.clock.now().isoformat()}


def _change_items(platforms: Platforms, body: dict[str, Any]) -> dict[str, Any]:
    """{"add": row}, {"edit": key, "text": …}, {"delete": key} or {"protect": handle, "platform": …}."""
    if "protect" in body:
        return platforms.protect(body["platform"], body["protect"])
    if "add" in body:
        return platforms.add_item(body["add"])
    if "edit" in body:
        return platforms.change_item(body["edit"], str(body["text"]))
    return platforms.change_item(body["delete"], None)


def _switch(platforms: Platforms, body: dict[str, Any]) -> dict[str, bool]:
    for name, value in body.items():
        if name not in _SWITCHES:
            raise _Refused(f"there is no switch {name!r}, only {', '.join(_SWITCHES)}")
        setattr(platforms.switches, name, bool(value))
    return {name: getattr(platforms.switches, name) for name in _SWITCHES}
