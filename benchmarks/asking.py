"""How many verdicts the queue's policy (data/queue.toml) needs for the quality that random cards give, on the training corpus.

A desk that begins with 100 random verdicts on posts of which a tenth are pleas, as in life, asks 50 a day. "likely": the best
scores first, as a list without a policy would; "uncertain": only the lane `bimbang`; "policy": in_turn with the shipped mix, its
random lane drawn from what the model passes over. Average precision on posts of other situations, mean over the seeds.
Run: python -m benchmarks.asking   (about four minutes on two quiet cores; --seeds 1 is a third of it)
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from cases.queue_policy import Card, in_turn, read_queue_policy
from classifiers.corpus import read_corpus
from classifiers.features import TextReader, Vocabulary
from classifiers.ideas import idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.measuring import average_precision
from classifiers.remembered import FeatureBuilder
from classifiers.training import FEATURES
from settings import DATA

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FIRST, A_DAY, MOST, SHARE, HELD_BACK = 100, 50, 1600, 0.10, 0.3
RANDOM_SIZES = (100, 200, 300, 400, 600, 800, 1000, 1200, 1600, 2000, 2500, 3000, 4000)
POLICY = read_queue_policy(DATA / "queue.toml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    matrix, truth, situation = posts()
    curves: dict[str, list[dict[int, float]]] = {"random": [], "likely": [], "uncertain": [], "policy": []}
    for seed in seeds:
        pool, judged = split(truth, situation, seed)
        print(
            f"seed {seed}: {len(pool)} posts to ask about, {truth[pool].sum()} pleas; judged on {len(judged)}",
            flush=True,
        )
        for arm, found in curves.items():
            found.append(curve(arm, matrix, truth, pool, judged, seed))
    table = pd.DataFrame({arm: pd.DataFrame(found).mean() for arm, found in curves.items()}).sort_index()
    print(table.to_string(float_format=lambda v: f"{v:.3f}", na_rep="-"))
    for arm in ("likely", "uncertain", "policy"):
        print(f"\n{arm}: verdicts for what random cards give")
        for wanted in (600, 1000, 1600, 2000, 3000):
            print("  " + told(table, arm, wanted))


def posts() -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """Features (fixed: they need no label), truth and situation of every decided post."""
    corpus = read_corpus(DATA / "corpus" / "train")
    known = corpus[(corpus["flag"] != "b") & corpus["lifelike"]].reset_index(drop=True)
    reader = TextReader(spelling_lexicon(), idea_words())
    vocabulary = Vocabulary.fit([reader.read(text) for text in known["text"]], reader.ideas, FEATURES)
    matrix = FeatureBuilder(vocabulary, reader).matrix(known["text"].tolist()).astype(np.float64)
    return matrix, (known["flag"] == "1").to_numpy().astype(int), known["situation"].to_numpy()


def split(truth: np.ndarray, situation: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Posts to ask about and posts to judge on, of different situations, both with a tenth of pleas."""
    generator = np.random.default_rng(seed)
    names = generator.permutation(np.unique(situation))
    judged_names = set(names[: int(HELD_BACK * len(names))])
    is_judged = np.array([name in judged_names for name in situation])
    return tuple(as_in_life(np.nonzero(part)[0], truth, generator) for part in (~is_judged, is_judged))  # type: ignore[return-value]


def as_in_life(rows: np.ndarray, truth: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    others, pleas = rows[truth[rows] == 0], rows[truth[rows] == 1]
    kept = generator.choice(pleas, int(len(others) * SHARE / (1 - SHARE)), replace=False)
    return generator.permutation(np.append(others, kept))


def curve(
    arm: str, matrix: sparse.csr_matrix, truth: np.ndarray, pool: np.ndarray, judged: np.ndarray, seed: int
) -> dict[int, float]:
    """Average precision by number of verdicts."""
    generator = np.random.default_rng(100 + seed)
    order = generator.permutation(pool)
    if arm == "random":
        sizes = [size for size in RANDOM_SIZES if size <= len(pool)]
        return {size: precision(fit(matrix, truth, order[:size]), matrix, truth, judged) for size in sizes}
    asked, found = list(order[:FIRST]), {}
    while len(asked) <= MOST:
        model = fit(matrix, truth, np.array(asked))
        found[len(asked)] = precision(model, matrix, truth, judged)
        waiting = np.setdiff1d(pool, asked)
        score = model.predict_proba(matrix[waiting])[:, 1]
        asked += chosen(arm, waiting, score, generator)
    return found


def chosen(arm: str, waiting: np.ndarray, score: np.ndarray, generator: np.random.Generator) -> list[int]:
    if arm == "likely":
        return list(waiting[np.argsort(-score)[:A_DAY]])
    if arm == "uncertain":
        return list(waiting[np.argsort(np.abs(score - POLICY.uncertain.around))[:A_DAY]])
    audited = set(generator.choice(len(waiting), A_DAY // 5, replace=False).tolist())
    cards = [
        Card(str(row), float(score[n]), 1, NOW, None, 0.01 if n in audited else None) for n, row in enumerate(waiting)
    ]
    return [int(turn.mention_id) for turn in in_turn(cards, POLICY, NOW)[:A_DAY]]


def fit(matrix: sparse.csr_matrix, truth: np.ndarray, rows: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=10, solver="liblinear", random_state=0).fit(matrix[rows], truth[rows])


def precision(model: LogisticRegression, matrix: sparse.csr_matrix, truth: np.ndarray, rows: np.ndarray) -> float:
    return average_precision(truth[rows], model.decision_function(matrix[rows]))


def told(table: pd.DataFrame, arm: str, wanted: int) -> str:
    """The first number of verdicts from which the arm is as good as so many random ones."""
    if wanted not in table.index or np.isnan(table.loc[wanted, "random"]):
        return f"{wanted}: the pool is smaller"
    goal = table.loc[wanted, "random"]
    reached = table.index[table[arm] >= goal]
    if not len(reached):
        return f"{wanted} random (AP {goal:.3f}): not reached with {MOST}"
    return f"{wanted} random (AP {goal:.3f}): {reached[0]}, {wanted / reached[0]:.1f} times fewer"


if __name__ == "__main__":
    main()
