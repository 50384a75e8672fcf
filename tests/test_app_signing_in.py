"""Signing in and out, as people and as those who would like to be them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.passwords import PasswordRefused, hash_password, invented_password, is_password, require_good
from serving.second_factor import accepted_step
from tests.app_fixtures import NAMES, PASSWORD, Browser, Desk, client_of, desk
from tests.review_rows import NOW
from triage.accounts import set_active
from triage.database import unit_of_work

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_code(desk: Desk, user_id: str) -> None:
    with unit_of_work(desk.settings.database) as connection:
        connection.execute("UPDATE users SET totp_secret = ? WHERE user_id = ?", [SECRET, user_id])


def as_real(desk: Desk) -> Browser:
    """The same desk as one with real data would be served: over TLS, with every rule of real data."""
    app = create_app(replace(desk.settings, demo=False), lambda: desk.moment[0])
    return Browser(TestClient(app, base_url="https://127.0.0.1", follow_redirects=False))


def test_signing_in_leads_to_where_one_wanted_to_go(desk: Desk) -> None:
    browser = desk.client()
    answer = browser.get("/akun")
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?lalu=/akun")
    browser.get(answer.headers["location"])
    answer = browser.post("/masuk", {"nama": " Rina ", "sandi": PASSWORD, "lalu": "/akun"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/akun")
    assert browser.get("/").headers["location"] == "/antrean"
    assert browser.get("/masuk").headers["location"] == "/antrean"


@pytest.mark.parametrize("lalu", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"])  # fmt: skip
def test_nobody_is_led_out_of_the_house(desk: Desk, lalu: str) -> None:
    browser = desk.client()
    browser.get("/masuk")
    assert browser.post("/masuk", {"nama": "rina", "sandi": PASSWORD, "lalu": lalu}).headers["location"] == "/antrean"


def test_wrong_name_and_wrong_password_look_alike(desk: Desk) -> None:
    with unit_of_work(desk.settings.database) as connection:
        set_active(connection, "agus", False, "budi", NOW)
    browser = desk.client()
    browser.get("/masuk")
    answers = [
        browser.post("/masuk", {"nama": name, "sandi": password}).text.replace(f'value="{name}"', 'value="nobody"')
        for name, password in (("nobody", PASSWORD), ("rina", "salah sekali"), ("agus", PASSWORD))
    ]
    assert len(set(answers)) == 1 and "tidak cocok" in answers[0]


def test_a_name_that_nobody_has_takes_as_long(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str | None] = []
    monkeypatch.setattr("serving.signing_in.is_password", lambda known, typed: hashed.append(known) or False)
    browser = desk.client()
    browser.get("/masuk")
    browser.post("/masuk", {"nama": "nobody", "sandi": PASSWORD})
    assert hashed == [None]  # asked all the same


def test_passwords_are_kept_as_argon2id() -> None:
    kept = hash_password("x" * 12)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, second choice
    assert is_password(kept, "x" * 12) and not is_password(kept, "x" * 11) and not is_password(None, "x" * 12)


def test_guessing_gets_slower_for_an_account_and_for_an_address(desk: Desk) -> None:
    browser = desk.client()
    browser.get("/masuk")
    codes = [browser.post("/masuk", {"nama": "rina", "sandi": f"tebakan {n}"}).status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    assert browser.post("/masuk", {"nama": "rina", "sandi": PASSWORD}).status_code == 429  # not even the right one
    assert browser.post("/masuk", {"nama": "dewi", "sandi": PASSWORD}).status_code == 303  # others are not hindered
    desk.moment[0] = NOW + timedelta(seconds=6)
    browser = desk.client()
    browser.get("/masuk")
    assert browser.post("/masuk", {"nama": "rina", "sandi": PASSWORD}).status_code == 303
    assert desk.rows("SELECT count(*) FROM login_attempts WHERE kind = 'account'") == [(0,)]
    with unit_of_work(desk.settings.database) as connection:
        connection.execute(
            "INSERT INTO login_attempts SELECT 'a' || range, 'address', (SELECT any_value(key_hash) FROM login_attempts), ? FROM range(40)",
            [NOW],
        )
    other = desk.client()
    other.get("/masuk")
    assert other.post("/masuk", {"nama": "tuti", "sandi": PASSWORD}).status_code == 429
    assert "tebakan" not in str(desk.rows("SELECT * FROM login_attempts")) + str(desk.rows("SELECT * FROM audit_log"))


def test_the_token_changes_with_every_step(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    browser = desk.client()
    browser.get("/masuk")
    before = browser.http.cookies["tanggap-demo"]
    browser.post("/masuk", {"nama": "rina", "sandi": PASSWORD})
    after = browser.http.cookies["tanggap-demo"]
    assert before != after
    stored = str(desk.rows("SELECT * FROM sessions"))
    assert after not in stored and before not in stored


def test_signing_out_ends_the_session_on_the_server(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    browser = client_of("reviewer")
    cookie = browser.http.cookies["tanggap-demo"]
    assert browser.post("/keluar").headers["location"] == "/masuk"
    browser.http.cookies.clear()
    browser.http.cookies.set("tanggap-demo", cookie, domain="127.0.0.1")
    assert browser.get("/").headers["location"] == "/masuk"


def test_sessions_end_when_idle_and_at_the_end_of_the_day(
    desk: Desk, client_of: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.sessions.REMEMBERED", 0.0)
    browser = client_of("reviewer")
    for minutes in range(50, 12 * 60, 50):  # used again and again, it lives through the day …
        desk.moment[0] = NOW + timedelta(minutes=minutes)
        assert browser.get("/akun").status_code == 200, minutes
    desk.moment[0] = NOW + timedelta(hours=12, seconds=1)  # … and not longer
    assert browser.get("/akun").status_code == 303
    browser = client_of("reviewer")
    desk.moment[0] += timedelta(minutes=61)
    assert browser.get("/akun").status_code == 303


def test_the_second_factor_is_asked_and_its_code_works_once(desk: Desk) -> None:
    with_code(desk, "dewi")
    code = pyotp.TOTP(SECRET).at(NOW)
    browser = desk.client()
    browser.get("/masuk")
    answer = browser.post("/masuk", {"nama": "dewi", "sandi": PASSWORD, "lalu": "/akun"})
    assert answer.headers["location"] == "/masuk/kode?lalu=/akun"
    assert browser.get("/akun").headers["location"] == "/masuk/kode"  # a password alone opens nothing
    browser.get("/masuk/kode?lalu=/akun")
    assert browser.post("/masuk/kode", {"kode": "000000"}).status_code == 401
    assert browser.post("/masuk/kode", {"kode": code, "lalu": "/akun"}).headers["location"] == "/akun"
    assert browser.get("/akun").status_code == 200
    other = desk.client()
    other.sign_in("dewi")
    other.get("/masuk/kode")
    assert other.post("/masuk/kode", {"kode": code}).status_code == 401


def test_codes_are_throttled_like_passwords(desk: Desk) -> None:
    with_code(desk, "dewi")
    browser = desk.client()
    browser.sign_in("dewi")
    browser.get("/masuk/kode")
    codes = [browser.post("/masuk/kode", {"kode": f"{n:06}"}).status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    assert browser.post("/masuk/kode", {"kode": pyotp.TOTP(SECRET).at(NOW)}).status_code == 429


def test_a_code_of_the_neighbouring_half_minute_is_taken_and_none_further_off() -> None:
    for seconds, taken in ((0, True), (-30, True), (30, True), (-61, False), (61, False)):
        code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=seconds))
        assert (accepted_step(SECRET, code, None, NOW) is not None) is taken, seconds


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_lead_and_admin_of_a_real_desk_set_up_a_code_first(desk: Desk, role: str) -> None:
    browser = as_real(desk)
    browser.sign_in(NAMES[role])  # type: ignore[index]
    assert browser.get("/").headers["location"] == "/akun/kode"
    assert browser.get("/akun").headers["location"] == "/akun/kode"
    page = browser.get("/akun/kode")
    secret = page.text.split("secret=")[1].split("&")[0]
    assert "<svg" in page.text
    assert browser.post("/akun/kode", {"kode": pyotp.TOTP(secret).at(NOW), "sandi": "bukan"}).status_code == 422
    assert browser.post("/akun/kode", {"kode": "123456", "sandi": PASSWORD}).status_code == 422
    done = browser.post("/akun/kode", {"kode": pyotp.TOTP(secret).at(NOW), "sandi": PASSWORD})
    assert done.headers["location"] == "/akun"
    assert browser.get("/akun").status_code == 200
    assert browser.post("/akun/kode/lepas", {"sandi": PASSWORD}).status_code == 403


def test_a_real_desk_has_host_cookies_only(desk: Desk) -> None:
    browser = as_real(desk)
    answer = browser.get("/masuk")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-tanggap=") and "; Secure" in cookie and "; HttpOnly" in cookie
    assert "Path=/" in cookie and "SameSite=lax" in cookie and "Domain" not in cookie
    assert browser.sign_in("rina").status_code == 303
    assert browser.get("/akun").status_code == 200


def test_a_password_that_others_have_seen_is_changed_first(desk: Desk) -> None:
    with unit_of_work(desk.settings.database) as connection:
        connection.execute("UPDATE users SET must_change = TRUE WHERE user_id = 'rina'")
    browser = desk.client()
    browser.sign_in("rina")
    assert browser.get("/akun").headers["location"] == "/akun/sandi"
    browser.get("/akun/sandi")
    new = "kuda terbang di sawah"
    for wrong in (
        {"sandi": "salah", "sandi_baru": new, "sandi_ulang": new},
        {"sandi": PASSWORD, "sandi_baru": new, "sandi_ulang": new + "!"},
        {"sandi": PASSWORD, "sandi_baru": "pendek", "sandi_ulang": "pendek"},
        {"sandi": PASSWORD, "sandi_baru": PASSWORD, "sandi_ulang": PASSWORD},
    ):
        assert browser.post("/akun/sandi", wrong).status_code == 422
    before = browser.http.cookies["tanggap-demo"]
    changed = browser.post("/akun/sandi", {"sandi": PASSWORD, "sandi_baru": new, "sandi_ulang": new})
    assert changed.headers["location"] == "/akun" and browser.http.cookies["tanggap-demo"] != before
    assert browser.get("/akun").status_code == 200
    assert desk.client().sign_in("rina").status_code == 401
    assert desk.client().sign_in("rina", new).status_code == 303


def test_weak_passwords_are_refused_and_invented_ones_are_not() -> None:
    for weak in ("pendek", "rinarinarina", "1234567890", "aaaaaaaaaaaa", "rina-tanggap", "qwertyuiop1", "x" * 129):
        with pytest.raises(PasswordRefused):
            require_good(weak, "rina", "Rina Sari")
    for _ in range(20):
        require_good(invented_password(), "rina", "Rina Sari")
    require_good("spasi dan émoji 🦆 boleh", "rina", "Rina Sari")


def test_a_disabled_user_is_out_at_once(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    reviewer, admin = client_of("reviewer"), client_of("admin")
    admin.get("/admin")
    assert admin.post("/admin/orang/rina/matikan").status_code == 303
    assert reviewer.get("/akun").headers["location"].startswith("/masuk")
    assert desk.client().sign_in("rina").status_code == 401
    admin.get("/admin")
    assert admin.post("/admin/orang/rina/hidupkan").status_code == 303
    assert desk.client().sign_in("rina").status_code == 303
