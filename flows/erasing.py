"""A data subject's erasure (UU 27/2022 art. 8, 43, 44): tables, files, backups and the free blocks, then a look whether anything is left. No Prefect here."""

from __future__ import annotations

import gzip
import uuid
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.erasing import Sought, sought
from flows.backups import backups_folder, forget_in_backups, forget_in_replaced, write_index
from flows.collecting import utc_now
from flows.forgetting import forget_in_files
from flows.progress import Steps
from review.masking import personal_words
from settings import Settings
from triage.database import unit_of_work
from triage.erasing import (
    SLICE,
    Erasure,
    Subject,
    cases_of_events,
    erase_event_words,
    erase_mentions,
    erase_rows,
    events_of_cases,
    read_subject,
    save_request,
    search,
)
from triage.handed_out import handed_out
from triage.rewriting import Rewritten, rewrite

SHORTEST = 12  # characters of a text that is looked for by itself: "tolong" says nothing about anybody
EXPORTS = "privacy"  # folder of var/ with what subjects were given
# Not ours to erase in: the demo platforms' own memory stands for the platforms themselves.
_OTHERS = ("demo",)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked for what is never written down: only that somebody did, when, and which member of staff answered."""

    actor: str
    basis: str
    received_at: datetime
    words: tuple[str, ...] = ()  # names and numbers that staff's own notes may hold
    case_ids: tuple[str, ...] = ()  # cases that are the person's alone: every sentence of staff goes


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did, in numbers; ``left`` names places where a word still stands, ``elsewhere`` files out of reach."""

    request_id: str
    mentions: int
    payloads: int
    notes: int
    files: int
    backups: int
    rewritten: Rewritten
    left: tuple[str, ...]
    elsewhere: tuple[Path, ...]


def erase(settings: Settings, mention_ids: Sequence[str], request: Request, steps: Steps) -> Erased:
    """Erase these mentions and these words everywhere. A run that was killed is made good by running it again."""
    with unit_of_work(settings.database) as connection:
        subject = read_subject(connection, mention_ids)
    mark = Erasure("", "", utc_now(), "subject", uuid.uuid4().hex[:12])
    everywhere, in_cases, accounts = _looked_for(subject, request)
    steps.say("erase", "looking through notes and payloads")
    found = list(search(settings.database, everywhere, only=("note", "event", "suggestion", "payload", "delivery")))
    found += search(settings.database, accounts, only=("payload", "delivery"))
    with unit_of_work(settings.database) as connection:
        save_request(connection, _row(request, mark, subject))
    for start in range(0, len(subject.mention_ids), SLICE):
        with unit_of_work(settings.database) as connection:
            erase_mentions(connection, subject.mention_ids[start : start + SLICE], mark)
    payloads, notes, cases = _erase_found(settings, found, (everywhere, in_cases), (subject, mark))
    notes += _erase_cases(settings, request.case_ids, mark)
    steps.say("erase", f"{len(subject.mention_ids)} mentions, {payloads} payloads, {notes} notes", done=True)
    files = forget_in_files(settings, [*subject.case_ids, *request.case_ids, *cases])[1] + _forget_exports(
        settings, subject
    )
    backups, damaged = _erase_in_copies(settings, steps)
    rewritten = rewrite(settings.database, utc_now())
    left = remaining(settings.var, _planted(settings, subject, request))
    return Erased(
        mark.request_id or "",
        len(subject.mention_ids),
        payloads,
        notes,
        files,
        backups,
        rewritten,
        (*left, *damaged),
        _elsewhere(settings),
    )


def _looked_for(subject: Subject, request: Request) -> tuple[Sought, Sought, Sought]:
    """What is looked for in all that staff wrote, in the person's own cases, and in what the platforms sent."""
    named = [word for text in subject.texts for word in personal_words(text)]
    copied = [text for text in subject.texts if len(text) >= SHORTEST]
    everywhere = sought([*request.words, *subject.handles])
    return (
        everywhere,
        sought([*request.words, *subject.handles, *named], copied),
        sought([*subject.handles, *subject.author_ids]),
    )


def _row(request: Request, mark: Erasure, subject: Subject) -> dict[str, object]:
    return {
        "request_id": mark.request_id, "kind": "erase", "received_at": request.received_at, "done_at": mark.erased_at, "actor": request.actor,
        "basis": request.basis, "mentions": len(subject.mention_ids), "cases": len(subject.case_ids),
    }  # fmt: skip


def _erase_found(
    settings: Settings, found: list[tuple[str, str]], looked_for: tuple[Sought, Sought], whose: tuple[Subject, Erasure]
) -> tuple[int, int, list[str]]:
    """Payloads, deliveries and staff's words that hold the person's; returns how many of the first and last, and the cases touched."""
    everywhere, in_cases = looked_for
    subject, mark = whose
    by_kind = {what: list(dict.fromkeys(one for kind, one in found if kind == what)) for what, _ in found}
    with unit_of_work(settings.database) as connection:
        for what in ("payload", "delivery", "suggestion", "note"):
            erase_rows(connection, what, by_kind.get(what, []), mark)
        notes = erase_event_words(connection, by_kind.get("event", []), everywhere, mark)
        touched = cases_of_events(connection, by_kind.get("event", []))
        notes += erase_event_words(connection, events_of_cases(connection, subject.case_ids), in_cases, mark)
    return len(by_kind.get("payload", [])), notes, touched


def _erase_cases(settings: Settings, case_ids: Sequence[str], mark: Erasure) -> int:
    with unit_of_work(settings.database) as connection:
        return erase_event_words(connection, events_of_cases(connection, case_ids), None, mark)


def _forget_exports(settings: Settings, subject: Subject) -> int:
    """What subjects were given under var/privacy goes when it speaks of these mentions."""
    removed = 0
    for file in (settings.var / EXPORTS).glob("subject-*.json"):
        text = file.read_text(encoding="utf-8")
        if any(f'"{mention_id}"' in text for mention_id in subject.mention_ids):
            file.unlink()
            removed += 1
    return removed


def _erase_in_copies(settings: Settings, steps: Steps) -> tuple[int, list[str]]:
    """Backups and what restores moved aside; returns how many were made anew, and those that cannot be opened."""
    write_index(settings.database, backups_folder(settings.home))
    made, damaged = 0, []
    for change in (forget_in_backups, forget_in_replaced):
        count, faults = change(settings, steps)
        made += count
        damaged += faults
    return made, damaged


def _planted(settings: Settings, subject: Subject, request: Request) -> list[str]:
    """What must be nowhere; a handle only when nothing else of that account was to stay."""
    with unit_of_work(settings.database) as connection:
        rows = connection.execute(
            "SELECT DISTINCT author_handle FROM mentions WHERE author_handle IS NOT NULL"
        ).fetchall()
    staying = {row[0] for row in rows}
    handles = [one for one in subject.handles if one not in staying]
    return [*request.words, *handles, *(one for one in subject.texts if len(one) >= SHORTEST)]


def _elsewhere(settings: Settings) -> tuple[Path, ...]:
    """Files that were handed out and are not below var/: exports were blanked where they still are, other copies ask for a person."""
    with unit_of_work(settings.database) as connection:
        files = handed_out(connection, "")
    return tuple(file for file in files if not file.is_relative_to(settings.var))


def remaining(var: Path, phrases: Sequence[str]) -> list[str]:
    """Files below var/ whose bytes, unpacked where they are packed, still hold one of these, whatever the letters' size."""
    wanted = [one.encode("utf-8").lower() for one in phrases if len(one) >= 4]
    found = []
    for file in sorted(
        path for path in var.rglob("*") if path.is_file() and path.relative_to(var).parts[0] not in _OTHERS
    ):
        if wanted and any(word in content for content in _contents(file) for word in wanted):
            found.append(str(file))
    return found


def _contents(file: Path) -> Iterator[bytes]:
    """Lower-case bytes of a file and of what is packed in it. A file that vanishes meanwhile holds nothing."""
    try:
        yield file.read_bytes().lower()
        if file.name.endswith(".gz"):
            with gzip.open(file) as stream:
                yield stream.read().lower()
        elif zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    yield archive.read(name).lower()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return
