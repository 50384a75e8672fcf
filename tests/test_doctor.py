"""tanggap doctor: every thing that may be wrong is seen, with the genuine clients, and said with the way out; never a secret."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import cli
from demo.standin import pointed_at
from flows.backups import back_up, backups_folder
from flows.doctor import examine, worst
from flows.platform_checks import GREEN, RED, YELLOW, Check
from flows.progress import Steps
from settings import ROOT, Settings
from tests.classifier_fixtures import models_dir  # noqa: F401 - a fixture
from tests.platforms import Desk, desk, instagram_row, write_feed, x_row
from triage.database import unit_of_work


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("doctor")
    shutil.copy(ROOT / "tanggap.toml", home)
    rows = [*(x_row(number) for number in range(3)), *(instagram_row(number) for number in range(3))]
    with desk(home, write_feed(home / "feed", *rows)) as one:
        one.collect("x")
        one.collect("instagram")
        back_up(one.settings, backups_folder(home), Steps(None))
        yield one


@pytest.fixture
def office(shared: Desk) -> Iterator[Desk]:
    """The shared desk with its way to the stand-in; a test's traces on the platforms are wiped off."""
    with pointed_at(shared.standin.environment):
        try:
            yield shared
        finally:
            shared.standin.clear_faults()
            shared.standin.set_clock()
            with unit_of_work(shared.settings.database) as connection:
                connection.execute("DELETE FROM circuits")


def look(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(settings, lambda check: None)}


def test_all_is_well(office: Desk, models_dir: Path) -> None:  # noqa: F811
    shutil.copytree(models_dir, office.settings.models, dirs_exist_ok=True)
    checks = look(office.settings)
    assert {name: check.colour for name, check in checks.items()} == dict.fromkeys(checks, GREEN)
    assert set(checks) == {
        *("configuration", "secrets", "x", "instagram", "clock", "database", "rows"),
        *("collecting x", "collecting instagram"),
        *("budget x", "budget instagram", "gaps", "alerts", "model", "recall", "drift", "backup", "disk", "prefect"),
    }
    assert "3 of 3000 posts" in checks["budget x"].said and " of 1500 requests" in checks["budget instagram"].said
    assert all(check.advice == "" for check in checks.values())
    champion = office.settings.models / "champion.json"
    kept = champion.read_text()
    champion.write_text("{")
    damaged = look(office.settings)["model"]
    champion.write_text(kept)
    assert damaged.colour == RED and "tanggap train" in damaged.advice


@pytest.mark.parametrize(
    ("match", "kind", "name", "colour", "said"),
    [
        ("/2/usage/tweets", "401", "x", RED, "the token was rejected (401)"),
        ("/2/usage/tweets", "503", "x", YELLOW, "no usable answer"),
        ("/2/usage/tweets", "html-200", "x", YELLOW, "no usable answer"),
        ("d6f4427fbe92d846298cf93df0b937d3", "checkpoint", "instagram", RED, "confirm something"),
        ("d6f4427fbe92d846298cf93df0b937d3", "401", "instagram", YELLOW, "401"),
        ("d6f4427fbe92d846298cf93df0b937d3", "expired-session", "instagram", RED, "session"),
    ],
)
def test_a_platform_that_refuses(office: Desk, match: str, kind: str, name: str, colour: str, said: str) -> None:
    office.standin.faults({"match": match, "kind": kind, "times": 5})
    checks = look(office.settings)
    assert checks[name].colour == colour and said in checks[name].said and checks[name].advice
    assert checks["x" if name == "instagram" else "instagram"].colour == GREEN  # one fault hides nothing


def test_a_refused_account_is_not_asked_again(office: Desk) -> None:
    office.standin.faults({"match": "d6f4427fbe92d846298cf93df0b937d3", "kind": "401", "times": 1})
    look(office.settings)
    asked = len(office.standin.log())
    rests = look(office.settings)["instagram"]
    assert rests.colour == YELLOW and "the account rests until" in rests.said + rests.advice
    assert [entry["host"] for entry in office.standin.log(asked)] == ["api.twitter.com"]


def test_without_secrets_or_network(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = look(replace(office.settings, secrets={}))
    assert [checks[name].colour for name in ("secrets", "x", "instagram")] == [RED, RED, RED]
    assert "missing: X_BEARER_TOKEN" in checks["secrets"].said and ".env" in checks["secrets"].advice
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    checks = look(office.settings)
    assert [checks[name].colour for name in ("x", "instagram", "clock")] == [YELLOW, YELLOW, YELLOW]


def test_a_wrong_clock(office: Desk) -> None:
    office.standin.set_clock(advance_seconds=7 * 3600)
    clock = look(office.settings)["clock"]
    assert clock.colour == RED and "420 minutes off" in clock.said and "timedatectl" in clock.advice


def test_what_the_database_knows(office: Desk) -> None:
    path = office.settings.database
    kept = path.read_bytes()
    try:
        with unit_of_work(path) as connection:
            connection.execute("INSERT INTO gaps VALUES ('x', 'm', NULL, now(), 'the list ended early', now())")
            connection.execute(
                "INSERT INTO gaps VALUES ('instagram', 'm', NULL, now(), 'long ago', now() - INTERVAL 8 DAY)"
            )
            connection.execute(
                "UPDATE collection_runs SET started_at = started_at - INTERVAL 5 HOUR WHERE source = 'x'"
            )
            connection.execute(
                "UPDATE collection_runs SET status = 'failed', error = 'X: said.' WHERE source = 'instagram'"
            )
            connection.execute("INSERT INTO mentions SELECT * FROM mentions WHERE platform = 'x' LIMIT 1")
            connection.execute("UPDATE spend SET usd = 14.5 / (SELECT count(*) FROM spend), state = 'settled'")
            connection.execute(
                "INSERT INTO models (model_version, trained_at, status, path, sha256) VALUES ('other', now(), 'champion', '', '')"
            )
        checks = look(office.settings)
        with unit_of_work(path) as connection:
            connection.execute("DELETE FROM schema_versions WHERE version = (SELECT max(version) FROM schema_versions)")
        older = look(office.settings)
    finally:
        path.write_bytes(kept)
    assert checks["gaps"].colour == YELLOW and "x 1" in checks["gaps"].said and "instagram" not in checks["gaps"].said
    assert checks["collecting x"].colour == YELLOW and "serve --flows" in checks["collecting x"].advice
    assert checks["collecting instagram"].colour == RED and "X: said." in checks["collecting instagram"].said
    assert checks["rows"].colour == RED and "unique_rows: mentions x:" in checks["rows"].said
    assert checks["budget x"].colour == YELLOW and "14.50 of 15 USD" in checks["budget x"].said
    assert older["database"].colour == YELLOW and "not applied yet" in older["database"].said


def test_a_database_that_cannot_be_used(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office.settings.database
    real = look(replace(office.settings, demo=False))["database"]
    assert real.colour == RED and "it holds demo data" in real.said
    kept = path.read_bytes()
    path.write_bytes(b"\x00" * 40_000)
    damaged = look(office.settings)["database"]
    path.write_bytes(kept)
    assert damaged.colour == RED and "tanggap restore" in damaged.advice
    monkeypatch.setattr("triage.health.unit_of_work", lambda path: unit_of_work(path, 0.2))
    script = f"""
import sys
from pathlib import Path
from triage.database import unit_of_work
with unit_of_work(Path({str(path)!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    holder = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdin is not None and holder.stdout is not None
    holder.stdout.readline()
    held = look(office.settings)["database"]
    holder.stdin.close()
    holder.wait(timeout=10)
    holder.stdout.close()
    assert held.colour == YELLOW and "is held by process" in held.said


def test_disk_backup_and_prefect(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("flows.doctor.shutil.disk_usage", lambda path: usage(10**12, 10**12, 10**8))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setattr("flows.doctor.newest_backup", lambda folder: None)
    checks = look(office.settings)
    assert [checks[name].colour for name in ("disk", "prefect", "backup")] == [RED, YELLOW, YELLOW]
    assert "tanggap backup" in checks["backup"].advice
    assert worst(list(checks.values())) == RED


def test_the_command_says_all_and_keeps_every_secret(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--demo", "--json"]) == 3
    said = capsys.readouterr()
    checks = {one["name"]: one for one in json.loads(said.out)}
    assert checks["x"]["colour"] == checks["instagram"]["colour"] == GREEN and checks["database"]["colour"] == YELLOW
    assert set(checks["disk"]) == {"name", "colour", "said", "advice"}
    from demo import x_auth
    from demo.instagram_session import SESSION

    secrets = [
        x_auth.BEARER_TOKEN,
        x_auth.API_SECRET,
        x_auth.ACCESS_TOKEN_SECRET,
        SESSION["sessionid"],
        SESSION["csrftoken"],
    ]
    assert not any(secret in said.out + said.err for secret in secrets)
    file = home / "tanggap.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"32.16"', '"99.99"'), encoding="utf-8")
    assert cli.main(["doctor", "--demo"]) == 2
    out = capsys.readouterr().out
    assert out.startswith("red     configuration") and "99.99 is not a Kemendagri code" in out
