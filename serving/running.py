"""Running the app on a loopback port, in front or beside the schedule."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

HOST = "127.0.0.1"


class ServingError(Exception):
    """The server cannot run; the message says what to do."""


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket that listens on the loopback port, 0 for any free one. Raises ServingError."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((HOST, port))
            bound.listen(128)
        except OSError as error:
            raise ServingError(
                f"Port {port} of {HOST} cannot be used ({error.strerror}): stop the program that has it, or name another with --port."
            ) from None
        yield bound


def run(app: FastAPI, bound: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    _server(app).run(sockets=[bound])


@contextmanager
def running_beside(app: FastAPI, bound: socket.socket) -> Iterator[None]:
    """Serve from a thread while the block runs."""
    server = _server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _server(app: FastAPI) -> uvicorn.Server:
    """Without an access log: addresses hold the handshake's token."""
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
    return uvicorn.Server(config)
