"""Labelled posts: our corpus files and any labelled table with the columns of the annotation guide."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from classifiers.tables import TableError, read_rows
from classifiers.taxonomy import load_taxonomy

COLUMNS = [
    "situation",
    "voice",
    "register",
    "platform",
    "lang",
    "text",
    "flag",
    "category",
    "topic",
    "urgency",
    "place",
]
OPTIONAL = ["kecamatan", "kabkota"]
LANGUAGES = ("id", "su", "jv", "other")


class CorpusError(ValueError):
    """A labelled file cannot be read; the message names file, line and column."""


def read_labelled(path: Path | str) -> pd.DataFrame:
    """A labelled table (our TSV, or any CSV/TSV/JSONL with the guide's columns) with every label checked.

    Columns: ``COLUMNS`` + ``OPTIONAL`` + ``line``; flag is "1", "0" or "b", urgency "0", "1", "2" or "-", an absent
    value "-". Columns the file lacks (situation, voice, register …) are filled with "-"; ``text``, ``flag`` are required.
    """
    path = Path(path)
    try:
        table = read_rows(path)
    except TableError as error:
        raise CorpusError(str(error)) from None
    missing = [name for name in ("text", "flag") if name not in table.columns]
    if missing:
        raise CorpusError(f"{path} has no column {missing[0]!r}; a labelled file needs at least text and flag.")
    frame = pd.DataFrame(
        {name: _column(table.columns.get(name), table.rows) for name in [*COLUMNS, *OPTIONAL]}, dtype="str"
    )
    frame["line"] = table.lines
    if table.escaped:
        frame["text"] = frame["text"].str.replace("\\n", "\n", regex=False)
    _check_labels(frame, path)
    return frame


def _column(position: int | None, rows: list[list[str]]) -> list[str]:
    if position is None:
        return ["-"] * len(rows)
    return [row[position] if row[position].strip() else "-" for row in rows]


def _check_labels(frame: pd.DataFrame, path: Path) -> None:
    taxonomy = load_taxonomy()
    allowed = {
        "flag": {"0", "1", "b"},
        "category": {"-", *taxonomy.categories},
        "topic": {"-", *taxonomy.topics},
        "urgency": {"-", "0", "1", "2"},
        "lang": {"-", *LANGUAGES},
    }
    for column, values in allowed.items():
        clean = frame[column].str.strip()
        parts = clean.str.split("|").explode() if column == "category" else clean  # rumah|terlantar: either is right
        wrong = parts[~parts.isin(values)]
        if len(wrong):
            line = frame.loc[wrong.index[0], "line"]
            raise CorpusError(
                f"{path} line {line}: column {column} holds {wrong.iloc[0]!r}; allowed are {', '.join(sorted(values))}."
            )
        frame[column] = clean
    unlabelled = frame[(frame["flag"] == "1") & (frame["category"] == "-")]
    if len(unlabelled):
        raise CorpusError(f"{path} line {unlabelled['line'].iloc[0]}: a row with flag 1 needs a category.")


LIFELIKE = "life_"  # how the name of a file begins whose texts were written after life, not after a desk's idea of it


def read_corpus(directory: Path | str) -> pd.DataFrame:
    """Every .tsv below a directory as one table; ``file`` names the file, ``situation`` is unique over all files,
    ``lifelike`` says whether its texts are as plain as what people really send (docs/corpus.md)."""
    directory = Path(directory)
    files = sorted(directory.glob("*.tsv"))
    if not files:
        raise CorpusError(f"There is no labelled corpus in {directory}: expected .tsv files there.")
    parts = []
    for file in files:
        part = read_labelled(file)
        part.insert(0, "file", file.stem)
        part["lifelike"] = file.stem.startswith(LIFELIKE)
        empty = part["situation"] == "-"
        part["situation"] = file.stem + ":" + part["situation"].where(~empty, "line" + part["line"].astype(str))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def corpus_fingerprint(corpus: pd.DataFrame) -> str:
    """SHA-256 over every label and text, in order: names the data a model was trained on."""
    digest = hashlib.sha256()
    for row in corpus[["file", *COLUMNS]].itertuples(index=False):
        digest.update("\x1f".join(map(str, row)).encode("utf-8", "surrogatepass") + b"\x1e")
    return digest.hexdigest()
