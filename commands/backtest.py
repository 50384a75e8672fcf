"""`tanggap backtest`: half a year at an invented desk, with and without the loop."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from commands.surroundings import OK
from settings import DATA

if TYPE_CHECKING:
    from learning.backtest import Arm


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backtest = commands.add_parser("backtest", help="half a year of simulated weeks, with and without the loop")
    backtest.add_argument("--weeks", type=int, help="how many (default: data/backtest.toml)")
    backtest.add_argument("--seed", type=int, default=0, help="another half-year of the same kind")
    backtest.add_argument(
        "--rules", type=Path, default=DATA / "backtest.toml", metavar="FILE", help="the arrival model"
    )
    backtest.set_defaults(command=_backtest)


def _backtest(options: argparse.Namespace) -> int:
    from cases.queue_policy import read_queue_policy
    from classifiers.corpus import read_corpus
    from flows.progress import steps
    from learning.backtest import run_backtest
    from learning.backtest_file import read_backtest
    from learning.learning_file import read_learning

    rules = read_backtest(options.rules)
    if options.weeks:
        calendar = rules.calendar.model_copy(update={"weeks": options.weeks})
        rules = rules.model_copy(update={"calendar": calendar})
    ways = (read_queue_policy(DATA / "queue.toml"), read_learning(DATA / "learning.toml").audit.stratum)
    corpus, frozen = (read_corpus(DATA / "corpus" / part) for part in ("train", "test"))
    with steps() as shown:
        arms = run_backtest(
            corpus, frozen, rules, ways, options.seed, lambda step, share: shown.say("backtest", step, share=share)
        )
    print(
        f"{rules.calendar.weeks} simulated weeks, {rules.arrivals.per_day:g} posts a day, {rules.desk.cards_per_day} cards a day; "
        f"counted are the pleas of the frozen part, which no model learned from."
    )
    for line in table_lines(arms):
        print(line)
    return OK


def table_lines(arms: list[Arm]) -> list[str]:
    """The arms side by side, span by span."""
    lines = []
    for span in arms[0].weeks:
        lines += [
            "",
            f"{span + f' ({arms[0].weeks[span].pleas} pleas)':<38}" + "".join(f"{arm.name:>26}" for arm in arms),
        ]
        lines += [
            f"{name:<38}" + "".join(f"{told:>26}" for told in values)
            for name, values in zip(_NAMES, zip(*(_told(arm, span) for arm in arms), strict=True), strict=True)
        ]
    for arm in arms:
        if arm.recall:
            truth, told = arm.recall
            lines += [
                "",
                f"{arm.name}: {arm.models} models; flagged {truth:.3f} of all pleas, its own audits say {_interval(told)}",
            ]
    return lines


_NAMES = ("seen by a person", "missed: never shown", "missed: shown, judged no", "seen late", "lives late or unseen", "cards looked at (pleas)")  # fmt: skip


def _told(arm: Arm, span: str) -> list[str]:
    one = arm.weeks[span]
    share = one.seen / one.pleas if one.pleas else 0.0
    return [
        f"{one.seen} ({share:.1%})", str(one.never_shown), str(one.said_no), str(one.late),
        f"{one.urgent_late} of {one.urgent}", f"{one.cards} ({one.cards_right})",
    ]  # fmt: skip


def _interval(told: object) -> str:
    value, low, high = (getattr(told, name) for name in ("value", "low", "high"))
    return "nothing yet" if low is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
