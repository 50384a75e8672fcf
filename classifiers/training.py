"""Fitting: labelled posts -> model file. The same posts give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from classifiers.corpus import corpus_fingerprint, read_corpus
from classifiers.features import FeatureSettings, Reading, TextReader, Vocabulary, vocabulary_arrays
from classifiers.heads import Head, fit_platt, fit_temperature, sigmoid, softmax
from classifiers.ideas import idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.measuring import average_precision, calibration_error
from classifiers.model_file import ModelCard, make_champion, packed, save_model
from classifiers.remembered import FeatureBuilder

FOLDS = 5
FLAG_C, HEAD_C = 0.1, 0.3  # inverse regularisation, see benchmarks/text_choices.py
LIFE_WEIGHT = 100.0  # of a lifelike row against one written at a desk, for the flag
RECALL_FLOOR = 0.95  # of ten thousand pleas we accept that 500 are below the line; they still appear in the sample
# Half of the pleas that the floor allows to miss are left for text by hands the corpus does not know: measured on the frozen part,
# a threshold that keeps 95 % of the corpus keeps 92 % there, one that keeps 97.5 % keeps 96 %.
KNOWN_HANDS_SHARE = 0.5
URGENT_RECALL_FLOOR = 0.95
# Rare terms carry nothing from hand to hand: without them the model is a third as large and as good (benchmarks/text_choices.py).
FEATURES = FeatureSettings(rarest_word=2, rarest_characters=4, rarest_even=3)
MULTICLASS = ("category", "topic", "urgency", "lang")
GROUPS = ("lang", "register", "platform")  # what metrics are told apart by
Progress = Callable[[str, float], None]


def train(
    corpus_dir: Path, models_dir: Path, on_progress: Progress | None = None, recall_floor: float = RECALL_FLOOR
) -> ModelCard:
    """Fits every head on a folder of labelled files, calibrates it, chooses the thresholds and saves the champion.

    ``recall_floor``: the share (0..1) of pleas that must be flagged.
    """
    tell = on_progress or (lambda step, share: None)
    tell("reading the corpus", 0.0)
    corpus = read_corpus(Path(corpus_dir))
    card = train_on(corpus, Path(models_dir), tell, recall_floor=recall_floor).card
    make_champion(Path(models_dir), card)
    return card


@dataclass(frozen=True)
class Trained:
    """A model that was fitted and saved, and what it said of its own rows while it had not seen them."""

    card: ModelCard
    known: pd.DataFrame  # the rows it learned from
    held_back: np.ndarray  # calibrated chance of a plea, cross-fitted, one a row of ``known``


def train_on(
    corpus: pd.DataFrame,
    models_dir: Path,
    tell: Progress,
    until: str | None = None,
    *,
    recall_floor: float = RECALL_FLOOR,
) -> Trained:
    """The same from a table as ``read_corpus`` gives it, champion or not.

    A column ``weight`` (1 where it is missing) says how much a row counts for the flag against others of its kind.
    ``until``: the newest verdict among the rows (ISO time), which stands on the card.
    """
    known = corpus[corpus["flag"] != "b"].reset_index(drop=True)
    reader = TextReader(spelling_lexicon(), idea_words())
    readings = [reader.read(text) for text in known["text"]]
    tell("learning the vocabulary", 0.1)
    vocabulary, matrix = _learn(known["text"].tolist(), readings, reader)
    tell("fitting", 0.2)
    heads = {name: fit_head(name, matrix, known) for name in ("flag", *MULTICLASS)}
    tell("cross-fitting", 0.4)
    held_back = cross_fit(known, readings, reader, lambda share: tell("cross-fitting", 0.4 + 0.5 * share))
    thresholds, metrics = calibrate(heads, held_back, known, recall_floor)
    header = _header(heads, vocabulary, thresholds, reader)
    arrays = {**vocabulary_arrays(vocabulary), **_weights(heads)}
    trained_on = {"rows": len(known), "borderline": len(corpus) - len(known), "sha256": corpus_fingerprint(corpus)}
    trained_on |= {"verdicts": int((known["file"] == "reviews").sum()), "verdicts_until": until}
    tell("saving", 0.95)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    card = save_model(models_dir, packed(arrays, header), now, metrics, trained_on)
    flag = heads["flag"]
    return Trained(card, known, sigmoid(flag.slope * held_back["flag"][:, 0] + flag.offset))


def _learn(texts: list[str], readings: list[Reading], reader: TextReader) -> tuple[Vocabulary, sparse.csr_matrix]:
    vocabulary = Vocabulary.fit(readings, reader.ideas, FEATURES)
    return vocabulary, FeatureBuilder(vocabulary, reader).matrix(texts)


def head_rows(name: str, labelled: pd.DataFrame) -> np.ndarray:
    """Which rows teach a head: needs teach category and urgency, all else teaches the topic."""
    if name in ("category", "urgency"):
        return ((labelled["flag"] == "1") & (labelled[name] != "-")).to_numpy()
    if name == "topic":
        return ((labelled["flag"] == "0") & (labelled["topic"] != "-")).to_numpy()
    return (labelled[name] != "-").to_numpy()


def _targets(name: str, labelled: pd.DataFrame) -> np.ndarray:
    values = labelled[name].str.split("|").str[0] if name == "category" else labelled[name]
    return values.to_numpy(dtype=str)


def fit_head(name: str, matrix: sparse.csr_matrix, labelled: pd.DataFrame) -> Head:
    """One uncalibrated linear head."""
    from sklearn.svm import LinearSVC  # here: its import takes 2 s that predicting does not need

    rows = head_rows(name, labelled)
    targets = _targets(name, labelled)[rows]
    classes = tuple(sorted(set(targets)))
    if len(classes) < 2:
        return Head(name, classes or ("-",), np.zeros((matrix.shape[1], 1), np.float32), np.zeros(1))
    part = matrix[rows].astype(np.float64)
    if name == "flag":
        lifelike, weight = labelled["lifelike"].to_numpy(dtype=bool)[rows], row_weights(labelled)[rows]
        return Head(name, classes, *fit_apart(part, targets, lifelike, weight=weight))
    model = LinearSVC(C=HEAD_C, random_state=0).fit(part, targets)
    weights, bias = model.coef_.T, np.asarray(model.intercept_, dtype=np.float64)
    if len(classes) == 2:
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return Head(name, classes, weights.astype(np.float32), bias)


def row_weights(labelled: pd.DataFrame) -> np.ndarray:
    """How much each row counts against others of its kind."""
    return labelled["weight"].fillna(1.0).to_numpy(dtype=float) if "weight" in labelled else np.ones(len(labelled))


def fit_apart(
    matrix: sparse.csr_matrix,
    targets: np.ndarray,
    lifelike: np.ndarray,
    strength: float = FLAG_C,
    weight: np.ndarray | float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (columns x 1) and bias of a logistic regression that keeps desk and life apart and shares what is common.

    Every column stands twice, once for all rows and once for lifelike ones only (Daumé 2007): what both share is learned
    from both, and where they differ life has its own say. Life is what is asked about later, so both parts are added up.
    """
    from sklearn.linear_model import LogisticRegression

    design = sparse.hstack([matrix, sparse.diags(lifelike.astype(np.float64)) @ matrix]).tocsr()
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=400, random_state=0)
    model.fit(design, targets, sample_weight=np.where(lifelike, LIFE_WEIGHT, 1.0) * weight)
    shared, own = np.hsplit(model.coef_, 2)
    return (shared + own).T.astype(np.float32), np.asarray(model.intercept_, dtype=np.float64)


def cross_fit(
    known: pd.DataFrame, readings: list[Reading], reader: TextReader, tell: Callable[[float], None]
) -> dict[str, np.ndarray]:
    """Margins of every head on posts it was not fitted on; folds never divide a situation."""
    from sklearn.model_selection import StratifiedGroupKFold

    classes = {name: tuple(sorted(set(_targets(name, known)[head_rows(name, known)]))) for name in MULTICLASS}
    margins = {name: np.full((len(known), max(len(classes[name]), 1)), -20.0) for name in MULTICLASS}
    margins["flag"] = np.zeros((len(known), 1))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    for number, (inside, outside) in enumerate(folds.split(readings, known["flag"], known["situation"])):
        part = known.iloc[inside].reset_index(drop=True)
        vocabulary, learned = _learn(part["text"].tolist(), [readings[i] for i in inside], reader)
        asked = FeatureBuilder(vocabulary, reader).matrix(known["text"].iloc[outside].tolist())
        for name, held in margins.items():
            head = fit_head(name, learned, part)
            found = asked @ head.weights + head.bias
            columns = [0] if name == "flag" else [classes[name].index(c) for c in head.classes]
            held[np.ix_(outside, columns)] = found
        tell((number + 1) / FOLDS)
    return margins


def calibrate(
    heads: dict[str, Head], margins: dict[str, np.ndarray], known: pd.DataFrame, recall_floor: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fits slopes on held-back margins, chooses thresholds from the recall floors, and measures."""
    truth = (known["flag"] == "1").to_numpy().astype(int)
    flag = heads["flag"]
    margin = margins["flag"][:, 0]
    flag.slope, flag.offset = fit_platt(margin, truth)
    score = sigmoid(flag.slope * margin + flag.offset)
    kept = 1 - (1 - recall_floor) * KNOWN_HANDS_SHARE
    threshold = float(np.quantile(score[truth == 1], 1 - kept, method="lower"))
    metrics: dict[str, Any] = {
        "flag_ap": average_precision(truth, score),
        "flag_ece": calibration_error(truth, score),
        "recall_at_threshold": float((score[truth == 1] >= threshold).mean()),
        "flagged_share": float((score >= threshold).mean()),
    }
    for name in MULTICLASS:
        head, rows = heads[name], head_rows(name, known)
        if len(head.classes) < 2:
            continue
        number = np.array([head.classes.index(c) for c in _targets(name, known)[rows]])
        head.slope = fit_temperature(margins[name][rows], number)
        metrics[f"{name}_accuracy"] = float((margins[name][rows].argmax(1) == number).mean())
    urgent = _urgent_threshold(heads["urgency"], margins["urgency"], known)
    thresholds = {
        "flag": threshold,
        "flag_reason": f"the highest score that keeps {kept:.1%} of the corpus' pleas when cross-fitted: about {recall_floor:.0%} of those by other hands",
        "urgent": urgent,
        "urgent_reason": f"keeps {URGENT_RECALL_FLOOR:.0%} of the posts where life is at risk",
        "share": float(truth.mean()),
    }
    return thresholds, metrics | {"by": _by_group(known, truth, score, threshold)}


def _urgent_threshold(head: Head, margins: np.ndarray, known: pd.DataFrame) -> float:
    rows = head_rows("urgency", known) & (known["urgency"] == "2").to_numpy()
    if "2" not in head.classes or not rows.any():
        return 0.5
    chance = softmax(head.slope * margins[rows])[:, head.classes.index("2")]
    return float(min(np.quantile(chance, 1 - URGENT_RECALL_FLOOR, method="lower"), 0.5))


def _by_group(known: pd.DataFrame, truth: np.ndarray, score: np.ndarray, threshold: float) -> dict[str, Any]:
    """Average precision and recall per language, register and platform; recall of the pleas per category and urgency."""
    found: dict[str, Any] = {}
    for name in GROUPS:
        found[name] = {
            str(value): {
                "posts": len(index),
                "flag_ap": average_precision(truth[index], score[index]),
                "recall": float((score[index][truth[index] == 1] >= threshold).mean()),
            }
            for value, index in known.groupby(name).indices.items()
            if 0 < truth[index].sum() < len(index)
        }
    for name in ("category", "urgency"):
        pleas = known[name].where((truth == 1) & (known[name] != "-")).str.split("|").str[0]
        found[name] = {
            str(value): {"pleas": len(index), "recall": float((score[index] >= threshold).mean())}
            for value, index in pleas.groupby(pleas).indices.items()
        }
    return found


def _header(
    heads: dict[str, Head], vocabulary: Vocabulary, thresholds: dict[str, Any], reader: TextReader
) -> dict[str, Any]:
    return {
        "settings": asdict(vocabulary.settings),
        "heads": [
            {"name": h.name, "classes": h.classes, "bias": h.bias.tolist(), "slope": h.slope, "offset": h.offset}
            for h in heads.values()
        ],
        "thresholds": thresholds,
        "lexicon": reader.lexicon,
        "ideas": reader.idea_words,
    }


def _weights(heads: dict[str, Head]) -> dict[str, np.ndarray]:
    """The flag decides who is seen and keeps 32 bits; the other heads are stored in 16."""
    kinds = {name: np.float32 if name == "flag" else np.float16 for name in heads}
    return {f"weights_{name}": head.weights.astype(kinds[name]) for name, head in heads.items()}
