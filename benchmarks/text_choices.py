"""What each choice of the text model is worth on hands it has not seen: average precision of the flag, a file left out at a time.

A corpus file was written by one hand in one register, so leaving it out asks how well the others carry over.
Run: python -m benchmarks.text_choices   (about three minutes)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from classifiers.corpus import read_corpus
from classifiers.features import FeatureSettings, TextReader, Vocabulary
from classifiers.ideas import idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.measuring import average_precision, recall_within
from classifiers.remembered import FeatureBuilder
from classifiers.training import FLAG_C

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus" / "train"
USUAL = FeatureSettings()


@dataclass(frozen=True)
class Choice:
    """One way to build the flag's model; ``lexicon`` off means no spelling rules beyond folding."""

    name: str
    settings: FeatureSettings = USUAL
    strength: float = FLAG_C
    lexicon: bool = True


CHOICES = [
    Choice("as trained"),
    Choice("without the spelling lexicon", lexicon=False),
    Choice("without the evenly spelt words", replace(USUAL, even_weight=0.0)),
    Choice("without ideas", replace(USUAL, idea_weight=0.0)),
    Choice("without characters", replace(USUAL, character_weight=0.0)),
    Choice("without word pairs", replace(USUAL, word_pairs=False)),
    Choice("characters up to 6", replace(USUAL, longest=6)),
    Choice("C = 1", strength=1.0),
    Choice("C = 100", strength=100.0),
]


def main() -> None:
    """One line a choice: AP per file left out, their mean, and recall in as many places as there are pleas."""
    corpus = read_corpus(CORPUS)
    known = corpus[corpus["flag"] != "b"].reset_index(drop=True)
    files = sorted(known["file"].unique())
    print(f"{'flag AP with the file left out':<32}" + " ".join(f"{name[:9]:>9}" for name in files) + "   mean  top 1x")
    for choice in CHOICES:
        found = [left_out(choice, known, name) for name in files]
        precisions = " ".join(f"{ap:9.3f}" for ap, _ in found)
        means = np.mean(found, axis=0)
        print(f"{choice.name:<32}{precisions}  {means[0]:.4f}  {means[1]:.3f}", flush=True)


def left_out(choice: Choice, known: pd.DataFrame, name: str) -> tuple[float, float]:
    """(average precision, recall in the top 1 x pleas) on one file, learned from the others."""
    from sklearn.linear_model import LogisticRegression

    inside, outside = known[known["file"] != name], known[known["file"] == name]
    reader = TextReader(spelling_lexicon() if choice.lexicon else {}, idea_words())
    vocabulary = Vocabulary.fit([reader.read(text) for text in inside["text"]], reader.ideas, choice.settings)
    features = FeatureBuilder(vocabulary, reader)
    model = LogisticRegression(C=choice.strength, solver="liblinear", max_iter=400, random_state=0)
    model.fit(features.matrix(inside["text"].tolist()).astype(np.float64), inside["flag"] == "1")
    score = model.decision_function(features.matrix(outside["text"].tolist()).astype(np.float64))
    truth = (outside["flag"] == "1").to_numpy().astype(int)
    return average_precision(truth, score), recall_within(truth, score, int(truth.sum()))


if __name__ == "__main__":
    main()
