"""Starting the stand-in beside a program and pointing the unmodified clients of that program at it, by environment only."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from demo import x_auth
from demo.anchor import read_anchor
from demo.graph_api import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN
from demo.instagram_session import SESSION, USERNAME

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 20.0
SESSION_FILE = "instagram-session.json"
LOOPBACK = "127.0.0.1,localhost,::1"


class StandinError(Exception):
    """The stand-in did not start or refused a command; the message is one sentence."""


class Standin:
    """A running stand-in, seen over its control plane."""

    def __init__(self, ready: dict[str, Any], state_dir: Path) -> None:
        self.proxy_port: int = ready["proxy_port"]
        self.control_port: int = ready["control_port"]
        self.ca_file = Path(ready["ca_file"])
        self.pid: int = ready["pid"]
        self.state_dir = state_dir
        # A caller's proxy settings must never catch what goes to our own port.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def environment(self) -> dict[str, str]:
        """What the clients read: proxy, certificate authority, exceptions, and no ~/.netrc."""
        proxy = f"http://127.0.0.1:{self.proxy_port}"
        names = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK}
        return names | {"REQUESTS_CA_BUNDLE": str(self.ca_file), "NETRC": os.devnull}

    @property
    def credentials(self) -> dict[str, str]:
        return credentials(self.state_dir)

    @property
    def anchored_at(self) -> datetime:
        anchor = read_anchor(self.state_dir)
        assert anchor is not None, "a running stand-in has written its anchor"
        return anchor

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """Requests so far, refused ones too; ``since`` leaves out that many from the beginning."""
        return list(self._call("GET", f"/log?since={since}"))

    def bill(self) -> dict[str, Any]:
        """{"days": {UTC day: {kind: {"units", "usd"}}}, "usd": total}"""
        return dict(self._call("GET", "/bill"))

    def faults(self, *faults: dict[str, Any]) -> list[dict[str, Any]]:
        """Queue faults (see demo.faults.Fault); returns the queue. Without any it only looks."""
        return list(self._call("POST", "/faults", list(faults)) if faults else self._call("GET", "/faults"))

    def clear_faults(self) -> None:
        """Also wakes dead sessions and starts the rate windows anew."""
        self._call("DELETE", "/faults")

    def clock(self) -> datetime:
        return datetime.fromisoformat(self._call("GET", "/clock")["now"])

    def set_clock(
        self, now: datetime | None = None, *, advance_seconds: float | None = None, frozen: bool = False
    ) -> datetime:
        """Set the stand-in's clock (aware), advance it, or, without arguments, go back to real time."""
        if now is not None:
            body: dict[str, Any] = {"now": now.isoformat(), "frozen": frozen}
        else:
            body = {"real": True} if advance_seconds is None else {"advance_seconds": advance_seconds}
        return datetime.fromisoformat(self._call("POST", "/clock", body)["now"])

    def items(self) -> dict[str, dict[str, Any]]:
        """Every item of the world by its key: ids, author, text and whether it can be seen now."""
        return {item["key"]: item for item in self._call("GET", "/items")}

    def add_item(self, row: dict[str, Any]) -> dict[str, Any]:
        """A new item: a feed row without day and time, made now or ``seconds_ago``. Forgotten when the stand-in ends."""
        return dict(self._call("POST", "/items", {"add": row}))

    def edit_item(self, key: str, text: str) -> dict[str, Any]:
        return dict(self._call("POST", "/items", {"edit": key, "text": text}))

    def delete_item(self, key: str) -> dict[str, Any]:
        return dict(self._call("POST", "/items", {"delete": key}))

    def protect(self, platform: str, handle: str) -> dict[str, Any]:
        """From now on only followers see what this person writes. Forgotten when the feed is read again."""
        return dict(self._call("POST", "/items", {"protect": handle, "platform": platform}))

    def deliver(self, url: str, *keys: str) -> int:
        """Send Meta's signed webhook about these Instagram items to ``url``; the status of its answer."""
        return int(self._call("POST", "/webhooks", {"url": url, "keys": list(keys)})["status"])

    def switch(self, **switches: bool) -> dict[str, bool]:
        """bill_expanded_users, new_field_names (X), no_permalink (Meta): open questions, tried the other way."""
        return dict(self._call("POST", "/switches", switches))

    def reload(self) -> int:
        """Read the feed files again and forget what was added, edited or deleted meanwhile; the number of items."""
        return int(self._call("POST", "/reload")["items"])

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.control_port}{path}", data, method=method)
        try:
            with self._opener.open(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise StandinError(f"The stand-in refused {method} {path}: {json.load(error)['error']}.") from None
        except OSError as error:
            raise StandinError(
                f"The stand-in does not answer {method} {path} ({error}); see {self.state_dir / 'standin.log'}."
            ) from None


@contextmanager
def running(feed_dir: Path, state_dir: Path) -> Iterator[Standin]:
    """Start the stand-in, point this process's HTTPS clients at it, and undo both at the end.

    Credentials are not set: take them from ``credentials(state_dir)``. Raises StandinError when it is not ready in 20 s.
    """
    state_dir = state_dir.resolve()
    _make_private(state_dir)
    with (state_dir / "standin.log").open("wb") as stderr:
        process = _start(feed_dir.resolve(), state_dir, stderr)
        try:
            standin = Standin(_wait_until_ready(process, state_dir), state_dir)
            with pointed_at(standin.environment):
                yield standin
        finally:
            _stop(process)


@contextmanager
def pointed_at(environment: dict[str, str]) -> Iterator[None]:
    """os.environ with these values and no other proxy, for a while."""
    other_proxies = [name for name in os.environ if name.lower().endswith("_proxy") or name == "CURL_CA_BUNDLE"]
    before = {name: os.environ.get(name) for name in {*environment, *other_proxies}}
    for name in other_proxies:
        del os.environ[name]
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def credentials(state_dir: Path) -> dict[str, str]:
    """What a program needs to log in at the stand-in; writes the Instagram session as a 0600 file into state_dir."""
    _make_private(state_dir)
    file = state_dir.resolve() / SESSION_FILE
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        os.fchmod(stream.fileno(), 0o600)
        json.dump(SESSION, stream)
    return {
        "X_BEARER_TOKEN": x_auth.BEARER_TOKEN,
        "X_API_KEY": x_auth.API_KEY,
        "X_API_SECRET": x_auth.API_SECRET,
        "X_ACCESS_TOKEN": x_auth.ACCESS_TOKEN,
        "X_ACCESS_TOKEN_SECRET": x_auth.ACCESS_TOKEN_SECRET,
        "INSTAGRAM_USERNAME": USERNAME,
        "INSTAGRAM_SESSION_FILE": str(file),
        "META_ACCESS_TOKEN": ACCESS_TOKEN,
        "META_APP_SECRET": APP_SECRET,
        "META_VERIFY_TOKEN": VERIFY_TOKEN,
    }


def _make_private(state_dir: Path) -> None:
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StandinError(
            f"The demo cannot use {state_dir} ({error.strerror}): name a folder this user may write to."
        ) from None


def _start(feed_dir: Path, state_dir: Path, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "demo", "--feed", str(feed_dir), "--state", str(state_dir)]
    # A session of its own: Ctrl-C in the terminal reaches the program first, which then ends the stand-in in order.
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=stderr, start_new_session=True)  # noqa: S603 - our own words only


def _wait_until_ready(process: subprocess.Popen[bytes], state_dir: Path) -> dict[str, Any]:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], READY_SECONDS)
    line = process.stdout.readline() if readable else b""
    if line:
        return dict(json.loads(line))
    said = _last_line(state_dir / "standin.log") if readable else f"not ready within {READY_SECONDS:.0f} s"
    raise StandinError(f"The demo platforms did not start: {said or 'no reason given'}")


def _last_line(file: Path) -> str:
    lines = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Close its standard input and wait; then insist."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    for insist in (process.terminate, process.kill):
        try:
            process.wait(timeout=3)
            break
        except subprocess.TimeoutExpired:
            insist()
    process.wait()
    process.stdout.close()
