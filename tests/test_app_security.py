"""What holds for every page and every write: headers, tokens, origins, sizes, hosts, faults without a trace, the OpenAPI thrown at."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from serving.app import SCREENS
from serving.guards import checked_write
from serving.headers import LARGEST_BODY, POLICY
from serving.people import Role
from tests.app_fixtures import NAMES, Browser, Desk, client_of, desk
from tests.review_rows import post
from triage.database import unit_of_work

PLEA, PRIVATE = post(0, "")["mention_id"], post(300, "")["mention_id"]
PUBLIC = {"/masuk", "/keluar", "/manifest.webmanifest", "/sw.js", "/luring"}


def routes() -> Iterator[tuple[str, str, Any]]:
    """Method, address and route of every screen."""
    for route in (one for screen in SCREENS for one in screen.router.routes):
        for method in sorted(getattr(route, "methods", None) or ()):
            yield method, re.sub(r"\{[^}]*\}", PLEA, route.path), route  # type: ignore[attr-defined]


def test_nobody_passes_without_signing_in(desk: Desk) -> None:
    browser = desk.client()
    browser.get("/masuk")
    asked = [(method, address) for method, address, _ in routes() if address not in PUBLIC]
    assert len(asked) > 15
    for method, address in asked:
        answer = browser.get(address) if method == "GET" else browser.post(address)
        assert answer.status_code in {303, 404, 422}, (method, address, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/masuk"), (method, address)


def test_every_write_asks_for_the_token(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    writes = [(address, route) for method, address, route in routes() if method != "GET"]  # fmt: skip
    assert len(writes) > 10
    for address, route in writes:
        assert any(one.call is checked_write for one in route.dependant.dependencies), address
    browser = client_of("admin")
    for csrf in ("", "0" * 64, "é"):
        answer = browser.post("/akun/bahasa", {"bahasa": "en", "csrf": csrf})
        assert (answer.status_code, "kedaluwarsa" in answer.text) == (403, True)
    other = client_of("reviewer")
    other.get("/akun")
    assert browser.post("/akun/bahasa", {"bahasa": "en", "csrf": other.csrf}).status_code == 403
    assert desk.rows("SELECT DISTINCT language FROM users") == [("id",)]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
    ],
)
def test_a_write_from_elsewhere_is_refused(client_of: Callable[[str], Browser], headers: dict[str, str]) -> None:
    browser = client_of("reviewer")
    browser.get("/akun")
    assert browser.post("/akun/bahasa", {"bahasa": "en"}, headers=headers).status_code == 403
    own = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    assert browser.post("/akun/bahasa", {"bahasa": "en"}, headers=own).status_code == 303


def test_files_foreign_kinds_and_large_forms_are_refused(client_of: Callable[[str], Browser]) -> None:
    browser = client_of("reviewer")
    browser.get("/akun")
    upload = browser.http.post("/akun/bahasa", data={"csrf": browser.csrf, "bahasa": "en"}, files={"f": b"x"})
    assert upload.status_code == 415
    assert browser.post("/akun/bahasa", {"bahasa": "en" * LARGEST_BODY}).status_code == 413
    kind = {"content-type": "application/x-www-form-urlencoded"}
    chunks = browser.http.post("/akun/bahasa", content=(b"x" * 1000 for _ in range(100)), headers=kind)
    assert chunks.status_code == 413


def test_every_answer_binds_the_browser(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    browser = client_of("admin")
    style = re.findall(r'href="(/static/app\.css\?v=[0-9a-f]{10})"', browser.get("/akun").text)[0]
    for address in ("/masuk", "/akun", "/admin", "/nowhere", "/static/app.css", style, "/admin/openapi.json"):
        headers = browser.get(address).headers
        assert headers["content-security-policy"] == POLICY and "unsafe" not in POLICY
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        kept = {"/static/app.css": "no-cache", style: "public, max-age=31536000, immutable"}
        assert headers["cache-control"] == kept.get(address, "no-store"), address
        assert "server" not in headers and "access-control-allow-origin" not in headers


def test_pages_ask_nobody_else_and_hold_no_inline_script_or_style(client_of: Callable[[str], Browser]) -> None:
    for role, addresses in {"admin": ("/admin", "/admin/aturan", "/admin/jejak"), "lead": ("/akun", "/akun/kode")}.items():  # fmt: skip
        browser = client_of(role)
        for address in ("/masuk", *addresses):
            text = browser.get(address).text
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=\"/static/)", text), address
            assert not re.findall(r'(?:src|href|action)="(?!/|#|otpauth:)', text), address
            assert len(text.encode()) <= 100_000


def test_a_foreign_host_name_is_refused(desk: Desk) -> None:
    browser = desk.client()
    assert browser.get("/masuk", headers={"host": "evil.example"}).status_code == 421  # its name may point at 127.0.0.1
    assert browser.get("/masuk", headers={"host": "localhost:8000"}).status_code == 200


def test_faults_of_the_program_show_and_log_nothing_of_what_was_being_done(
    desk: Desk, client_of: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = client_of("reviewer")
    monkeypatch.setattr("serving.account.read_access", lambda *_: 1 / 0 if "RAHASIA nenek 0812" else None)
    browser.http._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    with caplog.at_level(logging.INFO, "serving"):
        answer = browser.get("/akun")
    assert answer.status_code == 500 and "sudah dicatat" in answer.text and "ZeroDivision" not in answer.text
    assert "GET /akun failed: ZeroDivisionError" in caplog.text and "RAHASIA" not in caplog.text


def test_a_held_database_keeps_what_was_typed(
    desk: Desk, client_of: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.database.WAIT_SECONDS", 0.3)
    browser = client_of("admin")
    browser.get("/admin")
    holding = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", holding, str(desk.settings.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    answer = browser.post("/admin/orang", {"pengguna": "sari", "nama": 'Sari "<b>', "peran": "reviewer"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert 'name="nama" value="Sari &#34;&lt;b&gt;"' in answer.text and "duckdb" not in answer.text.lower()
    holder.communicate()
    assert browser.post("/admin/orang", {"pengguna": "sari", "nama": "Sari", "peran": "reviewer"}).status_code == 200


def test_unmasking_is_asked_logged_and_bound_to_role_and_record(
    desk: Desk, client_of: Callable[[str], Browser]
) -> None:
    lead, reviewer, officer = client_of("lead"), client_of("reviewer"), client_of("restricted_officer")
    for browser in (lead, reviewer, officer):
        browser.get("/akun")
    assert f'action="/buka/{PLEA}"' in lead.get(f"/kartu/{PLEA}").text
    assert "/buka/" not in reviewer.get(f"/kartu/{PLEA}").text
    ((case_id,),) = desk.rows("SELECT case_id FROM case_mentions WHERE mention_id = ?", PLEA)
    assert f'action="/buka/{PLEA}"' in lead.get(f"/kasus/{case_id}").text
    ask = {"alasan": "menilai", "kembali": "/kasus/K-1"}
    assert lead.get(f"/buka/{PLEA}").status_code == 405  # a link must not open it
    assert lead.post(f"/buka/{PLEA}").status_code == 422  # without a reason
    assert reviewer.post(f"/buka/{PLEA}", ask).status_code == 403
    assert desk.rows("SELECT * FROM access_log WHERE what LIKE 'unmask%'") == []
    opened = lead.post(f"/buka/{PLEA}", ask)
    assert opened.status_code == 200 and "Kp. Pulo RT 03/05" in opened.text and 'href="/kasus/K-1"' in opened.text
    assert lead.post(f"/buka/{PRIVATE}", ask).status_code == lead.post("/buka/x:99", ask).status_code == 404
    assert "bapak tirinya" in officer.post(f"/buka/{PRIVATE}", ask).text
    assert desk.rows("SELECT user_id, what FROM access_log WHERE what LIKE 'unmask%' ORDER BY user_id") == [
        ("dewi", f"unmask {PLEA} (menilai)"),
        ("tuti", f"unmask {PRIVATE} (menilai)"),
    ]
    assert f"unmask {PLEA}" in lead.get("/akun").text
    assert "javascript:" not in lead.post(f"/buka/{PLEA}", {"alasan": "menilai", "kembali": "javascript:alert(1)"}).text


def test_what_a_new_model_has_not_looked_at_stays_as_the_old_one_left_it(
    desk: Desk, client_of: Callable[[str], Browser]
) -> None:
    with unit_of_work(desk.settings.database) as connection:
        connection.execute("UPDATE models SET status = 'retired'")
        connection.execute("INSERT INTO models VALUES ('m-next', now(), 'champion', NULL, 'p', 's', '')")
        connection.execute("UPDATE cases SET restricted = FALSE")
    lead = client_of("lead")
    lead.get("/akun")
    assert lead.post(f"/buka/{PRIVATE}", {"alasan": "menilai"}).status_code == 404
    assert lead.post(f"/buka/{PLEA}", {"alasan": "menilai"}).status_code == 200


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_anything_thrown_at_the_openapi_is_answered(desk: Desk, client_of: Callable[[str], Browser], role: str) -> None:
    """Schemathesis: whatever forms and addresses are filled with, no answer is a fault of the server."""
    browser = client_of(role)
    browser.get("/akun")
    schema = schemathesis.openapi.from_dict(desk.app.openapi()).exclude(path_regex="^/keluar|^/webhooks")
    assert desk.client().get("/openapi.json").status_code == 404  # the street does not get it
    answered: dict[str, set[int]] = {}
    for operation in (found.ok() for found in schema.get_all_operations()):

        @given(operation.as_strategy())
        @settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)  # fmt: skip
        def throw(case: Any) -> None:
            sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
            sent["headers"] = {"x-csrf-token": browser.csrf, "content-type": "application/x-www-form-urlencoded"}
            answer = browser.http.request(**{name: sent[name] for name in ("method", "url", "params", "data", "headers") if name in sent})  # fmt: skip
            answered.setdefault(f"{case.method} {case.path}", set()).add(answer.status_code)

        throw()
    assert len(answered) > 15
    assert {address: codes for address, codes in answered.items() if max(codes) >= 500} == {}
    assert any(codes & {200, 303} for codes in answered.values())


def test_a_signed_in_stranger_gets_only_what_the_table_gives(client_of: Callable[[str], Browser]) -> None:
    homes = {role: client_of(role).get("/").headers["location"] for role in map(str, Role)}
    assert homes == {"reviewer": "/antrean", "lead": "/antrean", "analyst": "/angka", "restricted_officer": "/antrean", "admin": "/admin"}  # fmt: skip
    assert len(NAMES) == len(homes)
