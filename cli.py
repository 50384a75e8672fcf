"""The command `tanggap`: reads the arguments, calls a room, prints its answer, returns the exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import NoReturn

from settings import DATA, ROOT, Program, Settings, SettingsError, find_home, load_settings

OK, NOTHING_COLLECTED, BAD_INPUT, DEGRADED, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Every expected fault is one sentence on stderr; --debug shows the traceback instead."""
    options = _parser().parse_args(arguments)
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except KeyboardInterrupt:
        print("Stopped. What was read so far is saved; the same command goes on from there.", file=sys.stderr)
        return INTERRUPTED
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

    report = commands.add_parser("report", help="the daily job: collect, assess, triage, write the report")
    report.add_argument("--demo", action="store_true", help="on the invented demo platforms")
    report.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the day of the report (default: today)")
    report.set_defaults(command=_report)

    collect = commands.add_parser("collect", help="only the collecting")
    collect.add_argument("sources", nargs="*", metavar="SOURCE", help="x, instagram (default: all that are enabled)")
    collect.add_argument("--demo", action="store_true", help="from the invented demo platforms")
    collect.set_defaults(command=_collect)

    predict = commands.add_parser("predict", help="label the texts of a CSV, TSV or JSONL file")
    predict.add_argument("input", type=Path, metavar="IN")
    predict.add_argument("output", type=Path, metavar="OUT")
    predict.set_defaults(command=_predict)

    train = commands.add_parser("train", help="fit and register a model from data/corpus")
    train.set_defaults(command=_train)

    evaluate = commands.add_parser("evaluate", help="score a labelled CSV, TSV or JSONL file")
    evaluate.add_argument("input", type=Path, metavar="IN")
    evaluate.set_defaults(command=_evaluate)

    serve = commands.add_parser("serve", help="the schedule: hourly, and the report at 06:00")
    serve.add_argument("--flows", action="store_true", required=True, help="run the daily flow by the clock")
    serve.add_argument("--demo", action="store_true", help="on the invented demo platforms")
    serve.set_defaults(command=_serve)
    for command in (report, collect, predict, train, evaluate, serve):
        command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _report(options: argparse.Namespace) -> int:
    from flows.prefect_environment import set_environment

    with ExitStack() as stack:
        settings = _settings(options, stack)
        _writable(settings)
        set_environment(settings.home)
        from flows.daily_report import run_daily_report
        from flows.progress import steps

        with steps() as shown:
            path, outcomes, flagged = run_daily_report(settings, options.date, shown)
    _print_table([(o.source, o.status, o.seen, o.new, flagged.get(o.source, 0)) for o in outcomes])
    _print_faults(outcomes)
    print(f"Report: {path}")
    return NOTHING_COLLECTED if all(outcome.status == "failed" for outcome in outcomes) else OK


def _collect(options: argparse.Namespace) -> int:
    from flows.collecting import collect_source, enabled_sources
    from flows.progress import steps
    from triage.database import prepare_database

    with ExitStack() as stack:
        settings = _settings(options, stack)
        _writable(settings)
        wanted = options.sources or enabled_sources(settings)
        if unknown := set(wanted) - set(enabled_sources(settings)):
            enabled = ", ".join(enabled_sources(settings))
            raise SettingsError(f"{', '.join(sorted(unknown))} is not an enabled source; enabled are: {enabled}.")
        prepare_database(settings.database, demo=settings.demo)
        with steps() as shown:
            outcomes = [collect_source(settings, source, shown) for source in wanted]
    _print_table([(o.source, o.status, o.seen, o.new, None) for o in outcomes])
    _print_faults(outcomes)
    if all(outcome.status == "failed" for outcome in outcomes):
        return NOTHING_COLLECTED
    return OK if all(outcome.status == "ok" for outcome in outcomes) else DEGRADED


def _predict(options: argparse.Namespace) -> int:
    from classifiers.predicting import predict_file

    _train_if_none()
    program = _program()
    if program is None:
        rows = predict_file(options.input, options.output, _models())
    else:
        rows = predict_file(
            options.input, options.output, _models(), home=program.region, expected_share=program.expected_share
        )
    print(f"{rows} rows: {options.output}")
    return OK


def _train(options: argparse.Namespace) -> int:
    from classifiers.training import train

    card = train(DATA / "corpus" / "train", _models(), on_progress=_show_progress)
    print(f"Model {card.model_version}: {_models() / card.path}")
    return OK


def _evaluate(options: argparse.Namespace) -> int:
    from classifiers.evaluating import evaluate_file

    _train_if_none()
    saved = find_home() / "var" / "evaluations" / options.input.stem
    result = evaluate_file(options.input, _models(), saved, train_dir=DATA / "corpus" / "train")
    print(result.as_text())
    print(f"Saved: {saved}")
    return OK


def _serve(options: argparse.Namespace) -> int:
    from flows.prefect_environment import set_environment

    with ExitStack() as stack:
        settings = _settings(options, stack)
        _writable(settings)
        server = set_environment(settings.home)
        from flows.schedule import serve_flows

        serve_flows(settings, server)
    return OK


def _settings(options: argparse.Namespace, stack: ExitStack) -> Settings:
    """The settings; in a demo the stand-in platforms are started for as long as the stack is open."""
    if options.demo:
        from demo.standin import credentials, running

        _writable(load_settings(demo=True))  # bad surroundings are said before anything is started
        state = find_home() / "var" / "demo"
        state.mkdir(parents=True, exist_ok=True)
        stack.enter_context(running(ROOT / "data" / "feed", state))
        os.environ.update(credentials(state))
    os.environ["TANGGAP_HOME"] = str(find_home())
    return load_settings(demo=options.demo)


def _writable(settings: Settings) -> None:
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        probe = settings.var / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"{settings.var} cannot be written ({error.strerror}): make it writable for this user, or set TANGGAP_HOME to another folder."
        ) from None


def _models() -> Path:
    return find_home() / "var" / "models"


def _train_if_none() -> None:
    """A file can be labelled on a new machine at once: the first model is trained on the way."""
    if not (_models() / "champion.json").exists():
        from classifiers.training import train

        train(DATA / "corpus" / "train", _models(), on_progress=_show_progress)


def _show_progress(step: str, share: float) -> None:
    """One line on stderr, overwritten on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{step} {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


def _program() -> Program | None:
    """tanggap.toml's [program] when there is one; labelling a file needs no configuration."""
    if not (find_home() / "tanggap.toml").exists() and "TANGGAP_CONFIG" not in os.environ:
        return None
    return load_settings().program


def _print_table(rows: list[tuple[str, str, int, int, int | None]]) -> None:
    print(f"{'source':<12}{'state':<10}{'seen':>7}{'new':>7}{'flagged':>9}")
    for source, status, seen, new, flagged in rows:
        print(f"{source:<12}{status:<10}{seen:>7}{new:>7}{'' if flagged is None else flagged:>9}")


def _print_faults(outcomes: Sequence[object]) -> None:
    for outcome in outcomes:
        if error := getattr(outcome, "error", None):
            print(error, file=sys.stderr)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it like 2026-11-24") from None


def _say(error: Exception) -> int:
    """A named fault as its own sentence; anything else briefly, with the way to see more."""
    if type(error).__module__.split(".")[0] in {
        "settings",
        "triage",
        "collectors",
        "classifiers",
        "review",
        "flows",
        "demo",
    }:
        print(error, file=sys.stderr)
        return (
            BAD_INPUT if type(error).__name__ in {"SettingsError", "TableError", "CorpusError"} else NOTHING_COLLECTED
        )
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
