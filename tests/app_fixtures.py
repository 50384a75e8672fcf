"""The app on a desk of invented mentions and cases: prepared once per worker, copied for each test, signed in as any role."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from flows import casework
from flows.casework import triage_cases
from flows.progress import Steps
from serving import passwords
from serving.app import create_app
from serving.people import Role
from settings import ROOT, Settings, load_settings
from tests.conftest import assert_sound
from tests.review_rows import NOW, invented, run, store
from triage.accounts import NewAccount, add_account
from triage.database import prepare_database, unit_of_work

QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)  # the real one takes 0.1 s of two cores
PASSWORD = "sapi-biru-makan-awan"
NAMES = {Role.reviewer: "rina", Role.lead: "dewi", Role.analyst: "agus", Role.restricted_officer: "tuti", Role.admin: "budi"}  # fmt: skip
CSRF = re.compile(r'<meta name="csrf-token" content="([0-9a-f]{64})">')


@lru_cache(maxsize=1)
def _prepared() -> Path:
    """A TANGGAP_HOME with about eighty mentions (hostile, restricted and plain ones), their cases, and a user of each role."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-app-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(ROOT / "tanggap.toml", folder / "tanggap.toml")
    settings = load_settings({"TANGGAP_HOME": str(folder)}, demo=True)
    prepare_database(settings.database, demo=True)
    store(settings.database, invented())
    run(settings.database, "x", "ok", None, 0.5)
    run(settings.database, "instagram", "failed", "Instagram: the session has ended; make a new one.", 0.4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(casework, "utc_now", lambda: NOW)
        triage_cases(settings, Steps(None))
    with unit_of_work(settings.database) as connection:
        for role, user_id in NAMES.items():
            new = NewAccount(user_id, user_id.title(), role, QUICK.hash(PASSWORD), must_change=False)
            add_account(connection, new, "tests", NOW)
    return folder


@dataclass
class Desk:
    """One test's own copy: its settings, its app, and its clock, which a test may move."""

    settings: Settings
    app: FastAPI
    moment: list[Any]

    def rows(self, question: str, *values: Any) -> list[Any]:
        with unit_of_work(self.settings.database) as connection:
            return connection.execute(question, values).fetchall()

    def client(self) -> Browser:
        return Browser(TestClient(self.app, base_url="http://127.0.0.1:8000", follow_redirects=False))


@dataclass
class Browser:
    """A client that sends forms as the pages do: with the token of the page it saw last."""

    http: TestClient
    csrf: str = ""

    def get(self, address: str, **options: Any) -> Any:
        return self._seen(self.http.get(address, **options))

    def post(self, address: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form; the token is that of the last page unless the form names one."""
        return self._seen(self.http.post(address, data={"csrf": self.csrf} | (data or {}), **options))

    def sign_in(self, user_id: str, password: str = PASSWORD) -> Any:
        self.get("/masuk")
        answer = self.post("/masuk", {"nama": user_id, "sandi": password})
        if answer.status_code == 303:
            self.get(answer.headers["location"])
        return answer

    def _seen(self, answer: Any) -> Any:
        if found := CSRF.search(answer.text):
            self.csrf = found[1]
        return answer


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A copy of the prepared home; whatever a test does with it, the database must satisfy every check at the end."""
    monkeypatch.setattr(passwords, "_HASHER", QUICK)
    home = tmp_path / "meja"
    shutil.copytree(_prepared(), home)
    settings = load_settings({"TANGGAP_HOME": str(home)}, demo=True)
    moment = [NOW]
    yield Desk(settings, create_app(settings, lambda: moment[0]), moment)
    assert_sound(settings.database)


@pytest.fixture
def app_home(desk: Desk) -> Path:
    return desk.settings.home


@pytest.fixture
def client_of(desk: Desk) -> Callable[[str], Browser]:
    """A signed-in client of a role: ``client_of("lead")``."""

    def signed_in(role: str) -> Browser:
        client = desk.client()
        answer = client.sign_in(NAMES[Role(role)])
        assert answer.status_code == 303, answer.text
        return client

    return signed_in
