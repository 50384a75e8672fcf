"""The trained model: texts in, one row of opinion per text out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from classifiers.features import FeatureSettings, TextReader, vocabulary_from_arrays
from classifiers.heads import Head, shift_share, sigmoid, softmax
from classifiers.levels import responsible_level
from classifiers.model_file import ModelCard, ModelFileError, load_model, read_champion
from classifiers.places import CERTAIN_PLACE, Gazetteer
from classifiers.reasons import Explainer
from classifiers.remembered import FeatureBuilder
from classifiers.restricted import RestrictedHints

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

__all__ = ["Model", "ModelFileError", "load_champion", "text_classifier"]
DEFAULT_SHARE = 0.10  # pleas among mentions of a program account, as long as nobody has measured the source
RESTRICTED_CHANCE = 0.2  # of category kekerasan
BATCH = 2_048  # posts a matrix is built for at a time: bounds memory and stays in the processor's cache


class Model:
    """A loaded model. ``assess`` never fails on a text, whatever is in it."""

    def __init__(self, card: ModelCard, arrays: dict[str, np.ndarray], header: dict[str, Any]):
        self.card = card
        self.thresholds = header["thresholds"]
        self.reader = TextReader(header["lexicon"], header["ideas"])
        self.vocabulary = vocabulary_from_arrays(arrays, FeatureSettings(**header["settings"]))
        self.features = FeatureBuilder(self.vocabulary, self.reader)
        self.heads = {h["name"]: _head(h, arrays[f"weights_{h['name']}"]) for h in header["heads"]}
        self._stacked = np.ascontiguousarray(np.hstack([h.weights for h in self.heads.values()]))
        flag = self.heads["flag"]
        self.explainer = Explainer(self.vocabulary, self.reader, flag.weights[:, 0] * flag.slope)
        self._hints = RestrictedHints()
        self._gazetteer: Gazetteer | None = None

    @property
    def model_version(self) -> str:
        """Name of the model, made from its SHA-256."""
        return self.card.model_version

    @property
    def gazetteer(self) -> Gazetteer:
        """Place names, read when first needed (0.4 s)."""
        if self._gazetteer is None:
            self._gazetteer = Gazetteer()
        return self._gazetteer

    def probabilities(self, texts: Sequence[str | None]) -> dict[str, np.ndarray]:
        """Calibrated probabilities of every head at the corpus' own share of pleas: flag (n,), others (n, classes)."""
        margins = self._margins(texts)
        found, column = {}, 0
        for name, head in self.heads.items():
            own = margins[:, column : column + head.weights.shape[1]] + head.bias
            column += head.weights.shape[1]
            found[name] = sigmoid(head.slope * own[:, 0] + head.offset) if name == "flag" else softmax(head.slope * own)
        return found

    def _margins(self, texts: Sequence[str | None]) -> np.ndarray:
        """Sums of weights, without bias."""
        batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)] or [texts]
        found = [self.features.weighted(self.features.numbers(batch)) @ self._stacked for batch in batches]
        return np.vstack(found)

    def assess(
        self,
        texts: Sequence[str | None],
        *,
        source: Sequence[str] | None = None,
        parents: Sequence[str | None] | None = None,
        home: str = "32.16",
        expected_share: float | Mapping[str, float] = DEFAULT_SHARE,
    ) -> pd.DataFrame:
        """One row per text, in order; columns as in the table assessments of the design, and the head's scores.

        ``expected_share``: the share of pleas expected (0..1), one number or one per source name (key "default" for the
        rest); flag_score and threshold are moved to it, which never changes the order of posts of one source.
        ``parents``: the text a reply answers; a reply that names no place inherits its parent's with half the weight.
        """
        said = [text if isinstance(text, str) else "" for text in texts]
        documents = [self.reader.even.tokens(text) for text in said]
        found = self.probabilities(said)
        shares = _shares(len(said), source, expected_share)
        score = shift_share(found["flag"], self.thresholds["share"], shares)
        threshold = shift_share(np.full(len(said), self.thresholds["flag"]), self.thresholds["share"], shares)
        frame = pd.DataFrame({"flag_score": score, "flagged": found["flag"] >= self.thresholds["flag"]})
        frame["threshold"] = threshold
        self._add_classes(frame, found)
        frame.loc[[not tokens for tokens in documents], "urgency"] = 0  # nothing was said
        frame["restricted"] = self._restricted(documents, found["category"])
        self._add_places(frame, said, documents, parents, home)
        explained = [json.dumps(self.explainer.reasons(text), ensure_ascii=False) for text in said]
        frame["reasons"] = pd.Series(explained, index=frame.index, dtype="str")
        return frame

    def _add_classes(self, frame: pd.DataFrame, found: dict[str, np.ndarray]) -> None:
        for name in ("category", "topic"):
            frame[name] = _best(self.heads[name], found[name])
        frame["category_score"] = found["category"].max(axis=1) if len(frame) else []
        urgency = self.heads["urgency"]
        frame["urgency_score"] = _chance(urgency, found["urgency"], "2")
        calm = _chance(urgency, found["urgency"], "0") > _chance(urgency, found["urgency"], "1")
        urgent = frame["urgency_score"].to_numpy() >= self.thresholds["urgent"]
        frame["urgency"] = np.where(urgent, 2, np.where(calm, 0, 1)).astype(int)
        frame["lang"] = _best(self.heads["lang"], found["lang"])

    def _restricted(self, documents: list[list[str]], category: np.ndarray) -> np.ndarray:
        hinted = np.array([self._hints.kind(tokens) is not None for tokens in documents], dtype=bool)
        return hinted | (_chance(self.heads["category"], category, "kekerasan") >= RESTRICTED_CHANCE)

    def _add_places(
        self,
        frame: pd.DataFrame,
        texts: list[str],
        documents: list[list[str]],
        parents: Sequence[str | None] | None,
        home: str,
    ) -> None:
        rows = []
        for i, text in enumerate(texts):
            candidates = self.gazetteer.find(text, home)
            parent = parents[i] if parents is not None else None
            if not candidates and isinstance(parent, str):
                candidates = [c.lighter(0.5) for c in self.gazetteer.find(parent, home)]
            named = candidates[0] if candidates and candidates[0].weight >= CERTAIN_PLACE else None
            level = responsible_level(documents[i], named, candidates, home)
            shown = json.dumps([c.as_dict() for c in candidates], ensure_ascii=False)
            rows.append((*_named(named), level, shown))
        columns = ["place_code", "place_name", "kecamatan", "kabkota", "level", "place_candidates"]
        frame[columns] = pd.DataFrame(rows, columns=columns, index=frame.index, dtype=object)


def _named(place: Any) -> tuple[str | None, str | None, str | None, str | None]:
    return (place.code, place.name, place.kecamatan, place.kabkota) if place else (None, None, None, None)


def _head(raw: dict[str, Any], weights: np.ndarray) -> Head:
    return Head(
        raw["name"],
        tuple(raw["classes"]),
        weights.astype(np.float32),
        np.array(raw["bias"], dtype=np.float64),
        raw["slope"],
        raw["offset"],
    )


def _best(head: Head, chances: np.ndarray) -> np.ndarray:
    return np.array(head.classes, dtype=object)[chances.argmax(axis=1)] if len(chances) else np.array([], dtype=object)


def _chance(head: Head, chances: np.ndarray, name: str) -> np.ndarray:
    return chances[:, head.classes.index(name)] if name in head.classes else np.zeros(len(chances))


def _shares(rows: int, source: Sequence[str] | None, expected: float | Mapping[str, float]) -> np.ndarray:
    if not isinstance(expected, Mapping):
        return np.full(rows, float(expected))
    usual = float(expected.get("default", DEFAULT_SHARE))
    if source is None:
        return np.full(rows, usual)
    return np.array([float(expected.get(name, usual)) for name in source], dtype=np.float64)


def load_champion(models_dir: Path | str) -> Model:
    """The model that champion.json names; ``ModelFileError`` when it is missing, damaged or foreign."""
    directory = Path(models_dir)
    card = read_champion(directory)
    arrays, header = load_model(directory, card)
    try:
        return Model(card, arrays, header)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"The model file {directory / card.path} lacks what this version needs ({error}); run `tanggap train`."
        ) from None


def text_classifier() -> BaseEstimator:
    """An unfitted scikit-learn estimator: raw texts to string labels, with ``predict`` and ``predict_proba``."""
    from classifiers.estimator import TextClassifier  # scikit-learn takes 2 s to import and only this needs it

    return TextClassifier()
