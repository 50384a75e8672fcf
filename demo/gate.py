"""The CONNECT/TLS gate: a proxy that ends every tunnel in the stand-in itself and lets nothing through to the outside."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import time
from email.utils import format_datetime
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from demo.certificates import Authority
from demo.faults import Fault
from demo.platforms import HOSTS, Platforms
from demo.wire import Answer, Request

IDLE_SECONDS = 120


class Gate(ThreadingHTTPServer):
    """Listens on a loopback port of the system's choice."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, platforms: Platforms, authority: Authority) -> None:
        self.platforms = platforms
        self.authority = authority
        super().__init__(("127.0.0.1", 0), _Tunnel)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is its own business; mistakes of the rooms are answered and logged before they get here."""


class _Tunnel(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: Gate
    host: str | None = None

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if host not in HOSTS or port != "443":
            self._refuse("CONNECT", self.path)
            return
        context = self.server.authority.context_for(
            host
        )  # before the client reads the authority's file: it may be renewed
        self.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        tunnel = context.wrap_socket(self.connection, server_side=True, suppress_ragged_eofs=True)
        tunnel.settimeout(IDLE_SECONDS)
        self.connection, self.host = tunnel, host
        self.rfile, self.wfile = tunnel.makefile("rb"), tunnel.makefile("wb")
        self.close_connection = False

    def do_GET(self) -> None:
        if self.host is None:
            self._refuse(self.command, self.path)
            return
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(self.command, self.host, path, query, self.headers, self.rfile.read(length))
        answer, fault = self.server.platforms.answer(request)
        self._deliver(answer, fault)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """The stand-in keeps its own log."""

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()
        if isinstance(
            self.connection, ssl.SSLSocket
        ):  # wrapping took the socket away from the server, which closes the others
            self.connection.close()

    def _refuse(self, method: str, target: str) -> None:
        self.server.platforms.refused(method, target)
        self.close_connection = True
        self.connection.sendall(
            b"HTTP/1.1 403 Not part of the stand-in\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )

    def _deliver(self, answer: Answer, fault: Fault | None) -> None:
        body = answer.encoded()
        head = [
            f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Unknown')}",
            f"Date: {format_datetime(self.server.platforms.clock.now(), usegmt=True)}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(body)}",
        ]
        head += [f"{name}: {value}" for name, value in answer.headers]
        block = "\r\n".join((*head, "\r\n")).encode()
        half = body[: len(body) // 2]
        match answer.delivery:
            case "close":
                self._hang_up()
            case "hang":
                self._wait(fault)
                self._hang_up()
            case "reset":
                self.connection.sendall(block + half)
                time.sleep(0.1)  # or the client would see the reset before the half page
                self._hang_up()
            case "truncated-json":
                self.connection.sendall(
                    block.replace(f"Content-Length: {len(body)}".encode(), f"Content-Length: {len(half)}".encode())
                    + half
                )
            case _:
                self.connection.sendall(block if self.command == "HEAD" else block + body)

    def _wait(self, fault: Fault | None) -> None:
        """Say nothing until the fault's seconds are over, the faults are cleared or the stand-in stops."""
        if fault is None:
            return
        end = time.monotonic() + fault.seconds
        while time.monotonic() < end and not fault.over.wait(0.1) and not self.server.platforms.stopped.is_set():
            pass

    def _hang_up(self) -> None:
        """Close with a reset instead of a farewell (linger 0)."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        with contextlib.suppress(OSError, ValueError):
            self.rfile.close()
