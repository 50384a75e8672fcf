"""Instagram's refusals: counted, and believed at the second, on both ways to it. A refusal needs a healthy canary beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flows.collection_run import Run
from flows.sync_counts import SyncCounts
from mention import Page
from triage.collecting import save_page
from triage.database import unit_of_work
from triage.syncing import Check, Due, forget, save_checks, take_back, version_count

RUNS_A_DAY = 4  # of the schedule
AGAIN, CONFIRM = timedelta(hours=11), timedelta(hours=5)  # two refusals within 24 hours of a deletion
REFUSALS = 2


def share_of(look_ups_a_day: int) -> int:
    """One run's share of a day's look-ups, rounded up."""
    return -(-look_ups_a_day // RUNS_A_DAY)


def store(run: Run, page: Page, items: Sequence[Due], refused: set[str], counts: SyncCounts) -> None:
    """What is shown (an edit is a new version), what is refused, and the forgetting: one unit of work."""
    now = run.now()
    shown = {mention.mention_id for mention in page.mentions}
    there = [one for one in items if one.mention_id in shown]
    missing = [one for one in items if one.mention_id in refused]
    gone = [one.mention_id for one in missing if one.refusals + 1 >= REFUSALS]
    checks = [Check(one.mention_id, now, 0, "there") for one in there]
    for one in missing:
        checks.append(Check(one.mention_id, now, one.refusals + 1, "gone" if one.mention_id in gone else "refused"))
    back = [one.mention_id for one in there if one.gone]
    with unit_of_work(run.settings.database) as connection:
        before = version_count(connection)
        take_back(connection, back)
        save_page(connection, page, run.around.run_id, run.around.prices, now)
        save_checks(connection, checks)
        forget(connection, gone, now)
        counts.edited += version_count(connection) - before
    counts.looked_up += len(checks)
    counts.gone += len(gone)
    counts.returned += len(back)
