"""The app's icons as PNG, drawn anew from static/icon.svg: `python -m serving.icons`. The drawing is ours."""

from __future__ import annotations

import re

from serving.pages import STATIC

SIZES = (192, 512)
VIEW = 64  # of icon.svg


def draw(svg: str, size: int) -> bytes:
    """A PNG without round corners: phones cut the shape themselves, and keep the middle 80 %."""
    import vl_convert

    square = re.sub(r'rx="\d+"', "", svg)
    return bytes(
        vl_convert.svg_to_png(square.replace("<svg ", f'<svg width="{VIEW}" height="{VIEW}" ', 1), scale=size / VIEW)
    )


def main() -> None:
    svg = (STATIC / "icon.svg").read_text(encoding="utf-8")
    for size in SIZES:
        (STATIC / f"icon-{size}.png").write_bytes(draw(svg, size))


if __name__ == "__main__":
    main()
