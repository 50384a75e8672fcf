"""Prefect's surroundings: its own home below var/, a patient start, a quiet screen. Must be set before Prefect is imported."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import MutableMapping
from pathlib import Path

_LOOPBACK = "127.0.0.1,localhost,::1"


def set_environment(home: Path, environ: MutableMapping[str, str] = os.environ) -> str | None:
    """Prepare the environment for this process; returns the address of the running server used, or None for the built-in one.

    An old PREFECT_HOME of the user is left alone: its database may belong to another version of Prefect.
    """
    server = _running_server(environ.get("PREFECT_API_URL"))
    if server is None:
        environ.pop("PREFECT_API_URL", None)
    prefect_home = home / "var" / "prefect"
    prefect_home.mkdir(parents=True, exist_ok=True)
    environ.update(
        PREFECT_HOME=str(prefect_home),
        PREFECT_PROFILES_PATH=str(prefect_home / "profiles.toml"),
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="true",
        # A first start takes 22-24 s and Prefect's own limit of 20 s would end it (measured, 3.8.8).
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="120",
        # Without telemetry, its heartbeat cannot find the database locked at the end.
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        DO_NOT_TRACK="1",
        PREFECT_SERVER_LOGGING_LEVEL="CRITICAL",
        PREFECT_LOGGING_TO_API_ENABLED="false",
        PREFECT_LOGGING_SETTINGS_PATH=str(Path(__file__).parent / "logging.yml"),
        PREFECT_CLI_PROMPT="false",
    )
    # websockets sends even ws://127.0.0.1 through HTTPS_PROXY unless told otherwise (seen 2026-11).
    for name in ("NO_PROXY", "no_proxy"):
        kept = [entry for entry in environ.get(name, "").split(",") if entry and entry not in _LOOPBACK.split(",")]
        environ[name] = ",".join([_LOOPBACK, *kept])
    return server


def _running_server(url: str | None) -> str | None:
    """The server PREFECT_API_URL names, if it answers: an address left over from another day must not stop the report."""
    if not url:
        return None
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url.rstrip('/')}/health", timeout=3):
            return url
    except (urllib.error.URLError, OSError, ValueError):
        return None
