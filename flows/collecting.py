"""One source, collected: the collector asks, every page is stored before the next request. No Prefect here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors import situations
from collectors.instagram_graph_mapping import CLIENT_VERSION as GRAPH_CLIENT
from collectors.instagram_mapping import CLIENT_VERSION as INSTAGRAM_CLIENT
from collectors.x_mapping import CLIENT_VERSION as X_CLIENT
from flows.collection_run import InstagramRun, Surroundings, XRun
from flows.graph_run import GraphRun
from flows.one_worker import lock_file, only_worker
from flows.progress import Steps
from mention import Page
from settings import DATA, Settings
from triage.account_health import Unread, save_unread
from triage.collecting import finish_run, run_counts, start_run
from triage.database import unit_of_work
from triage.spending import load_prices

CLIENTS = {"x": X_CLIENT, "instagram": INSTAGRAM_CLIENT, "instagram_graph": GRAPH_CLIENT}
AnyRun = XRun | InstagramRun | GraphRun
RUNS: dict[str, type[AnyRun]] = {"x": XRun, "instagram": InstagramRun, "instagram_graph": GraphRun}
# These spare the other targets; after any other fault they would meet the same refusal.
ONE_TARGET = (
    situations.AccountUnknown,
    situations.Unreachable,
    situations.RequestRefused,
    situations.ListCut,
    situations.NotThere,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one collecting of one source ended. status: ok | degraded | failed, as in collection_runs."""

    source: str
    status: str
    error: str | None
    passing: bool  # trying again soon may help
    requests: int
    seen: int
    new: int
    unmapped: int


def enabled_sources(settings: Settings) -> list[str]:
    return [name for name in CLIENTS if getattr(settings, name).enabled]


def utc_now() -> datetime:
    return datetime.now(UTC)


def collect_source(settings: Settings, source: str, steps: Steps) -> Outcome:
    """Read every target of a source; what is read before a fault stays, and the next call goes on from there."""
    with unit_of_work(settings.database) as connection:
        run_id = start_run(connection, source, CLIENTS[source], utc_now())
    prices = load_prices(DATA / "prices.toml", utc_now().date())
    run = RUNS[source](Surroundings(settings, run_id, prices, steps, utc_now))
    try:
        with only_worker(source, lock_file(source, settings.secrets, settings.var)):
            faults = _collect_targets(run)
    except situations.WorkerBusy as busy:
        faults = [busy]
    with unit_of_work(settings.database) as connection:
        read = run_counts(connection, run_id)["requests"] > 0
        status = "ok" if not faults else "degraded" if read else "failed"
        error = " ".join(dict.fromkeys(str(fault) for fault in faults)) or None
        finish_run(connection, run_id, status, error, run.lost_requests, utc_now())
        counts = run_counts(connection, run_id)
    steps.say(f"collect {source}", f"{counts['seen']} seen, {counts['new']} new, {status}", done=True)
    return Outcome(source, status, error, any(isinstance(fault, situations.Unreachable) for fault in faults), **counts)


def _collect_targets(run: AnyRun) -> list[situations.Situation]:
    """The faults met, one a target at most; one bad target leaves the others, one dead source ends them all."""
    try:
        run.begin()
    except situations.Situation as refusal:
        _keep_unread(run, [run.left_unread(target, refusal) for target in run.targets()])
        return [refusal]
    faults: list[situations.Situation] = []
    unread = []
    for target, walk in run.walks():
        stop = next((fault for fault in faults if not isinstance(fault, ONE_TARGET)), None)
        fault = stop or _collect_target(run, walk)
        if fault is not None:
            unread.append(run.left_unread(target, fault))
        if fault is not None and fault is not stop:
            faults.append(fault)
    run.end(faults)
    _keep_unread(run, unread)
    return [*faults, *([run.clock_fault] if run.clock_fault else [])]


def _collect_target(run: AnyRun, walk: Iterator[Page]) -> situations.Situation | None:
    try:
        for page in walk:
            run.save(page)
    except situations.Situation as fault:
        return run.judge(fault)
    return None


def _keep_unread(run: AnyRun, unread: list[Unread]) -> None:
    with unit_of_work(run.settings.database) as connection:
        save_unread(connection, run.source, unread)
