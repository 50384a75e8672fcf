"""The report in a real browser: nothing hangs over on a 360-pixel phone, nothing is asked of anyone, fingers find the buttons, the colours can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import Settings
from tests.review_rows import facts_of, invented, run, store

pytest.importorskip("playwright", reason="playwright is not installed: the page was not looked at in a browser")
from playwright.sync_api import Browser

from review.daily_report import write_report
from review.screens import PHONE, NoBrowser, chromium

CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
    return .2126 * r + .7152 * g + .0722 * b };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3) }
    return [255, 255, 255] };
  const poor = [];
  for (const e of document.querySelectorAll('body *:not(svg):not(svg *)')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const a = light(rgb(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push(e.className + ' ' + e.tagName + ' ' + ratio.toFixed(2));
  }
  return [...new Set(poor)];
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a, summary')].filter(e => e.getClientRects().length)
  .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as one:
            yield one
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest.fixture
def page_file(database: Path, settings: Settings) -> Path:
    store(database, invented())
    run(
        database,
        "instagram",
        "failed",
        "Instagram, tagged:qr.kabbekasi: the Instagram session has ended; make a new one.",
        2,
    )
    return write_report(facts_of(database), settings)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(browser: Browser, page_file: Path, scheme: str) -> None:
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(page_file.as_uri())
    first_screen = page.evaluate(
        "() => ['.tiles', '.restricted', '.sources'].map(s => document.querySelector(s).getBoundingClientRect().bottom)"
    )
    assert max(first_screen) <= 800, "numbers, restricted pointer and source health are on the first screen"
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px", (
        "the style sheet passes the page's own security policy"
    )
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    page.close()


def test_zoomed_text_and_a_desk_do_not_hang_over(browser: Browser, page_file: Path) -> None:
    for width in (320, 768, 1280):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(page_file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_on_paper(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate(CONTRAST) == []
    paper = tmp_path / "report.pdf"
    page.pdf(path=paper, format="A4")
    assert paper.read_bytes().startswith(b"%PDF")
    assert paper.stat().st_size > 20_000
    page.close()
