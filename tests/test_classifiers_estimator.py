"""The scikit-learn contract of `text_classifier()`, and the measures against scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from classifiers import measuring
from classifiers.heads import fit_platt, fit_temperature, shift_share, sigmoid, softmax
from classifiers.model import text_classifier

TEXTS = ["anak sakit keras", "nenek lapar", "promo murah", "diskon seblak", "jalan rusak", "aspal berlubang"] * 6
LABELS = np.array(["b_butuh", "b_butuh", "a_iklan", "a_iklan", "c_jalan", "c_jalan"] * 6)


def test_contract() -> None:
    estimator = text_classifier()
    with pytest.raises(NotFittedError):
        estimator.predict(["x"])
    before = dict(estimator.get_params())
    assert estimator.fit(TEXTS, LABELS) is estimator
    check_is_fitted(estimator)
    assert estimator.get_params() == before
    assert estimator.classes_.tolist() == ["a_iklan", "b_butuh", "c_jalan"]
    chances = estimator.predict_proba(["nenek sakit", "diskon", ""])
    assert chances.shape == (3, 3) and np.allclose(chances.sum(axis=1), 1) and (chances >= 0).all()
    assert estimator.predict(["nenek sakit", "diskon murah"]).tolist() == ["b_butuh", "a_iklan"]
    assert estimator.score(TEXTS, LABELS) == 1.0
    with pytest.raises(NotFittedError):
        check_is_fitted(clone(estimator))
    assert clone(estimator).set_params(share=0.25).get_params()["share"] == 0.25


def test_inside_scikit_learn_tools() -> None:
    two = np.where(LABELS == "b_butuh", 1, 0)
    search = GridSearchCV(text_classifier(), {"C_logistic": [1.0, 10.0]}, cv=2).fit(TEXTS, two)
    assert search.best_estimator_.classes_.tolist() == [0, 1]
    assert search.predict_proba(["nenek"]).shape == (1, 2)
    assert cross_val_score(make_pipeline(text_classifier()), TEXTS, LABELS, cv=2).min() > 0.9


def test_refusals() -> None:
    with pytest.raises(ValueError, match="one class only"):
        text_classifier().fit(["a", "b"], ["x", "x"])
    with pytest.raises(TypeError, match="sequence of texts"):
        text_classifier().fit("abc", ["x"])
    with pytest.raises(ValueError, match="3 texts and y has 2"):
        text_classifier().fit(["a", "b", "c"], ["x", "y"])


def test_measures_equal_scikit_learns() -> None:
    generator = np.random.default_rng(1)
    truth, score = generator.integers(0, 2, 200), generator.random(200).round(1)
    assert measuring.average_precision(truth, score) == pytest.approx(average_precision_score(truth, score))
    guess = generator.integers(0, 3, 200).astype(str).tolist()
    labels = generator.integers(0, 3, 200).astype(str).tolist()
    assert measuring.macro_f1(labels, guess) == pytest.approx(f1_score(labels, guess, average="macro"))
    assert measuring.recall_within(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]), 2) == 0.5
    assert measuring.precision_within(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]), 3) == pytest.approx(2 / 3)
    low, high = measuring.interval(lambda rows: float(truth[rows].mean()), 200)
    assert low < truth.mean() < high


def test_calibration_repairs_what_was_bent() -> None:
    generator = np.random.default_rng(2)
    margin = generator.normal(size=4_000)
    truth = (generator.random(4_000) < sigmoid(0.5 * margin - 1)).astype(int)
    slope, offset = fit_platt(margin, truth)
    assert slope == pytest.approx(0.5, abs=0.1) and offset == pytest.approx(-1, abs=0.1)
    assert measuring.calibration_error(truth, sigmoid(slope * margin + offset)) < 0.03
    margins = generator.normal(size=(4_000, 3))
    chosen = np.array([generator.choice(3, p=row) for row in softmax(2 * margins)])
    assert fit_temperature(margins, chosen) == pytest.approx(2, rel=0.15)


def test_shift_of_share_is_bayes() -> None:
    # 36 % pleas in the corpus, 10 % expected: odds are divided by (0.36/0.64) / (0.1/0.9)
    moved = shift_share(np.array([0.5]), 0.36, 0.10)[0]
    assert moved == pytest.approx(1 / (1 + (0.36 / 0.64) / (0.1 / 0.9)))
    assert shift_share(np.array([0.3]), 0.2, 0.2)[0] == pytest.approx(0.3)
