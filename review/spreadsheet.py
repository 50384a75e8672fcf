"""The report's list as CSV for a spreadsheet: masked, in Indonesian, with no cell that could run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from review.cards import CardMaker, source_words
from review.ordering import Group, Row, urgency_of
from review.wording import label

HEADERS = (
    "No", "ID", "Ditulis", "Sumber", "Kategori", "Urgensi", "Tempat", "Kepastian tempat", "Usulan dinas", "Tingkat", "Kekuatan", "Skor", "Teks (disamarkan)",
    "Kata yang menandai", "Catatan", "Serupa dengan", "Tautan",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def safe_cell(value: str) -> str:
    """A cell that every spreadsheet takes as text: what could begin a formula gets an apostrophe in front."""
    return (
        f"'{value}"
        if value.lstrip(" \u00a0").startswith(_FORMULA_STARTS) or value.startswith(_FORMULA_STARTS)
        else value
    )


def write_rows(groups: Iterable[Group], maker: CardMaker) -> bytes:
    """The CSV file, UTF-8 with the mark that Excel needs; the same mentions in the same order as the page, duplicates after their first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(HEADERS)
    position = 0
    for group in groups:
        for row in group.rows:
            position += 1
            cells = _cells(group, row, maker)
            writer.writerow([str(position), *map(safe_cell, cells)])
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _cells(group: Group, row: Row, maker: CardMaker) -> list[str]:
    card = maker.card(Group(row, []), most_characters=600)
    written = row["created_at"].to_pydatetime().astimezone(maker.facts.zone).strftime("%Y-%m-%d %H:%M")
    return [
        card.mention_id, written, source_words(row), card.category, label("urgency", str(urgency_of(row))), card.place, card.certainty, card.proposal.agency,
        card.proposal.level, card.score, f"{float(row['flag_score']):.3f}", card.plain_text, "; ".join(card.phrases), "; ".join(card.notes),
        "" if row is group.head else str(group.head["mention_id"]), card.url,
    ]  # fmt: skip
