"""How long near-duplicate folding takes on a year's posts. Prints; asserts no times.

Run: python -m benchmarks.text_duplicates [posts]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.text_speed import stream
from classifiers.corpus import read_corpus
from classifiers.duplicates import duplicate_groups

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus" / "train"


def main() -> None:
    """Posts of which one in twenty is passed on with a handle in front."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    texts = stream(read_corpus(CORPUS)["text"].tolist(), posts)
    for i in range(20, posts, 20):
        texts[i] = "RT @teman: " + texts[i - 13]
    started = time.perf_counter()
    groups = duplicate_groups(list(range(posts)), texts, list(range(posts)))
    seconds = time.perf_counter() - started
    folded = sum(first != i for i, first in groups.items())
    print(
        f"{posts:,} posts in {seconds:.1f} s ({posts / seconds:,.0f}/s), {folded:,} folded of {posts // 20:,} passed on"
    )


if __name__ == "__main__":
    main()
