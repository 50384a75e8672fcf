"""`tanggap session`: a browser's cookies become a file for the owner's eyes only, and a dead session is said."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import main
from collectors.instagram_session import read_session
from demo.instagram_session import SESSION, USERNAME
from tests.platforms import Desk, desk, instagram_row, write_feed

NAMES = ("sessionid", "csrftoken", "ds_user_id", "mid", "ig_did")
TRACKER = "geheim-iklan"


def netscape() -> str:
    lines = ["# Netscape HTTP Cookie File", f"tracker.example\tFALSE\t/\tTRUE\t0\tsessionid\t{TRACKER}"]
    for name in NAMES:
        prefix = "#HttpOnly_" if name == "sessionid" else ""
        lines.append(f"{prefix}.instagram.com\tTRUE\t/\tTRUE\t1893456000\t{name}\t{SESSION[name]}")
    return "\r\n".join(lines) + "\r\n"


def entries() -> list[dict[str, object]]:
    found = [{"domain": ".instagram.com", "name": name, "value": SESSION[name], "httpOnly": True} for name in NAMES]
    return [*found, {"domain": "tracker.example", "name": "sessionid", "value": TRACKER}]


EXPORTS = {
    "cookies.txt": netscape(),
    "cookie-editor.json": json.dumps(entries()),
    "playwright.json": json.dumps({"cookies": entries(), "origins": []}),
    "plain.json": "\ufeff" + json.dumps({name: SESSION[name] for name in NAMES}),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_becomes_the_same_private_file(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (home / name).write_text(EXPORTS[name], encoding="utf-8")
    assert main(["session", "import", str(home / name)]) == 0
    file = home / "instagram-session.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == {one: SESSION[one] for one in NAMES}
    said = capsys.readouterr().out
    assert f"INSTAGRAM_SESSION_FILE={file}" in said and SESSION["sessionid"] not in said
    username, cookies = read_session({"INSTAGRAM_SESSION_FILE": str(file), "INSTAGRAM_USERNAME": USERNAME})
    assert username == USERNAME and cookies["sessionid"] == SESSION["sessionid"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe\x00", "is not text"),
        (b'{"sessionid": ', "begins like JSON but is none"),
        (b'[{"name": "mid", "value": "1", "domain": ".instagram.com"}]', "has no csrftoken, ds_user_id, sessionid"),
        (netscape().replace("instagram.com", "x.com").encode(), "sign in to instagram.com"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, said: str
) -> None:
    if content is not None:
        (home / "c").write_bytes(content)
    assert main(["session", "import", str(home / "c")]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.strip().splitlines()) == 1
    assert not (home / "instagram-session.json").exists()


@pytest.fixture
def ig_desk(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk(home, write_feed(tmp_path / "feed", instagram_row(1))) as one:
        for name in ("INSTAGRAM_USERNAME", "INSTAGRAM_SESSION_FILE"):
            monkeypatch.setenv(name, one.settings.secrets[name])
        yield one


def test_a_session_is_asked_whether_it_lives(ig_desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["session", "check"]) == 0
    assert f"alive: {USERNAME}" in capsys.readouterr().out
    ig_desk.standin.faults({"match": "d6f4427fbe92d846298cf93df0b937d3", "kind": "expired-session"})
    assert main(["session", "check"]) == 1
    out, err = capsys.readouterr()
    assert "dead" in out or "has ended" in err


def test_a_session_of_another_account_is_said(
    ig_desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTAGRAM_USERNAME", "orang.lain")
    assert main(["session", "check"]) == 1
    assert f"belongs to {USERNAME}" in capsys.readouterr().out
