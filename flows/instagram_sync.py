"""Following deletions and edits on Instagram: a refusal counts only with a healthy canary, and only the second one blanks."""

from __future__ import annotations

from datetime import timedelta

from collectors import instagram, situations
from collectors.instagram_sync import LookedUp, look_up, shortcode_of
from flows.collection_run import InstagramRun
from flows.sync_counts import SyncCounts
from triage.collecting import save_page
from triage.database import unit_of_work
from triage.syncing import Check, Due, due, forget, save_checks, take_back, version_count

RUNS_A_DAY = 4  # of the schedule
AGAIN, CONFIRM = timedelta(hours=11), timedelta(hours=5)  # two refusals within 24 hours of a deletion
REFUSALS = 2


class InstagramSync(InstagramRun):
    """One look at the stored posts and comments; requests, rests and the lock as in collecting."""

    def follow(self, counts: SyncCounts) -> None:
        """Raises a Situation when Instagram or the budget ends it; what was found before is stored."""
        posts = self._due()
        if not posts:
            return
        self._canary = self.settings.instagram.canary or self._newest_own_post()
        self._check_canary()
        for shortcode, items in posts.items():
            looked = look_up(self.client, shortcode, {one.mention_id for one in items})
            if looked.refused:
                self._check_canary()
            self._store(looked, items, counts)
            self.around.steps.say("sync instagram", str(counts))

    def _due(self) -> dict[str, list[Due]]:
        """Posts to open, each with the mentions that are seen when it is open; a run's share of the day."""
        with unit_of_work(self.settings.database) as connection:
            found = due(connection, self.source, self.now(), AGAIN, CONFIRM)
        posts: dict[str, list[Due]] = {}
        for one in found:
            if shortcode := shortcode_of(one.url):
                posts.setdefault(shortcode, []).append(one)
        share = -(-self.settings.sync.instagram_posts_per_day // RUNS_A_DAY)
        return dict(list(posts.items())[:share])

    def _check_canary(self) -> None:
        if self._canary is None:
            raise situations.RequestRefused(
                "Instagram: deletions cannot be told from a block without a canary; name a post that stays as canary in [instagram] of tanggap.toml."
            )
        if not instagram.canary_is_healthy(self.client, self._canary):
            raise situations.RequestRefused(
                "Instagram: the canary post cannot be read, so what is not shown is not taken for deleted; look at the account in the app."
            )

    def _store(self, looked: LookedUp, items: list[Due], counts: SyncCounts) -> None:
        """What is shown (an edit is a new version), what is refused, and the forgetting: one unit of work."""
        shown = {mention.mention_id for mention in looked.page.mentions}
        checks = [Check(one.mention_id, self.now(), 0, "there") for one in items if one.mention_id in shown]
        refused = [one for one in items if one.mention_id in looked.refused]
        gone = [one.mention_id for one in refused if one.refusals + 1 >= REFUSALS]
        for one in refused:
            outcome = "gone" if one.mention_id in gone else "refused"
            checks.append(Check(one.mention_id, self.now(), one.refusals + 1, outcome))
        back = [one.mention_id for one in items if one.gone and one.mention_id in shown]
        with unit_of_work(self.settings.database) as connection:
            before = version_count(connection)
            take_back(connection, back)
            save_page(connection, looked.page, self.around.run_id, self.around.prices, self.now())
            save_checks(connection, checks)
            forget(connection, gone, self.now())
            counts.edited += version_count(connection) - before
        self._stored_requests += looked.page.requests
        counts.looked_up += len(checks)
        counts.gone += len(gone)
        counts.returned += len(back)
