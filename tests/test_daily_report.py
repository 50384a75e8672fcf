"""The daily job as people run it: the command, in a process of its own, in surroundings that nobody prepared."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from settings import ROOT
from tests.conftest import assert_sound
from triage.database import unit_of_work

# Prefect alone starts in 13 to 36 s, three times in the longest test: a busy machine is no failure.
pytestmark = pytest.mark.timeout(900)

FEED = [
    json.loads(line)
    for name in ("instagram", "x")
    for line in (ROOT / "data" / "feed" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
]


def surroundings(home: Path) -> dict[str, str]:
    """A caller's shell that has everything in it which once broke a run: a dead proxy, a netrc, an old Prefect home, another zone."""
    (home / "user").mkdir(exist_ok=True)
    (home / "user" / ".netrc").write_text(
        "machine api.twitter.com login a password b\nmachine www.instagram.com login a password b\n"
    )
    (home / "user" / ".netrc").chmod(0o600)
    (home / "old prefect").mkdir(exist_ok=True)
    (home / "old prefect" / "prefect.db").write_bytes(b"a database of another version")
    return {
        **os.environ,
        "TANGGAP_HOME": str(home),
        "HOME": str(home / "user"),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "NO_PROXY": "*",
        "PREFECT_HOME": str(home / "old prefect"),
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
        "TZ": "America/New_York",
        "PYTHONPATH": "",
    }


def tanggap(home: Path, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment or surroundings(home),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def count(home: Path, query: str) -> int:
    with unit_of_work(home / "var" / "triage.duckdb") as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def assert_quiet(done: subprocess.CompletedProcess[str]) -> None:
    said = done.stdout + done.stderr
    assert "Traceback" not in said and "ERROR" not in said and "WARNING" not in said, said


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first model, trained once for the module."""
    folder = tmp_path_factory.mktemp("model")
    shutil.copy(ROOT / "tanggap.toml", folder)
    assert tanggap(folder, "train").returncode == 0
    return folder / "var" / "models"


@pytest.fixture
def ready_home(home: Path, model: Path) -> Path:
    shutil.copytree(model, home / "var" / "models")
    return home


def test_the_first_report_and_the_second(ready_home: Path) -> None:
    first = tanggap(ready_home, "report", "--demo")
    assert first.returncode == 0, first.stderr
    assert_quiet(first)
    rows = {
        line.split()[0]: line.split()[1:] for line in first.stdout.splitlines() if line.startswith(("x ", "instagram "))
    }
    assert rows["x"][0] == rows["instagram"][0] == "ok"
    assert int(rows["instagram"][2]) > 400 and int(rows["x"][2]) > 200 and int(rows["instagram"][3]) > 40
    report = Path(re.findall(r"Report: (.+)", first.stdout)[0])
    assert report.is_file() and report.stat().st_size <= 500_000
    assert (ready_home / "var" / "published" / "published.duckdb").is_file()  # analysts' copy follows the day
    before = count(ready_home, "SELECT count(*) FROM mentions")

    with prefect_server(ready_home) as url:  # the second on a running server, which then knows of it
        second = tanggap(
            ready_home, "report", "--demo", environment=surroundings(ready_home) | {"PREFECT_API_URL": url}
        )
        assert second.returncode == 0, second.stderr
        assert_quiet(second)
        assert [flow["state_type"] for flow in api(url, "/flow_runs/filter")] == ["COMPLETED"]
        assert any(str(report) in (artifact["data"] or "") for artifact in api(url, "/artifacts/filter"))
    assert count(ready_home, "SELECT count(*) FROM mentions") == before
    assert count(ready_home, "SELECT sum(new) FROM collection_runs") == before
    assert_sound(ready_home / "var" / "triage.duckdb")


def test_one_dead_source_leaves_the_other_and_is_said(ready_home: Path) -> None:
    file = ready_home / "tanggap.toml"
    file.write_text(
        file.read_text(encoding="utf-8")
        .replace('id = "1800000000000000001"', 'id = "999"')
        .replace("queries = [", "queries = []\n# ["),
        encoding="utf-8",
    )
    done = tanggap(ready_home, "report", "--demo")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "mend [x] accounts in tanggap.toml" in done.stderr
    assert re.search(r"^x +failed", done.stdout, re.MULTILINE) and re.search(
        r"^instagram +ok", done.stdout, re.MULTILINE
    )
    first_screen = Path(re.findall(r"Report: (.+)", done.stdout)[0]).read_text(encoding="utf-8").split("<article", 1)[0]
    assert re.search(r"X (gagal|terganggu|tidak)", first_screen)


def test_kills_at_any_point_lose_and_double_nothing(home: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    clean.mkdir()
    shutil.copy(home / "tanggap.toml", clean)
    assert tanggap(clean, "collect", "--demo").returncode == 0
    (home / "var").mkdir()
    shutil.copytree(clean / "var" / "demo", home / "var" / "demo")  # the same world: its anchor
    for delay, how in ((1.2, signal.SIGKILL), (1.8, signal.SIGINT), (2.4, signal.SIGKILL), (3.0, signal.SIGINT)):
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "collect", "--demo"],
            cwd=ROOT,
            env=surroundings(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(delay)
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said, said
    assert tanggap(home, "collect", "--demo").returncode == 0
    with unit_of_work(clean / "var" / "triage.duckdb") as connection:
        expected = set(connection.execute("SELECT mention_id, text FROM mentions").fetchall())
    with unit_of_work(home / "var" / "triage.duckdb") as connection:
        assert set(connection.execute("SELECT mention_id, text FROM mentions").fetchall()) == expected
    assert_sound(home / "var" / "triage.duckdb")


@pytest.mark.parametrize(
    ("prepare", "arguments", "code", "said"),
    [
        (lambda home: (home / "tanggap.toml").unlink(), ["report", "--demo"], 2, r"tanggap\.toml is missing"),
        (lambda home: (home / "tanggap.toml").write_text("[program"), ["report", "--demo"], 2, r"is not valid TOML"),
        (lambda home: (home / "var").write_text(""), ["collect", "--demo"], 2, r"(cannot be written|cannot use)"),
        (lambda home: None, ["collect", "facebook", "--demo"], 2, r"facebook is not an enabled source; enabled are: x, instagram"),
        (lambda home: None, ["collect"], 1, r"X has no credentials: set X_BEARER_TOKEN"),
        (lambda home: None, ["report", "--date", "kemarin"], 2, r"'kemarin' is not a date; write it like"),
    ],
)  # fmt: skip
def test_bad_surroundings_are_one_sentence(
    home: Path, prepare: object, arguments: list[str], code: int, said: str
) -> None:
    prepare(home)  # type: ignore[operator]
    done = tanggap(home, *arguments)
    assert done.returncode == code, done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_database_is_never_used_for_real(home: Path) -> None:
    assert tanggap(home, "collect", "x", "--demo").returncode == 0
    done = tanggap(home, "collect", "x")
    assert done.returncode == 1
    assert "holds demo data and stays so: run with --demo, or set TANGGAP_HOME" in done.stderr


def test_a_damaged_model_is_said_and_what_was_collected_stays(ready_home: Path) -> None:
    for file in (ready_home / "var" / "models").glob("*.npz"):
        file.write_bytes(file.read_bytes()[:-100])
    done = tanggap(ready_home, "report", "--demo")
    assert done.returncode == 1
    assert re.search(r"The model file .* was changed or damaged .*run `tanggap train`", done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert count(ready_home, "SELECT count(*) FROM mentions") > 600


def test_the_feed_is_as_rich_as_it_must_be() -> None:
    mentions = [row for row in FEED if row["channel"] != "own"]
    assert len(mentions) >= 600
    assert min(row["day"] for row in FEED) <= -20
    pleas = [row for row in mentions if row["truth"]["flag"] == 1]
    assert 0.12 <= len(pleas) / len(mentions) <= 0.22
    assert {row["truth"]["category"].split("|")[0] for row in pleas} >= {
        "kesehatan", "pangan_ekonomi", "rumah", "bencana", "pendidikan", "terlantar", "kekerasan", "orang_hilang", "sarana_darurat",
    }  # fmt: skip
    for rows in (mentions, pleas):
        assert sum(row["truth"]["lang"] == "su" for row in rows) / len(rows) >= 0.2
    features = {key for row in FEED for key in row["extra"]}
    assert features >= {"pinned", "late_minutes", "edits", "deleted_after_hours", "repost_of"}
    texts = " ".join(row["text"] for row in FEED)
    assert all(mark in texts for mark in ("<script", "=HYPERLINK", "\u202e", "\u200b"))
    assert any(row["text"] == "" for row in FEED) and max(len(row["text"]) for row in FEED) > 2000


class prefect_server:
    """A Prefect server of an operator's own, on a free loopback port."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}/api"
        self.environment = {
            **os.environ,
            "PREFECT_HOME": str(home / "server"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "NO_PROXY": "127.0.0.1",
        }

    def __enter__(self) -> str:
        port = self.url.split(":")[2].split("/")[0]
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                api(self.url, "/health", post=False)
                return self.url
            except OSError:
                time.sleep(0.5)
        raise AssertionError("the Prefect server did not start")

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)


def api(url: str, path: str, *, post: bool = True) -> list[dict[str, object]]:
    request = urllib.request.Request(url + path, b"{}" if post else None, {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as response:
        return list(json.load(response)) if post else []
