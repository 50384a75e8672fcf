"""Verdicts as labels: what counts, what does not, where people disagree, and what a model doubts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from learning.agreement import agreements, cohen_kappa, pooled
from learning.doubts import doubtful_labels
from learning.labels import as_corpus, labels_and_conflicts, verdicts_of
from settings import Settings
from tests.desk_rows import NOW, a_champion, store_mentions, store_verdicts
from tests.test_commands_casework import said
from triage.database import unit_of_work
from triage.labels import label_verdicts, save_doubts


@pytest.fixture
def desk(database: Path) -> Path:
    """Ten mentions; verdicts of every kind."""
    a_champion(database)
    texts = {n: f"tolong nenek sakit nomor {n}, hubungi 0812 3456 789{n}" for n in range(1, 11)}
    rows = [{"number": n, "text": text} for n, text in texts.items()]
    rows[8] |= {"restricted": True, "category": "kekerasan"}
    rows[9] |= {"duplicate_of": "x:1"}
    store_mentions(database, rows)
    verdicts = [
        {"mention_id": "x:1", "reviewer": "rina", "verdict": "ya"},
        {"mention_id": "x:2", "reviewer": "budi", "verdict": "bukan", "review_id": "diganti"},
        {
            "mention_id": "x:2",
            "reviewer": "rina",
            "verdict": "ya",
            "category": "pangan_ekonomi",
            "urgency": 2,
            "supersedes": "diganti",
        },
        {"mention_id": "x:3", "reviewer": "rina", "verdict": "ragu"},
        {"mention_id": "x:4", "reviewer": "rina", "verdict": "ya", "review_id": "salah"},
        {"mention_id": "x:4", "reviewer": "rina", "verdict": "ragu", "supersedes": "salah", "shown_because": "urung"},
        {"mention_id": "x:5", "reviewer": "rina", "verdict": "ya"},
        {"mention_id": "x:5", "reviewer": "budi", "verdict": "bukan"},
        {"mention_id": "x:6", "reviewer": "rina", "verdict": "ya"},
        {"mention_id": "x:6", "reviewer": "budi", "verdict": "bukan"},
        {"mention_id": "x:6", "reviewer": "siti", "verdict": "bukan"},
        {"mention_id": "x:7", "reviewer": "rina", "verdict": "bukan"},
        {"mention_id": "x:7", "reviewer": "budi", "verdict": "bukan"},
        {"mention_id": "x:7", "reviewer": "asep", "verdict": "ya", "shown_because": "lapangan", "category": "rumah"},
        {"mention_id": "x:8", "reviewer": "rina", "verdict": "bukan", "made_at": NOW - timedelta(days=2)},
        {"mention_id": "x:8", "reviewer": "rina", "verdict": "ya"},
        {"mention_id": "x:9", "reviewer": "dewi", "verdict": "ya"},
        {"mention_id": "x:9", "reviewer": "wati", "verdict": "bukan"},
        {"mention_id": "x:10", "reviewer": "rina", "verdict": "bukan"},
    ]
    store_verdicts(database, verdicts)
    return database


def test_what_counts_as_a_label(desk: Path) -> None:
    with unit_of_work(desk) as connection:
        verdicts = verdicts_of(label_verdicts(connection))
    labels, conflicts = labels_and_conflicts(verdicts)
    found = {one.verdict.mention_id: (one.verdict.verdict, one.origin, one.votes) for one in labels}
    assert found == {
        "x:1": ("ya", "putusan", 1),
        "x:2": ("ya", "putusan", 1),
        "x:6": ("bukan", "putusan", 2),
        "x:7": ("ya", "lapangan", 1),
        "x:8": ("ya", "putusan", 1),
        "x:10": ("bukan", "putusan", 1),
    }
    assert {one.mention_id: one.settled for one in conflicts} == {"x:5": None, "x:6": "bukan", "x:7": "ya", "x:9": None}
    assert [one.made_at for one in labels] == sorted(one.made_at for one in labels)

    corpus = as_corpus(labels, 2.0).set_index("text")
    row = {text.split("nomor ")[1].split(",")[0]: values for text, values in corpus.iterrows()}
    assert tuple(row["1"][["flag", "category", "urgency", "platform", "lang"]]) == ("1", "kesehatan", "1", "x", "id")
    assert tuple(row["2"][["flag", "category", "urgency"]]) == ("1", "pangan_ekonomi", "2")  # as corrected
    assert tuple(row["6"][["flag", "category", "urgency", "topic"]]) == ("0", "-", "-", "-")
    assert row["7"]["category"] == "rumah"
    assert row["1"]["situation"] == row["10"]["situation"] != row["2"]["situation"]  # reposts stay together
    assert corpus["lifelike"].all() and (corpus["weight"] == 2.0).all()


def test_a_deleted_mention_teaches_no_more(desk: Path) -> None:
    with unit_of_work(desk) as connection:
        connection.execute("UPDATE mentions SET text = '', deleted_at = now() WHERE mention_id = 'x:1'")
        assert "x:1" not in set(label_verdicts(connection)["mention_id"])


def test_kappa_is_that_of_scikit_learn_and_pairs_are_told_apart(desk: Path) -> None:
    generator = np.random.default_rng(1)
    first = generator.choice(["ya", "bukan"], 300, p=[0.2, 0.8])
    second = np.where(generator.random(300) < 0.85, first, "ya")
    assert cohen_kappa(zip(first, second, strict=True)) == pytest.approx(cohen_kappa_score(first, second))
    assert cohen_kappa([]) is None and cohen_kappa([("ya", "ya")] * 3) is None
    with unit_of_work(desk) as connection:
        verdicts = verdicts_of(label_verdicts(connection))
    by_pair = {(one.first, one.second): one for one in agreements(verdicts)}
    assert (by_pair["budi", "rina"].both, by_pair["budi", "rina"].same) == (3, 1)
    assert by_pair["lapangan", "rina"].same == 0
    together = pooled(verdicts)
    assert together is not None and (together.both, together.same) == (8, 2)


def test_planted_wrong_labels_are_found() -> None:
    """Chances of a fair model; 20 of 1,000 labels turned: most of the first 20 doubts are those."""
    generator = np.random.default_rng(3)
    truth = (generator.random(1000) < 0.3).astype(int)
    chance = 1 / (1 + np.exp(-(generator.normal(0, 1.0, 1000) + np.where(truth == 1, 3.0, -3.0))))
    turned = generator.choice(1000, 20, replace=False)
    given = truth.copy()
    given[turned] = 1 - given[turned]
    doubts = doubtful_labels(given, chance)
    assert len(set(turned) & {one.row for one in doubts[:20]}) >= 15
    assert [one.margin for one in doubts] == sorted((one.margin for one in doubts), reverse=True)
    assert all(one.chance < 0.5 for one in doubts)
    assert doubtful_labels(np.ones(5), np.full(5, 0.1)) == []


def test_the_commands_show_it_masked_and_keep_restricted_ones_back(
    settings: Settings, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pandas as pd

    doubts = [("x:1", "ya", 0.1, 0.8), ("x:9", "ya", 0.2, 0.6), ("x:10", "ya", 0.2, 0.5)]
    frame = pd.DataFrame(doubts, columns=["mention_id", "verdict", "chance", "doubt"])
    with unit_of_work(desk) as connection:
        for _ in range(2):
            save_doubts(connection, frame.assign(model_version="m-champion", found_at=NOW))
    code, out, _ = said(capsys, "labels", "count")
    assert code == 0 and "6 labels; 2 with a corrected category; 4 mentions with a conflict, 2 of them undecided" in out
    assert "rina" in said(capsys, "labels", "agreement")[1]
    code, out, _ = said(capsys, "labels", "conflicts")
    assert "x:5  ya: rina · bukan: budi · undecided" in out and "x:9" not in out
    assert "1 unggahan terbatas tidak ditampilkan." in out
    assert "0812" not in out and "[no. HP]" in out
    assert "x:9" in said(capsys, "labels", "conflicts", "--role", "restricted", "--actor", "dewi")[1]
    code, out, _ = said(capsys, "labels", "doubtful")
    assert "x:1  rina: ya (chance 0.10" in out and "0812" not in out
    assert "x:10" not in out  # its verdict is another one now
