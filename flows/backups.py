"""Backup and restore: database, models and configuration in one archive, no secrets; nothing is put back that is not what was saved."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.collecting import utc_now
from flows.progress import Steps
from review.daily_report import write_whole
from settings import Settings
from triage.backups import Facts, copy_database, read_facts, replace_database
from triage.database import DatabaseError, unit_of_work
from triage.erased_copies import Forgotten, erase_in_copy, forgotten_in
from triage.erasing import Erasure
from triage.handed_out import save_handed_out

INDEX = "erasures.jsonl"
DATABASE, MODELS, CONFIGURATION, MANIFEST = "triage.duckdb", "models", "tanggap.toml", "manifest.json"
KEEP = 7  # nights: what a citizen deletes has left the last backup a week later
_ASIDE = "%Y%m%d-%H%M%S"  # the folder of what a restore moved aside, in UTC
_NAME = re.compile(r"tanggap-(\d{8}-\d{6})\.tar\.gz")
_MEMBER = re.compile(rf"{DATABASE}|{CONFIGURATION}|{MANIFEST}|{MODELS}(/[\w.-]+)*")


class BackupError(Exception):
    """A backup cannot be made or put back; the message names the file and the way out."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in place again, and where what was there before is now (None when nothing was)."""

    made_at: datetime
    facts: Facts
    aside: Path | None


def backups_folder(home: Path) -> Path:
    return home / "var" / "backups"


def newest_backup(folder: Path) -> Path | None:
    return max((path for path in folder.glob("tanggap-*.tar.gz") if _NAME.fullmatch(path.name)), default=None)


def back_up(settings: Settings, folder: Path, steps: Steps) -> Path:
    """Write one archive into the folder and return its path; flows may run meanwhile. It appears whole or not at all."""
    if not settings.database.exists():
        raise BackupError(
            f"{settings.database} does not exist yet: run tanggap report first, then there is something to save."
        )
    made_at = utc_now()
    with _staging(folder) as staged:
        steps.say("backup", "copying the database")
        if not copy_database(settings.database, staged / DATABASE):
            steps.say("backup", "the database was never quiet: the flows waited for the copy")
        shutil.copyfile(settings.config_file, staged / CONFIGURATION)
        if settings.models.is_dir():
            shutil.copytree(settings.models, staged / MODELS)
        steps.say("backup", "counting")
        _write_manifest(staged, read_facts(staged / DATABASE), made_at)
        steps.say("backup", "packing")
        archive = folder / f"tanggap-{made_at:%Y%m%d-%H%M%S}.tar.gz"
        _pack(staged, archive)
    write_index(settings.database, folder)
    if not archive.resolve().is_relative_to(settings.var.resolve()):
        with unit_of_work(settings.database) as connection:
            save_handed_out(connection, archive, "backup", "", made_at)
    steps.say("backup", str(archive), done=True)
    return archive


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` backups of the folder; returns the removed ones."""
    found = sorted(path for path in folder.glob("tanggap-*.tar.gz") if _NAME.fullmatch(path.name))
    removed = found[:-keep] if keep else []
    for path in removed:
        path.unlink()
    return removed


def clear_replaced(var: Path, now: datetime) -> list[Path]:
    """Remove what restores moved aside more than KEEP days ago: it holds what citizens have deleted since. Returns the removed folders."""
    old = [path for path in sorted((var / "replaced").glob("*")) if _moved_aside(path, now) > timedelta(days=KEEP)]
    for path in old:
        shutil.rmtree(path)
    return old


def _moved_aside(folder: Path, now: datetime) -> timedelta:
    """How long ago, by the folder's name; what has another name is nobody's and stays."""
    try:
        return now - datetime.strptime(folder.name, _ASIDE).replace(tzinfo=UTC)
    except ValueError:
        return timedelta()


def restore(home: Path, archive: Path, steps: Steps) -> Restored:
    """Put back what an archive holds, after checking all of it; what is there now moves aside, nothing is removed.

    Needs no configuration: a new machine has none yet. An older schema is brought up to this program's on the way.
    """
    var = home / "var"
    with _staging(var) as staged:
        steps.say("restore", "unpacking")
        _unpack(archive, staged)
        manifest = _read_manifest(staged, archive)
        steps.say("restore", "comparing")
        facts = _compared(staged, archive, manifest)
        forgotten = forgotten_in(var / DATABASE)
        for folder in {archive.parent, backups_folder(home)}:
            forgotten.erasures.extend(_read_index(folder))
        erase_in_copy(staged / DATABASE, forgotten, utc_now())
        aside = var / "replaced" / f"{utc_now():{_ASIDE}}"
        replace_database(var / DATABASE, staged / DATABASE, aside)
        _move_in(staged / MODELS, var / MODELS, aside)
        _move_in(staged / CONFIGURATION, home / CONFIGURATION, aside)
    steps.say("restore", archive.name, done=True)
    return Restored(datetime.fromisoformat(manifest["made_at"]), facts, aside if aside.exists() else None)


def write_index(database: Path, folder: Path) -> None:
    """Beside the backups: what was erased for good, by id, so that no restore brings it back on a machine that knows nothing of it."""
    known = {(one.what, one.id): one for one in [*_read_index(folder), *forgotten_in(database).erasures]}
    if not known:
        return
    lines = [json.dumps(asdict(one) | {"erased_at": one.erased_at.isoformat()}) for one in known.values()]
    write_whole(folder / INDEX, "".join(f"{line}\n" for line in lines).encode("utf-8"), 0o600)


def forget_in_backups(settings: Settings, steps: Steps) -> tuple[int, list[str]]:
    """Make every backup of var/backups anew without what was erased; returns how many, and what is wrong with the others.

    Each keeps its name and its day; until the new one is whole, the old one is there.
    """
    folder = backups_folder(settings.home)
    forgotten, made, faults = Forgotten(_read_index(folder), []), 0, []
    for archive in sorted(path for path in folder.glob("tanggap-*.tar.gz") if _NAME.fullmatch(path.name)):
        steps.say("backups", archive.name)
        try:
            _forget_in_backup(archive, forgotten)
            made += 1
        except (BackupError, DatabaseError) as fault:
            faults.append(str(fault))
    return made, faults


def _forget_in_backup(archive: Path, forgotten: Forgotten) -> None:
    with _staging(archive.parent) as staged:
        _unpack(archive, staged)
        manifest = _read_manifest(staged, archive)
        _compared(staged, archive, manifest)
        erase_in_copy(staged / DATABASE, forgotten, utc_now())
        _write_manifest(staged, read_facts(staged / DATABASE), datetime.fromisoformat(manifest["made_at"]))
        _pack(staged, archive)


def forget_in_replaced(settings: Settings, steps: Steps) -> tuple[int, list[str]]:
    """The same for what restores moved aside to var/replaced."""
    forgotten, made, faults = Forgotten(_read_index(backups_folder(settings.home)), []), 0, []
    for database in sorted((settings.var / "replaced").glob(f"*/{DATABASE}")):
        steps.say("backups", str(database))
        try:
            erase_in_copy(database, forgotten, utc_now())
            made += 1
        except DatabaseError as fault:
            faults.append(str(fault))
    return made, faults


def _read_index(folder: Path) -> list[Erasure]:
    try:
        lines = (folder / INDEX).read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        return [Erasure(**row | {"erased_at": datetime.fromisoformat(row["erased_at"])}) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError):
        raise BackupError(
            f"{folder / INDEX}, the list of what was erased, cannot be read: mend or remove the damaged line, then run it again."
        ) from None


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A private folder on the same disk, gone at the end whatever happens."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=".staging-", dir=folder))
    except OSError as error:
        raise BackupError(f"{folder} cannot be written ({error.strerror}): name another folder.") from None
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _write_manifest(staged: Path, facts: Facts, made_at: datetime) -> None:
    manifest = {"made_at": made_at.isoformat(), "facts": asdict(facts), "files": _checksums(staged)}
    (staged / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _checksums(staged: Path) -> dict[str, str]:
    sums = {}
    for path in sorted(staged.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as stream:
                sums[path.relative_to(staged).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return sums


def _pack(staged: Path, archive: Path) -> None:
    partial = archive.with_name(archive.name + ".partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as tar:
                for path in sorted(staged.iterdir()):
                    tar.add(path, path.name)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, archive)
    finally:
        partial.unlink(missing_ok=True)


def _unpack(archive: Path, staged: Path) -> None:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = tar.getmembers()
            if not all(_MEMBER.fullmatch(one.name) and (one.isfile() or one.isdir()) for one in members):
                raise BackupError(f"{archive} holds files that no backup of Tanggap has: nothing was put back.")
            tar.extractall(staged, members, filter="data")
    except OSError as error:
        if error.errno is None:  # gzip says so of bytes that are none of its own
            raise _damaged(archive) from None
        raise BackupError(f"{archive} cannot be unpacked ({error.strerror}).") from None
    except (tarfile.TarError, EOFError, zlib.error):
        raise _damaged(archive) from None


def _damaged(archive: Path) -> BackupError:
    return BackupError(f"{archive} is no backup of Tanggap, or a damaged one: nothing was put back, take an older one.")


def _read_manifest(staged: Path, archive: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((staged / MANIFEST).read_text(encoding="utf-8"))
        if not {"made_at", "facts", "files"} <= manifest.keys() or DATABASE not in manifest["files"]:
            raise _damaged(archive)
    except (OSError, ValueError, AttributeError):
        raise _damaged(archive) from None
    return dict(manifest)


def _compared(staged: Path, archive: Path, manifest: dict[str, Any]) -> Facts:
    """The facts of the unpacked database. Raises BackupError unless files, counts and checksums are those that were saved."""
    saved = Facts(**manifest["facts"])
    found_files = _checksums(staged)
    differing = sorted(
        name for name in manifest["files"].keys() | found_files if manifest["files"].get(name) != found_files.get(name)
    )
    if differing:
        raise BackupError(
            f"{archive}: {differing[0]} is not the file that was saved; nothing was put back, take an older one."
        )
    facts = read_facts(staged / DATABASE)
    tables = sorted(
        name for name in saved.tables.keys() | facts.tables if saved.tables.get(name) != facts.tables.get(name)
    )
    if tables:
        raise BackupError(f"{archive}: the rows of {tables[0]} are not those that were saved; nothing was put back.")
    return facts


def _move_in(staged: Path, target: Path, aside: Path) -> None:
    if not staged.exists():
        return
    if target.exists():
        aside.mkdir(parents=True, exist_ok=True)
        os.replace(target, aside / target.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, target)
