"""How fast the heads are, beside scikit-learn's plain pipeline in the same run. Prints; asserts no times.

Run: python -m benchmarks.text_speed [models_dir]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from classifiers.corpus import read_corpus
from classifiers.model import load_champion

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus" / "train"
POSTS = 50_000


def stream(texts: list[str], posts: int, seed: int = 0) -> list[str]:
    """A long stream in the words of the corpus: every post is two half posts and a new number, so none repeats."""
    generator = random.Random(seed)
    halves = [text.split() for text in texts]
    found = []
    for number in range(posts):
        one, two = generator.choice(halves), generator.choice(halves)
        found.append(" ".join([*one[: len(one) // 2], str(number), *two[len(two) // 2 :]]))
    return found


def main() -> None:
    """Cold and warm speed of all heads, the plain pipeline, start-up to the first prediction."""
    models = Path(sys.argv[1] if len(sys.argv) > 1 else "var/models")
    started = time.perf_counter()
    model = load_champion(models)
    model.assess(["tolong pak rumah nenek saya roboh di Pebayuran"])
    print(f"load and first opinion: {time.perf_counter() - started:.2f} s (imports not counted)")
    texts = stream(read_corpus(CORPUS)["text"].tolist(), POSTS)
    print(f"{POSTS} posts, {np.mean([len(t) for t in texts]):.0f} characters on average")
    speeds = {}
    for name in ("cold", "warm"):
        if name == "cold":
            model = load_champion(models)
        started = time.perf_counter()
        model.probabilities(texts)
        speeds[name] = POSTS / (time.perf_counter() - started)
        print(f"all heads, {name}: {speeds[name]:,.0f} posts/s")
    plain = _plain_speed(texts[:5_000], model)
    print(f"plain scikit-learn, same columns and heads: {plain:,.0f} posts/s; ratio {speeds['warm'] / plain:.1f}")
    started = time.perf_counter()
    model.assess(texts[:2_000])
    print(f"assess with places and reasons: {2_000 / (time.perf_counter() - started):,.0f} posts/s")
    if (floret := _floret_speed(texts)) is None:
        print("floret: no wheel for this Python, not compared")
    else:
        print(f"floret, one head: {floret:,.0f} posts/s; ratio {speeds['warm'] / floret:.1f}")


def _plain_speed(texts: list[str], model: object) -> float:
    """Word and char_wb TfidfVectorizers of scikit-learn with the same number of heads."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    words.fit(texts)
    characters.fit(texts)
    width = len(words.vocabulary_) + len(characters.vocabulary_)
    weights = np.zeros((width, 32), dtype=np.float64)
    started = time.perf_counter()
    np.asarray(sparse.hstack([words.transform(texts), characters.transform(texts)]).tocsr() @ weights)
    return len(texts) / (time.perf_counter() - started)


def _floret_speed(texts: list[str]) -> float | None:
    """floret (fastText's algorithm, MIT) with two heads of the corpus' size; None where it has no wheel (Python 3.13)."""
    try:
        import floret
    except ImportError:
        return None
    corpus = read_corpus(CORPUS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "flag.txt"
        lines = (
            f"__label__{flag} {text}"
            for flag, text in zip(corpus["flag"], corpus["text"].str.replace("\n", " "), strict=True)
        )
        file.write_text("\n".join(lines), encoding="utf-8")
        model = floret.train_supervised(str(file), epoch=2, minn=2, maxn=5, wordNgrams=2, verbose=0)
    started = time.perf_counter()
    model.predict([text.replace("\n", " ") for text in texts])
    return len(texts) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
