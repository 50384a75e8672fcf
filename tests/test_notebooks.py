"""The notebooks run from top to bottom on a small database of invented rows, and show numbers, never words."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

from mention import Page, Payload
from settings import ROOT
from tests.test_triage_collecting import NOW, PRICES, mention
from triage.assessing import COLUMNS, register_champion, save_assessments, unassessed
from triage.collecting import save_page, start_run
from triage.database import unit_of_work

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WORDS = "tetangga saya belum makan"


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_no_words(path: Path, database: Path) -> None:
    fill(database)
    notebook = nbformat.read(path, as_version=4)
    specs = KernelSpecManager(kernel_dirs=[f"{sys.prefix}/share/jupyter/kernels"])
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}})
    client.create_kernel_manager().kernel_spec_manager = specs
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    charts = [output for output in outputs if "image/svg+xml" in output.get("data", {})]
    assert len(charts) >= 3
    assert WORDS not in json.dumps(outputs)


def fill(database: Path) -> None:
    """Twenty mentions, half of them flagged, two restricted."""
    mentions = [mention(number, f"{WORDS} {number}") for number in range(1, 21)]
    with unit_of_work(database) as connection:
        run_id = start_run(connection, "x", "tweepy", NOW)
        save_page(connection, Page("x", "m", mentions, [Payload("x:1", {})], {}, 1), run_id, PRICES, NOW)
        register_champion(
            connection, {"model_version": "m1", "metrics": "{}", "path": "p", "sha256": "s", "trained_on": ""}, NOW
        )
        waiting = unassessed(connection, "m1", 100)
        save_assessments(connection, pd.DataFrame([opinion(row.mention_id, row.text) for row in waiting.itertuples()]))


def opinion(mention_id: str, text: str) -> dict[str, object]:
    number = int(mention_id.removeprefix("x:"))
    score = number / 20
    return dict.fromkeys(COLUMNS) | {
        "mention_id": mention_id, "model_version": "m1", "assessed_at": pd.Timestamp(NOW), "flag_score": score, "threshold": 0.5,
        "flagged": score >= 0.5, "category": ["rumah", "bencana"][number % 2], "category_score": 0.5, "urgency": 1, "urgency_score": 0.1,
        "lang": ["id", "su"][number % 2], "restricted": number > 18, "kecamatan": "Sukatani", "reasons": "[]", "place_candidates": "[]",
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }  # fmt: skip
