"""The daily report as a Prefect flow: collect side by side, assess, triage, write, publish. Import it after set_environment()."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from cases.rules import load_desk_rules
from flows.alerting import alert_emergencies, send_digest
from flows.assessing import assess_new, champion
from flows.casework import triage_cases
from flows.collecting import Outcome, collect_source, enabled_sources, utc_now
from flows.jitter import RHYTHM_SEEN, wait_a_little
from flows.progress import Steps
from flows.publishing import PublishError, publish
from flows.watching import watch
from review.daily_report import write_report
from settings import Settings, load_settings
from triage.database import prepare_database, unit_of_work
from triage.reporting import read_report, save_report

RETRY_SECONDS: list[float] = [2, 10]


class _PassingFault(Exception):
    """A source could not be read for a reason that may pass: Prefect tries it again."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.error)
        self.outcome = outcome


@dataclass(slots=True)
class _Session:
    """What a run in this process shares with its tasks and must not travel through Prefect's database: secrets and the screen."""

    settings: Settings | None = None
    steps: Steps = field(default_factory=lambda: Steps(None))
    outcomes: dict[str, Outcome] = field(default_factory=dict)


_session = _Session()


def run_daily_report(settings: Settings, day: date | None, steps: Steps) -> tuple[Path, list[Outcome], dict[str, int]]:
    """Run the flow in this process. Returns the report's path, how each source ended, and the flagged of this run by source."""
    _session.settings, _session.steps, _session.outcomes = settings, steps, {}
    path, flagged = daily_report(demo=settings.demo, day=day.isoformat() if day else None)
    return Path(path), list(_session.outcomes.values()), flagged


@flow(name="daily report", validate_parameters=False)
def daily_report(demo: bool = False, day: str | None = None, jitter: float = 0.0) -> tuple[str, dict[str, int]]:
    """Collect, assess, triage, alert, write, publish: the story of a day. ``day`` is YYYY-MM-DD in the program's time zone, default today.

    ``jitter``: Instagram is asked up to so many seconds later, so that its runs keep no clock's rhythm.
    """
    settings = _settings(demo)
    load_desk_rules(settings)  # bad rules are said before anything is read and paid for
    prepare_database(settings.database, demo=demo)
    started = utc_now()
    collecting = {
        source: collect.with_options(name=f"collect {source}").submit(
            source, demo, jitter if source in RHYTHM_SEEN else 0.0
        )
        for source in enabled_sources(settings)
    }
    for future in collecting.values():
        future.wait()
    assess(demo)
    triage(demo)
    alert(demo)
    look_after_model(demo)
    path = write(demo, day)
    publish_copy(demo)
    digest(demo, day)
    flagged = flagged_since(settings, started)
    create_markdown_artifact(
        key="daily-report", markdown=_artifact(path, flagged), description="Where the day's report is"
    )
    return path, flagged


def _may_pass(task_: Any, run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), _PassingFault)


@task(
    retries=len(RETRY_SECONDS), retry_delay_seconds=RETRY_SECONDS, retry_condition_fn=_may_pass, cache_policy=NO_CACHE
)
def collect(source: str, demo: bool, jitter: float = 0.0) -> str:
    """Collect one source; its run record says how it ended, so that a dead source never stops the others."""
    wait_a_little(jitter)
    outcome = collect_source(_settings(demo), source, _session.steps)
    earlier = _session.outcomes.get(source)
    _session.outcomes[source] = _sum(earlier, outcome) if earlier else outcome
    if outcome.passing:
        raise _PassingFault(outcome)
    return outcome.status


@task(cache_policy=NO_CACHE)
def assess(demo: bool) -> int:
    settings = _settings(demo)
    model = champion(settings, _session.steps)
    return assess_new(settings, model, _session.steps)


@task(cache_policy=NO_CACHE)
def triage(demo: bool) -> None:
    """Needs become cases, and cases move with verdicts and deadlines."""
    triage_cases(_settings(demo), _session.steps)


def look_after_model(demo: bool) -> None:
    """Audits, recall, drift, the candidate in shadow: what goes wrong there is said, and stops no report."""
    state = watch_model(demo, return_state=True)
    if state.is_failed():
        _session.steps.say("watch", f"failed: {state.message}", done=True)


@task(cache_policy=NO_CACHE)
def watch_model(demo: bool) -> None:
    watch(_settings(demo), _session.steps, utc_now())


@task(cache_policy=NO_CACHE)
def alert(demo: bool) -> int:
    return alert_emergencies(_settings(demo), _session.steps)


@task(cache_policy=NO_CACHE)
def write(demo: bool, day: str | None) -> str:
    settings = _settings(demo)
    now = utc_now()
    wanted = date.fromisoformat(day) if day else now.astimezone(settings.zone).date()
    with unit_of_work(settings.database) as connection:
        facts = read_report(connection, wanted, settings.zone, now)
    path = write_report(facts, settings)
    with unit_of_work(settings.database) as connection:
        save_report(connection, facts, path)
    _session.steps.say("write", str(path), done=True)
    return str(path)


@task(cache_policy=NO_CACHE)
def publish_copy(demo: bool) -> None:
    """Analysts' copy follows the day; the report stands whether or not it can be made now."""
    try:
        publish(_settings(demo), _session.steps)
    except PublishError as fault:
        _session.steps.say("publish", str(fault), done=True)


@task(cache_policy=NO_CACHE)
def digest(demo: bool, day: str | None) -> int:
    settings = _settings(demo)
    today = utc_now().astimezone(settings.zone).date()
    return send_digest(settings, date.fromisoformat(day) if day else today, _session.steps)


def flagged_since(settings: Settings, started: Any) -> dict[str, int]:
    """How many mentions first seen since then are flagged, by source."""
    with unit_of_work(settings.database) as connection:
        rows = connection.execute(
            "SELECT platform, count(*) FROM flagged_mentions WHERE first_seen_at >= ? GROUP BY platform", [started]
        ).fetchall()
    return dict(rows)


def _settings(demo: bool) -> Settings:
    """The settings of this process's run, or read anew when a schedule started the flow."""
    return _session.settings or load_settings(demo=demo)


def _sum(first: Outcome, second: Outcome) -> Outcome:
    """A retried collecting counts as one: the numbers add up, the last word on its state holds."""
    counts = {name: getattr(first, name) + getattr(second, name) for name in ("requests", "seen", "new", "unmapped")}
    return Outcome(second.source, second.status, second.error, second.passing, **counts)


def _artifact(path: str, flagged: dict[str, int]) -> str:
    rows = "\n".join(f"| {source} | {count} |" for source, count in sorted(flagged.items()))
    return (
        f"[The report]({Path(path).as_uri()}) is at `{path}`.\n\n| source | flagged in this run |\n|---|---|\n{rows}\n"
    )
