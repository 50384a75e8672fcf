"""Prints how right the joiner is; against joining whatever shares village and category within two weeks."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.joining.measuring import Measured, measure_night, measure_pairs
from benchmarks.joining.pairs import HALVES, pair_rows, read_situations
from benchmarks.joining.reading import described
from cases.likeness import LONG_AGO, compare, features
from classifiers.model import load_champion
from classifiers.training import train
from settings import DATA


def main() -> None:
    for half in HALVES:
        print(f"-- {half} half")
        _print_pairs("categories as written", measure_pairs(half))
        _print_plain(half)
        night = measure_night(half)
        print(f"night of all {night.mentions} mentions in one heap: joined rightly {night.joined}")
        print(f"  of those whose household had a case, joined it or suggested to it: {night.found}")
        print(f"  suggestions a mention: {night.suggestions / night.mentions:.2f}")
    if "--model" in sys.argv:
        _print_pairs(
            "frozen half, categories as the model reads them", measure_pairs("frozen", read_category=_model_categories)
        )
    _print_speed()


def _print_pairs(title: str, found: Measured) -> None:
    print(f"{title}: {found.pairs} pairs, {found.same} of one household")
    for name in ("precision", "merged", "recall", "suggested"):
        print(f"  {LABELS[name]:<58} {getattr(found, name)}")


LABELS = {
    "precision": "precision of what is joined by itself",
    "merged": "of the same, joined by itself",
    "recall": "of the same, joined or suggested (recall)",
    "suggested": "of the suggestions, right (hard near strangers)",
}


def _print_plain(half: str) -> None:
    """The named alternative: same village and category, at most two weeks apart."""
    told = read_situations(half)
    mentions = described(told)
    right = wrong = missed = 0
    for row in pair_rows(told):
        found = features(mentions[row["mention_a"]], mentions[row["mention_b"]])
        joined = bool(found["village"] and found["category"] and not found["weeks"])
        same = row["label"] == "same"
        right, wrong, missed = right + (joined and same), wrong + (joined and not same), missed + (same and not joined)
    print(
        f"  alternative (village + category within {LONG_AGO // 24} days): precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}"
    )


def _model_categories(texts: list[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        train(DATA / "corpus" / "train", Path(folder))
        return [str(category) for category in load_champion(Path(folder)).assess(texts)["category"]]


def _print_speed() -> None:
    told = read_situations("tuning")
    began = time.perf_counter()
    mentions = list(described(told).values())
    read = time.perf_counter()
    count = 0
    for one in mentions[:100]:
        for other in mentions[:200]:
            compare(one, other)
            count += 1
    done = time.perf_counter()
    print(
        f"{len(told) / (read - began):,.0f} texts read a second, {count / (done - read):,.0f} pairs compared a second"
    )


if __name__ == "__main__":
    main()
