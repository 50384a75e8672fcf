"""Following deletions by Instagram's official API, where instaloader is not used: comments by id, tagged posts by their list."""

from __future__ import annotations

from collectors import graph_sync, situations
from collectors.instagram_graph_mapping import PLATFORM
from flows.confirming import AGAIN, CONFIRM, share_of, store
from flows.graph_run import GraphRun
from flows.sync_counts import SyncCounts
from mention import Page
from triage.database import unit_of_work
from triage.syncing import Due, due

_COMMENT = f"{PLATFORM}:c:"


class GraphSync(GraphRun):
    """One look at the stored comments and tagged posts; requests as in collecting."""

    def follow(self, counts: SyncCounts) -> None:
        """Raises a Situation when Meta or the budget ends it; what was found before is stored."""
        with unit_of_work(self.settings.database) as connection:
            found = due(connection, PLATFORM, self.now(), AGAIN, CONFIRM)
        comments = [one for one in found if one.mention_id.startswith(_COMMENT)]
        for one in comments[: share_of(self.settings.sync.instagram_posts_per_day)]:
            self._follow_comment(one, counts)
            self.around.steps.say("sync instagram_graph", str(counts))
        tagged = [one for one in found if one.matched.startswith(("tags:", "tagged:"))]
        if tagged:
            self._follow_tagged(tagged, counts)

    def _follow_comment(self, one: Due, counts: SyncCounts) -> None:
        page = graph_sync.look_up_comment(self.client, one.mention_id.removeprefix(_COMMENT))
        if page is None:
            self._check_canary()
        self._stored_requests += 1
        nothing = Page(self.source, graph_sync.TARGET, [], [], {}, 1)
        store(self, page or nothing, [one], set() if page else {one.mention_id}, counts)

    def _follow_tagged(self, tagged: list[Due], counts: SyncCounts) -> None:
        """Stored page by page; what no page showed is refused once the list has been walked to its end."""
        shown: set[str] = set()
        for target in self.targets():
            if target.kind == "tags":
                for page in graph_sync.tagged_pages(self.client, target):
                    shown |= {mention.mention_id for mention in page.mentions}
                    self._stored_requests += page.requests
                    store(self, page, tagged, set(), counts)
        if missing := {one.mention_id for one in tagged} - shown:
            self._check_canary()
            store(self, Page(self.source, graph_sync.TARGET, [], [], {}, 0), tagged, missing, counts)

    def _check_canary(self) -> None:
        account = self.settings.instagram_graph.accounts[0]
        if not graph_sync.account_is_shown(self.client, account.id):
            raise situations.RequestRefused(
                "Instagram (official): Meta does not show our own account, so what is not shown is not taken for deleted; look at the token's permissions."
            )
