"""Queue and card as they are used: with a thumb, with a keyboard, without a signal, without a script, with hostile texts, at 200 %."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: the app was not looked at in a browser")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.app_browser import DESK, PHONE, Served, served_app
from tests.conftest import assert_sound
from tests.review_rows import HOSTILE, post

HANGS_OVER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, select, summary')].filter(e => e.checkVisibility() && !e.closest('.skip'))
  .filter(e => e.getBoundingClientRect().height < 43.5 && !e.matches('p a, .note summary')).map(e => e.outerHTML.slice(0, 90))"""
SAID = "SELECT reviewer, verdict FROM standing_reviews WHERE mention_id = ?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_app(tmp_path_factory.mktemp("app")) as one:
        yield one
        assert one.complaints == [], "no script of a citizen ran, nothing was blocked, nothing failed"
        assert_sound(one.settings.database)


def ids(number: int) -> str:
    return str(post(number, "")["mention_id"])


def decide(page: Page, name: str) -> str:
    """Tap a verdict once the card has been there for a moment, and wait for the next card; returns the mention decided."""
    page.wait_for_timeout(300)
    before = shown(page)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".one-card")).not_to_have_attribute("data-card", before)
    return before


def shown(page: Page) -> str:
    """The mention on the card."""
    return page.locator(".one-card").get_attribute("data-card") or ""


def settled(page: Page) -> None:
    """Every verdict has reached the server."""
    page.wait_for_function(
        "() => localStorage.getItem('tanggap-putusan') === null || localStorage.getItem('tanggap-putusan') === '[]'"
    )


def test_from_the_queue_to_a_verdict_with_two_taps_and_the_next_card_is_there(served: Served) -> None:
    page = served.signed_in()
    page.get_by_role("link", name="Mulai memutuskan").click()
    first = shown(page)
    page.wait_for_load_state("networkidle")
    decide(page, "Ya")
    expect(page.locator("#toast")).to_contain_text("Tersimpan: ya")
    settled(page)
    assert served.rows(SAID, first) == [("rina", "ya")]
    assert page.url.endswith(shown(page))
    page.get_by_role("button", name="Urungkan").click()
    expect(page.locator(".one-card")).to_have_attribute("data-card", first)
    settled(page)
    assert served.rows(SAID, first) == [("rina", "ragu")]
    decide(page, "Bukan")
    settled(page)
    assert served.rows(SAID, first) == [("rina", "bukan")]
    page.context.close()


def test_corrections_take_two_taps_each_and_reach_the_case(served: Served) -> None:
    page = served.signed_in("dewi")
    page.goto(f"{served.address}/kartu/{ids(3)}")
    page.get_by_label("Kategori").select_option("Kesehatan")
    page.get_by_label("Mendesak").select_option(value="2")
    page.locator("[name=place_code]").select_option("Sukakarya")
    page.locator("[name=agency]").select_option("Dinas Sosial")
    decide(page, "Ya")
    settled(page)
    case = "SELECT category, urgency, place_code, agency, confirmed FROM cases JOIN case_mentions USING (case_id) WHERE mention_id = ?"
    assert served.rows(case, ids(3)) == [("kesehatan", 2, "32.16.14", "dinsos", True)]
    page.context.close()


def test_without_a_signal_verdicts_wait_and_are_sent_once(served: Served) -> None:
    page = served.signed_in("dewi")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"{served.address}/kartu/{ids(4)}")
    page.wait_for_load_state("networkidle")
    before = served.rows("SELECT count(*) FROM reviews")
    page.context.set_offline(True)
    decided = []
    for name in ("Ya", "Bukan", "Ragu"):
        decided.append(decide(page, name))
    expect(page.locator("#pending")).to_have_text("3 menunggu terkirim")
    page.get_by_role("button", name="Urungkan").click()  # the last one; it may have left, so the undo waits, too
    kept = page.evaluate("localStorage.getItem('tanggap-putusan')")
    assert "tolong" not in kept and set(decided[:2]) <= {one for one in decided if one in kept}
    assert served.rows("SELECT count(*) FROM reviews") == before
    page.goto(f"{served.address}/antrean")  # the phone was locked, the app opened again
    expect(page.get_by_role("heading")).to_have_text("Tidak ada sinyal")
    expect(page.locator("#pending")).to_contain_text("menunggu terkirim")
    stored = "caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys())))).then(all => all.flat().map(r => r.url))"
    assert not [url for url in page.evaluate(stored) if "/static/" not in url and not url.endswith("/luring")]
    page.context.set_offline(False)
    page.goto(f"{served.address}/antrean")
    settled(page)
    assert [served.rows(SAID, one) for one in decided[:2]] == [[("dewi", "ya")], [("dewi", "bukan")]]
    assert served.rows("SELECT count(*) FROM reviews WHERE mention_id = ?", decided[0]) == [(1,)]
    assert served.rows(SAID, decided[2]) in ([], [("dewi", "ragu")])
    page.context.close()


def test_an_answer_that_got_lost_makes_no_second_verdict(served: Served) -> None:
    page = served.signed_in("dewi")
    page.goto(f"{served.address}/kartu/{ids(6)}")
    page.wait_for_load_state("networkidle")
    times = []

    def lose_the_first(route: object) -> None:
        times.append(1)
        route.fetch() and route.abort() if len(times) == 1 else route.continue_()  # type: ignore[attr-defined]

    page.route("**/putusan", lose_the_first)
    decide(page, "Ya")
    settled(page)
    assert len(times) == 2
    assert served.rows("SELECT count(*) FROM reviews WHERE mention_id = ?", ids(6)) == [(1,)]
    page.context.close()


def test_a_second_tap_right_behind_the_first_decides_nothing(served: Served) -> None:
    page = served.signed_in("dewi")
    page.goto(f"{served.address}/kartu/{ids(9)}")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    before = served.rows("SELECT count(*) FROM reviews WHERE shown_because <> 'serupa'")[0][0]
    page.get_by_role("button", name="Ya", exact=True).dblclick()
    settled(page)
    assert served.rows("SELECT count(*) FROM reviews WHERE shown_because <> 'serupa'") == [(before + 1,)]
    page.context.close()


def test_who_comes_second_is_told(served: Served) -> None:
    one, other = served.signed_in(), served.signed_in("dewi")
    for page in (one, other):
        page.goto(f"{served.address}/kartu/{ids(7)}")
    decide(one, "Ya")
    settled(one)
    decide(other, "Bukan")
    expect(other.locator("#toast")).to_contain_text("Rina lebih dulu memutuskan: ya")
    assert served.rows(SAID, ids(7)) == [("rina", "ya")]
    one.context.close()
    other.context.close()


def test_without_a_script_everything_essential_works(served: Served) -> None:
    page = served.signed_in(java_script_enabled=False)
    page.get_by_role("link", name="Mulai memutuskan").click()
    first = shown(page)
    page.get_by_label("Kategori").select_option("Terlantar")
    page.get_by_role("button", name="Ya").click()
    assert shown(page) != first and "Tersimpan: ya." in page.inner_text("main")
    assert served.rows("SELECT verdict, category FROM standing_reviews WHERE mention_id = ?", first) == [
        ("ya", "terlantar")
    ]
    page.get_by_role("button", name="Urungkan putusan tadi").click()
    assert shown(page) == first
    page.get_by_role("link", name="Lewati").click()
    assert shown(page) != first
    page.get_by_role("link", name="Antrean").first.click()
    page.get_by_text("Saring").click()
    page.get_by_label("Kategori").select_option(index=1)
    page.get_by_role("button", name="Pakai").click()
    assert "kategori=" in page.url
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_hostile_texts_run_nothing_and_hang_over_nowhere(served: Served, size: dict[str, int]) -> None:
    page = served.signed_in("dewi", size)
    page.route("**/antrean/tumpukan*", lambda route: route.abort())  # each card is looked at by itself
    numbers = [
        number for number, text in enumerate(HOSTILE) if size is PHONE or len(text) > 200
    ]  # wide screens: the long ones
    addresses = [f"/kartu/{ids(100 + number)}" for number in numbers]
    for address in ["/antrean", "/antrean?hal=2", "/antrean?hal=3", *addresses]:
        page.goto(served.address + address, wait_until="domcontentloaded")
        assert page.evaluate(HANGS_OVER) <= 0, address
        assert page.locator("main script, main img, main iframe, main style").count() == 0, address
    page.context.close()


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (PHONE, "light"), (DESK, "light")], ids=["night", "phone", "desk"]
)
def test_axe_finds_nothing(served: Served, size: dict[str, int], scheme: str) -> None:
    page = served.signed_in("tuti", size, color_scheme=scheme, reduced_motion="reduce")
    restricted, ambiguous = f"/kartu/{ids(300)}", f"/kartu/{ids(1)}"
    for address in ("/antrean?kategori=bencana", ambiguous, restricted, "/antrean/putusan", "/luring"):
        page.goto(served.address + address)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        found = Axe().run(page)
        assert found.violations_count == 0, address + found.generate_report()
        assert page.evaluate(SMALL_TARGETS) == [], address
    page.context.close()


def test_the_keyboard_decides_only_while_the_card_has_the_focus(served: Served) -> None:
    page = served.signed_in(size=DESK)
    page.goto(f"{served.address}/kartu/{ids(10)}")
    page.wait_for_load_state("networkidle")
    page.locator("#skip").focus()
    page.keyboard.press("b")
    assert shown(page) == ids(10)
    page.locator(".one-card h1").focus()
    order = []
    for _ in range(9):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.name || document.activeElement.tagName.toLowerCase()"))
    assert [one for one in order if one not in {"summary", "a"}][:7] == [
        "urgency",
        "category",
        "place_code",
        "agency",
        "verdict",
        "verdict",
        "verdict",
    ]
    page.locator(".one-card h1").focus()
    page.wait_for_timeout(300)
    page.keyboard.press("b")
    expect(page.locator(".one-card")).not_to_have_attribute("data-card", ids(10))
    settled(page)
    assert served.rows(SAID, ids(10)) == [("rina", "bukan")]
    page.keyboard.press("u")  # the focus is on the new card
    expect(page.locator(".one-card")).to_have_attribute("data-card", ids(10))
    page.keyboard.press("l")
    expect(page.locator(".one-card")).not_to_have_attribute("data-card", ids(10))
    page.context.close()


def test_at_twice_the_size_nothing_is_lost(served: Served) -> None:
    for size in ({"width": 640, "height": 400}, {"width": 320, "height": 640}):
        page = served.signed_in(size=size)
        for address in ("/antrean", f"/kartu/{ids(1)}"):
            page.goto(served.address + address)
            assert page.evaluate(HANGS_OVER) <= 0
        bar, screen = page.locator(".verdicts").bounding_box(), size["height"]
        assert bar is not None and bar["height"] < screen / 3
        page.context.close()
