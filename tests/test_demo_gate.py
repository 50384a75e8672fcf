"""The stand-in's gate: no other host, no way off this machine, certificates good for its own names only."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509

from demo.certificates import Authority
from demo.platforms import HOSTS
from demo.standin import Standin, running
from settings import ROOT
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


def test_any_other_host_is_refused_and_remembered(standin: Standin) -> None:
    for url in ("https://example.com/", "https://graph.instagram.com/", "https://api.twitter.com:8443/2/tweets"):
        with pytest.raises(requests.exceptions.ProxyError):
            requests.get(url, timeout=5)
    proxies = {"http": f"http://127.0.0.1:{standin.proxy_port}"}
    assert requests.get("http://example.com/", proxies=proxies, timeout=5).status_code == 403
    refused = [entry["host"] for entry in standin.log() if entry["refused"]]
    assert refused[-4:] == ["example.com:443", "graph.instagram.com:443", "api.twitter.com:8443", "http://example.com/"]


def test_the_log_holds_no_secret(standin: Standin) -> None:
    tweepy_client(standin).get_users_mentions(PROGRAM_ID, user_auth=True)
    list(program_profile(instaloader_client(standin)).get_tagged_posts())
    text = json.dumps(standin.log())
    assert "demo-bearer-token" not in text and "demo-access-token" not in text and "demo-session" not in text


LOOPBACK_ONLY = """
import os, sys

def hook(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        outside = isinstance(address, tuple) and not str(address[0]).startswith("127.") and address[0] not in ("::1", "localhost")
    elif event == "socket.getaddrinfo":
        outside = arguments[0] not in ("127.0.0.1", "localhost", "::1", None)
    elif event == "socket.bind":
        outside = isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1")
    else:
        return
    with open(os.environ["SOCKETS_SEEN"], "a") as file:
        file.write(f"{event} {'OUTSIDE' if outside else 'loopback'} {arguments[1:2]} {os.getpid()}\\n")
    if outside:
        raise PermissionError(f"{event} {arguments}")

sys.addaudithook(hook)
"""

DAY_AT_THE_PLATFORMS = """
import sys
from pathlib import Path
import requests
from demo.standin import running
from tests.demo_fixtures import PROGRAM_ID, instaloader_client, program_profile, tweepy_client

with running(Path(sys.argv[1]), Path(sys.argv[2])) as standin:
    assert tweepy_client(standin).get_users_mentions(PROGRAM_ID).data
    loader = instaloader_client(standin)
    assert loader.test_login() and list(program_profile(loader).get_tagged_posts())
    try:
        requests.get("https://example.com/", timeout=5)
    except requests.exceptions.ProxyError:
        print("refused", standin.pid)
"""


def test_no_request_leaves_loopback(tmp_path: Path) -> None:
    """Both processes run under an audit hook that refuses every address but loopback: nothing of either tries another."""
    feed, seen = write_feed(tmp_path / "feed", x_row(1), instagram_row(1)), tmp_path / "seen"
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(LOOPBACK_ONLY)
    environment = os.environ | {"PYTHONPATH": f"{tmp_path / 'hook'}{os.pathsep}{ROOT}", "SOCKETS_SEEN": str(seen)}
    command = [sys.executable, "-c", DAY_AT_THE_PLATFORMS, str(feed), str(tmp_path / "state")]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    word, server = done.stdout.split()
    lines = seen.read_text().splitlines()
    assert word == "refused"
    assert not [line for line in lines if "OUTSIDE" in line]
    assert [line for line in lines if line.startswith("socket.connect") and not line.endswith(f" {server}")]
    assert [line for line in lines if line.startswith("socket.bind") and line.endswith(f" {server}")]


def tunnel(standin: Standin, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", standin.proxy_port), timeout=5)
    plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
    assert plain.recv(1000).startswith(b"HTTP/1.1 200 ")
    return context.wrap_socket(plain, server_hostname=host)


def test_certificates_pass_the_strict_check_of_newer_pythons(standin: Standin) -> None:
    context = ssl.create_default_context(cafile=str(standin.ca_file))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    for host in sorted(HOSTS):
        with tunnel(standin, host, context) as secured:
            assert secured.version() in ("TLSv1.2", "TLSv1.3")
    with pytest.raises(ssl.SSLCertVerificationError):
        tunnel(standin, "api.x.com", ssl.create_default_context())


def test_the_authority_is_bound_to_its_hosts_and_short_lived(standin: Standin) -> None:
    certificate = x509.load_pem_x509_certificate(standin.ca_file.read_bytes())
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert {name.value for name in constraints.value.permitted_subtrees or []} == HOSTS
    assert certificate.not_valid_after_utc - datetime.now(UTC) <= timedelta(days=2)
    assert [
        file for file in standin.state_dir.rglob("*") if file.is_file() and b"PRIVATE KEY" in file.read_bytes()
    ] == []


def test_even_the_stolen_authority_cannot_speak_for_another_host(tmp_path: Path) -> None:
    authority = Authority(frozenset({"api.x.com"}), tmp_path / "ca.pem")
    authority._hosts = frozenset({"bank.example", "api.x.com"})  # a thief does not ask
    client = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    assert handshake(client, authority.context_for("api.x.com"), "api.x.com") is None
    assert "permitted subtree violation" in str(
        handshake(client, authority.context_for("bank.example"), "bank.example")
    )


def test_the_authority_makes_itself_anew_in_time(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    authority = Authority(frozenset({"api.x.com"}), file)
    old = ssl.create_default_context(cafile=str(file))
    assert authority.context_for("api.x.com") is authority.context_for("api.x.com")
    authority._made_at -= timedelta(hours=25)
    renewed = authority.context_for("api.x.com")
    assert handshake(ssl.create_default_context(cafile=str(file)), renewed, "api.x.com") is None
    assert isinstance(handshake(old, renewed, "api.x.com"), ssl.SSLCertVerificationError)


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> ssl.SSLError | None:
    """A TLS handshake in memory; the error the client ends with, if any."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(3):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as error:
                return error
    return None
