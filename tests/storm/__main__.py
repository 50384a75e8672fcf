"""`make chaos`: many seeds of both platforms, a line each, and the sums; exit 1 when anything did not hold."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.storm.seeds import CENT, Result, weather_seed

HEAD = (
    "seed",
    "runs",
    "kills",
    "faults",
    "midnights",
    "readable",
    "LOST",
    "in gaps",
    "DOUBLED",
    "UNSOUND",
    "BELOW",
    "ledger",
    "bill",
    "naive lost",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storm")
    parser.add_argument("--x", type=int, default=30, metavar="SEEDS")
    parser.add_argument("--instagram", type=int, default=12, metavar="SEEDS")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    options = parser.parse_args()
    bad = 0
    for source, count in (("x", options.x), ("instagram", options.instagram)):
        if not count:
            continue
        print(f"\n{source}\n" + _line(HEAD), flush=True)
        results = []
        for seed in range(options.first, options.first + count):
            with tempfile.TemporaryDirectory(prefix="storm-") as folder:
                result = weather_seed(source, seed, Path(folder))
            results.append(result)
            print(_line(cells(result)), *result.lost[:5], *result.doubled[:3], *result.unsound[:3], flush=True)
        bad += sum(not holds(result) for result in results)
        print(_line(_sums(results)))
    print("\nEverything held." if not bad else f"\n{bad} seeds did not hold.")
    return 1 if bad else 0


def holds(result: Result) -> bool:
    return not (
        result.lost
        or result.doubled
        or result.unsound
        or result.below
        or result.still_open
        or abs(result.ledger - result.bill) > CENT
    )


def cells(result: Result) -> tuple[object, ...]:
    r = result
    return (
        r.seed, r.runs, r.kills, r.faults, r.midnights, r.readable, len(r.lost), r.in_gaps, len(r.doubled), len(r.unsound), r.below,
        f"{r.ledger:.3f}", f"{r.bill:.3f}", r.naive_lost,
    )  # fmt: skip


def _sums(results: list[Result]) -> tuple[object, ...]:
    columns = list(zip(*(cells(result) for result in results), strict=True))
    summed = [
        f"{sum(map(float, column)):.3f}" if isinstance(column[0], str) else sum(column)  # type: ignore[arg-type]
        for column in columns[1:]
    ]
    return ("sum", *summed)


def _line(values: tuple[object, ...]) -> str:
    return "".join(f"{value!s:>{max(7, len(name) + 2)}}" for value, name in zip(values, HEAD, strict=True))


if __name__ == "__main__":
    sys.exit(main())
