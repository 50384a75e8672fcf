"""`tanggap stats`: the figures of the desk."""

from __future__ import annotations

import argparse

from cases.regions import region_name
from cases.routing import agency_name
from cases.rules import Rules
from commands.desk import day_of, open_desk, utc_now
from commands.models import health_lines
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import OK
from review.reading import left_out_words
from review.wording import decimal, label

WIDTH = 34


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    stats = commands.add_parser("stats", help="how fast, how often late, re-routed, reopened")
    stats.add_argument("--by", choices=("week", "category", "kecamatan", "agency"), action="append", help="may be repeated; default: all")  # fmt: skip
    stats.add_argument("--from", dest="first_day", type=day_of, metavar="DAY", help="cases received since this day")
    stats.add_argument("--to", dest="last_day", type=day_of, metavar="DAY", help="… and up to this one")
    add_reader(stats)
    stats.set_defaults(command=_stats)


def _stats(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.stats import BY, Span, count_restricted, read_figures

    reader = reader_of(options)
    settings, rules = open_desk()
    span = Span(str(settings.zone), options.first_day, options.last_day, reader.sees_restricted)
    wanted = ["semua", *(options.by or BY[1:])]
    with unit_of_work(settings.database) as connection:
        tables = [(by, read_figures(connection, by, span, utc_now())) for by in wanted]
        left_out = 0 if reader.sees_restricted else count_restricted(connection)
    log_seen(settings, reader, ["stats"])
    heads = {"semua": "", "week": "Minggu mulai", "category": "Kategori", "kecamatan": "Kecamatan", "agency": "Dinas"}
    for by, figures in tables:
        print(
            f"{heads[by]:<{WIDTH}}{'kasus':>7}{'tindakan 1':>12}{'diteruskan':>12}{'selesai':>10}{'darurat tepat':>15}"
            f"{'terlambat':>14}{'salah dinas':>13}{'dibuka lagi':>13}"
        )
        for one in figures:
            emergencies = f"{one.emergencies_in_time}/{one.emergencies}" if one.emergencies else "-"
            late = f"{one.late}/{one.handlings} {one.late_share:.0%}" if one.late_share is not None else "-"
            print(
                f"{_name(rules, by, one.name)[: WIDTH - 1]:<{WIDTH}}{one.cases:>7}{_told(one.first_action_hours, 'jam'):>12}"
                f"{_told(one.forward_hours, 'jam'):>12}{_told(one.finish_days, 'hari'):>10}{emergencies:>15}{late:>14}{one.rerouted:>13}{one.reopened:>13}"
            )
        print()
    print(
        "Angka tengah (median), dihitung sejak kebutuhan sampai di meja. Terlambat: dinas bergerak setelah batasnya, dari yang bisa dinilai."
    )
    if left_out:
        print(left_out_words(left_out))
    print()
    for line in health_lines(settings):
        print(line)
    return OK


def _told(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{decimal(value, 1)} {unit}"


def _name(rules: Rules, by: str, name: str) -> str:
    if name == "-" or by in {"semua", "week"}:
        return {"-": "belum jelas", "semua": "Semua"}.get(name, name)
    if by == "category":
        return label("category" if name in rules.taxonomy.category else "topic", name)
    if by == "kecamatan":
        return region_name(name) or name
    return agency_name(rules, name) if name in rules.agencies.agency else name
