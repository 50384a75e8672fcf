"""What commands share: exit codes, the settings of a command, a writable var/, where models are."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path

from settings import ROOT, Settings, SettingsError, find_home, load_settings

OK, NOTHING_COLLECTED, BAD_INPUT, DEGRADED, INTERRUPTED = 0, 1, 2, 3, 130


def command_settings(options: argparse.Namespace, stack: ExitStack) -> Settings:
    """The settings; in a demo the stand-in platforms are started for as long as the stack is open."""
    if options.demo:
        from demo.standin import credentials, running

        require_writable(load_settings(demo=True))  # bad surroundings are said before anything is started
        state = find_home() / "var" / "demo"
        state.mkdir(parents=True, exist_ok=True)
        stack.enter_context(running(ROOT / "data" / "feed", state))
        os.environ.update(credentials(state))
    os.environ["TANGGAP_HOME"] = str(find_home())
    return load_settings(demo=options.demo)


def require_writable(settings: Settings) -> None:
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        probe = settings.var / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"{settings.var} cannot be written ({error.strerror}): make it writable for this user, or set TANGGAP_HOME to another folder."
        ) from None


def models_folder() -> Path:
    return find_home() / "var" / "models"
