"""The calibration plot as a small SVG: what was said against what was so."""

from __future__ import annotations

import numpy as np

SIZE, EDGE = 320, 36  # pixels


def calibration_svg(truth: np.ndarray, probability: np.ndarray, bins: int = 10) -> str:
    """Ten bins of equal mass; a point on the diagonal keeps its word."""
    order = np.argsort(probability, kind="stable")
    points = [(probability[p].mean(), truth[p].mean(), len(p)) for p in np.array_split(order, bins) if len(p)]
    span = SIZE - 2 * EDGE

    def at(x: float, y: float) -> tuple[float, float]:
        return EDGE + span * x, SIZE - EDGE - span * y

    line = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y, _ in points)
    dots = "".join('<circle cx="{:.1f}" cy="{:.1f}" r="4"/>'.format(*at(x, y)) for x, y, _ in points)
    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" font-family="sans-serif" font-size="12">'
        f'<rect x="{x0}" y="{y1}" width="{span}" height="{span}" fill="none" stroke="#999"/>'
        f'<path d="M{x0} {y0}L{x1} {y1}" stroke="#999" stroke-dasharray="4"/>'
        f'<polyline points="{line}" fill="none" stroke="#004d7a" stroke-width="2"/><g fill="#004d7a">{dots}</g>'
        f'<text x="{SIZE / 2}" y="{SIZE - 8}" text-anchor="middle">predicted share of pleas</text>'
        f'<text x="12" y="{SIZE / 2}" text-anchor="middle" transform="rotate(-90 12 {SIZE / 2})">observed</text></svg>\n'
    )
