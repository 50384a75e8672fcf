"""`text_classifier()` on public splits with published results: macro-F1 on the test part, beside the published table.

Run: python -m benchmarks.text_public [folder of benchmarks]   (does nothing when the folder is not there)
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas as pd

from classifiers.measuring import macro_f1
from classifiers.model import text_classifier

PUBLISHED = {  # macro-F1; see the README beside the data for where they come from
    "nusax/indonesian": "NB 73.1, SVM 78.7, LR 74.7; to reach 79.5",
    "nusax/javanese": "NB 69.4, SVM 71.3, LR 73.7; to reach 77",
    "nusax/sundanese": "NB 71.9, SVM 74.3, LR 75.8; to reach 78",
    "nusa-writes": "IndoBERT-large 89.4, XLM-R-large 91.0, SVM 91.2; to reach 92.5",
}


def read_split(folder: Path, part: str) -> tuple[list[str], list[str]]:
    """Texts and labels of train, valid or test."""
    file = next(path for path in sorted(folder.glob("*.csv")) if path.stem.endswith(part))
    frame = pd.read_csv(file)
    label = (
        "label" if "label" in frame else next(name for name in frame.columns if name in ("topic", "labels", "category"))
    )
    return frame["text"].astype(str).tolist(), frame[label].astype(str).tolist()


def main() -> None:
    """Fits on train and valid, measures on test."""
    default = Path(__file__).resolve().parent.parent.parent / "shared" / "benchmarks"
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not root.is_dir():
        print(f"No public benchmarks in {root}; nothing to do.")
        return
    for name, published in PUBLISHED.items():
        texts, labels = read_split(root / name, "train")
        more_texts, more_labels = read_split(root / name, "valid")
        started = time.perf_counter()
        estimator = text_classifier().fit(texts + more_texts, labels + more_labels)
        test_texts, test_labels = read_split(root / name, "test")
        guess = [str(label) for label in estimator.predict(test_texts)]
        seconds = time.perf_counter() - started
        print(f"{name:<18} {100 * macro_f1(test_labels, guess):.1f}   ({published}; {seconds:.0f} s)")


if __name__ == "__main__":
    main()
