"""Charts that go into slides: one look, Indonesian words, numbers written out. Needs altair, which only notebooks use."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from review.wording import DAYS, MONTHS

Chart = Any  # altair's types say less than its documentation
TEAL, PALE, RED, AMBER, INK, SOFT = "#0d5c56", "#a9c9c3", "#a11d1d", "#c77700", "#24211c", "#5f584d"
SERIES = [TEAL, AMBER, "#5b6fb0", RED, "#7a8f3a", "#8a5a83"]
WIDTH = 640
NUMBERS: dict[str, Any] = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]}
_WEEK = [DAYS[-1], *DAYS[:-1]]  # Vega's weeks begin on Sunday
TIMES: dict[str, Any] = {
    "dateTime": "%A, %e %B %Y %X",
    "date": "%d/%m/%Y",
    "time": "%H.%M",
    "periods": ["", ""],
    "days": _WEEK,
    "shortDays": [day[:3] for day in _WEEK],
    "months": list(MONTHS),
    "shortMonths": [month[:3] for month in MONTHS],
}


@alt.theme.register("tanggap", enable=True)
def look() -> Any:
    """Calm: no frame, few lines, the title says what is seen and the subtitle how to read it."""
    font = "Noto Sans, Segoe UI, DejaVu Sans, sans-serif"
    return {
        "config": {
            "background": "white",
            "padding": 16,
            "font": font,
            "view": {"stroke": None},
            "range": {"category": SERIES},
            "title": {
                "anchor": "start",
                "fontSize": 19,
                "fontWeight": 600,
                "color": INK,
                "subtitleFontSize": 13,
                "subtitleColor": SOFT,
                "offset": 16,
                "subtitlePadding": 6,
            },
            "axis": {
                "labelFontSize": 13,
                "titleFontSize": 13,
                "labelColor": INK,
                "titleColor": SOFT,
                "titleFontWeight": "normal",
                "gridColor": "#ece6da",
                "domain": False,
                "ticks": False,
                "labelPadding": 6,
            },
            "legend": {
                "labelFontSize": 13,
                "titleFontSize": 13,
                "orient": "top",
                "direction": "horizontal",
                "title": None,
                "symbolType": "square",
                "labelLimit": 320,
                "symbolOpacity": 1,
            },
            "text": {"font": font, "fontSize": 13, "color": INK},
            "locale": {"number": NUMBERS, "time": TIMES},
        }
    }


def show_in_notebook() -> None:
    """Drawn here as SVG, without a network."""
    alt.renderers.enable("svg")


def words(title: str, subtitle: str = "") -> alt.TitleParams:
    return alt.TitleParams(title, subtitle=subtitle.split("\n") if subtitle else [])


def nothing(title: str, note: str) -> Chart:
    """What stands in a chart's place while there is nothing to draw."""
    return (
        alt.Chart(pd.DataFrame({"note": [note]}), title=words(title), width=WIDTH, height=60)
        .mark_text(align="left", color=SOFT, fontSize=14)
        .encode(x=alt.value(0), y=alt.value(20), text="note:N")
    )


def bars(
    frame: pd.DataFrame,
    label: str,
    value: str,
    title: str,
    subtitle: str = "",
    form: str = ",.0f",
    mark: str | None = None,
) -> Chart:
    """Horizontal bars, the longest on top, each with its number; the row that ``mark`` names stands out."""
    if frame.empty:
        return nothing(title, "Belum ada data.")
    rows = alt.Y(f"{label}:N", sort="-x", title=None, axis=alt.Axis(labelLimit=260))
    colour: Any = (
        alt.value(TEAL) if mark is None else alt.condition(alt.datum[label] == mark, alt.value(AMBER), alt.value(TEAL))
    )
    base = alt.Chart(frame).encode(x=alt.X(f"{value}:Q", title=None, axis=None), y=rows)
    drawn = base.mark_bar(height={"band": 0.72}, cornerRadiusEnd=2).encode(color=colour)
    numbers = base.mark_text(align="left", dx=5).encode(text=alt.Text(f"{value}:Q", format=form))
    return (drawn + numbers).properties(title=words(title, subtitle), width=WIDTH - 220, height={"step": 27})


def tile_map(tiles: pd.DataFrame, value: str, title: str, subtitle: str = "", form: str = ",.0f") -> Chart:
    """One square a kecamatan where it lies, north on top. tiles: name, tile_row, tile_column and the value (absent: grey, a dash)."""
    if tiles.empty:
        return nothing(title, "Tidak ada petak untuk wilayah ini (data/places/tiles.toml).")
    side = 108
    drawn = tiles.assign(
        lines=tiles["name"].str.split(" "), top=tiles["tile_row"] * side, left=tiles["tile_column"] * side
    )
    width, height = int(drawn["left"].max() + side), int(drawn["top"].max() + side)
    most = max(float(drawn[value].max(skipna=True) or 0), 1e-9)
    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False))
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    base = (
        alt.Chart(drawn)
        .transform_calculate(right=f"datum.left + {side - 5}", bottom=f"datum.top + {side - 5}")
        .transform_calculate(said=f"isValid(datum['{value}']) ? format(datum['{value}'], '{form}') : '–'")
        .encode(x=x, y=y)
    )
    ramp = alt.Scale(domain=[0, most], range=["#f1ece2", PALE, TEAL], interpolate="lab")
    shade = alt.condition(f"isValid(datum['{value}'])", alt.Color(f"{value}:Q", scale=ramp, legend=None), alt.value("#ececec"))  # fmt: skip
    dark = alt.condition(alt.datum[value] > 0.72 * most, alt.value("white"), alt.value(INK))
    square = base.mark_rect(cornerRadius=6, invalid=None).encode(
        x2="right:Q", y2="bottom:Q", color=shade, tooltip=["name", value]
    )
    corner: dict[str, Any] = {"align": "left", "baseline": "top", "dx": 7}
    name = base.mark_text(dy=8, fontSize=12, lineHeight=14, **corner).encode(text="lines:N", color=dark)
    number = base.mark_text(dy=58, fontSize=23, fontWeight=600, **corner).encode(text="said:N", color=dark)
    return (square + name + number).properties(title=words(title, subtitle), width=width, height=height)


def heat(frame: pd.DataFrame, x: str, y: str, value: str, title: str, subtitle: str = "") -> Chart:
    """A table whose cells are darker the more there is; numbers written in."""
    if frame.empty:
        return nothing(title, "Belum ada data.")
    most = float(frame[value].max())
    lines = max(len(text.split()) for text in frame[x].astype(str))  # a label's words stand below each other
    above = alt.Axis(orient="top", labelAngle=0, labelExpr="split(datum.label, ' ')", labelPadding=16 * lines - 8)
    base = alt.Chart(frame).encode(
        x=alt.X(f"{x}:O", title=None, axis=above), y=alt.Y(f"{y}:N", title=None, axis=alt.Axis(labelLimit=260))
    )
    cells = base.mark_rect(cornerRadius=3).encode(
        color=alt.Color(f"{value}:Q", scale=alt.Scale(domain=[0, most], range=["#f1ece2", TEAL]), legend=None)
    )
    light = alt.condition(alt.datum[value] > 0.6 * most, alt.value("white"), alt.value(INK))
    numbers = base.mark_text().encode(text=f"{value}:Q", color=light)
    return (cells + numbers).properties(title=words(title, subtitle), width={"step": 86}, height={"step": 30})


def waiting_curves(curves: pd.DataFrame, group: str, title: str, subtitle: str = "", most_days: float = 14) -> Chart:
    """Which share still waits after so many days (review.figures.still_waiting), with its uncertainty, a line a group."""
    if curves.empty:
        return nothing(title, "Belum ada kasus yang diteruskan.")
    x = alt.X("days:Q", title="hari sejak diteruskan", scale=alt.Scale(domain=[0, most_days], clamp=True))
    base = alt.Chart(curves).encode(x=x, color=alt.Color(f"{group}:N"))
    band = base.mark_area(interpolate="step-after", opacity=0.13).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(interpolate="step-after", strokeWidth=2.5).encode(
        y=alt.Y("waiting:Q", title="masih menunggu", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    )
    return (band + line).properties(title=words(title, subtitle), width=WIDTH, height=300)


def reliability(frame: pd.DataFrame, title: str, subtitle: str = "") -> Chart:
    """Said against true: predicted, true, low, high (shares) and n a bin; on the diagonal the score means what it says."""
    if frame.empty:
        return nothing(title, "Belum ada putusan untuk dibandingkan.")
    axis = alt.Axis(format=".0%")
    line = alt.Chart(pd.DataFrame({"p": [0.0, 1.0]})).mark_line(color=SOFT, strokeDash=[5, 4]).encode(x="p:Q", y="p:Q")
    base = alt.Chart(frame).encode(
        x=alt.X("predicted:Q", title="kata model", axis=axis, scale=alt.Scale(domain=[0, 1]))
    )
    spread = base.mark_rule(color=TEAL, strokeWidth=2, opacity=0.5).encode(
        y=alt.Y("low:Q", title="kata peninjau", axis=axis, scale=alt.Scale(domain=[0, 1])), y2="high:Q"
    )
    dots = base.mark_circle(color=TEAL, opacity=1).encode(
        y="true:Q", size=alt.Size("n:Q", scale=alt.Scale(range=[60, 500]), legend=None)
    )
    return (line + spread + dots).properties(title=words(title, subtitle), width=400, height=400)
