"""`tanggap predict`, `train` and `evaluate`: the text model on files, no database."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from commands.surroundings import OK, models_folder
from settings import DATA, Program, find_home, load_settings

if TYPE_CHECKING:
    from classifiers.model_file import ModelCard


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    predict = commands.add_parser("predict", help="label the texts of a CSV, TSV or JSONL file")
    predict.add_argument("input", type=Path, metavar="IN")
    predict.add_argument("output", type=Path, metavar="OUT")
    predict.set_defaults(command=_predict)

    train = commands.add_parser("train", help="fit and register a model from data/corpus")
    train.set_defaults(command=_train)

    evaluate = commands.add_parser("evaluate", help="score a labelled CSV, TSV or JSONL file")
    evaluate.add_argument("input", type=Path, metavar="IN")
    evaluate.set_defaults(command=_evaluate)


def _predict(options: argparse.Namespace) -> int:
    from classifiers.predicting import predict_file

    _train_if_none()
    program = _program()
    if program is None:
        rows = predict_file(options.input, options.output, models_folder())
    else:
        rows = predict_file(
            options.input, options.output, models_folder(), home=program.region, expected_share=program.expected_share
        )
    print(f"{rows} rows: {options.output}")
    return OK


def _train(options: argparse.Namespace) -> int:
    card = _trained()
    print(f"Model {card.model_version}: {models_folder() / card.path}")
    return OK


def _evaluate(options: argparse.Namespace) -> int:
    from classifiers.evaluating import evaluate_file

    _train_if_none()
    saved = find_home() / "var" / "evaluations" / options.input.stem
    result = evaluate_file(options.input, models_folder(), saved, train_dir=DATA / "corpus" / "train")
    print(result.as_text())
    print(f"Saved: {saved}")
    return OK


def _train_if_none() -> None:
    """A file can be labelled on a new machine at once: the first model is trained on the way."""
    if not (models_folder() / "champion.json").exists():
        _trained()


def _trained() -> ModelCard:
    from classifiers.training import RECALL_FLOOR, train

    floor = load_settings().thresholds.recall_floor if _configured() else RECALL_FLOOR
    return train(DATA / "corpus" / "train", models_folder(), on_progress=_show_progress, recall_floor=floor)


def _show_progress(step: str, share: float) -> None:
    """One line on stderr, overwritten on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{step} {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


def _program() -> Program | None:
    """tanggap.toml's [program] when there is one; labelling a file needs no configuration."""
    return load_settings().program if _configured() else None


def _configured() -> bool:
    return (find_home() / "tanggap.toml").exists() or "TANGGAP_CONFIG" in os.environ
