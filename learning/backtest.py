"""The backtest: the same half-year with and without the loop, and what each would have meant for the pleas of the frozen part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from cases.queue_policy import QueuePolicy
from classifiers.features import TextReader, Vocabulary
from classifiers.heads import fit_platt, shift_share, sigmoid, softmax
from classifiers.ideas import idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.remembered import FeatureBuilder
from classifiers.training import FEATURES, RECALL_FLOOR, fit_apart, fit_head
from learning.arrivals import Arrival, arrivals
from learning.backtest_file import BacktestFile
from learning.learning_file import AuditStratum
from learning.recall import Recall
from learning.simulated_desk import Half, Loop, Opinions, estimated_recall, play

EXPECTED_SHARE = 0.10
CALIBRATED_ON = 5  # every fifth row a model learns from is kept to calibrate it and to choose its threshold
_FLOOD = r"banjir|caah|genang|rob\b|terendam|kabanjiran"


@dataclass(frozen=True)
class Counts:
    """Pleas of the frozen part in some weeks: what came of them. ``late``: of those that were seen."""

    pleas: int
    seen: int
    confirmed: int
    never_shown: int
    said_no: int
    late: int
    urgent: int
    urgent_late: int  # or never seen
    cards: int  # looked at, of all posts
    cards_right: int


@dataclass(frozen=True)
class Arm:
    """One way to run the desk. ``weeks``: counts by name of a span."""

    name: str
    weeks: dict[str, Counts]
    models: int
    recall: tuple[float, Recall] | None  # the truth and what the audits told, of all weeks


def run_backtest(
    corpus: pd.DataFrame, frozen: pd.DataFrame, rules: BacktestFile, ways: tuple[QueuePolicy, list[AuditStratum]],
    seed: int, tell: Callable[[str, float], None],
) -> list[Arm]:  # fmt: skip
    """``corpus``: the training part. The model that begins has learned its lifelike files: other people's posts. The other files, in the
    voices of the frozen part but by other hands, arrive among the posts, and their verdicts are what the loop learns from.
    ``frozen``: the part that is measured; no model here ever learns a post of it."""
    tell("reading the posts", 0.0)
    models = _Models(corpus, frozen)
    first = models.opinions(models.begins)
    tell("the model that begins", 0.2)
    rumours = _looks_like_a_plea(models.posts, first, rules.rumour.texts)
    stream = arrivals(models.posts, rumours, rules, seed)
    arms = [_arm("without the loop", stream, models, first, rules, None, seed)]
    done = [0.2]

    def learn(verdicts: list[tuple[int, str]]) -> Opinions:
        done[0] += 0.6 * rules.loop.retrain_weeks / rules.calendar.weeks
        tell(f"learning from {len(verdicts)} verdicts", done[0])
        return models.opinions(models.begins, verdicts)

    arms.append(_arm("with the loop", stream, models, first, rules, Loop(*ways, learn), seed))
    tell("the shipped corpus", 0.9)
    shipped = models.opinions(np.nonzero(~models.all_posts["measured"].to_numpy(dtype=bool))[0])
    arms.append(_arm("shipped corpus, no loop", stream, models, shipped, rules, None, seed))
    tell("done", 1.0)
    return arms


class _Models:
    """Posts with their features, and models fitted on some of them. Features need no label and are counted once."""

    def __init__(self, corpus: pd.DataFrame, frozen: pd.DataFrame):
        known = pd.concat([corpus.assign(measured=False), frozen.assign(measured=True)], ignore_index=True)
        posts = known[known["flag"] != "b"].reset_index(drop=True)
        posts["plea"] = posts["flag"] == "1"
        posts["flood"] = posts["text"].str.contains(_FLOOD, case=False, regex=True)
        self.all_posts = posts
        arriving = ~posts["lifelike"]  # of the frozen part none is
        self.posts = posts.assign(row=posts.index)[arriving].reset_index(drop=True)
        self.begins = np.nonzero(~arriving.to_numpy())[0]
        reader = TextReader(spelling_lexicon(), idea_words())
        own = posts.loc[~posts["measured"], "text"].tolist()
        vocabulary = Vocabulary.fit([reader.read(text) for text in own], reader.ideas, FEATURES)
        self._matrix = FeatureBuilder(vocabulary, reader).matrix(posts["text"].tolist()).astype(np.float64)
        self._urgent = self._urgency()

    def _urgency(self) -> np.ndarray:
        """Chance of urgency 2 of every post, by the model that begins; it does not change."""
        taught = self.all_posts.iloc[self.begins].reset_index(drop=True)
        head = fit_head("urgency", self._matrix[self.begins].tocsr(), taught)
        if "2" not in head.classes:
            return np.zeros(len(self.all_posts))
        return softmax(np.asarray(self._matrix @ head.weights + head.bias))[:, head.classes.index("2")]

    def opinions(self, rows: np.ndarray, verdicts: list[tuple[int, str]] | None = None) -> Opinions:
        """A model of some rows with their labels, and of arrived posts with the verdicts they got (the last one counts)."""
        said = {int(self.posts["row"].iloc[post]): verdict for post, verdict in verdicts or []}
        taught = np.append(rows, np.array(list(said), dtype=int)).astype(int)
        if self.all_posts["measured"].to_numpy()[taught].any():
            raise ValueError("A post of the frozen part must never be learned from.")
        judged = [verdict == "ya" for verdict in said.values()]
        truth = np.append(self.all_posts["plea"].to_numpy(dtype=bool)[rows], judged).astype(bool)
        own = np.arange(len(taught)) >= len(rows)  # the desk's own verdicts have the last word, as in training
        weights, bias = _fit(self._matrix[taught].tocsr(), truth, own)
        score, threshold = self._calibrated(taught, truth, own)
        margin = np.asarray(self._matrix @ weights + bias)[:, 0]
        all_scores = score(margin)
        arriving = self.posts["row"].to_numpy()
        return Opinions(all_scores[arriving], self._urgent[arriving] >= 0.3, threshold)

    def _calibrated(
        self, taught: np.ndarray, truth: np.ndarray, own: np.ndarray
    ) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
        """From margins to chances at the expected share, and the threshold that keeps the recall floor, told from a fifth of the
        rows that a second fit had not seen."""
        order = np.random.default_rng(0).permutation(len(taught))
        kept, rest = order[::CALIBRATED_ON], np.setdiff1d(order, order[::CALIBRATED_ON])
        weights, bias = _fit(self._matrix[taught[rest]].tocsr(), truth[rest], own[rest])
        margin = np.asarray(self._matrix[taught[kept]] @ weights + bias)[:, 0]
        # Once there are verdicts enough to calibrate on, it is their kind of post that is asked about.
        chosen = own[kept] if (own[kept] & truth[kept]).sum() >= 30 else np.ones(len(kept), dtype=bool)
        margin, known = margin[chosen], truth[kept][chosen]
        slope, offset = fit_platt(margin, known.astype(int))
        share = float(known.mean())

        def chance(margins: np.ndarray) -> np.ndarray:
            return shift_share(sigmoid(slope * margins + offset), share, EXPECTED_SHARE)

        return chance, float(np.quantile(chance(margin[known]), 1 - RECALL_FLOOR, method="lower"))


def _fit(matrix: sparse.csr_matrix, truth: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return fit_apart(matrix, np.where(truth, "1", "0"), own)


def _looks_like_a_plea(posts: pd.DataFrame, opinions: Opinions, texts: int) -> list[int]:
    """The posts that are none but score highest: what a rumour is worded in."""
    score = np.where(posts["plea"] | ~posts["measured"], -1.0, opinions.score)
    return [int(row) for row in np.argsort(-score, kind="stable")[:texts]]


def _arm(
    name: str, stream: list[Arrival], models: Any, opinions: Opinions, rules: BacktestFile, loop: Loop | None, seed: int
) -> Arm:
    half = play(stream, models.posts, opinions, rules, loop, seed)
    every = range(1, rules.calendar.weeks + 1)
    spans = {"all weeks": every, "last 8 weeks": every[-8:]}
    events = {"flood week": rules.flood.week, "rumour week": rules.rumour.week}
    spans |= {event: range(week, week + 1) for event, week in events.items() if week in every}
    counts = {span: _count(stream, models.posts, half, rules, weeks) for span, weeks in spans.items()}
    return Arm(name, counts, half.models, _recall(stream, models.posts, half, every) if loop else None)


def _count(stream: list[Arrival], posts: pd.DataFrame, half: Half, rules: BacktestFile, weeks: range) -> Counts:
    plea, measured = posts["plea"].to_numpy(), posts["measured"].to_numpy()
    urgency = posts["urgency"].to_numpy()
    pleas = [one for one in stream if one.week in weeks and plea[one.post] and measured[one.post]]
    looks = {one.number: half.looks[one.number] for one in pleas if one.number in half.looks}
    urgent = {one.number for one in pleas if urgency[one.post] == "2"}

    def is_late(one: Arrival) -> bool:
        limit = rules.answers.urgent_hours if one.number in urgent else rules.answers.other_hours
        return looks[one.number].at - one.at > timedelta(hours=limit)

    late = {one.number for one in pleas if one.number in looks and is_late(one)}
    cards = [look for look in half.looks.values() if look.arrival.week in weeks]
    return Counts(
        pleas=len(pleas),
        seen=len(looks),
        confirmed=sum(look.said != "bukan" for look in looks.values()),
        never_shown=len(pleas) - len(looks),
        said_no=sum(look.said == "bukan" for look in looks.values()),
        late=len(late),
        urgent=len(urgent),
        urgent_late=len((late & urgent) | (urgent - set(looks))),
        cards=len(cards),
        cards_right=sum(bool(plea[look.arrival.post]) for look in cards),
    )


def _recall(stream: list[Arrival], posts: pd.DataFrame, half: Half, weeks: range) -> tuple[float, Recall]:
    """The share of all pleas (frozen or not) that was flagged, and the desk's own estimate of it."""
    plea = posts["plea"].to_numpy()
    pleas = [one for one in stream if plea[one.post] and not one.folded]
    truth = sum(one.number in half.flagged for one in pleas) / max(len(pleas), 1)
    return truth, estimated_recall(stream, half, weeks)
