"""`tanggap evaluate IN`: how good the model is on a labelled table, with intervals, baselines and the worst misses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from classifiers.corpus import CorpusError, read_labelled
from classifiers.measuring import (
    average_precision,
    calibration_error,
    interval,
    macro_f1,
    precision_within,
    recall_within,
)
from classifiers.model import Model, load_champion

CAPACITY = 1.5  # posts staff look at, as a multiple of the true pleas
WORST = 20


@dataclass
class Evaluation:
    """Numbers with 95 % intervals, tables, and where they were saved."""

    rows: int
    pleas: int
    measures: dict[str, tuple[float, float, float]]  # name -> value, low, high
    tables: dict[str, pd.DataFrame]
    misses: pd.DataFrame
    saved: list[Path] = field(default_factory=list)

    def as_text(self) -> str:
        """What is printed."""
        lines = [f"{self.rows} posts, {self.pleas} pleas; 95 % intervals in brackets"]
        lines += [f"  {name:<34} {v:.3f}  [{lo:.3f}, {hi:.3f}]" for name, (v, lo, hi) in self.measures.items()]
        for name, table in self.tables.items():
            lines += ["", name, table.to_string(index=False, float_format=lambda v: f"{v:.3f}")]
        return "\n".join(lines)


def evaluate_file(
    in_path: Path | str,
    models_dir: Path | str,
    out_dir: Path | str | None = None,
    *,
    home: str = "32.16",
    train_dir: Path | str | None = None,
    model: Model | None = None,
) -> Evaluation:
    """Scores a labelled file; saves metrics.json, tables, misses.tsv and calibration.svg to ``out_dir`` when given.

    ``train_dir``: the training corpus; when given the plain TF-IDF baseline is fitted on it and stands beside.
    Rows labelled ``b`` count neither way.
    """
    labelled = read_labelled(in_path)
    known = labelled[labelled["flag"] != "b"].reset_index(drop=True)
    if known.empty or not (known["flag"] == "1").any():
        raise CorpusError(f"{in_path} holds no row with flag 1; there is nothing to measure.")
    model = model or load_champion(models_dir)
    truth = (known["flag"] == "1").to_numpy().astype(int)
    share = float(truth.mean())
    opinion = model.assess(known["text"].tolist(), home=home, expected_share=share)
    result = _evaluate(known, opinion, truth)
    result.tables["Baselines (flag AP)"] = _baselines(known, truth, opinion, train_dir)
    if out_dir is not None:
        _save(result, opinion, truth, Path(out_dir), model)
    return result


def _measure(truth: np.ndarray, compute: Any, rows: np.ndarray | None = None) -> tuple[float, float, float]:
    index = np.arange(len(truth)) if rows is None else np.nonzero(rows)[0]
    if len(index) == 0:
        return float("nan"), float("nan"), float("nan")
    low, high = interval(lambda draw: compute(index[draw]), len(index), rounds=300)
    return compute(index), low, high


def _evaluate(known: pd.DataFrame, opinion: pd.DataFrame, truth: np.ndarray) -> Evaluation:
    score = opinion["flag_score"].to_numpy()
    flagged = opinion["flagged"].to_numpy(dtype=bool)
    urgent = (known["urgency"] == "2").to_numpy() & (truth == 1)
    need = (truth == 1) & (known["category"] != "-").to_numpy()
    other = (truth == 0) & (known["topic"] != "-").to_numpy()
    right = _category_right(known, opinion)
    measures = {
        "flag AP": _measure(truth, lambda i: average_precision(truth[i], score[i])),
        "recall in top 1 x pleas": _measure(truth, lambda i: recall_within(truth[i], score[i], int(truth[i].sum()))),
        f"recall in top {CAPACITY} x pleas": _measure(
            truth, lambda i: recall_within(truth[i], score[i], int(CAPACITY * truth[i].sum()))
        ),
        "recall in top 2 x pleas": _measure(
            truth, lambda i: recall_within(truth[i], score[i], 2 * int(truth[i].sum()))
        ),
        "precision@20": _measure(truth, lambda i: precision_within(truth[i], score[i], 20)),
        "recall of flagged": _measure(truth, lambda i: float(flagged[i].mean()), truth == 1),
        "precision of flagged": _measure(truth, lambda i: float(truth[i].mean()), flagged),
        "urgency 2: flagged": _measure(truth, lambda i: float(flagged[i].mean()), urgent),
        "urgency 2: recall": _measure(truth, lambda i: float((opinion["urgency"].to_numpy()[i] == 2).mean()), urgent),
        "calibration error": _measure(truth, lambda i: calibration_error(truth[i], score[i])),
        "category accuracy": _measure(truth, lambda i: float(right[i].mean()), need),
        "category macro-F1": _measure(truth, lambda i: _f1(known, opinion, right, i, "category"), need),
        "topic macro-F1": _measure(truth, lambda i: _f1(known, opinion, None, i, "topic"), other),
    }
    measures |= _place_measures(known, opinion, truth)
    tables = {
        f"By {name}": _by(known, name, truth, score, flagged) for name in ("lang", "register", "platform", "file")
    }
    tables["By category"] = _by_category(known, right, flagged, need)
    misses = _misses(known, opinion, truth, score)
    tables = {name: table for name, table in tables.items() if len(table)}
    return Evaluation(len(known), int(truth.sum()), measures, tables, misses)


def _category_right(known: pd.DataFrame, opinion: pd.DataFrame) -> np.ndarray:
    """``rumah|terlantar``: either counts as right."""
    pairs = zip(known["category"], opinion["category"], strict=True)
    return np.array([guess in str(label).split("|") for label, guess in pairs], dtype=bool)


def _f1(known: pd.DataFrame, opinion: pd.DataFrame, right: np.ndarray | None, rows: np.ndarray, name: str) -> float:
    truth = known[name].to_numpy()[rows]
    guess = opinion[name].to_numpy()[rows]
    if right is not None:
        truth = np.where(right[rows], guess, [str(label).split("|")[0] for label in truth])
    return macro_f1(list(truth), list(guess))


def _place_measures(
    known: pd.DataFrame, opinion: pd.DataFrame, truth: np.ndarray
) -> dict[str, tuple[float, float, float]]:
    if (known["kecamatan"] == "-").all() and (known["kabkota"] == "-").all():
        return {}
    guess = {name: opinion[name].map(_same_spelling).to_numpy(dtype=object) for name in ("kecamatan", "kabkota")}
    label = {name: known[name].map(_same_spelling).to_numpy(dtype=object) for name in guess}
    # A kecamatan where the label has only its regency is more than was asked, not a contradiction.
    against = {name: (guess[name] != "-") & (label[name] != "-") & (guess[name] != label[name]) for name in guess}
    wrong = {"kecamatan": (guess["kecamatan"] != "-") & (against["kecamatan"] | against["kabkota"])}
    wrong["kabkota"] = against["kabkota"]
    where = label["kabkota"] != "-"
    found = {}
    for name, guessed in guess.items():
        right = guessed == label[name]
        found[f"{name} right where named"] = _measure(truth, lambda i, r=right: float(r[i].mean()), label[name] != "-")
        found[f"{name} wrong but confident"] = _measure(truth, lambda i, w=wrong[name]: float(w[i].mean()), where)
    return found


def _same_spelling(name: Any) -> str:
    """Official names are written together or apart: Karang Bahagia, Karangbahagia."""
    return "".join(str(name).lower().split()) if isinstance(name, str) and name.strip() else "-"


def _by(known: pd.DataFrame, name: str, truth: np.ndarray, score: np.ndarray, flagged: np.ndarray) -> pd.DataFrame:
    if name not in known or known[name].nunique() < 2:
        return pd.DataFrame()
    rows = []
    for value in sorted(known[name].unique()):
        part = (known[name] == value).to_numpy()
        ap, low, high = _measure(truth, lambda i: average_precision(truth[i], score[i]), part)
        recall = float(flagged[part & (truth == 1)].mean()) if truth[part].any() else float("nan")
        rows.append((value, int(part.sum()), int(truth[part].sum()), ap, low, high, recall))
    return pd.DataFrame(rows, columns=[name, "posts", "pleas", "AP", "low", "high", "recall flagged"])


def _by_category(known: pd.DataFrame, right: np.ndarray, flagged: np.ndarray, need: np.ndarray) -> pd.DataFrame:
    first = known["category"].str.split("|").str[0]
    rows = []
    for value in sorted(first[need].unique()):
        part = need & (first == value).to_numpy()
        share, low, high = _measure(right, lambda i: float(right[i].mean()), part)
        rows.append((value, int(part.sum()), float(flagged[part].mean()), share, low, high))
    return pd.DataFrame(rows, columns=["category", "pleas", "recall flagged", "category right", "low", "high"])


def _misses(known: pd.DataFrame, opinion: pd.DataFrame, truth: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    surprise = np.where(truth == 1, 1 - score, score)
    worst = np.argsort(-surprise, kind="stable")[:WORST]
    frame = known.iloc[worst][["line", "flag", "category", "topic", "text"]].copy()
    frame.insert(1, "flag_score", score[worst].round(4))
    frame["reasons"] = opinion["reasons"].to_numpy()[worst]
    return frame.reset_index(drop=True)


def _baselines(known: pd.DataFrame, truth: np.ndarray, opinion: pd.DataFrame, train_dir: Any) -> pd.DataFrame:
    from classifiers.baselines import keyword_scores, plain_scores

    texts = known["text"].tolist()
    scores = {"Tanggap": opinion["flag_score"].to_numpy(), "keyword list": keyword_scores(texts)}
    if train_dir is not None:
        scores["plain TF-IDF"] = plain_scores(train_dir, texts)
    rows = []
    for name, score in scores.items():
        value, low, high = _measure(truth, lambda i, s=score: average_precision(truth[i], s[i]))
        rows.append((name, value, low, high, recall_within(truth, score, int(truth.sum()))))
    return pd.DataFrame(rows, columns=["model", "AP", "low", "high", "recall top 1x"])


def _save(result: Evaluation, opinion: pd.DataFrame, truth: np.ndarray, out_dir: Path, model: Model) -> None:
    from classifiers.calibration_plot import calibration_svg

    out_dir.mkdir(parents=True, exist_ok=True)
    metrics = {
        "model_version": model.model_version,
        "rows": result.rows,
        "pleas": result.pleas,
        "measures": {k: dict(zip(("value", "low", "high"), v, strict=True)) for k, v in result.measures.items()},
        "tables": {name: table.to_dict("records") for name, table in result.tables.items()},
    }
    files = {
        "metrics.json": json.dumps(metrics, ensure_ascii=False, indent=1, default=float),
        "report.txt": result.as_text() + "\n",
        "misses.tsv": result.misses.to_csv(sep="\t", index=False),
        "calibration.svg": calibration_svg(truth, opinion["flag_score"].to_numpy()),
    }
    for name, content in files.items():
        (out_dir / name).write_text(content, encoding="utf-8")
        result.saved.append(out_dir / name)
