"""`python -m demo --feed DIR --state DIR`: the stand-in as one process; prints one JSON line when it is ready.

It ends on SIGTERM, SIGINT, or when the pipe at its standard input closes, that is, when its parent is gone.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import sys
import tempfile
import threading
from pathlib import Path

from demo.anchor import AnchorError, read_or_set_anchor
from demo.certificates import Authority
from demo.control import Control
from demo.feed import FeedError
from demo.gate import Gate
from demo.platforms import HOSTS, Platforms


def main() -> int:
    """0 when told to end, 2 when the feed or the state folder cannot be used (one sentence on standard error)."""
    parser = argparse.ArgumentParser(
        prog="python -m demo", description="The stand-in Instagram and X of the demo, on 127.0.0.1."
    )
    parser.add_argument("--feed", type=Path, required=True, help="folder with the .jsonl feed")
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the anchor of the first run")
    arguments = parser.parse_args()
    try:
        platforms = Platforms(arguments.feed, read_or_set_anchor(arguments.state))
        with tempfile.TemporaryDirectory(prefix="gate-", dir=arguments.state) as folder:
            _serve(platforms, Path(folder))
    except (FeedError, AnchorError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"The demo cannot use {arguments.state} ({error.strerror}): name a folder this user may write to.",
            file=sys.stderr,
        )
        return 2
    return 0


def _serve(platforms: Platforms, folder: Path) -> None:
    ca_file = folder.resolve() / "ca.pem"
    authority = Authority(HOSTS, ca_file)
    servers = [Gate(platforms, authority), Control(platforms)]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: platforms.stopped.set())
    if _stdin_is_a_pipe():
        threading.Thread(target=_watch_stdin, args=(platforms.stopped,), daemon=True).start()
    ready = {
        "proxy_port": servers[0].server_port,
        "control_port": servers[1].server_port,
        "ca_file": str(ca_file),
        "pid": os.getpid(),
    }
    print(json.dumps(ready), flush=True)
    platforms.stopped.wait()


def _stdin_is_a_pipe() -> bool:
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _watch_stdin(stopped: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    stopped.set()


if __name__ == "__main__":
    sys.exit(main())
