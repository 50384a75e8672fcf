"""What several test files stand on: a fresh database, the shipped settings, and no skips on the build server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT, SECRET_NAMES, Settings, load_settings
from triage.database import HERE, prepare_database, unit_of_work

CHECKS = sorted((HERE / "checks").glob("*.sql"))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own secrets, proxies and homes must not reach a test."""
    for name in (
        *SECRET_NAMES,
        "TANGGAP_HOME",
        "TANGGAP_CONFIG",
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A TANGGAP_HOME with the shipped tanggap.toml, in a folder with a space in its name."""
    folder = tmp_path / "rumah kerja"
    folder.mkdir()
    shutil.copy(ROOT / "tanggap.toml", folder / "tanggap.toml")
    monkeypatch.setenv("TANGGAP_HOME", str(folder))
    return folder


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(demo=True)


@pytest.fixture
def database(settings: Settings) -> Iterator[Path]:
    """An empty database; whatever a test does with it, it must still satisfy every check at the end."""
    prepare_database(settings.database, demo=True)
    yield settings.database
    assert_sound(settings.database)


def assert_sound(path: Path) -> None:
    """Uniqueness, references and vocabularies: each check must return nothing."""
    with unit_of_work(path) as connection:
        for check in CHECKS:
            assert connection.execute(check.read_text(encoding="utf-8")).fetchall() == [], check.name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """On the build server a skipped test is a failed one: what it would have shown was not seen."""
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("TANGGAP_NO_SKIPS") and skipped:
        terminalreporter.write_line(f"{len(skipped)} tests were skipped where none may be", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("TANGGAP_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
