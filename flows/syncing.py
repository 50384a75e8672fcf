"""Following deletions and edits: each source looks its stored mentions up, and what is gone is forgotten everywhere. No Prefect here."""

from __future__ import annotations

from dataclasses import dataclass

from collectors import situations
from flows.collecting import CLIENTS, utc_now
from flows.collection_run import Surroundings
from flows.forgetting import forget_in_files
from flows.graph_sync import GraphSync
from flows.instagram_sync import InstagramSync
from flows.one_worker import lock_file, only_worker
from flows.progress import Steps
from flows.sync_counts import SyncCounts
from flows.x_sync import XSync
from settings import DATA, Settings
from triage.collecting import finish_run, start_run
from triage.database import unit_of_work
from triage.spending import load_prices
from triage.syncing import OVERDUE, overdue

AnySync = XSync | InstagramSync | GraphSync
SYNCS: dict[str, type[AnySync]] = {"x": XSync, "instagram": InstagramSync, "instagram_graph": GraphSync}
RUN_SUFFIX = "_sync"  # of the source in collection_runs: a look-up is no collecting


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """How one source's look-up ended. left: mentions that nobody has looked up for 24 hours. status: ok | degraded | failed."""

    source: str
    status: str
    error: str | None
    counts: SyncCounts
    left: int


def sync_sources(settings: Settings) -> list[str]:
    """The official way looks up only where instaloader does not: it reaches fewer mentions."""
    found = [name for name in SYNCS if getattr(settings, name).enabled and _share(settings, name)]
    return [name for name in found if name != "instagram_graph" or "instagram" not in found]


def _share(settings: Settings, source: str) -> int:
    return settings.sync.x_posts_per_day if source == "x" else settings.sync.instagram_posts_per_day


def sync(settings: Settings, steps: Steps) -> list[SyncOutcome]:
    """Look every source's mentions up, then forget in files what is gone; a run that was killed in between is made good by the next."""
    outcomes = [sync_source(settings, source, steps) for source in sync_sources(settings)]
    gone, files = forget_in_files(settings)
    steps.say("forget", f"{gone} gone mentions, {files} files rewritten", done=True)
    return outcomes


def sync_source(settings: Settings, source: str, steps: Steps) -> SyncOutcome:
    with unit_of_work(settings.database) as connection:
        run_id = start_run(connection, f"{source}{RUN_SUFFIX}", CLIENTS[source], utc_now())
    prices = load_prices(DATA / "prices.toml", utc_now().date())
    run = SYNCS[source](Surroundings(settings, run_id, prices, steps, utc_now))
    counts = SyncCounts()
    fault = _follow(run, source, counts)
    with unit_of_work(settings.database) as connection:
        left = overdue(connection, source.removesuffix("_graph"), utc_now() - OVERDUE)
        status = "ok" if fault is None else "degraded" if counts.looked_up else "failed"
        error = str(fault) if fault else None
        finish_run(connection, run_id, status, error, run.lost_requests, utc_now())
    steps.say(f"sync {source}", f"{counts}, {status}", done=True)
    return SyncOutcome(source, status, error, counts, left)


def _follow(run: AnySync, source: str, counts: SyncCounts) -> situations.Situation | None:
    try:
        with only_worker(source, lock_file(source, run.settings.secrets, run.settings.var)):
            run.begin()
            fault = None
            try:
                run.follow(counts)
            except situations.Situation as met:
                fault = met
            run.end([fault] if fault else [])
    except situations.Situation as refusal:
        return refusal
    return fault
