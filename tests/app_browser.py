"""One app on a loopback port and one Chromium for a whole module of tests; each test signs in with windows of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from review.screens import NoBrowser, chromium
from serving.app import create_app
from serving.running import listening, running_beside
from settings import Settings, load_settings
from tests import app_fixtures
from tests.app_fixtures import PASSWORD
from tests.review_rows import NOW
from triage.database import unit_of_work

PHONE, DESK = {"width": 360, "height": 800}, {"width": 1280, "height": 800}


@dataclass
class Served:
    """A running app: its address, its database, and a browser to look at it with."""

    address: str
    settings: Settings
    browser: Browser
    complaints: list[str] = field(default_factory=list)  # of every window: errors of scripts, blocked content, dialogs
    cookies: dict[str, Any] = field(default_factory=dict)  # of who has signed in: hashing a password takes its time

    def rows(self, question: str, *values: Any) -> list[Any]:
        with unit_of_work(self.settings.database) as connection:
            return connection.execute(question, values).fetchall()

    def context(self, size: dict[str, int] = PHONE, **options: Any) -> BrowserContext:
        context = self.browser.new_context(viewport=size, locale="id-ID", **options)  # type: ignore[arg-type]
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        context.on("console", self._heard)
        return context

    def signed_in(self, user_id: str = "rina", size: dict[str, int] = PHONE, **options: Any) -> Page:
        """A window of somebody who is signed in."""
        if user_id in self.cookies:
            page = self.context(size, storage_state=self.cookies[user_id], **options).new_page()
            page.goto(f"{self.address}/antrean")
            return page
        page = self.context(size, **options).new_page()
        page.goto(f"{self.address}/masuk")
        page.fill("[name=nama]", user_id)
        page.fill("[name=sandi]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/antrean")
        self.cookies[user_id] = page.context.storage_state()
        return page

    def _heard(self, message: Any) -> None:
        expected = ("the server responded with a status of", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")
        if message.type in {"error", "warning"} and not any(words in message.text for words in expected):
            self.complaints.append(message.text)


@contextmanager
def served_app(folder: Path) -> Iterator[Served]:
    """The prepared desk of tests/app_fixtures.py, copied to ``folder`` and served. Skips where there is no Chromium."""
    home = folder / "meja"
    shutil.copytree(app_fixtures._prepared(), home)
    settings = load_settings({"TANGGAP_HOME": str(home)}, demo=True)
    try:
        with listening(0) as bound, running_beside(create_app(settings, lambda: NOW), bound), chromium() as browser:
            yield Served(f"http://127.0.0.1:{bound.getsockname()[1]}", settings, browser)
    except NoBrowser as error:
        pytest.skip(str(error))
