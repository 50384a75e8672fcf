"""The command `tanggap`: reads the arguments, calls a command, prints its faults, returns the exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from commands import (
    accounts,
    answers,
    backtest,
    casework,
    daily,
    exports,
    field_checks,
    labels,
    lounge,
    models,
    privacy,
    publishing,
    rule_files,
    saved_posts,
    serving,
    session,
    stats,
    subjects,
    syncing,
    text_model,
    upkeep,
)
from commands.surroundings import BAD_INPUT, INTERRUPTED, NOTHING_COLLECTED, OK

SUBJECTS = (
    accounts,
    answers,
    casework,
    daily,
    exports,
    field_checks,
    lounge,
    publishing,
    privacy,
    rule_files,
    serving,
    syncing,
    text_model,
    saved_posts,
    upkeep,
    session,
    stats,
    subjects,
    labels,
    models,
    backtest,
)

# Faults of what a person handed in, by the name of their exception.
BAD_INPUT_FAULTS = frozenset(
    {
        "CorpusError",
        "ImportFileError",
        "RulesError",
        "SessionError",
        "SettingsError",
        "SheetError",
        "PromiseMissing",
        "SuggestionDecided",
        "TableError",
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Every expected fault is one sentence on stderr; --debug shows the traceback instead."""
    options = _parser().parse_args(arguments)
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except KeyboardInterrupt:
        print("Stopped. What was read so far is saved; the same command goes on from there.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `tanggap case list | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        if options.debug:
            raise
        return _say(error)


def console_script() -> NoReturn:
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tanggap",
        description="Finds humanitarian complaints among a regency's mentions and puts each before a person.",
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of a fault")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for subject in SUBJECTS:
        subject.add_parsers(commands)
    for command in commands.choices.values():
        command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _say(error: Exception) -> int:
    """A named fault as its own sentence; anything else briefly, with the way to see more."""
    if type(error).__module__.split(".")[0] in {
        "cases",
        "commands",
        "settings",
        "triage",
        "collectors",
        "classifiers",
        "review",
        "flows",
        "demo",
        "serving",
        "learning",
    }:
        print(error, file=sys.stderr)
        return BAD_INPUT if type(error).__name__ in BAD_INPUT_FAULTS else NOTHING_COLLECTED
    if isinstance(error, OSError) and error.filename:
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
        return NOTHING_COLLECTED
    print(
        f"An unexpected fault stopped the command ({type(error).__name__}): run it again with --debug to see where.",
        file=sys.stderr,
    )
    return NOTHING_COLLECTED


if __name__ == "__main__":
    console_script()
