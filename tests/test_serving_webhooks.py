"""Meta's webhook over real HTTP: handshake, signature, stored before answered, replay-safe, and read by the next run."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from demo.graph_api import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN
from demo.graph_webhooks import signature
from demo.standin import Standin, running
from serving.app import create_app
from serving.running import listening, running_beside
from serving.webhooks import LARGEST_BODY, PATH, is_signed
from settings import ROOT, Settings
from tests.conftest import assert_sound
from tests.demo_fixtures import borrowed
from tests.platforms import Desk, desk_at, instagram_row, write_feed
from tests.test_collectors_instagram_graph import OWN_HANDLE, SOURCE, with_graph
from triage.database import unit_of_work

FEED = [
    instagram_row(1, "own", author=OWN_HANDLE),
    instagram_row(2, "comment", parent="io001", text="bu Yati belum makan"),
    instagram_row(3, "reply", parent="ic002", text="saya antar beras"),
    instagram_row(4, "tagged", text=f"tolong @{OWN_HANDLE} air naik"),
    instagram_row(5, "comment", parent="it004", text=f"@{OWN_HANDLE} betul, sepinggang"),
    instagram_row(6, "tagged", text="tanpa sebutan"),
]


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("standin")
    with running(write_feed(folder / "feed", *FEED), folder / "state") as one:
        yield one


@pytest.fixture
def graph(home: Path, standin: Standin) -> Iterator[Desk]:
    with borrowed(standin):
        one = with_graph(desk_at(standin, home), own_posts=0)
        yield one
        assert_sound(one.settings.database)
        standin.switch(no_permalink=False)


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    with listening(0) as bound, running_beside(create_app(settings), bound):
        yield bound.getsockname()[1]


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_handshake_gives_the_challenge_to_who_knows_the_token(graph: Desk) -> None:
    with served(graph.settings) as port:
        good = f"{PATH}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY_TOKEN}"
        assert ask(port, "GET", good) == (200, "1158201444")
        for bad in (
            good.replace(VERIFY_TOKEN, "guess"),
            good.replace("subscribe", "unsubscribe"),
            PATH,
            good.replace("1158201444", "9" * 300),
            f"{PATH}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=%C3%A9",
        ):
            assert ask(port, "GET", bad)[0] == 403
        assert ask(port, "GET", "/docs")[0] == ask(port, "GET", "/openapi.json")[0] == 404


def test_only_what_meta_signed_is_stored_and_the_same_twice_is_one(graph: Desk) -> None:
    body = json.dumps({"object": "instagram", "entry": []}).encode()
    with served(graph.settings) as port:
        for wrong in ("", "sha256=", signature(body + b" "), signature(body).upper(), "sha256=é", signature(body)[7:]):
            assert ask(port, "POST", PATH, body, X_Hub_Signature_256=wrong.encode("utf-8").decode("latin-1"))[0] == 403
        assert ask(port, "POST", PATH, b"x" * (LARGEST_BODY + 1))[0] == 413
        assert graph.rows("SELECT count(*) FROM webhook_deliveries") == [(0,)]
        for _ in range(2):
            assert ask(port, "POST", PATH, body, X_Hub_Signature_256=signature(body)) == (200, "OK")
    assert graph.rows("SELECT body FROM webhook_deliveries") == [(body.decode(),)]


def test_a_signature_holds_for_exactly_these_bytes() -> None:
    body = '{"text": "caf\u00e9 \U0001f600"}'.encode()
    assert is_signed(body, signature(body), APP_SECRET)
    assert not is_signed(body, signature(body), "another secret")
    assert not is_signed(json.dumps(json.loads(body)).encode(), signature(body), APP_SECRET)


def test_deliveries_become_mentions_once(graph: Desk) -> None:
    with served(graph.settings) as port:
        url = f"http://127.0.0.1:{port}{PATH}"
        assert graph.standin.deliver(url, "ic002", "ir003", "it004") == 200
        assert graph.standin.deliver(url, "ic005") == 200
        quiet = {"match": "/tags", "kind": "404", "times": 9}
        graph.standin.faults(quiet)  # these posts are to come by the webhook alone
        first = graph.collect(SOURCE)
        assert (first.new, first.unmapped) == (4, 0)
        assert graph.rows("SELECT kind, text, parent_id IS NULL, url IS NULL FROM mentions ORDER BY created_at") == [
            ("comment", "bu Yati belum makan", False, False),
            ("reply", "saya antar beras", False, False),
            ("post", f"tolong {OWN_HANDLE} air naik", True, False),
            ("comment", f"{OWN_HANDLE} betul, sepinggang", False, False),
        ]
        assert graph.rows("SELECT count(*) FROM webhook_deliveries WHERE body IS NULL") == [(2,)]
        assert graph.standin.deliver(url, "ic005") == 200  # Meta sends it again, in another envelope
        assert graph.collect(SOURCE).new == 0
        graph.standin.clear_faults()
    secret = [word.encode() for word in (ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN)]
    kept = [file for file in (graph.settings.home / "var").rglob("*") if file.is_file()]
    assert kept and not [file for file in kept for word in secret if word in file.read_bytes()]
    both = graph.collect("instagram")
    assert both.new == 1  # only the post that names nobody: the others are known by the same ids
    assert graph.rows("SELECT count(*) FROM mention_versions") == [(0,)]


def test_what_is_gone_is_not_kept_and_what_may_not_be_read_waits(graph: Desk) -> None:
    with served(graph.settings) as port:
        url = f"http://127.0.0.1:{port}{PATH}"
        assert graph.standin.deliver(url, "ic002") == graph.standin.deliver(url, "it004") == 200
    graph.standin.delete_item("ic002")
    graph.standin.faults({"match": "mentioned_media", "kind": "403", "times": 2}, {"match": "/tags", "kind": "404"})
    outcome = graph.collect(SOURCE)
    assert outcome.new == 0 and "lacks a permission" in (outcome.error or "")
    assert graph.rows("SELECT count(*) FROM webhook_deliveries WHERE processed_at IS NULL") == [(1,)]
    graph.standin.faults({"match": "/tags", "kind": "404"})
    assert graph.collect(SOURCE).new == 1
    assert "Yati" not in str(graph.rows("SELECT * FROM webhook_deliveries"))


def test_without_an_address_a_mention_is_kept_under_metas_own_id(graph: Desk) -> None:
    graph.standin.switch(no_permalink=True)
    with served(graph.settings) as port:
        graph.standin.deliver(f"http://127.0.0.1:{port}{PATH}", "it004")
    graph.standin.faults({"match": "/tags", "kind": "404"})
    assert graph.collect(SOURCE).new == 1
    graph_id = graph.standin.items()["it004"]["graph_id"]
    assert graph.rows("SELECT mention_id, url FROM mentions") == [(f"instagram:{graph_id}", None)]


def test_what_meta_never_sends_is_kept_and_counted(graph: Desk) -> None:
    bodies = [
        b"not json",
        b'{"entry": [{"id": "17841400000501001", "changes": [{"field": "story_insights", "value": {}}]}]}',
    ]
    with served(graph.settings) as port:
        for body in bodies:
            assert ask(port, "POST", PATH, body, X_Hub_Signature_256=signature(body))[0] == 200
    outcome = graph.collect(SOURCE)
    assert outcome.unmapped == 2
    assert graph.rows("SELECT count(*) FROM payloads WHERE mention_id IS NULL") == [(2,)]


def test_a_held_database_is_said_and_meta_sends_again(graph: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.webhooks.WAIT_SECONDS", 0.2)
    holding = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with served(graph.settings) as port:
        holder = subprocess.Popen(
            [sys.executable, "-c", holding, str(graph.settings.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        url = f"http://127.0.0.1:{port}{PATH}"
        assert graph.standin.deliver(url, "ic002") == 503
        holder.communicate()
        assert graph.standin.deliver(url, "ic002") == 200


def test_without_the_secrets_there_is_no_webhook(graph: Desk) -> None:
    with served(replace(graph.settings, secrets={})) as port:
        assert ask(port, "GET", PATH)[0] == 404


def test_the_command_serves_and_names_a_taken_port(home: Path) -> None:
    environment = {**os.environ, "META_VERIFY_TOKEN": "t", "META_APP_SECRET": "s", "X_BEARER_TOKEN": "x"}
    command = [sys.executable, "-m", "cli", "serve", "--port"]
    process = subprocess.Popen([*command, "0"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    port = re.findall(r"http://127\.0\.0\.1:(\d+)  webhook: /webhooks/instagram", process.stderr.readline())[0]
    assert ask(int(port), "GET", f"{PATH}?hub.mode=subscribe&hub.challenge=7&hub.verify_token=t") == (200, "7")
    taken = subprocess.run([*command, port], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert taken.returncode == 1 and f"Port {port} of 127.0.0.1 cannot be used" in taken.stderr
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in said
    with unit_of_work(home / "var" / "triage.duckdb") as connection:
        assert connection.execute("SELECT count(*) FROM webhook_deliveries").fetchone() == (0,)
