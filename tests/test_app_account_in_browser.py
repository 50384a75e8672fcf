"""Sign-in, account and admin in a real browser: read by axe, on a phone and a desk, light and dark, without a script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

pytest.importorskip("playwright", reason="playwright is not installed: the app was not looked at in a browser")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from review.screens import NoBrowser, chromium
from serving.app import create_app
from serving.running import listening, running_beside
from serving.second_factor import STEP
from tests.app_fixtures import PASSWORD, Desk, desk

PHONE, WIDE = {"width": 360, "height": 800}, {"width": 1280, "height": 800}
PAGES = {
    "budi": ("/admin", "/admin/aturan", "/admin/sumber", "/admin/model", "/admin/jejak?periksa=1"),
    "dewi": ("/akun", "/akun/sandi", "/akun/kode"),
}
SMALL = """() => [...document.querySelectorAll('a:not(.skip), button, summary, select, input:not([type=hidden]):not([tabindex="-1"])')]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))"""
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as one:
            yield one
    except NoBrowser as error:
        pytest.skip(str(error))


@contextmanager
def served(app: Any) -> Iterator[str]:
    with listening(0) as bound, running_beside(app, bound):
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def sign_in(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/masuk")
    page.fill("#nama", who)
    page.fill("#sandi", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/masuk"))


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, and what is too small for a finger."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:90]}" for one in found] + page.evaluate(SMALL)


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (WIDE, "light")])
def test_every_screen_can_be_read_and_reached(browser: Browser, desk: Desk, size: Any, scheme: Any) -> None:
    with served(desk.app) as base:
        for who, addresses in PAGES.items():
            context = browser.new_context(viewport=size, color_scheme=scheme)
            page = context.new_page()
            complaints: list[str] = []
            page.on("console", lambda message, said=complaints: said.append(message.text))
            page.goto(f"{base}/masuk")
            assert faults(page) == []
            sign_in(page, base, who)
            for address in addresses:
                page.goto(base + address)
                page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
                assert faults(page) == [], address
                assert page.evaluate(WIDTH) <= size["width"], address
            assert complaints == []
            context.close()


def test_large_letters_do_not_hang_over(browser: Browser, desk: Desk) -> None:
    """200 % zoom of a 640-pixel window is a 320-pixel one."""
    with served(desk.app) as base:
        page = browser.new_page(viewport={"width": 320, "height": 400})
        sign_in(page, base, "budi")
        for address in ("/akun", *PAGES["budi"]):
            page.goto(base + address)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert page.evaluate(WIDTH) <= 320, address
        page.close()


def test_without_a_script_and_by_keyboard(browser: Browser, desk: Desk) -> None:
    with served(desk.app) as base:
        context = browser.new_context(viewport=PHONE, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, base, "rina")
        page.goto(f"{base}/akun")
        page.get_by_role("button", name="English").click()
        page.get_by_role("heading", name="Signed-in devices").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{base}/masuk")
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("href") == "#isi"  # the first stop leads to the content
        page.keyboard.press("Enter")
        page.wait_for_url("**#isi")
        context.close()


def test_a_lead_of_a_real_desk_sets_up_the_code_and_the_cookie_is_a_host_cookie(browser: Browser, desk: Desk) -> None:
    moment = datetime.now(UTC)
    app = create_app(replace(desk.settings, demo=False), lambda: moment)
    with served(app) as base:
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        sign_in(page, base, "dewi")
        assert page.url == f"{base}/akun/kode"
        secret = page.locator("code").first.text_content() or ""
        page.fill("#kode", pyotp.TOTP(secret.replace(" ", "")).at(moment))
        page.fill("#sandi", PASSWORD)
        page.get_by_role("button", name="Pasang").click()
        assert page.url == f"{base}/akun"
        (cookie,) = [one for one in context.cookies() if "tanggap" in one["name"]]
        assert cookie["name"] == "__Host-tanggap" and cookie["secure"] and cookie["httpOnly"]
        page.get_by_role("button", name="Keluar").first.click()
        sign_in(page, base, "dewi")
        assert page.url.startswith(f"{base}/masuk/kode")
        moment = datetime.fromtimestamp(moment.timestamp() + STEP, UTC)
        page.fill("#kode", pyotp.TOTP(secret.replace(" ", "")).at(moment))
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}/antrean")
        context.close()
