"""Following deletions and edits on X: stored posts looked up by 100 within the money budget, most of them once a UTC day."""

from __future__ import annotations

from datetime import timedelta

from collectors import situations, x_sync
from flows.collection_run import XRun
from flows.sync_counts import SyncCounts
from mention import Page
from triage.collecting import save_page
from triage.database import unit_of_work
from triage.syncing import Check, Due, billed_today, checked_on, due, forget, save_checks, take_back, version_count

AGAIN = timedelta(hours=5)  # the schedule looks every 6 hours; a second look on the same UTC day is not billed
MIDNIGHT = timedelta(minutes=5)  # around UTC midnight nobody knows on which day a look is billed
ALL_GONE = 10  # so many posts, and X shows none of them: that is first taken for X's own trouble


class XSync(XRun):
    """One look at the stored posts; money as in collecting."""

    def follow(self, counts: SyncCounts) -> None:
        """Raises a Situation when X, the budget or the day's share of look-ups ends it; what was found before is stored."""
        found = self._due()
        for start in range(0, len(found), x_sync.IDS_A_REQUEST):
            try:
                self._follow_batch(found[start : start + x_sync.IDS_A_REQUEST], counts)
            except situations.Unreachable as fault:
                if fault.billable:
                    self.budget.hold()
                self.budget.release()
                raise
            except situations.Situation:
                self.budget.release()
                raise
            self.around.steps.say("sync x", str(counts))

    def _due(self) -> list[Due]:
        """What was looked up today is free to look up again; of the others the day's share."""
        with unit_of_work(self.settings.database) as connection:
            found = due(connection, self.source, self.now(), AGAIN, AGAIN)
            left = self.settings.sync.x_posts_per_day - checked_on(connection, self.source, self.now().date())
        fresh = [one.mention_id for one in found if not one.checked_today][: max(left, 0)]
        wanted = set(fresh)
        return [one for one in found if one.checked_today or one.mention_id in wanted]

    def _follow_batch(self, batch: list[Due], counts: SyncCounts) -> None:
        ids = [one.platform_id for one in batch]
        looked = x_sync.look_up(self.client, ids, self.budget.reserve, self._unbilled(ids))
        doubtful = len(batch) >= ALL_GONE and looked.gone == set(ids)
        missing = [one for one in batch if one.platform_id in looked.gone]
        gone = [one for one in missing if one.refusals or not doubtful]
        there = [one for one in batch if one.platform_id in looked.newest]
        back = [one for one in there if one.gone]
        edited = [one for one in there if looked.newest[one.platform_id] != one.platform_id]
        checks = [Check(one.mention_id, self.now(), 0, "there") for one in there]
        checks += [
            Check(one.mention_id, self.now(), one.refusals + 1, "gone" if one in gone else "refused") for one in missing
        ]
        self._store(looked.page, checks, gone)
        counts.looked_up += len(checks)
        counts.gone += len(gone)
        if wanted := {looked.newest[one.platform_id] for one in [*edited, *back]}:
            self._fetch(sorted(wanted), back, counts)

    def _store(self, page: Page, checks: list[Check], gone: list[Due]) -> None:
        """The money, what was found, and the forgetting: one unit of work."""
        with unit_of_work(self.settings.database) as connection:
            save_page(connection, page, self.around.run_id, self.around.prices, self.now())
            save_checks(connection, checks)
            forget(connection, [one.mention_id for one in gone], self.now())
        self.budget.settled(held=len(page.billed_on) > 1)
        self.check_clock(page.answered_at)

    def _fetch(self, ids: list[str], back: list[Due], counts: SyncCounts) -> None:
        page = x_sync.fetch(self.client, ids, self.budget.reserve)
        with unit_of_work(self.settings.database) as connection:
            before = version_count(connection)
            take_back(connection, [one.mention_id for one in back])
            save_page(connection, page, self.around.run_id, self.around.prices, self.now())
            counts.edited += version_count(connection) - before
        counts.returned += len(back)
        self.budget.settled(held=len(page.billed_on) > 1)

    def _unbilled(self, ids: list[str]) -> int:
        now = self.now()
        if (now - MIDNIGHT).date() != (now + MIDNIGHT).date():
            return len(ids)
        with unit_of_work(self.settings.database) as connection:
            return len(ids) - billed_today(connection, ids, now)
