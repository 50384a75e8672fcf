"""One run of the official Instagram API: its budget of requests, its ledger of hashtags, the webhook's inbox."""

from __future__ import annotations

from collections.abc import Iterator

from collectors import instagram_graph, situations
from flows.collection_run import Run, Target
from mention import Page
from triage.account_health import requests_taken, take_requests
from triage.collecting import known_ids
from triage.database import unit_of_work
from triage.deliveries import take_hashtag, waiting_deliveries

BLOCK = 10  # requests taken at once: a kill forgets none and wastes at most these
DELIVERIES_A_RUN = 2_000


class GraphRun(Run):
    source = "instagram_graph"

    def targets(self) -> list[instagram_graph.Target]:
        return instagram_graph.targets(self.settings.instagram_graph)

    def begin(self) -> None:
        """Raises AccessRefused without a token."""
        self._left_in_block = self._stored_requests = 0
        self.client = instagram_graph.connect(self.settings.secrets, self._take_request)
        self.questions = instagram_graph.Questions(self._known, self._take_hashtag, self._deliveries)

    def walks(self) -> list[tuple[Target, Iterator[Page]]]:
        return [(target, self._walk(target)) for target in self.targets()]

    def judge(self, fault: situations.Situation) -> situations.Situation:
        return fault

    def end(self, faults: list[situations.Situation]) -> None:
        with unit_of_work(self.settings.database) as connection:
            take_requests(connection, self.source, "app", -self._left_in_block, self.now())
        self.lost_requests = self.client.requests - self._stored_requests

    def _walk(self, target: instagram_graph.Target) -> Iterator[Page]:
        state = self.cursor(target.name)
        for page in instagram_graph.collect(self.client, target, state, questions=self.questions, now=self.now):
            self._stored_requests += page.requests
            yield page

    def _known(self, ids: list[str]) -> set[str]:
        with unit_of_work(self.settings.database) as connection:
            return known_ids(connection, ids)

    def _take_hashtag(self, account_id: str, hashtag: str) -> bool:
        with unit_of_work(self.settings.database) as connection:
            return take_hashtag(connection, account_id, hashtag.lower(), self.now())

    def _deliveries(self) -> list[tuple[str, str]]:
        with unit_of_work(self.settings.database) as connection:
            return [(one.delivery_id, one.body) for one in waiting_deliveries(connection, DELIVERIES_A_RUN)]

    def _take_request(self) -> None:
        if self._left_in_block == 0:
            allowed = self.settings.instagram_graph.requests_per_day
            with unit_of_work(self.settings.database) as connection:
                _, day = requests_taken(connection, self.source, "app", self.now())
                room = min(allowed - day, BLOCK)
                if room <= 0:
                    raise situations.BudgetSpent(
                        f"Instagram (official): today's {allowed} requests are used up; "
                        "the rest is read after 07:00 WIB, or raise requests_per_day in tanggap.toml."
                    )
                take_requests(connection, self.source, "app", room, self.now())
            self._left_in_block = room
        self._left_in_block -= 1
