"""Following deletions and edits on Instagram: a refusal counts only with a healthy canary, and only the second one blanks."""

from __future__ import annotations

from collectors import instagram, situations
from collectors.instagram_sync import look_up, shortcode_of
from flows.collection_run import InstagramRun
from flows.confirming import AGAIN, CONFIRM, share_of, store
from flows.sync_counts import SyncCounts
from triage.database import unit_of_work
from triage.syncing import Due, due


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
            store(self, looked.page, items, looked.refused, counts)
            self._stored_requests += looked.page.requests
            self.around.steps.say("sync instagram", str(counts))

    def _due(self) -> dict[str, list[Due]]:
        """Posts to open, each with the mentions that are seen when it is open; a run's share of the day."""
        with unit_of_work(self.settings.database) as connection:
            found = due(connection, self.source, self.now(), AGAIN, CONFIRM)
        posts: dict[str, list[Due]] = {}
        for one in found:
            if shortcode := shortcode_of(one.url):
                posts.setdefault(shortcode, []).append(one)
        return dict(list(posts.items())[: share_of(self.settings.sync.instagram_posts_per_day)])

    def _check_canary(self) -> None:
        if self._canary is None:
            raise situations.RequestRefused(
                "Instagram: deletions cannot be told from a block without a canary; name a post that stays as canary in [instagram] of tanggap.toml."
            )
        if not instagram.canary_is_healthy(self.client, self._canary):
            raise situations.RequestRefused(
                "Instagram: the canary post cannot be read, so what is not shown is not taken for deleted; look at the account in the app."
            )
