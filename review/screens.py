"""Pictures of the newest report for the README: `python -m review.screens` after `make report`. Needs a Chromium on the machine."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError

from settings import ROOT, load_settings

# Nothing may leave the machine, and a container has neither a sandbox nor a graphics card.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE = {"width": 360, "height": 800}
DESK = {"width": 1280, "height": 900}


class NoBrowser(Exception):
    """No Chromium could be started; the message says what to install."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, or the one playwright brought along. Raises NoBrowser."""
    installed = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=list(FLAGS))
        except BrowserError as error:
            raise NoBrowser(
                f"No Chromium could be started ({str(error).splitlines()[0]}): install the package chromium."
            ) from None
        try:
            yield browser
        finally:
            browser.close()


def take_pictures(page_file: Path, folder: Path) -> list[Path]:
    """The first screen and a card on a phone, the first screen on a desk."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = [folder / name for name in ("report-phone.png", "report-phone-card.png", "report-desk.png")]
    with chromium() as browser:
        phone = browser.new_page(viewport=PHONE, device_scale_factor=2)  # type: ignore[arg-type]
        phone.goto(page_file.as_uri())
        phone.screenshot(path=taken[0])
        phone.evaluate("document.querySelector('#hari-ini').scrollIntoView()")
        phone.screenshot(path=taken[1])
        desk = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
        desk.goto(page_file.as_uri())
        desk.screenshot(path=taken[2])
    return taken


def main() -> int:
    page_file = load_settings().reports / "latest.html"
    if not page_file.exists():
        print(f"{page_file} is missing: run `make report` first.", file=sys.stderr)
        return 1
    for picture in take_pictures(page_file, ROOT / "docs" / "screens"):
        print(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
