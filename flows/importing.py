"""Posts that other tools saved become mentions: read in a stream, mapped, stored in batches with the place in the file. No Prefect here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from collectors.files.recognising import SUFFIXES, recognise
from collectors.files.rows import FileFormat, ImportFileError, Place, Reading, Row, Unmappable
from flows.collecting import utc_now
from flows.progress import Steps
from mention import Mention, Page, Payload
from settings import Settings
from triage.collecting import read_cursor
from triage.database import unit_of_work
from triage.importing import save_imported
from triage.slices import Slice

BATCH = 1_000  # rows of the first unit of work; the next ones follow how long it took


@dataclass(slots=True)
class Tally:
    """What became of a file's rows; kept in its cursor, so that a resumed import counts on."""

    read: int = 0
    new: int = 0
    rejected: int = 0
    own: int = 0  # what the program said itself is no mention


@dataclass(slots=True)
class Imported:
    """How one import ended: what came of each file, what could not be read at all, where the rejected rows are listed."""

    files: list[tuple[Path, str, Tally]] = field(default_factory=list)  # path, format, counts
    faults: list[str] = field(default_factory=list)
    rejects: Path | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    format: FileFormat
    reading: Reading


def import_files(settings: Settings, paths: Iterable[Path], platform: str | None, steps: Steps) -> Imported:
    """Import files, and whatever a folder holds of the known formats. One that cannot be read leaves the others.

    A file that was stopped in the middle goes on where its last batch was stored; one that was imported before adds nothing.
    """
    imported = Imported()
    sources = list(_recognised(settings, paths, platform, imported))
    with _Rejects(settings.var / "imports" / f"{utc_now():%Y%m%d-%H%M%S}.rejects") as rejects:
        desk = _Desk(settings, rejects, steps)
        for source in sources:
            if source.format.resumable:
                imported.files.append((source.path, source.format.name, desk.import_stream(source)))
        if documents := [source for source in sources if not source.format.resumable]:
            tally = desk.import_documents(documents, imported)
            imported.files.append((documents[0].path.parent, documents[0].format.name, tally))
        imported.rejects = rejects.path if rejects.count else None
    return imported


class _Rejects:
    """The list of rows that are no mention: file, line and why, never their text. Made with the first of them."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._stream: TextIO | None = None

    def __enter__(self) -> _Rejects:
        return self

    def __exit__(self, *error: object) -> None:
        if self._stream:
            self._stream.close()

    def add(self, path: Path, line: int, reason: str) -> None:
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("a", encoding="utf-8")
            self.path.chmod(0o600)
        self._stream.write(f"{path}:{line}: {reason}\n")
        self.count += 1

    def flush(self) -> None:
        if self._stream:
            self._stream.flush()


class _Desk:
    """One import at work: maps rows, and stores each batch in a unit of work with the place it leads on from."""

    def __init__(self, settings: Settings, rejects: _Rejects, steps: Steps) -> None:
        self.settings, self.rejects, self.steps = settings, rejects, steps
        self.slice = Slice(BATCH)
        accounts = [*settings.x.accounts, *settings.instagram.accounts]
        self._own_ids = {account.id for account in accounts}
        self._own_handles = {account.handle.lower() for account in accounts}

    def import_stream(self, source: _Source) -> Tally:
        """A file of lines. Its cursor's target is what is in it, so that a renamed file is known again."""
        self.steps.say(f"import {source.path.name}", "looking at the file")
        target = _sha256(source.path)
        with unit_of_work(self.settings.database) as connection:
            state = read_cursor(connection, _name(source.format), target)
        tally = Tally(**{name: state.get(name, 0) for name in Tally.__dataclass_fields__})
        start = Place(state.get("position", 0), state.get("line", 1))
        size = source.path.stat().st_size
        for batch, place in self._batches(source.format.read(source.path, start, source.reading), start):
            state = {"size": size, "position": place.position, "line": place.line}
            self._store(source.format, [(source.path, row) for row in batch], target, state, tally)
            self._say(source.path.name, tally, place.position / size)
        self._say(source.path.name, tally, 1.0, done=True)
        return tally

    def _batches(self, rows: Iterator[Row], start: Place) -> Iterator[tuple[list[Row], Place]]:
        """Batches of about a slice that end where reading can go on, each with that place."""
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if row.after and len(batch) >= self.slice.size:
                yield batch, row.after
                batch = []
        if batch:
            yield batch, batch[-1].after or start

    def import_documents(self, sources: list[_Source], imported: Imported) -> Tally:
        """Small JSON documents, many to a batch. They have no place to keep: read again, they add nothing."""
        tally = Tally()
        batch: list[tuple[Path, Row]] = []
        for number, source in enumerate(sources, 1):
            try:
                batch += ((source.path, row) for row in source.format.read(source.path, Place(), source.reading))
            except (ImportFileError, OSError) as error:
                imported.faults.append(str(error))
            while batch and (len(batch) >= self.slice.size or number == len(sources)):
                size = self.slice.size
                self._store(source.format, batch[:size], "documents", {}, tally)
                del batch[:size]
                self._say(source.format.name, tally, number / len(sources))
        self._say(sources[0].format.name, tally, 1.0, done=True)
        return tally

    def _store(
        self, file_format: FileFormat, batch: list[tuple[Path, Row]], target: str, state: dict[str, Any], tally: Tally
    ) -> None:
        mapped = [one for path, row in batch if (one := self._mapped(path, file_format, row, tally))]
        self.rejects.flush()  # before the place moves past them
        mentions = [mention for mention, _ in mapped]
        payloads = [Payload(mention.mention_id, payload) for mention, payload in mapped]
        page = Page(_name(file_format), target, mentions, payloads, state | asdict(tally), 0)
        with self.slice.unit(self.settings.database) as connection:
            tally.new += save_imported(connection, page, utc_now())

    def _mapped(
        self, path: Path, file_format: FileFormat, row: Row, tally: Tally
    ) -> tuple[Mention, dict[str, Any]] | None:
        tally.read += 1
        mention, fault = _map(file_format, row)
        if mention is None or row.payload is None:
            tally.rejected += 1
            self.rejects.add(path, row.line, fault)
            return None
        if mention.author_id in self._own_ids or (mention.author_handle or "").lower() in self._own_handles:
            tally.own += 1
            return None
        return replace(mention, client_version=_name(file_format)), row.payload

    def _say(self, name: str, tally: Tally, share: float, *, done: bool = False) -> None:
        said = f"{tally.read} rows, {tally.new} new, {tally.rejected} rejected"
        self.steps.say(f"import {name}", said, done=done, share=share)


def _map(file_format: FileFormat, row: Row) -> tuple[Mention | None, str]:
    """The mention, or None and why there is none."""
    if row.payload is None:
        return None, row.fault or "is empty"
    try:
        return file_format.map_row(row.payload, _name(file_format)), ""
    except Unmappable as fault:
        return None, str(fault)


def _recognised(
    settings: Settings, paths: Iterable[Path], platform: str | None, imported: Imported
) -> Iterator[_Source]:
    for path, named in _files(paths):
        try:
            yield _Source(path, *recognise(path, platform, settings.program.time_zone))
        except ImportFileError as error:
            if named:
                imported.faults.append(str(error))  # what else lies in a folder is nobody's fault


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file once, and whether it was named itself or found in a folder."""
    seen: set[Path] = set()
    for path in paths:
        found = [one for one in sorted(path.rglob("*")) if one.name.endswith(SUFFIXES)] if path.is_dir() else [path]
        for one in found:
            if (real := one.resolve()) not in seen:
                seen.add(real)
                yield one, not path.is_dir()


def _name(file_format: FileFormat) -> str:
    """The source under which a format's payloads, cursors and mentions stand."""
    return f"import:{file_format.name}"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
