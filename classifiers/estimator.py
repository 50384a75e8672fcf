"""The text model as a scikit-learn estimator for any labelled texts: same spelling rules, same features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from classifiers.features import FeatureSettings, TextReader, Vocabulary
from classifiers.heads import softmax
from classifiers.ideas import idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.remembered import FeatureBuilder


class TextClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Mean of a logistic regression and a linear support vector machine on words and characters inside words.

    ``C_logistic``, ``C_margin``: inverse regularisation; ``normalise``: whether the spelling lexicon is used;
    ``share``: how much the logistic regression counts in the mean (0..1).
    """

    def __init__(
        self,
        C_logistic: float = 10.0,
        C_margin: float = 0.5,
        share: float = 0.2,
        normalise: bool = True,
        word_pairs: bool = True,
        shortest: int = 2,
        longest: int = 5,
        character_weight: float = 1.5,
        even_weight: float = 1.0,
        idea_weight: float = 0.5,
    ):
        self.C_logistic = C_logistic
        self.C_margin = C_margin
        self.share = share
        self.normalise = normalise
        self.word_pairs = word_pairs
        self.shortest = shortest
        self.longest = longest
        self.character_weight = character_weight
        self.even_weight = even_weight
        self.idea_weight = idea_weight

    def fit(self, X: Sequence[str], y: Sequence[Any]) -> TextClassifier:
        """Learns from texts ``X`` and labels ``y`` (strings or numbers, two classes or more)."""
        if isinstance(X, str):
            raise TypeError("Expected a sequence of texts, got one string.")
        labels = np.asarray(y)
        check_classification_targets(labels)
        if len(X) != len(labels):
            raise ValueError(f"X has {len(X)} texts and y has {len(labels)} labels.")
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only ({self.classes_[0]!r}); at least two are needed.")
        reader = TextReader(spelling_lexicon() if self.normalise else {}, idea_words())
        settings = FeatureSettings(
            word_pairs=self.word_pairs,
            shortest=self.shortest,
            longest=self.longest,
            character_weight=self.character_weight,
            even_weight=self.even_weight if self.normalise else 0.0,
            idea_weight=self.idea_weight,
        )
        texts = [str(text) for text in X]
        self.vocabulary_ = Vocabulary.fit([reader.read(text) for text in texts], reader.ideas, settings)
        self.features_ = FeatureBuilder(self.vocabulary_, reader)
        matrix = self.features_.matrix(texts).astype(np.float64)
        self.logistic_ = LogisticRegression(C=self.C_logistic, max_iter=1000, random_state=0).fit(matrix, numbers)
        self.margin_ = LinearSVC(C=self.C_margin, random_state=0).fit(matrix, numbers)
        return self

    def _matrix(self, X: Sequence[str]) -> sparse.csr_matrix:
        check_is_fitted(self)
        if isinstance(X, str):
            raise TypeError("Expected a sequence of texts, got one string.")
        return self.features_.matrix([str(text) for text in X]).astype(np.float64)

    def predict_proba(self, X: Sequence[str]) -> np.ndarray:
        """Rows over ``classes_`` that sum to 1; the support vector machine's part is a softmax of its margins."""
        matrix = self._matrix(X)
        margins = self.margin_.decision_function(matrix)
        if margins.ndim == 1:
            margins = np.column_stack([-margins, margins])
        logistic = self.logistic_.predict_proba(matrix)
        return np.asarray(self.share * logistic + (1 - self.share) * softmax(2 * margins))

    def predict(self, X: Sequence[str]) -> np.ndarray:
        """The likeliest label of every text."""
        chances = self.predict_proba(X)
        return np.asarray(self.classes_[chances.argmax(axis=1)])
