"""A small model, trained once per session on part of the real corpus."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from classifiers.corpus import COLUMNS
from classifiers.model import Model, load_champion
from classifiers.training import train

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus" / "train"
ROWS_PER_FILE = 150


def write_part_of_corpus(directory: Path) -> Path:
    """The first rows of every corpus file, unchanged."""
    directory.mkdir(parents=True, exist_ok=True)
    for file in sorted(CORPUS.glob("*.tsv")):
        lines = file.read_text(encoding="utf-8").splitlines()[: ROWS_PER_FILE + 1]
        (directory / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return directory


@lru_cache(maxsize=1)
def _trained() -> tuple[Path, Path, Model]:
    """Corpus folder, models folder and champion: made once, however many test files ask."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-classifiers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    corpus = write_part_of_corpus(folder / "corpus")
    train(corpus, folder / "models")
    return corpus, folder / "models", load_champion(folder / "models")


@pytest.fixture
def small_corpus() -> Path:
    """A folder with the first rows of every corpus file."""
    return _trained()[0]


@pytest.fixture
def models_dir() -> Path:
    """A folder of models with a champion."""
    return _trained()[1]


@pytest.fixture
def model() -> Model:
    """The champion, loaded."""
    return _trained()[2]


def labelled_rows() -> pd.DataFrame:
    """A labelled table of three rows, for files of every kind."""
    rows = [
        ("s1", "ibu", "komentar", "instagram", "id", "anak saya kejang pak", "1", "kesehatan", "-", "2", "-"),
        ("s2", "abg", "cuitan", "x", "id", "lapar bgt wkwk", "0", "-", "spam_candaan", "-", "-"),
        ("s3", "aki", "komentar", "x", "su", "kumaha ieu teh", "b", "rumah|terlantar", "-", "0", "-"),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
