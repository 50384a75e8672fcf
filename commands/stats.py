"""`tanggap stats`: the figures of the desk."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from commands.desk import day_of, open_desk, utc_now
from commands.models import health_lines
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import OK
from review.figure_words import ABOUT, COLUMNS, HEADS, group_words, row_words
from review.reading import left_out_words

WIDTH, WIDTHS = 34, (7, 12, 12, 10, 15, 14, 13, 13)  # characters: of the group's name, of each column


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    stats = commands.add_parser("stats", help="how fast, how often late, re-routed, reopened")
    stats.add_argument("--by", choices=("week", "category", "kecamatan", "agency"), action="append", help="may be repeated; default: all")  # fmt: skip
    stats.add_argument("--from", dest="first_day", type=day_of, metavar="DAY", help="cases received since this day")
    stats.add_argument("--to", dest="last_day", type=day_of, metavar="DAY", help="… and up to this one")
    add_reader(stats)
    stats.set_defaults(command=_stats)


def _stats(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.stats import BY, By, Span, count_restricted, read_figures

    reader = reader_of(options)
    settings, rules = open_desk()
    span = Span(str(settings.zone), options.first_day, options.last_day, reader.sees_restricted)
    wanted: list[By] = ["semua", *(options.by or BY[1:])]
    with unit_of_work(settings.database) as connection:
        tables = [(by, read_figures(connection, by, span, utc_now())) for by in wanted]
        left_out = 0 if reader.sees_restricted else count_restricted(connection)
    log_seen(settings, reader, ["stats"])
    for by, figures in tables:
        print(HEADS[by].ljust(WIDTH) + _cells(COLUMNS))
        for one in figures:
            print(group_words(rules, by, one.name)[: WIDTH - 1].ljust(WIDTH) + _cells(row_words(one)))
        print()
    print(ABOUT)
    if left_out:
        print(left_out_words(left_out))
    print()
    for line in health_lines(settings):
        print(line)
    return OK


def _cells(values: Sequence[str]) -> str:
    return "".join(value.rjust(width) for value, width in zip(values, WIDTHS, strict=True))
