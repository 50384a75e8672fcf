"""A reviewer's session on a 360-pixel phone: taps and seconds to the first decision, cards a minute, bytes a card, with script and without.

Run: python -m benchmarks.app_session   (about a minute; nothing is asserted). The reviewer reads nothing: it is the app's own share of the time.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.app_browser import Served, served_app

CARDS = 12
PATIENCE = 260  # ms


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, served_app(Path(folder)) as served:
        with_script = session(served, "rina", java_script_enabled=True)
        without = session(served, "dewi", java_script_enabled=False)
        print(f"{'':<34}{'with script':>14}{'without':>14}")
        for name in with_script:
            print(f"{name:<34}{with_script[name]:>14}{without[name]:>14}")
        ratio = float(with_script["cards a minute"]) / float(without["cards a minute"])
        print(f"with script {ratio:.1f} times the cards a minute of a page load a card")


def session(served: Served, user_id: str, **options: Any) -> dict[str, str]:
    page = served.signed_in(user_id, **options)
    sizes: list[tuple[str, int]] = []
    page.on("response", lambda answer: sizes.append((answer.url, _size(answer))))
    began, taps = time.perf_counter(), 0
    page.goto(f"{served.address}/antrean")
    page.get_by_role("link", name="Mulai memutuskan").click()
    _decide(page, "ya")
    taps += 2
    first = time.perf_counter() - began
    began = time.perf_counter()
    for number in range(CARDS):
        _decide(page, ("ya", "bukan", "ragu")[number % 3])
    took = time.perf_counter() - began
    cards = [size for url, size in sizes if "/kartu/" in url and "putusan" not in url and size]
    ahead = [size for url, size in sizes if "/tumpukan" in url and size]
    per_card = (sum(cards) + sum(ahead)) / (CARDS + 1)
    page.context.close()
    return {
        "taps to the first decision": str(taps),
        "seconds to the first decision": f"{first:.2f}",
        "cards a minute": f"{CARDS / took * 60:.0f}",
        "bytes of a card's page": f"{max(cards):,}",
        "bytes fetched a card decided": f"{per_card:,.0f}",
        "bytes of the queue's page": f"{next(size for url, size in sizes if url.endswith('/antrean') and size):,}",
    }


def _decide(page: Page, verdict: str) -> None:
    """Tap, and wait until the next card is there and takes a tap: the app ignores a second tap right after the first."""
    card = page.locator(".one-card")
    before = card.get_attribute("data-card")
    page.locator(f".v-{verdict}").click()
    while card.get_attribute("data-card") == before:
        page.wait_for_timeout(5)
    page.wait_for_timeout(PATIENCE)


def _size(answer: Any) -> int:
    return int(answer.headers.get("content-length") or 0)


if __name__ == "__main__":
    main()
