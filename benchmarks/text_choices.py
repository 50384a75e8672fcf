"""What each choice of the text model is worth on hands it has not seen: average precision of the flag, a room left out at a time.

A room of the lifelike corpus was written by other hands in its own register, so leaving it out asks how well the rest carries over.
Run: python -m benchmarks.text_choices   (about six minutes)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from classifiers.corpus import LIFELIKE, read_corpus
from classifiers.features import FeatureSettings, TextReader, Vocabulary
from classifiers.ideas import idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.measuring import average_precision, recall_within
from classifiers.remembered import FeatureBuilder
from classifiers.training import FEATURES, FLAG_C, fit_apart

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus" / "train"
USUAL = FEATURES


@dataclass(frozen=True)
class Choice:
    """One way to build the flag's model; ``lexicon`` off means no spelling rules beyond folding, ``together`` that
    lifelike rows are nothing special."""

    name: str
    settings: FeatureSettings = USUAL
    strength: float = FLAG_C
    lexicon: bool = True
    together: bool = False


CHOICES = [
    Choice("as trained"),
    Choice("without the spelling lexicon", lexicon=False),
    Choice("without the evenly spelt words", replace(USUAL, even_weight=0.0)),
    Choice("without ideas", replace(USUAL, idea_weight=0.0)),
    Choice("without characters", replace(USUAL, character_weight=0.0)),
    Choice("without word pairs", replace(USUAL, word_pairs=False)),
    Choice("rare terms kept", FeatureSettings()),
    Choice("characters up to 6", replace(USUAL, longest=6)),
    Choice("C = 1", strength=1.0),
    Choice("life weighs as a desk does", together=True),
]


def main() -> None:
    """One line a choice: AP per room left out, their mean, and recall in as many places as there are pleas."""
    corpus = read_corpus(CORPUS)
    known = corpus[corpus["flag"] != "b"].reset_index(drop=True)
    known["room"] = known["file"].str.rstrip("0123456789")
    rooms = sorted(known["room"][known["lifelike"]].unique())
    print(
        f"{'flag AP with the room left out':<32}"
        + " ".join(f"{room.removeprefix(LIFELIKE):>9}" for room in rooms)
        + "    mean top 1x"
    )
    for choice in CHOICES:
        found = [left_out(choice, known, room) for room in rooms]
        precisions = " ".join(f"{ap:9.3f}" for ap, _ in found)
        means = np.mean(found, axis=0)
        print(f"{choice.name:<32}{precisions}  {means[0]:.4f}  {means[1]:.3f}", flush=True)


def left_out(choice: Choice, known: pd.DataFrame, room: str) -> tuple[float, float]:
    """(average precision, recall in the top 1 x pleas) on one room, learned from the others."""
    inside, outside = known[known["room"] != room], known[known["room"] == room]
    reader = TextReader(spelling_lexicon() if choice.lexicon else {}, idea_words())
    vocabulary = Vocabulary.fit([reader.read(text) for text in inside["text"]], reader.ideas, choice.settings)
    features = FeatureBuilder(vocabulary, reader)
    lifelike = inside["lifelike"].to_numpy() & (not choice.together)
    strength = 100 * choice.strength if choice.together else choice.strength
    matrix = features.matrix(inside["text"].tolist()).astype(np.float64)
    weights, bias = fit_apart(matrix, inside["flag"].to_numpy(dtype=str), lifelike, strength)
    score = (features.matrix(outside["text"].tolist()) @ weights + bias)[:, 0]
    truth = (outside["flag"] == "1").to_numpy().astype(int)
    return average_precision(truth, score), recall_within(truth, score, int(truth.sum()))


if __name__ == "__main__":
    main()
