"""A small model, trained once per session on part of the real corpus."""

from __future__ import annotations

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


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first rows of every corpus file."""
    return write_part_of_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def models_dir(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with a champion."""
    directory = tmp_path_factory.mktemp("models")
    train(small_corpus, directory)
    return directory


@pytest.fixture(scope="session")
def model(models_dir: Path) -> Model:
    """The champion, loaded."""
    return load_champion(models_dir)


def labelled_rows() -> pd.DataFrame:
    """A labelled table of three rows, for files of every kind."""
    rows = [
        ("s1", "ibu", "komentar", "instagram", "id", "anak saya kejang pak", "1", "kesehatan", "-", "2", "-"),
        ("s2", "abg", "cuitan", "x", "id", "lapar bgt wkwk", "0", "-", "spam_candaan", "-", "-"),
        ("s3", "aki", "komentar", "x", "su", "kumaha ieu teh", "b", "rumah|terlantar", "-", "0", "-"),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
