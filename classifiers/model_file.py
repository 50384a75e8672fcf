"""The model on disk: arrays and JSON in one .npz, no pickle, named by its SHA-256; champion.json says which one counts."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = "tanggap-model-1"
CHAMPION = "champion.json"


class ModelFileError(RuntimeError):
    """There is no usable model; the message says which file and what to do."""


@dataclass(frozen=True)
class ModelCard:
    """What is known about a trained model. ``path`` is relative to the folder of models, so that a copy still works."""

    model_version: str
    path: str
    sha256: str
    trained_at: str  # UTC, ISO 8601
    metrics: dict[str, Any]
    trained_on: dict[str, Any]


def packed(arrays: dict[str, np.ndarray], header: dict[str, Any]) -> bytes:
    """Arrays and a JSON header as the bytes of an .npz; the same content gives the same bytes."""
    text = json.dumps({"format": FORMAT, **header}, ensure_ascii=False, sort_keys=True).encode("utf-8")
    arrays = {**arrays, "header": np.frombuffer(text, dtype=np.uint8)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(arrays):
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def save_model(
    models_dir: Path, content: bytes, trained_at: str, metrics: dict[str, Any], trained_on: dict[str, Any]
) -> ModelCard:
    """Writes the model file and its card, each file complete or not at all. Who is champion does not change."""
    models_dir.mkdir(parents=True, exist_ok=True)
    sha256 = hashlib.sha256(content).hexdigest()
    card = ModelCard(f"m-{sha256[:12]}", f"model-{sha256[:12]}.npz", sha256, trained_at, metrics, trained_on)
    _replace(models_dir / card.path, content)
    keep_card(models_dir, card)
    return card


def keep_card(models_dir: Path, card: ModelCard) -> None:
    """The card beside its model, so that it can be champion again."""
    _replace(models_dir / f"{card.model_version}.json", _as_json(card))


def make_champion(models_dir: Path, card: ModelCard) -> None:
    """From now on champion.json names this model."""
    _replace(models_dir / CHAMPION, _as_json(card))


def _as_json(card: ModelCard) -> bytes:
    return json.dumps(asdict(card), ensure_ascii=False, indent=1).encode("utf-8")


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ModelFileError(f"The model cannot be written to {path}: {error.strerror or error}.") from None


def read_champion(models_dir: Path) -> ModelCard:
    """champion.json as a card."""
    path = models_dir / CHAMPION
    try:
        return ModelCard(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ModelFileError(f"There is no trained model in {models_dir}; run `tanggap train`.") from None
    except (OSError, ValueError, TypeError) as error:
        raise ModelFileError(f"{path} is damaged ({error}); run `tanggap train` to make it anew.") from None


def read_card(models_dir: Path, model_version: str) -> ModelCard:
    """The card of any model that was kept; ModelFileError when there is none of that name."""
    path = models_dir / Path(f"{model_version}.json").name
    try:
        return ModelCard(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ModelFileError(
            f"There is no card of {model_version} in {models_dir}; `tanggap models list` names those that are kept."
        ) from None
    except (OSError, ValueError, TypeError) as error:
        raise ModelFileError(f"{path} is damaged ({error}); put it back from a backup.") from None


def load_model(models_dir: Path, card: ModelCard) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays and header of the model a card names, after its SHA-256 was checked."""
    path = models_dir / card.path
    if Path(card.path).name != card.path:
        raise ModelFileError(f"{models_dir / CHAMPION} names a model outside its folder; run `tanggap train`.")
    try:
        content = path.read_bytes()
    except OSError:
        raise ModelFileError(f"The model file {path} is missing; run `tanggap train`.") from None
    if hashlib.sha256(content).hexdigest() != card.sha256:
        raise ModelFileError(
            f"The model file {path} was changed or damaged (its SHA-256 differs); run `tanggap train`."
        )
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(bytes(arrays.pop("header")).decode("utf-8"))
    except (ValueError, KeyError, OSError, zipfile.BadZipFile, EOFError):
        raise ModelFileError(f"The model file {path} is not a Tanggap model; run `tanggap train`.") from None
    if header.get("format") != FORMAT:
        raise ModelFileError(
            f"The model file {path} is of another format ({header.get('format')}); run `tanggap train`."
        )
    return arrays, header
