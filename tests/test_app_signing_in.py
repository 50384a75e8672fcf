"""Signing in and out, as people and as those who would like to be them."""

from __future__ import annotations

from collections.abc import Callable

from tests.app_fixtures import PASSWORD, Browser, Desk, client_of, desk


def test_signing_in_leads_to_where_one_wanted_to_go(desk: Desk) -> None:
    browser = desk.client()
    answer = browser.get("/kartu/x:1")
    assert answer.status_code == 404  # no such screen yet
    answer = browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk")
    assert browser.get("/masuk").status_code == 200
    answer = browser.post("/masuk", {"nama": " Rina ", "sandi": PASSWORD, "lalu": "/kartu/x:1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/kartu/x:1")
    assert browser.get("/").headers["location"] == "/antrean"


def test_wrong_name_and_wrong_password_look_alike(desk: Desk) -> None:
    browser = desk.client()
    browser.get("/masuk")
    nobody = browser.post("/masuk", {"nama": "nobody", "sandi": PASSWORD})
    somebody = browser.post("/masuk", {"nama": "nobody", "sandi": "salah sekali"})
    wrong = browser.post("/masuk", {"nama": "rina", "sandi": "salah sekali"})
    assert {one.status_code for one in (nobody, somebody, wrong)} == {401}
    assert nobody.text == somebody.text == wrong.text.replace("rina", "nobody")


def test_signing_out_ends_the_session_on_the_server(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    browser = client_of("reviewer")
    cookie = browser.http.cookies["tanggap-demo"]
    assert browser.post("/keluar").headers["location"] == "/masuk"
    browser.http.cookies.clear()
    browser.http.cookies.set("tanggap-demo", cookie, domain="127.0.0.1")
    assert browser.get("/").headers["location"] == "/masuk"
