"""The published copy, from the database to the folder that analysts read. No Prefect here."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from cases.lounge import load_lounge
from cases.regions import region_name
from cases.routing import agency_name
from cases.rules import Rules, load_desk_rules
from flows.collecting import utc_now
from flows.progress import Steps
from flows.secret_keys import kept_key
from review.published_words import barred_words, mask_version, masked_words, public_vocabulary
from review.wording import taxonomy
from settings import DATA, Settings
from triage.backups import copy_when_quiet
from triage.database import unit_of_work
from triage.published import forget_published
from triage.publishing import (
    Known,
    Published,
    Words,
    load_masked,
    private_copy,
    save_masked,
    store_masked,
    waiting_texts,
    write_edition,
)
from triage.syncing import gone_ids

BATCH = 2_000  # texts masked between two looks at the screen


class PublishError(Exception):
    """Nothing was published, the copy that was there stays; the message says why and what to do."""


def published_folder(settings: Settings) -> Path:
    return settings.var / "published"


def pseudonym_key(settings: Settings) -> str:
    """The secret of the pseudonyms (var/pseudonyms.key)."""
    return kept_key(settings.var / "pseudonyms.key").decode()


def publish(settings: Settings, steps: Steps) -> Published:
    """Make the published copy anew beside the old one and swap them; what anybody has open stays readable to the end."""
    if not settings.database.exists():
        raise PublishError(f"{settings.database} is not there yet: run tanggap report first, then there is something to publish.")  # fmt: skip
    with _one_at_a_time(workshop(settings)) as folder:
        edition = Path(tempfile.mkdtemp(prefix="edition-", dir=folder))
        edition.chmod(0o750)
        copy = folder / "copy.duckdb"
        steps.say("publish", "copying the database")
        if not copy_when_quiet(settings.database, copy):
            raise PublishError(f"{settings.database} was never quiet long enough to be copied: nothing was published, run tanggap publish later.")  # fmt: skip
        with private_copy(copy, pseudonym_key(settings)) as connection:
            _mask_new(connection, folder / f"masked-{mask_version()}.parquet", steps)
            steps.say("publish", "writing")
            region = settings.program.region
            words = Words(public_vocabulary(region), barred_words(region))
            made = write_edition(connection, edition, words, _known(settings))
        _swap(edition, published_folder(settings))
        _forget(settings)
    steps.say("publish", f"{made.mentions} mentions, {made.withheld_mentions} withheld", done=True)
    return made


def workshop(settings: Settings) -> Path:
    """Where copies are made, for this user's eyes only: the editions, the masked words kept for the next one, the lock."""
    return settings.var / "publishing"


def forget_what_went(settings: Settings) -> int:
    """Remove gone mentions from the published copy and from the words kept for the next; the number of files changed.

    While somebody publishes nothing is done: the publisher forgets at its end, and a publisher that was killed leaves it to the next sync.
    """
    if not published_folder(settings).is_dir():
        return 0
    try:
        with _locked(workshop(settings)):
            return _forget(settings)
    except PublishError:
        return 0


def _forget(settings: Settings) -> int:
    """In the edition that is read and in the kept words. After a swap: what was forgotten while the copy was made is gone from the database."""
    with unit_of_work(settings.database) as connection:
        gone = gone_ids(connection)
    if not gone:
        return 0
    edition = published_folder(settings).resolve()
    files = [*edition.rglob("*.parquet"), *edition.rglob("*.duckdb"), *workshop(settings).glob("masked-*.parquet")]
    return forget_published(sorted(files), gone, pseudonym_key(settings))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The workshop for one process at a time. Raises PublishError at once when another has it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o710)  # readers pass through to the editions, and see nothing else
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PublishError("Another process is publishing: wait for its end, nothing else is to be done.") from None
        yield


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[Path]:
    """The workshop, locked, without what a killed publisher left, and left without a copy of the database."""
    with _locked(folder):
        try:
            _tidy(folder)
            yield folder
        finally:
            _tidy(folder)


def _tidy(folder: Path) -> None:
    """Away with scratch files, older masks and every edition but the one that is read."""
    current = (folder.parent / "published").resolve()
    for path in folder.iterdir():
        older_mask = path.suffix == ".parquet" and mask_version() not in path.name
        if path.name.startswith("edition-") and path != current:
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(("copy.duckdb", ".masked")) or older_mask:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _mask_new(connection: Any, cache: Path, steps: Steps) -> None:
    waiting = load_masked(connection, cache)
    for first in range(1, waiting + 1, BATCH):
        rows = [(mention_id, *masked_words(text)) for mention_id, text in waiting_texts(connection, first, BATCH)]
        save_masked(connection, rows)
        steps.say("publish", f"{first + len(rows) - 1} of {waiting} new texts masked", share=first / waiting)
    store_masked(connection, cache)


def _swap(edition: Path, published: Path) -> None:
    """One rename of a symbolic link: a reader opens the old copy or the new one. A plain folder of an earlier release moves out of the way."""
    for file in edition.iterdir():
        file.chmod(0o640)
    link = published.with_name(f".published-{os.getpid()}-{time.monotonic_ns()}")
    link.symlink_to(os.path.relpath(edition, published.parent))
    if published.is_dir() and not published.is_symlink():
        shutil.rmtree(published)
    link.replace(published)


def _known(settings: Settings) -> Known:
    rules, lounge = load_desk_rules(settings), load_lounge(settings)
    return Known(
        program=settings.program.name,
        region=settings.program.region,
        zone=str(settings.zone),
        now=utc_now(),
        tiles=tiles(settings.program.region),
        label_rows=_labels(rules),
        offices=pd.DataFrame({"name": [*rules.agencies.agency, *lounge.people]}),
        restricted_categories=pd.DataFrame({"name": [name for name, one in taxonomy()["category"].items() if one.get("restricted")]}, dtype=str),
    )  # fmt: skip


def _labels(rules: Rules) -> pd.DataFrame:
    named = {kind: {name: one["label"] for name, one in taxonomy()[kind].items()} for kind in ("category", "topic", "urgency")}  # fmt: skip
    named["agency"] = {name: agency_name(rules, name) for name in rules.agencies.agency}
    named["state"] = {name: one.label for name, one in rules.states.state.items()}
    named["action"] = {name: one.label for name, one in rules.states.action.items()}
    rows = [(kind, name, label) for kind, labels in named.items() for name, label in labels.items()]
    return pd.DataFrame(rows, columns=["kind", "name", "label"])


def tiles(region: str) -> pd.DataFrame:
    """data/places/tiles.toml as code, name, row, column, population, year, source; empty for another regency than the file's."""
    file = tomllib.loads((DATA / "places" / "tiles.toml").read_text(encoding="utf-8"))
    rows = [
        (one["code"], region_name(one["code"]), one["row"], one["column"], one["population"], file["year"], file["source"])
        for one in file["tile"]
        if file["region"] == region
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["code", "name", "row", "column", "population", "year", "source"])
