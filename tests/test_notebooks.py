"""The notebooks run from top to bottom on one published copy of the demo, and show numbers and masked words, never more."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from classifiers.model import load_champion
from classifiers.training import train
from flows.progress import Steps
from flows.publishing import publish
from review.figures import recall_by_sampling, share, still_waiting
from settings import ROOT
from tests.classifier_fixtures import CORPUS
from tests.desk_life import lived_in
from tests.test_publishing import personal, standing

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ROWS_PER_FILE = 40  # a small model: what it says is drawn, not judged


@pytest.fixture(scope="module")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose desk has lived three weeks, with its published copy."""
    home = tmp_path_factory.mktemp("meja")
    corpus = home / "corpus"
    corpus.mkdir()
    for file in sorted(CORPUS.glob("*.tsv")):
        lines = file.read_text(encoding="utf-8").splitlines()[: ROWS_PER_FILE + 1]
        (corpus / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    train(corpus, home / "models")
    publish(lived_in(home, home / "models", load_champion(home / "models")), Steps(None))
    return home


@pytest.fixture(scope="module")
def kernel(published_home: Path) -> Iterator[KernelManager]:
    """One Python for all notebooks; each begins with an empty memory."""
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[f"{sys.prefix}/share/jupyter/kernels"])
    manager.start_kernel(env={**os.environ, "TANGGAP_HOME": str(published_home)}, cwd=str(ROOT / "notebooks"))
    yield manager
    manager.shutdown_kernel(now=True)


def test_there_are_five() -> None:
    assert [path.stem[0] for path in NOTEBOOKS] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_says_first_what_to_learn_and_outputs_are_stripped(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert "**You learn here" in "".join(cells[0]["source"])
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_nobody(path: Path, kernel: KernelManager) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    began = time.perf_counter()
    NotebookClient(notebook, km=kernel, timeout=120).execute()
    print(f"{path.stem}: {time.perf_counter() - began:.1f} s")
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    charts = [output["data"]["image/svg+xml"] for output in outputs if "image/svg+xml" in output.get("data", {})]
    assert len(charts) >= 2
    assert not [chart for chart in charts if "Belum ada" in chart or "NaN" in chart or ">null<" in chart]
    shown = json.dumps([output.get("data", output.get("text")) for output in outputs]).lower()
    assert standing([what for what, kind in personal().items() if kind != "handle"], shown) == []
    assert not re.search(r"\b(?:x|instagram):\d", shown)


def frame(*rows: tuple[float, bool]) -> tuple[Any, Any]:
    table = pd.DataFrame(rows, columns=["days", "ended"])
    return table["days"], table["ended"]


def test_who_still_waits_counts_as_long_as_it_waited() -> None:
    """By hand: of 4 one ends at 1 (3/4 wait), one is watched only until 2, one of the two left ends at 3 (3/8), one at 5 (0)."""
    curve = still_waiting(*frame((1, True), (2, False), (3, True), (5, True)))
    assert curve["days"].tolist() == [0, 1, 3, 5]
    assert curve["waiting"].tolist() == pytest.approx([1, 0.75, 0.375, 0])
    assert still_waiting(*frame((4, False)))["waiting"].tolist() == [1]


def test_shares_know_how_little_they_know() -> None:
    few, many = share(1, 2), share(500, 1000)
    assert few.low < many.low < 0.5 < many.high < few.high
    assert share(0, 3).high == pytest.approx(0.5615, abs=1e-3)  # Wilson's upper end for 0 of 3


def test_recall_weighs_the_sampled_misses() -> None:
    """90 found; 50 of 500 unflagged looked at, one of them a plea: it stands for ten, so 90 of 100 are found."""
    looked = pd.DataFrame({"chance": [0.1] * 50, "missed": [True] + [False] * 49})
    recall = recall_by_sampling(90, looked["chance"], looked["missed"])
    assert recall.value == pytest.approx(0.9)
    assert recall.low < 0.9 < recall.high
    assert recall_by_sampling(90, looked["chance"], looked["missed"] & False).low == pytest.approx(90 / 120)
