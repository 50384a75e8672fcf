"""What goes over the wire, apart from sockets: a request as the rooms see it, and their answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote_plus


class Headers(Protocol):
    """What the rooms need of an HTTP message's headers; names in any case."""

    def get(self, name: str, failobj: str, /) -> str: ...


@dataclass(frozen=True)
class Request:
    method: str
    host: str
    path: str
    raw_query: str
    headers: Headers
    body: bytes = b""

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        if not self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def operation(self) -> str:
        """Instagram's name of a GraphQL query: its doc_id or query_hash; empty for everything else."""
        return self.form.get("doc_id") or self.query.get("query_hash") or ""

    @cached_property
    def subject(self) -> str:
        """What a fault's ``match`` is compared with: METHOD host path?query, then the operation and its variables."""
        line = f"{self.method} {self.host} {self.path}"
        if self.raw_query:
            line += f"?{unquote_plus(self.raw_query)}"
        return f"{line} {self.operation} {self.form.get('variables', '')}".rstrip()

    @property
    def endpoint(self) -> str:
        return f"{self.host}{self.path}#{self.operation}"


@dataclass(slots=True)
class Answer:
    """Either ``payload`` (sent as JSON) or ``body``. ``delivery`` is how the bytes reach the client: see demo.faults."""

    status: int = 200
    payload: Any = None
    body: bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)
    price: str | None = None  # what one post of the payload costs, a kind of demo.billing
    delivery: str = "whole"

    def encoded(self) -> bytes:
        if self.body is not None:
            return self.body
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode()


def html(body: str, status: int = 200) -> Answer:
    return Answer(status, body=body.encode(), content_type="text/html; charset=utf-8")
