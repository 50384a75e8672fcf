"""The stand-in as a process: it starts, keeps its anchor, obeys its control plane, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tweepy

from demo.anchor import read_anchor, read_or_set_anchor
from demo.standin import Standin, StandinError, credentials, running
from settings import DATA, ROOT
from tests.demo_fixtures import PROGRAM_ID, borrowed, instaloader_client, program_profile, tweepy_client
from tests.platforms import instagram_row, write_feed, x_row


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("dengan spasi")
    with running(write_feed(folder / "feed", x_row(1), instagram_row(1)), folder / "keadaan demo") as standin:
        yield standin


@pytest.fixture
def standin(process: Standin) -> Iterator[Standin]:
    with borrowed(process):
        yield process


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def gone_in_time(pid: int) -> bool:
    end = time.monotonic() + 5
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def test_the_environment_is_set_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://kantor:3128")
    monkeypatch.setenv("ALL_PROXY", "socks5://kantor:1080")
    monkeypatch.setenv("http_proxy", "http://kantor:3128")
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("NETRC", raising=False)
    before = dict(os.environ)
    with running(write_feed(tmp_path / "feed", x_row(1)), tmp_path / "state") as standin:
        proxy = f"http://127.0.0.1:{standin.proxy_port}"
        assert os.environ["HTTPS_PROXY"] == os.environ["https_proxy"] == proxy
        assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "127.0.0.1,localhost,::1"
        assert os.environ["REQUESTS_CA_BUNDLE"] == str(standin.ca_file) and os.environ["NETRC"] == os.devnull
        assert not {"ALL_PROXY", "http_proxy"} & set(os.environ)
        assert "X_BEARER_TOKEN" not in os.environ
        tweepy_client(standin).get_user(id=PROGRAM_ID)
        assert standin.log()
    assert dict(os.environ) == before
    assert not standin.ca_file.exists()
    assert gone_in_time(standin.pid)


def test_the_environment_is_given_back_after_an_error(tmp_path: Path) -> None:
    before = dict(os.environ)
    with (
        pytest.raises(ZeroDivisionError),
        running(write_feed(tmp_path / "feed", x_row(1)), tmp_path / "state") as standin,
    ):
        raise ZeroDivisionError
    assert dict(os.environ) == before
    assert gone_in_time(standin.pid)


def test_a_netrc_does_not_replace_the_token(standin: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine api.twitter.com login a password b\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tweepy_client(standin).get_user(id=PROGRAM_ID).data
    monkeypatch.delenv("NETRC")
    with pytest.raises(tweepy.Unauthorized):
        tweepy_client(standin).get_user(id=PROGRAM_ID)


def test_credentials_are_a_private_file_and_no_environment(tmp_path: Path) -> None:
    secrets = credentials(tmp_path / "state")
    file = Path(secrets["INSTAGRAM_SESSION_FILE"])
    file.chmod(0o644)
    assert credentials(tmp_path / "state") == secrets
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {"sessionid", "csrftoken", "ds_user_id"} <= set(json.loads(file.read_text(encoding="utf-8")))
    assert secrets["X_ACCESS_TOKEN"].startswith(f"{PROGRAM_ID}-")
    assert not set(secrets) & set(os.environ)


def test_the_anchor_is_kept(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed", x_row(1), instagram_row(1))
    first = datetime.now(UTC) - timedelta(days=3)
    read_or_set_anchor(tmp_path / "state", first)
    ids = []
    for _ in range(2):
        with running(feed, tmp_path / "state") as standin:
            assert standin.anchored_at == read_anchor(tmp_path / "state") == first.replace(microsecond=0)
            ids.append({key: item["id"] for key, item in standin.items().items()})
    assert ids[0] == ids[1]
    assert json.loads((tmp_path / "state" / "anchor.json").read_text()) == {
        "anchored_at": first.replace(microsecond=0).isoformat()
    }


def test_the_shipped_feed_is_served_whole_and_a_restart_changes_nothing(tmp_path: Path) -> None:
    with running(DATA / "feed", tmp_path / "state") as standin:
        tags = [str(post.mediaid) for post in program_profile(instaloader_client(standin)).get_tagged_posts()]
        pages = tweepy.Paginator(tweepy_client(standin).get_users_mentions, PROGRAM_ID, max_results=100)
        mentions = [str(post.id) for page in pages for post in page.data]
        items = standin.items()
    seen = [item for item in items.values() if item["visible"]]
    assert len(tags) == len(set(tags)) and len(mentions) == len(set(mentions))
    assert set(tags) == {item["id"] for item in seen if item["channel"] == "tagged"}
    assert set(mentions) >= {item["version_ids"][-1] for item in seen if item["channel"] == "mention"}
    with running(DATA / "feed", tmp_path / "state") as standin:
        assert standin.items() == items


def test_an_item_added_while_it_runs(standin: Standin) -> None:
    added = standin.add_item(
        {"key": "tolong", "channel": "mention", "author": "dina", "text": "@qr_kabbekasi banjir di Setu"}
    )
    assert str(tweepy_client(standin).get_users_mentions(PROGRAM_ID).data[0].id) == added["id"]
    with pytest.raises(StandinError, match="the key tolong is used twice"):
        standin.add_item({"key": "tolong", "channel": "mention", "author": "dina", "text": "lagi"})
    with pytest.raises(StandinError, match="missing or unknown"):
        standin.delete_item("tidak-ada")
    assert standin.reload() == 2
    assert "tolong" not in standin.items()


def test_the_clock_can_be_set_advanced_and_let_go(standin: Standin) -> None:
    moment = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    assert standin.set_clock(moment, frozen=True) == standin.clock() == moment
    assert standin.set_clock(advance_seconds=90) == moment + timedelta(seconds=90)
    assert abs(standin.set_clock() - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(StandinError, match="needs a time zone"):
        standin.set_clock(datetime(2026, 12, 1))


def started_by_hand(tmp_path: Path) -> tuple[subprocess.Popen[bytes], int]:
    feed = write_feed(tmp_path / "feed", x_row(1))
    command = [sys.executable, "-m", "demo", "--feed", str(feed), "--state", str(tmp_path / "state")]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    return process, json.loads(process.stdout.readline())["pid"]


@pytest.mark.parametrize("how", ["stdin closes", "SIGTERM"])
def test_it_ends_in_order(tmp_path: Path, how: str) -> None:
    process, pid = started_by_hand(tmp_path)
    assert process.stdin and process.stdout and process.pid == pid
    if how == "SIGTERM":
        process.terminate()
    else:
        process.stdin.close()
    assert process.wait(timeout=5) == 0
    assert sorted(file.name for file in (tmp_path / "state").iterdir()) == ["anchor.json"]
    process.stdout.close()


def test_no_orphan_stays_when_the_parent_is_killed(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed", x_row(1))
    story = "import sys, time\nfrom pathlib import Path\nfrom demo.standin import running\n"
    story += (
        "with running(Path(sys.argv[1]), Path(sys.argv[2])) as s:\n    print(s.pid, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", story, str(feed), str(tmp_path / "state")], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone_in_time(pid)


def test_a_bad_start_is_one_sentence(tmp_path: Path) -> None:
    good = write_feed(tmp_path / "feed", x_row(1))
    with (
        pytest.raises(StandinError, match=r"did not start: .* holds no \.jsonl feed"),
        running(tmp_path, tmp_path / "state"),
    ):
        pass
    (tmp_path / "state" / "anchor.json").write_text("rusak")
    with (
        pytest.raises(StandinError, match=r"anchor\.json is damaged: remove it together with"),
        running(good, tmp_path / "state"),
    ):
        pass
    (tmp_path / "berkas").write_text("")
    with (
        pytest.raises(StandinError, match=r"cannot use .*berkas.*: name a folder"),
        running(good, tmp_path / "berkas" / "state"),
    ):
        pass
