"""`tanggap case suggestions|merge|split`: which cases are one need, and which mentions are another."""

from __future__ import annotations

import argparse

from cases.acting import Act
from commands.desk import moment_words, open_desk, utc_now
from commands.surroundings import OK


def add_parsers(what: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    suggestions = what.add_parser("suggestions", help="cases that may be one need; accept or refuse")
    answer = suggestions.add_mutually_exclusive_group()
    answer.add_argument("--accept", metavar="SUGGESTION", help="merge its two cases")
    answer.add_argument("--refuse", metavar="SUGGESTION", help="they are two needs")
    answer.add_argument(
        "--state", choices=("open", "accepted", "refused"), default="open", help="which to list (default: open)"
    )
    _who(suggestions, required=False)
    suggestions.set_defaults(command=_suggestions)
    merge = what.add_parser("merge", help="move all mentions of a case into another and close it")
    merge.add_argument("case", metavar="CASE", help="the case that stays")
    merge.add_argument("other", metavar="OTHER", help="the case that is closed")
    _who(merge, required=True)
    merge.set_defaults(command=_merge)
    split = what.add_parser("split", help="take mentions out of a case; undoes a merge, too")
    split.add_argument("case", metavar="CASE")
    split.add_argument("mention", metavar="MENTION", nargs="+", help="as `tanggap case show` lists them")
    _who(split, required=True)
    split.set_defaults(command=_split)


def _who(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--actor", required=required, default="", help="who decides")
    parser.add_argument(
        "--why", required=required, default="", help="a short reason, without names and numbers of citizens"
    )


def _suggestions(options: argparse.Namespace) -> int:
    if options.accept:
        return _accept(options)
    if options.refuse:
        return _refuse(options)
    from triage.database import unit_of_work
    from triage.suggesting import read_suggestions

    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        rows = read_suggestions(connection, options.state)
    for row in rows:
        print(
            f"{row['suggestion_id']}  {row['case_id']} + {row['other_case_id']}{'  (terbatas)' if row['restricted'] else ''}"
        )
        print(f"  {row['reason']}")
        if row["decided_by"]:
            print(f"  {moment_words(rules, row['decided_at'])}  {row['decided_by']}: {row['why']}")
    return OK


def _accept(options: argparse.Namespace) -> int:
    """The younger case goes into the older one."""
    from triage.database import unit_of_work
    from triage.merging import accept_suggestion

    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        wanted = Act("merge", options.actor, options.why)
        case, gone = accept_suggestion(connection, rules, options.accept, wanted, utc_now())
    print(f"{gone} digabung ke {case.case_id}, versi {case.version}.")
    return OK


def _refuse(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.suggesting import refuse_suggestion

    settings, _ = open_desk()
    with unit_of_work(settings.database) as connection:
        row = refuse_suggestion(connection, options.refuse, options.actor, options.why, utc_now())
    print(f"{row['suggestion_id']} ditolak: {row['case_id']} dan {row['other_case_id']} tetap dua kasus.")
    return OK


def _merge(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.merging import do_merge

    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        wanted = Act("merge", options.actor, options.why)
        case = do_merge(connection, rules, (options.case, options.other), wanted, utc_now())
    print(f"{options.other} digabung ke {case.case_id}, versi {case.version}.")
    return OK


def _split(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.merging import do_split

    settings, rules = open_desk()
    with unit_of_work(settings.database) as connection:
        wanted = Act("split", options.actor, options.why)
        left, taken = do_split(connection, rules, options.case, options.mention, wanted, utc_now())
    print(f"{len(options.mention)} unggahan dipisahkan dari {left.case_id} ke {taken.case_id}.")
    return OK
