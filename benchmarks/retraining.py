"""A full retrain (five heads, cross-fitted, calibrated, saved) on many labels: time by step and memory; and the learning curve.

The corpus has 14,831 rows, so it is drawn from again until there are enough: each further copy is a situation of its own whose text
lost some words, swapped neighbours and got misspellings, so that the vocabulary grows as it does with new posts, if less. Only size,
time and memory are measured on it, no quality. The curve is measured on the true corpus: rows drawn by situation, average precision
on the frozen part, which is never learned.
Run: python -m benchmarks.retraining            (50,000 labels: a quarter of an hour on two busy cores)
     python -m benchmarks.retraining --rows 0   (only the curve: two minutes)
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from classifiers.corpus import read_corpus
from classifiers.features import TextReader, Vocabulary
from classifiers.ideas import idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.measuring import average_precision, interval
from classifiers.remembered import FeatureBuilder
from classifiers.training import FEATURES, fit_apart, train_on
from settings import DATA

CURVE = (500, 1000, 2000, 4000, 8000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--no-curve", action="store_true")
    options = parser.parse_args()
    corpus = read_corpus(DATA / "corpus" / "train")
    if options.rows:
        retrain(varied(corpus, options.rows, seed=0))
    if not options.no_curve:
        learning_curve(corpus)


def retrain(corpus: pd.DataFrame) -> None:
    """Steps as training tells them. The alternative: the heads fitted once, without cross-fitting, so without calibration and thresholds."""
    begun, processor = time.perf_counter(), time.process_time()
    moments: dict[str, float] = {}

    def tell(step: str, share: float) -> None:
        moments.setdefault(step, time.perf_counter() - begun)
        print(f"  {time.perf_counter() - begun:6.0f} s  {step} {share:.0%}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        trained = train_on(corpus, Path(folder), tell)
        size = (Path(folder) / trained.card.path).stat().st_size
    whole = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    used = time.process_time() - processor
    print(
        f"{len(trained.known)} labels: {whole:.0f} s ({used:.0f} s of processor), {memory:.2f} GB at most, model {size / 1e6:.1f} MB"
    )
    for (step, start), end in zip(moments.items(), [*list(moments.values())[1:], whole], strict=True):
        print(f"{step:<24}{end - start:7.0f} s")
    once = moments["cross-fitting"]
    print(f"  fitted once, without cross-fitting: {once:.0f} s; the whole is {whole / once:.1f} times that")


def varied(corpus: pd.DataFrame, rows: int, seed: int) -> pd.DataFrame:
    """The corpus and varied copies of its rows, ``rows`` decided ones in all."""
    generator = np.random.default_rng(seed)
    known = corpus[corpus["flag"] != "b"]
    if rows <= len(known):
        return known.sample(rows, random_state=seed).reset_index(drop=True)
    copies = known.iloc[generator.integers(0, len(known), rows - len(known))].copy()
    copies["text"] = [_varied(text, generator) for text in copies["text"]]
    copies["situation"] = [f"{name}/{number}" for number, name in enumerate(copies["situation"])]
    return pd.concat([known, copies], ignore_index=True)


def _varied(text: str, generator: np.random.Generator) -> str:
    words = [word for word in text.split() if generator.random() > 0.15] or text.split()
    for place in range(len(words) - 1):
        if generator.random() < 0.1:
            words[place], words[place + 1] = words[place + 1], words[place]
    for place, word in enumerate(words):
        if len(word) > 3 and generator.random() < 0.08:
            letter = int(generator.integers(1, len(word) - 1))
            words[place] = word[:letter] + word[letter + 1 :]
    return " ".join(words)


def learning_curve(corpus: pd.DataFrame) -> None:
    known = corpus[corpus["flag"] != "b"].reset_index(drop=True)
    frozen = read_corpus(DATA / "corpus" / "test")
    frozen = frozen[frozen["flag"] != "b"].reset_index(drop=True)
    truth = (frozen["flag"] == "1").to_numpy().astype(int)
    situations = np.random.default_rng(0).permutation(known["situation"].unique())
    order = known.set_index("situation").loc[situations].reset_index()
    print("\nlabels   AP of the flag on the frozen part, 95 % interval")
    for rows in (*CURVE, len(order)):
        score = _scores(order.head(rows), frozen["text"].tolist())
        value = average_precision(truth, score)
        low, high = interval(lambda draw, s=score: average_precision(truth[draw], s[draw]), len(truth), rounds=300)  # type: ignore[misc]
        print(f"{rows:>6}   {value:.3f} [{low:.3f}, {high:.3f}]", flush=True)


def _scores(learned: pd.DataFrame, texts: list[str]) -> np.ndarray:
    reader = TextReader(spelling_lexicon(), idea_words())
    vocabulary = Vocabulary.fit([reader.read(text) for text in learned["text"]], reader.ideas, FEATURES)
    features = FeatureBuilder(vocabulary, reader)
    matrix = features.matrix(learned["text"].tolist()).astype(np.float64)
    weights, bias = fit_apart(matrix, learned["flag"].to_numpy(dtype=str), learned["lifelike"].to_numpy(dtype=bool))
    return np.asarray(features.matrix(texts) @ weights + bias)[:, 0]


if __name__ == "__main__":
    main()
