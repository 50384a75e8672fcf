"""`make chaos`: many seeds of both platforms, a line each, and the sums; exit 1 when anything did not hold."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tests.storm.seeds import CENT, Result

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
    "LEAKS",
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
    parser.add_argument("--at-once", type=int, default=2, metavar="PROCESSES")
    options = parser.parse_args()
    bad = 0
    with ThreadPoolExecutor(options.at_once) as pool:
        for source, count in (("x", options.x), ("instagram", options.instagram)):
            if count:
                seeds = range(options.first, options.first + count)
                bad += _rage(source, pool.map(_seed, [source] * count, seeds))
    print("\nEverything held." if not bad else f"\n{bad} seeds did not hold.")
    return 1 if bad else 0


def _seed(source: str, seed: int) -> Result:
    """In a process of its own: a seed points its whole environment at its stand-in."""
    command = [sys.executable, "-m", "tests.storm.one", source, str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{source} {seed} broke:\n{done.stderr[-2000:]}")
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def _rage(source: str, seeds: Iterable[Result]) -> int:
    """Print a line a seed as they come, and the sums; returns how many did not hold."""
    print(f"\n{source}\n" + _line(HEAD), flush=True)
    results = []
    for result in seeds:
        results.append(result)
        bad = [*result.lost[:5], *result.doubled[:3], *result.unsound[:3], *result.leaks[:3]]
        print(_line(cells(result)), *bad, flush=True)
    print(_line(_sums(results)))
    return sum(not holds(result) for result in results)


def holds(result: Result) -> bool:
    return not (
        result.lost
        or result.doubled
        or result.unsound
        or result.leaks
        or result.below
        or result.still_open
        or abs(result.ledger - result.bill) > CENT
    )


def cells(result: Result) -> tuple[object, ...]:
    r = result
    return (
        r.seed, r.runs, r.kills, r.faults, r.midnights, r.readable, len(r.lost), r.in_gaps, len(r.doubled), len(r.unsound), len(r.leaks), r.below,
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
