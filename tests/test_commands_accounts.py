"""`tanggap user`, `tanggap audit`, and the first five minutes with `tanggap serve --demo`."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

from cli import main
from serving.demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from serving.passwords import is_password
from settings import ROOT
from triage.database import unit_of_work


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(arguments)
    return code, *capsys.readouterr()


def test_a_user_is_added_listed_disabled_and_reset(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nobody can sign in yet" in said(capsys, "user", "list")[2]
    code, password, told = said(capsys, "user", "add", "sari", "--role", "lead", "--name", "Sari Dewi")
    assert code == 0 and re.fullmatch(r"([a-z]{6}-){3}[a-z]{6}\n", password) and "code app" in told
    assert said(capsys, "user", "add", "sari", "--role", "lead", "--name", "S")[0] == 1
    with pytest.raises(SystemExit):
        main(["user", "add", "Sari!", "--role", "lead", "--name", "S"])
    with unit_of_work(home / "var" / "triage.duckdb") as connection:
        ((kept, must_change),) = connection.execute("SELECT password_hash, must_change FROM users").fetchall()
        assert is_password(kept, password.strip()) and must_change
        assert connection.execute("SELECT mode FROM origin").fetchall() == [("real",)]
    assert re.search(r"sari +lead +active +- +Sari Dewi", said(capsys, "user", "list")[1])
    assert said(capsys, "user", "disable", "sari")[1] == "sari is disabled.\n"
    assert "disabled" in said(capsys, "user", "list")[1]
    assert (
        said(capsys, "user", "enable", "sari")[0] == said(capsys, "user", "role", "sari", "--role", "reviewer")[0] == 0
    )
    assert said(capsys, "user", "reset", "sari")[1] != password
    code, _, fault = said(capsys, "user", "reset", "nobody")
    assert code == 1 and "There is no user nobody" in fault


def test_the_trail_is_verified_and_a_change_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "user", "add", "sari", "--role", "analyst", "--name", "Sari")
    said(capsys, "user", "disable", "sari")
    code, out, _ = said(capsys, "audit", "verify")
    seal = out.split()[-1]
    assert code == 0 and out.startswith("2 rows, unbroken.") and seal.startswith("2:")
    assert "user_disabled" in said(capsys, "audit", "show")[1]
    assert said(capsys, "audit", "verify", "--seal", seal)[0] == 0
    assert said(capsys, "audit", "verify", "--seal", "2:short")[0] == 2
    with unit_of_work(home / "var" / "triage.duckdb") as connection:
        connection.execute("UPDATE audit_log SET user_id = 'cli:somebody' WHERE number = 2")
    code, _, fault = said(capsys, "audit", "verify")
    assert (code, fault) == (1, "Row 2 of the audit trail does not fit the rows before it.\n")


def test_a_newcomer_signs_in_to_the_demo(home: Path) -> None:
    command = [sys.executable, "-m", "cli", "serve", "--demo", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    lines = [process.stderr.readline() for _ in range(3 + len(DEMO_PEOPLE))]
    port = int(re.findall(r"Open http://127\.0\.0\.1:(\d+) and sign in as", "".join(lines))[0])
    assert DEMO_PASSWORD in lines[-1] and all(user_id in "".join(lines) for user_id in DEMO_PEOPLE)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/masuk")
    answer = connection.getresponse()
    cookie, page = answer.headers["set-cookie"].split(";")[0], answer.read().decode()
    token = re.findall(r'name="csrf" value="([0-9a-f]{64})"', page)[0]
    form = urlencode({"nama": "rina", "sandi": DEMO_PASSWORD, "csrf": token})
    connection.request("POST", "/masuk", form, {"cookie": cookie, "content-type": "application/x-www-form-urlencoded"})
    assert connection.getresponse().headers["location"] == "/antrean"
    process.send_signal(signal.SIGINT)
    assert "Traceback" not in process.communicate(timeout=30)[1]
