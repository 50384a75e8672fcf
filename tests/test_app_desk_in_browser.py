"""The desk's screens in a real browser: a case from decision to finish, the lead's morning, no script, hostile texts, axe-core, zoom."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: the screens were not looked at in a browser")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from review.screens import PHONE, NoBrowser, chromium
from serving import passwords
from serving.app import create_app
from serving.running import listening, running_beside
from settings import load_settings
from tests.app_fixtures import NOW, PASSWORD, QUICK, _prepared
from tests.conftest import assert_sound
from tests.test_review_in_browser import CONTRAST
from triage.database import unit_of_work

DESK = {"width": 1280, "height": 800}
ZOOMED = {"width": 640, "height": 400}  # 1280 x 800 at 200 %
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALL_TARGETS = """() => [...document.querySelectorAll('main button, main summary, main .button, main input:not([type=hidden]), main select')]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < (e.matches('[type=radio], [type=checkbox]') ? 24 : 44))
  .map(e => e.outerHTML.slice(0, 90))"""
HOSTILE_IDS = "mention_id BETWEEN 'x:1990000000000000100' AND 'x:1990000000000000199'"
CARDS = """[...document.querySelectorAll(".told a[href^='/kartu/']")].map(a => a.pathname)"""
OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"


@dataclass
class Served:
    """The running server: its address, and its database."""

    address: str
    database: Path

    def rows(self, question: str, *values: Any) -> list[Any]:
        with unit_of_work(self.database) as connection:
            return connection.execute(question, values).fetchall()

    def case_ids(self, where: str) -> list[str]:
        return [one[0] for one in self.rows(f"SELECT case_id FROM cases WHERE {where} ORDER BY case_id")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as one:
            yield one
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def served(browser: Browser) -> Iterator[Served]:
    """One server for all of these tests, twenty hours after the prepared morning: some cases are late by then."""
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(passwords, "_HASHER", QUICK)
        home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "meja"
        shutil.copytree(_prepared(), home)
        settings = load_settings({"TANGGAP_HOME": str(home)}, demo=True)
        begun = time.monotonic()
        app = create_app(settings, lambda: NOW + timedelta(hours=20, seconds=time.monotonic() - begun))
        bound = stack.enter_context(listening(0))
        stack.enter_context(running_beside(app, bound))
        yield Served(f"http://127.0.0.1:{bound.getsockname()[1]}", settings.database)
        assert_sound(settings.database)


@pytest.fixture(scope="module")
def sessions(browser: Browser, served: Served) -> dict[str, Any]:
    """The cookies of people who signed in once, in the browser, as people do."""
    return {name: signed_in(browser, served, name) for name in ("rina", "dewi", "tuti")}


def signed_in(browser: Browser, served: Served, name: str) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.address}/masuk")
    page.fill("#nama", name)
    page.fill("#sandi", PASSWORD)
    page.click("main button.main")
    page.wait_for_url(lambda url: not url.endswith("/masuk"))
    state = context.storage_state()
    context.close()
    return state


def desk_of(browser: Browser, sessions: dict[str, Any], name: str, **options: Any) -> BrowserContext:
    context = browser.new_context(storage_state=sessions[name], **({"viewport": PHONE} | options))
    context.set_default_timeout(20_000)
    return context


def take(page: Page, step: str, **filled: str) -> None:
    """Open a step by its name, fill it in, send it."""
    form = page.locator(f"form[action$='/langkah/{step}']").last
    if not form.is_visible():
        form.locator("xpath=..").locator("summary").first.click()
    for name, value in filled.items():
        field = form.locator(f"[name='{name}']:not([type=hidden])")
        field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(value)
    form.locator("button[type=submit]").click()
    page.wait_for_selector(".said")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_case_from_decision_to_hand_over_to_finish(
    browser: Browser, served: Served, sessions: dict[str, Any], script: bool
) -> None:
    case_id = served.case_ids("NOT restricted AND urgency = 1 AND state = 'baru'")[int(script)]
    context = desk_of(browser, sessions, "rina", java_script_enabled=script)
    if script:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{served.address}/kasus/{case_id}")
    clock = page.locator(".case-head .clock").bounding_box()
    assert clock and clock["y"] + clock["height"] <= 800 - 60, "the clock stands on the first screen"
    take(page, "confirm", urgency="1")
    take(page, "take")
    take(page, "check")
    text = page.locator("#teks-dinas")
    assert case_id in text.inner_text()
    assert page.locator("a[href^='https://wa.me/?text=']").first.is_visible()
    copy = page.locator("[data-copy='teks-dinas']")
    assert copy.is_visible() is script
    if script:
        copy.click()
        page.locator("[data-copy='teks-dinas']", has_text="✓").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == text.text_content()
    take(page, "forward", agency="dinsos")
    take(page, "accept")
    take(page, "attempt", why="Beras dan susu diantar.")
    take(page, "finish", why="Keluarga sudah menerima.")
    take(page, "close", why="Pelapor mengonfirmasi.")
    assert "Selesai" in page.locator(".case-head").inner_text()
    done = served.rows(
        "SELECT kind, actor FROM case_events WHERE case_id = ? AND actor <> 'tanggap' ORDER BY version", case_id
    )
    assert done == [
        (kind, "rina") for kind in ("confirm", "take", "check", "forward", "accept", "attempt", "finish", "close")
    ]
    context.close()


def test_two_people_at_one_case(browser: Browser, served: Served, sessions: dict[str, Any]) -> None:
    case_id = served.case_ids("NOT restricted AND urgency = 1 AND state = 'baru'")[-1]
    contexts = [desk_of(browser, sessions, name) for name in ("rina", "dewi")]
    first, second = (context.new_page() for context in contexts)
    for page in (first, second):
        page.goto(f"{served.address}/kasus/{case_id}")
    take(first, "forward", agency="dinsos")
    form = second.locator("form[action$='/langkah/forward']")
    form.locator("xpath=..").locator("summary").first.click()
    form.locator("select[name=agency]").select_option("baznas")
    form.locator("textarea").fill("Bantuan cepat dulu.")
    form.locator("button").click()
    told = second.wait_for_selector(".fault")
    assert told and "sudah diubah rina" in told.inner_text()
    assert second.evaluate("document.activeElement.id") == "masalah"
    assert second.locator("form[action$='/langkah/forward'] textarea").input_value() == "Bantuan cepat dulu."
    second.locator("form[action$='/langkah/forward'] button[type=submit]").click()
    second.wait_for_selector(".said")
    assert served.rows("SELECT agency FROM cases WHERE case_id = ?", case_id) == [("baznas",)]
    for context in contexts:
        context.close()


def test_the_leads_board_and_the_lounge(browser: Browser, served: Served, sessions: dict[str, Any]) -> None:
    context = desk_of(browser, sessions, "dewi", viewport=DESK)
    page = context.new_page()
    page.goto(f"{served.address}/papan")
    assert page.locator(".tile.bad b").inner_text() != "0"
    acts = page.locator(".acts:has(form[action$='/langkah/escalate'])").first
    case_id = str(acts.locator("form").first.get_attribute("action")).split("/")[2]
    acts.locator("summary").click()
    acts.locator("form[action$='/langkah/correct'] select").select_option("rina")
    acts.locator("form[action$='/langkah/correct'] button").click()
    page.wait_for_selector(".said")
    acts = page.locator(f".acts:has(form[action='/kasus/{case_id}/langkah/escalate'])").first
    acts.locator("summary").click()
    acts.locator("textarea").fill("Belum ada yang berangkat.")
    acts.locator("form[action$='/langkah/escalate'] button").click()
    page.wait_for_selector(".said")
    assert served.rows("SELECT assignee FROM cases WHERE case_id = ?", case_id) == [("rina",)]
    page.goto(f"{served.address}/lounge")
    page.get_by_role("button", name="Tetapkan jadwal").click()
    page.wait_for_selector(".chip.good")
    slot = page.locator(".slot").first
    with context.expect_page() as opened:
        slot.get_by_role("link", name="Lembar ringkas").click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("getComputedStyle(document.body).maxWidth") != "none", (
        "the brief's own style passes its policy"
    )
    opened.value.close()
    slot.locator("summary").click()
    slot.locator("[name=why]").fill("BPBD berangkat malam ini.")
    slot.locator("[name=apa1]").fill("Perahu dan tenda dikirim.")
    slot.get_by_role("button", name="Simpan notulen").click()
    page.wait_for_selector(".said")
    assert "Perahu dan tenda dikirim." in page.locator("section:has(#janji)").inner_text()
    context.close()


@pytest.fixture(scope="module")
def addresses(served: Served) -> list[tuple[str, str]]:
    """Every screen of the desk, and who looks; among the cases all that began with a hostile text."""
    hostile = served.rows(f"SELECT DISTINCT case_id FROM case_mentions WHERE {HOSTILE_IDS} ORDER BY 1")
    cases = [("tuti", f"/kasus/{one[0]}") for one in hostile]
    return [
        ("dewi", one)
        for one in ("/papan", "/lounge", "/kasus?tampil=semua", "/kasus/baru", "/cari", "/angka?rentang=semua")
    ] + cases


def test_hostile_texts_run_nothing_and_nothing_hangs_over(
    browser: Browser, served: Served, sessions: dict[str, Any], addresses: list[tuple[str, str]]
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    cards: set[str] = set()
    for name in ("dewi", "tuti"):
        context = desk_of(browser, sessions, name)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        for address in [one for who, one in addresses if who == name]:
            page.goto(served.address + address)
            page.evaluate(OPEN_ALL)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
            assert page.evaluate(SMALL_TARGETS) == [], address
            cards |= set(page.evaluate(CARDS))
            assert (
                page.evaluate("document.querySelectorAll('main img, main style, main iframe, main script').length") == 0
            )
        if name == "dewi":
            page.goto(f"{served.address}/cari")
            page.fill("[name=cari]", "<script>alert(1)</script> banjir")
            page.locator("main button").click()
            page.wait_for_selector("main [role=status]")
            page.fill("[name=cari]", "banjir")
            page.locator("main button").click()
            page.wait_for_selector(".case-row")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
        context.close()
    shown = {f"/kartu/{one[0]}" for one in served.rows(f"SELECT mention_id FROM case_mentions WHERE {HOSTILE_IDS}")}
    assert len(shown) > 15 and shown <= cards
    assert [url for url in asked if not url.startswith((served.address, "data:"))] == []
    assert complaints == []


def test_axe_finds_nothing_and_colours_can_be_read(
    browser: Browser, served: Served, sessions: dict[str, Any], addresses: list[tuple[str, str]]
) -> None:
    """axe-core on the light phone (what it says does not depend on colours but for contrast); contrast in the dark, too."""
    found = []
    case = served.case_ids("NOT restricted AND rung <> 'petugas' AND closed_at IS NULL")[0]
    looked_at = [one for who, one in addresses if who == "dewi"] + [f"/kasus/{case}"]
    for scheme in ("light", "dark"):
        context = desk_of(browser, sessions, "dewi", color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        for address in looked_at:
            page.goto(served.address + address)
            page.evaluate(OPEN_ALL)
            found += [(address, scheme, "contrast", one) for one in page.evaluate(CONTRAST)]
            if scheme == "light":
                result = Axe().run(page, options=AXE)
                found += [(address, one["id"], one["nodes"][0]["html"][:120]) for one in result.response["violations"]]
        context.close()
    assert found == []


def test_at_twice_the_size(
    browser: Browser, served: Served, sessions: dict[str, Any], addresses: list[tuple[str, str]]
) -> None:
    context = desk_of(browser, sessions, "dewi", viewport=ZOOMED, device_scale_factor=2)
    page = context.new_page()
    for address in [one for who, one in addresses if who == "dewi"]:
        page.goto(served.address + address)
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"], address
    context.close()


def test_a_keyboard_reaches_the_steps_in_their_order(
    browser: Browser, served: Served, sessions: dict[str, Any]
) -> None:
    case = served.case_ids("NOT restricted AND closed_at IS NULL")[0]
    context = desk_of(browser, sessions, "rina", viewport=DESK)
    page = context.new_page()
    page.goto(f"{served.address}/kasus/{case}")
    order = page.evaluate("""() => [...document.querySelectorAll('main a, main button, main summary')]
        .filter(e => e.checkVisibility()).map(e => (e.innerText || '').trim())""")
    reached = []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # straight to the content
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(document.activeElement.innerText || '').trim()"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    stops = [one for one in reached if one in order]
    assert len(stops) >= 4 and stops == sorted(stops, key=order.index)
    context.close()
