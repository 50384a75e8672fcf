"""What the model has to beat: a list of words, and plain TF-IDF with logistic regression."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from classifiers.corpus import read_corpus

KEYWORDS = [
    "tolong",
    "mohon",
    "bantu",
    "bantuan",
    "darurat",
    "sakit",
    "lapar",
    "butuh",
    "susah",
    "miskin",
    "banjir",
    "kebakaran",
    "longsor",
    "terjebak",
    "hilang",
    "terlantar",
    "lansia",
    "yatim",
    "rumah",
    "roboh",
    "putus",
    "sekolah",
    "ijazah",
    "kdrt",
    "dipukul",
    "odgj",
    "meninggal",
    "kritis",
    "rsud",
    "ambulans",
    "oksigen",
    "makan",
    "bayi",
    "balita",
    "evakuasi",
    "tulung",
    "nyuhunkeun",
    "gering",
]
_KEYWORD = re.compile(r"\b(" + "|".join(KEYWORDS) + r")\w*", re.IGNORECASE)


def keyword_scores(texts: list[str]) -> np.ndarray:
    """Number of different words of the list in each text."""
    return np.array([len({m.lower() for m in _KEYWORD.findall(text)}) for text in texts], dtype=float)


def plain_scores(train_dir: Path | str, texts: list[str]) -> np.ndarray:
    """scikit-learn's word TF-IDF and logistic regression with its defaults, fitted on the training corpus."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    corpus = read_corpus(train_dir)
    known = corpus[corpus["flag"] != "b"]
    plain = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    plain.fit(known["text"].tolist(), (known["flag"] == "1").to_numpy())
    return np.asarray(plain.predict_proba(texts)[:, 1])
