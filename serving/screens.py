"""Pictures of the app's screens for README and review: `python -m serving.screens` after `make report`. Needs a Chromium on the machine.

The app runs on the demo's own database; looking at a card and a case changes nothing in it.
"""

from __future__ import annotations

import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page

from review.screens import DESK, PHONE, chromium
from serving.app import create_app
from serving.demo_people import DEMO_PASSWORD, add_demo_people
from serving.running import listening, running_beside
from settings import ROOT, load_settings
from triage.database import unit_of_work

# Who looks, and at which addresses; a name with "->" follows the first link of that kind on the page.
SCREENS = {
    "rina": {"queue": "/antrean", "card": "/antrean -> a[href^='/kartu/']", "search": "/cari", "account": "/akun"},
    "dewi": {
        "cases": "/kasus",
        "case": "/papan -> a[href^='/kasus/K-']",
        "board": "/papan",
        "lounge": "/lounge",
        "figures": "/angka",
    },
    "budi": {"admin": "/admin"},
}


def main() -> int:
    settings = dataclasses.replace(load_settings(), demo=True)
    if not settings.database.exists():
        print(f"{settings.database} is missing: run `make report` first.", file=sys.stderr)
        return 1
    with unit_of_work(settings.database) as connection:
        add_demo_people(connection, datetime.now(UTC))
    with listening(0) as bound, running_beside(create_app(settings), bound), chromium() as browser:
        for picture in take_pictures(browser, f"http://127.0.0.1:{bound.getsockname()[1]}", ROOT / "docs" / "screens"):
            print(picture)
    return 0


def take_pictures(browser: Browser, base: str, folder: Path) -> list[Path]:
    """The first screenful of each screen, on a phone and on a desk; the sign-in page as nobody."""
    taken: list[Path] = []
    for size, viewport in (("phone", PHONE), ("desk", DESK)):
        nobody = browser.new_page(viewport=viewport)  # type: ignore[arg-type]
        nobody.goto(f"{base}/masuk")
        taken.append(_picture(nobody, folder / f"app-sign-in-{size}.png"))
        for who, screens in SCREENS.items():
            page = browser.new_context(viewport=viewport).new_page()  # type: ignore[arg-type]
            _sign_in(page, base, who)
            for name, address in screens.items():
                _open(page, base, address)
                taken.append(_picture(page, folder / f"app-{name}-{size}.png"))
            page.context.close()
    return taken


def _picture(page: Page, file: Path) -> Path:
    page.screenshot(path=file)
    return file


def _sign_in(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/masuk")
    page.fill("#nama", who)
    page.fill("#sandi", DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/masuk"))


def _open(page: Page, base: str, address: str) -> None:
    path, _, link = address.partition(" -> ")
    page.goto(base + path)
    if link:
        page.goto(base + str(page.locator(link).first.get_attribute("href")))


if __name__ == "__main__":
    sys.exit(main())
