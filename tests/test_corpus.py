"""The corpus is as large, as varied and as far apart from feed and frozen test as docs/corpus.md says."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from classifiers.corpus import read_corpus
from classifiers.corpus_diversity import diversity
from classifiers.duplicates import duplicate_groups, plain_text
from settings import DATA

TRAIN = read_corpus(DATA / "corpus" / "train")
FROZEN = read_corpus(DATA / "corpus" / "test")
FEED = [
    json.loads(line)["text"]
    for name in ("instagram", "x")
    for line in (DATA / "feed" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_large_enough_and_mostly_no_pleas() -> None:
    assert TRAIN["text"].map(plain_text).nunique() >= 6_000
    assert (TRAIN["flag"] == "0").mean() >= 0.60
    assert (TRAIN["lang"] == "su").sum() >= 1_200
    assert (TRAIN["flag"] == "b").mean() <= 0.08
    assert len(FROZEN) >= 800


def test_every_register_and_need_is_there() -> None:
    registers = {"komentar", "balasan", "caption", "cuitan", "utas", "formulir", "pesan", "suara"}
    assert registers <= set(TRAIN["register"])
    pleas = TRAIN[TRAIN["flag"] == "1"]
    needs = pleas["category"].str.split("|").explode().value_counts()
    assert len(needs) == 9 and needs.min() >= 100
    assert set(pleas["urgency"]) == {"0", "1", "2"}


def test_rows_are_written_not_multiplied(capsys: pytest.CaptureFixture[str]) -> None:
    """Near-duplicates and diversity of the training part, measured and printed."""
    found = diversity(TRAIN["text"].tolist())
    with capsys.disabled():
        print("\n  corpus: " + ", ".join(f"{name} {value:.4g}" for name, value in found.items()))
    assert found["near_duplicate_share"] <= 0.005
    assert found["distinct_4grams"] >= 0.97
    assert found["commonest_opening_share"] <= 0.01


def test_train_frozen_and_feed_share_no_post() -> None:
    parts = pd.concat(
        [
            pd.DataFrame({"part": part, "text": texts})
            for part, texts in (("train", TRAIN["text"]), ("frozen", FROZEN["text"]), ("feed", FEED))
        ],
        ignore_index=True,
    )
    long_enough = parts[parts["text"].map(lambda text: len(plain_text(text).split()) >= 5)].reset_index(drop=True)
    first_of = duplicate_groups(range(len(long_enough)), long_enough["text"].tolist(), range(len(long_enough)))
    part = long_enough["part"]
    assert [(i, first) for i, first in first_of.items() if part[i] != part[first]] == []
