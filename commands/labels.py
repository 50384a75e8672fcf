"""`tanggap labels`: what the desk's verdicts teach, where reviewers disagree, and which verdicts a model doubts."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from commands.desk import open_desk
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import OK
from review.masking import masked
from review.reading import Reader
from settings import Settings

if TYPE_CHECKING:
    from learning.labels import Verdict

SHOWN = 110  # characters of a post on a line


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    labels = commands.add_parser("labels", help="what verdicts teach: counts, agreement, conflicts, doubtful ones")
    what = labels.add_subparsers(required=True, metavar="WHAT")
    what.add_parser("count", help="labels by where they come from").set_defaults(command=_count)
    agreement = what.add_parser("agreement", help="Cohen's kappa of every two reviewers")
    agreement.set_defaults(command=_agreement)
    conflicts = what.add_parser("conflicts", help="mentions that reviewers judged differently")
    conflicts.set_defaults(command=_conflicts)
    doubtful = what.add_parser("doubtful", help="verdicts that the newest model finds hard to believe")
    doubtful.add_argument("--most", type=int, default=20, help="how many (default 20)")
    doubtful.set_defaults(command=_doubtful)
    for parser in (conflicts, doubtful):
        add_reader(parser)


def _verdicts(settings: Settings) -> list[Verdict]:
    from learning.labels import verdicts_of
    from triage.database import unit_of_work
    from triage.labels import label_verdicts

    with unit_of_work(settings.database) as connection:
        return verdicts_of(label_verdicts(connection))


def _count(options: argparse.Namespace) -> int:
    from learning.labels import labels_and_conflicts

    settings, _ = open_desk()
    labels, conflicts = labels_and_conflicts(_verdicts(settings))
    counts = Counter((one.origin, one.verdict.verdict) for one in labels)
    names = {"putusan": "verdicts in the queue", "audit": "audits of the unflagged", "lapangan": "field visits"}
    print(f"{'from':<26}{'ya':>7}{'bukan':>7}")
    for origin, name in names.items():
        print(f"{name:<26}{counts[origin, 'ya']:>7}{counts[origin, 'bukan']:>7}")
    undecided = sum(one.settled is None for one in conflicts)
    print(
        f"{len(labels)} labels; {sum(one.verdict.corrected for one in labels)} with a corrected category; "
        f"{len(conflicts)} mentions with a conflict, {undecided} of them undecided and not learned from."
    )
    return OK


def _agreement(options: argparse.Namespace) -> int:
    from learning.agreement import agreements, pooled

    settings, _ = open_desk()
    verdicts = _verdicts(settings)
    together = pooled(verdicts)
    if together is None:
        print("No mention has the verdict of two reviewers yet.")
        return OK
    print(f"{'reviewers':<36}{'both':>6}{'same':>6}{'kappa':>8}")
    for one in [*agreements(verdicts), together]:
        kappa = "-" if one.kappa is None else f"{one.kappa:.2f}"
        print(f"{one.first + ' · ' + one.second:<36}{one.both:>6}{one.same:>6}{kappa:>8}")
    return OK


def _conflicts(options: argparse.Namespace) -> int:
    from learning.labels import labels_and_conflicts

    reader = reader_of(options)
    settings, _ = open_desk()
    verdicts = _verdicts(settings)
    _, conflicts = labels_and_conflicts(verdicts)
    known = {one.mention_id: one for one in verdicts}
    rows = [
        {
            "mention_id": one.mention_id,
            "restricted": known[one.mention_id].restricted,
            "text": known[one.mention_id].text,
            "said": f"ya: {', '.join(one.yes)} · bukan: {', '.join(one.no)} · {one.settled or 'undecided'}",
        }
        for one in conflicts
    ]
    _print_rows(settings, reader, rows, "conflicts")
    return OK


def _doubtful(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.labels import read_doubts

    reader = reader_of(options)
    settings, _ = open_desk()
    with unit_of_work(settings.database) as connection:
        doubts = read_doubts(connection).to_dict("records")
    rows = [
        {str(key): value for key, value in row.items()}
        | {"said": f"{row['reviewer']}: {row['verdict']} (chance {row['chance']:.2f} to a model that had not seen it)"}
        for row in doubts
    ]
    _print_rows(settings, reader, rows[: options.most], "doubtful labels")
    return OK


def _print_rows(settings: Settings, reader: Reader, rows: Iterable[Mapping[str, object]], what: str) -> None:
    """Masked for everyone: whether a label is right can be told without a name. Restricted ones for their officers only."""
    rows = list(rows)
    seen = [row for row in rows if reader.sees_restricted or not row["restricted"]]
    for row in seen:
        text = masked(" ".join(str(row["text"]).split()), limit=SHOWN).text
        print(f"{row['mention_id']}  {row['said']}\n    {text}")
    if not rows:
        print(f"No {what}.")
    if len(seen) < len(rows):
        print(f"{len(rows) - len(seen)} unggahan terbatas tidak ditampilkan.")
    log_seen(settings, reader, [what])
