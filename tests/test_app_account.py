"""My account and admin: sessions, language, the access log, users, and what others must not reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from serving.people import ROLES, Permission, Role
from tests.app_fixtures import NAMES, PASSWORD, Browser, Desk, client_of, desk
from triage.access import log_access
from triage.audit import AuditBroken, Deed, Seal, record, require_reaches, verify_slice
from triage.database import unit_of_work

ADMIN_PAGES = ("/admin", "/admin/aturan", "/admin/sumber", "/admin/model", "/admin/jejak", "/admin/openapi.json")


def test_sessions_are_listed_and_ended_by_their_owner_only(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    telephone, desktop, stranger = client_of("reviewer"), client_of("reviewer"), client_of("lead")
    page = desktop.get("/akun").text
    (session_id,) = re.findall(r"/akun/sesi/([0-9a-f]{12})/akhiri", page)
    assert "perangkat ini" in page
    stranger.get("/akun")
    stranger.post(f"/akun/sesi/{session_id}/akhiri")
    assert telephone.get("/akun").status_code == 200
    desktop.get("/akun")
    assert desktop.post(f"/akun/sesi/{session_id}/akhiri").status_code == 303
    assert "Sesi itu diakhiri." in desktop.get("/akun").text
    assert "Sesi itu diakhiri." not in desktop.get("/akun").text  # said once
    assert telephone.get("/akun").headers["location"].startswith("/masuk")


def test_the_language_is_a_switch(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    browser = client_of("reviewer")
    assert "Perangkat yang sedang masuk" in browser.get("/akun").text
    browser.post("/akun/bahasa", {"bahasa": "en"})
    english = browser.get("/akun").text
    assert '<html lang="en">' in english and "Signed-in devices" in english and "Perangkat" not in english
    assert browser.post("/akun/bahasa", {"bahasa": "su"}).status_code == 422
    assert "Sign in" in desk.client().get("/masuk?bahasa=en").text
    assert "Kata sandi" in desk.client().get("/masuk", headers={"accept-language": "en"}).text


def test_everybody_sees_their_own_entries_of_the_access_log(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    with unit_of_work(desk.settings.database) as connection:
        log_access(connection, "dewi", "unmask x:42 (menilai)", desk.moment[0])
    assert "unmask x:42" in client_of("lead").get("/akun").text
    assert "unmask x:42" not in client_of("reviewer").get("/akun").text
    assert "unmask x:42" in client_of("admin").get("/admin/jejak").text


@pytest.mark.parametrize("role", ["reviewer", "lead", "analyst", "restricted_officer"])
def test_admin_is_for_admins(desk: Desk, client_of: Callable[[str], Browser], role: str) -> None:
    browser = client_of(role)
    assert [browser.get(address).status_code for address in ADMIN_PAGES] == [403] * len(ADMIN_PAGES)
    browser.get("/akun")
    form = {"pengguna": "aku", "nama": "Aku", "peran": "admin"}
    assert browser.post("/admin/orang", form).status_code == 403
    assert browser.post(f"/admin/orang/{NAMES[Role(role)]}/peran", {"peran": "admin"}).status_code == 403
    assert desk.rows("SELECT count(*) FROM users") == [(5,)]


def test_an_admin_sees_users_rules_sources_models_and_the_trail(client_of: Callable[[str], Browser]) -> None:
    browser = client_of("admin")
    pages = {address: browser.get(address) for address in ADMIN_PAGES}
    assert {address: page.status_code for address, page in pages.items()} == dict.fromkeys(ADMIN_PAGES, 200)
    assert all(len(page.content) < 100_000 for page in pages.values())
    assert "Dewi" in pages["/admin"].text
    assert "Dinas Kesehatan" in pages["/admin/aturan"].text and "belum dipastikan" in pages["/admin/aturan"].text
    assert "Sesi Instagram sudah berakhir" in pages["/admin/sumber"].text
    assert "m-20261124" in pages["/admin/model"].text
    assert "tidak terputus" in browser.get("/admin/jejak?periksa=1").text


def test_an_admin_adds_and_resets_users_whose_first_password_is_seen_once(
    desk: Desk, client_of: Callable[[str], Browser]
) -> None:
    admin = client_of("admin")
    admin.get("/admin")
    page = admin.post("/admin/orang", {"pengguna": "sari", "nama": "Sari <b>", "peran": "reviewer"}).text
    password = re.findall(r'secret-once"><code>([a-z-]+)</code>', page)[0]
    assert password not in admin.get("/admin").text and "Sari &lt;b&gt;" in admin.get("/admin").text
    assert admin.post("/admin/orang", {"pengguna": "sari", "nama": "S", "peran": "reviewer"}).status_code == 409
    assert admin.post("/admin/orang", {"pengguna": "Sari!", "nama": "S", "peran": "reviewer"}).status_code == 422
    sari = desk.client()
    assert sari.sign_in("sari", password).status_code == 303
    assert sari.get("/").headers["location"] == "/akun/sandi"
    again = admin.post("/admin/orang/sari/setel").text
    assert desk.client().sign_in("sari", password).status_code == 401
    assert desk.client().sign_in("sari", re.findall(r"<code>([a-z-]+)</code>", again)[0]).status_code == 303
    assert admin.post("/admin/orang/nobody/setel").status_code == 404
    acts = desk.rows("SELECT user_id, act, subject FROM audit_log WHERE subject = 'sari'")
    assert acts[0] == ("budi", "user_added", "sari") and ("budi", "password_reset", "sari") in acts
    assert password not in str(desk.rows("SELECT * FROM audit_log")) + str(desk.rows("SELECT * FROM users"))


def test_a_new_role_needs_a_new_session(desk: Desk, client_of: Callable[[str], Browser]) -> None:
    agus, admin = client_of("analyst"), client_of("admin")
    assert agus.get("/").headers["location"] == "/angka"
    admin.get("/admin")
    assert admin.post("/admin/orang/agus/peran", {"peran": "reviewer"}).status_code == 303
    assert agus.get("/akun").status_code == 303
    assert client_of("analyst").get("/").headers["location"] == "/antrean"


@pytest.mark.parametrize("act", ["setel", "matikan", "peran"])
def test_an_admin_cannot_change_themselves(client_of: Callable[[str], Browser], act: str) -> None:
    admin = client_of("admin")
    admin.get("/admin")
    assert admin.post(f"/admin/orang/budi/{act}", {"peran": "lead"}).status_code == 403


def test_every_role_is_told_apart_as_the_table_says() -> None:
    assert Permission.admin not in set().union(*(ROLES[role] for role in Role if role != Role.admin))
    assert ROLES[Role.admin] == {Permission.admin}  # no citizen's words
    assert ROLES[Role.analyst] == {Permission.figures}
    assert [role for role in Role if Permission.restricted in ROLES[role]] == [Role.restricted_officer]


def whole(connection: Any, kept: Seal | None = None) -> Seal:
    seal = verify_slice(connection, Seal(), kept)
    require_reaches(seal, kept)
    return seal


def test_the_trail_shows_every_change_hole_and_cut(desk: Desk) -> None:
    with unit_of_work(desk.settings.database) as connection:
        for number in range(5):
            record(connection, Deed("rina", "access", f"x:{number}"), desk.moment[0])
        seal = whole(connection)
        assert whole(connection, seal) == seal
    for spoil, said in (
        ("UPDATE audit_log SET subject = 'x:9' WHERE number = 7", "Row 7"),
        ("UPDATE audit_log SET made_at = made_at - INTERVAL 1 SECOND WHERE number = 6", "Row 6"),
        ("DELETE FROM audit_log WHERE number = 8", "hole: row 8"),
        ("DELETE FROM audit_log WHERE number > 8", "ends at row 8"),
    ):
        with pytest.raises(AuditBroken, match=said), unit_of_work(desk.settings.database) as connection:
            connection.execute(spoil)
            whole(connection, seal)
    with unit_of_work(desk.settings.database) as connection:
        assert whole(connection, seal) == seal  # every attempt was rolled back


def test_a_trail_written_anew_does_not_fit_a_kept_seal(desk: Desk) -> None:
    with unit_of_work(desk.settings.database) as connection:
        record(connection, Deed("rina", "access", "x:1"), desk.moment[0])
        seal = whole(connection)
    with pytest.raises(AuditBroken, match="is not the one"), unit_of_work(desk.settings.database) as connection:
        connection.execute("DELETE FROM audit_log")
        for _ in range(seal.number + 2):
            record(connection, Deed("rina", "access", "x:2"), desk.moment[0])
        whole(connection, seal)
    assert PASSWORD  # the fixtures' users stand in the trail, too
