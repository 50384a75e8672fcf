"""A challenger from verdicts: split by time, judged beside the champion, promoted by a person, taken back in one step."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from classifiers.corpus import read_corpus
from classifiers.model_file import CHAMPION
from classifiers.training import train
from flows.assessing import champion
from flows.progress import Steps
from flows.promoting import score_in_shadow
from flows.retraining import retrain, split_by_time
from learning.contest import contest, weighted_calibration, weighted_precision
from learning.labels import labels_and_conflicts, verdicts_of
from learning.learning_file import read_learning
from settings import DATA, Settings
from tests.classifier_fixtures import CORPUS
from tests.desk_rows import NOW, store_mentions, store_verdicts
from tests.test_commands_casework import said
from triage.database import unit_of_work
from triage.labels import label_verdicts
from triage.models import newest_contest, read_models

RULES = read_learning(DATA / "learning.toml")
TAUGHT, LABELS = 15, 20  # rows of each file in the corpus, and after these as verdicts


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder with the first rows of each corpus file, and one with a champion that learned from them."""
    corpus, models = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("models")
    for file in sorted(CORPUS.glob("*.tsv")):
        lines = file.read_text(encoding="utf-8").splitlines()[: TAUGHT + 1]
        (corpus / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    train(corpus, models)
    return corpus, models


@pytest.fixture
def desk(settings: Settings, database: Path, small_world: tuple[Path, Path]) -> Path:
    """The champion at work, and ten weeks of verdicts on posts it never saw; the floors are those of a small model."""
    shutil.copytree(small_world[1], settings.models)
    champion(settings, Steps(None))
    version = json.loads((settings.models / CHAMPION).read_text())["model_version"]
    later = [part.iloc[TAUGHT : TAUGHT + LABELS] for _, part in read_corpus(CORPUS).groupby("file")]
    posts = pd.concat(later).query("flag != 'b'").sample(frac=1, random_state=0).reset_index(drop=True)
    hours = np.linspace(10 * 7 * 24, 1, len(posts))
    rows = [{"number": n, "text": text, "hours": hours[n]} for n, text in enumerate(posts["text"], 1) if n < len(posts)]
    store_mentions(database, rows, version)
    verdicts = [
        {"mention_id": f"x:{n}", "reviewer": "rina", "verdict": "ya" if posts["flag"][n - 1] == "1" else "bukan", "model_version": version,
         "category": posts["category"][n - 1].split("|")[0] if posts["flag"][n - 1] == "1" else None, "made_at": NOW - timedelta(hours=hours[n])}
        for n in range(1, len(posts))
    ]  # fmt: skip
    store_verdicts(database, verdicts)
    text = (DATA / "learning.toml").read_text(encoding="utf-8")
    for name in ("floor_category", "floor_lang", "floor_urgency_0", "floor_urgency_1", "floor_urgency_2"):
        text = text.replace(f"{name} = 0.", f"{name} = 0.0")
    text = text.replace("calibration_limit = 0.06", "calibration_limit = 0.30").replace(
        "worse_margin = 0.02", "worse_margin = 0.2"
    )
    (settings.home / "data").mkdir()
    (settings.home / "data" / "learning.toml").write_text(text, encoding="utf-8")
    return database


def test_from_verdicts_to_a_new_champion_and_back(
    settings: Settings, desk: Path, small_world: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads((settings.models / CHAMPION).read_text())["model_version"]
    done = retrain(settings, Steps(None), NOW, corpus_dir=small_world[0])
    assert done is not None and done.contest.passed, done
    version = done.card.model_version
    assert version != before == json.loads((settings.models / CHAMPION).read_text())["model_version"]
    assert done.card.trained_on["verdicts"] == done.learned > 100
    assert datetime.fromisoformat(done.card.trained_on["verdicts_until"]) <= done.judged_from
    assert done.contest.pleas >= RULES.retraining.fewest_judged_pleas
    assert (
        retrain(settings, Steps(None), NOW + timedelta(days=8), corpus_dir=small_world[0]) is None
    )  # nothing new to learn

    code, _, err = said(capsys, "models", "promote", version, "--actor", "dewi")
    assert code == 1 and "may be promoted after 3 days" in err
    with unit_of_work(desk) as connection:
        connection.execute("UPDATE model_contests SET made_at = made_at - INTERVAL 4 DAY")
    assert "(0 posts)" in said(capsys, "models", "promote", version, "--actor", "dewi")[2]  # nothing was scored beside
    assert score_in_shadow(settings, Steps(None)) > 300
    with unit_of_work(desk) as connection:  # what people see is still the champion's
        assert connection.execute("SELECT DISTINCT model_version FROM queued_mentions").fetchall() == [(before,)]
    out = said(capsys, "models", "show", version)[1]
    assert "passed" in out and "In shadow" in out and done.card.trained_on["sha256"] in out

    code, out, err = said(capsys, "models", "promote", version, "--actor", "dewi", "--why", "lebih tajam")
    assert (code, err) == (0, "") and before in out
    assert json.loads((settings.models / CHAMPION).read_text())["model_version"] == version
    shown = {line.split()[0]: line.split()[1] for line in said(capsys, "models", "list")[1].splitlines()[1:]}
    assert shown == {version: "champion", before: "retired"}
    assert champion(settings, Steps(None)).model_version == version  # the next report agrees
    assert "promoted by dewi lebih tajam" in said(capsys, "models", "show", version)[1]
    code, out, _ = said(capsys, "models", "rollback", "--actor", "dewi")
    assert (code, out) == (0, f"{before} is champion again.\n")
    assert json.loads((settings.models / CHAMPION).read_text())["model_version"] == before
    code, _, err = said(capsys, "models", "rollback", "--actor", "dewi")
    assert code == 1 and "was not promoted by anyone" in err
    assert said(capsys, "models", "promote", "m-none", "--actor", "dewi")[0] == 1


def test_a_challenger_of_turned_verdicts_fails_and_stays_out(
    settings: Settings, desk: Path, small_world: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody answered everything wrong for weeks: the later weeks find it out, and the doubts name those verdicts."""
    border = NOW - timedelta(weeks=RULES.retraining.judged_weeks)
    with unit_of_work(desk) as connection:
        connection.execute(
            "UPDATE reviews SET verdict = CASE verdict WHEN 'ya' THEN 'bukan' ELSE 'ya' END WHERE made_at <= ?",
            [border],
        )
    done = retrain(settings, Steps(None), NOW, corpus_dir=small_world[0])
    assert done is not None and not done.contest.passed
    assert "average precision is not worse" in [one.name for one in done.contest.conditions if not one.holds]
    with unit_of_work(desk) as connection:
        assert {row["status"] for row in read_models(connection)} == {"champion", "retired"}
        assert newest_contest(connection)["passed"] is False  # type: ignore[index]
        (doubted,) = connection.execute("SELECT count(*) FROM label_doubts").fetchone()  # type: ignore[misc]
    assert doubted > 0
    code, _, err = said(capsys, "models", "promote", done.card.model_version, "--actor", "dewi")
    assert code == 1 and "has not passed its contest" in err
    assert "NO  average precision is not worse" in said(capsys, "models", "show", done.card.model_version)[1]


def test_nothing_is_judged_that_was_learned(settings: Settings, desk: Path) -> None:
    model = champion(settings, Steps(None)).card
    with unit_of_work(desk) as connection:
        connection.execute("UPDATE assessments SET duplicate_of = 'x:1' WHERE mention_id = 'x:390'")
        labels, _ = labels_and_conflicts(verdicts_of(label_verdicts(connection)))
    split = split_by_time(labels, model, RULES.retraining, NOW)
    assert max(one.made_at for one in split.learned) <= split.judged_from < min(one.made_at for one in split.judged)
    assert not {one.verdict.concern for one in split.learned} & {one.verdict.concern for one in split.judged}
    assert len(split.learned) + len(split.judged) in (len(labels) - 1, len(labels))
    known = replace(model, trained_on=model.trained_on | {"verdicts_until": (NOW - timedelta(weeks=1)).isoformat()})
    assert split_by_time(labels, known, RULES.retraining, NOW).judged_from == NOW - timedelta(weeks=1)


def judged_frame(worse: float, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    plea = generator.random(800) < 0.3
    margin = np.where(plea, 1.5, -1.5) + generator.normal(0, 1, 800)
    scores = {"champion": 1 / (1 + np.exp(-2 * margin))}
    scores["challenger"] = 1 / (1 + np.exp(-2 * (margin + generator.normal(0, 1, 800) * worse)))
    frame = pd.DataFrame(
        {"plea": plea, "weight": 1.0, "category": np.where(plea, "rumah", "-"), "lang": "id", "urgency": "1"}
    )
    for name, score in scores.items():
        frame[f"{name}_score"], frame[f"{name}_flagged"] = score, score > 0.1
    return frame


GOOD = {
    "flag_ece": 0.01,
    "by": {"lang": {"id": {"posts": 900, "recall": 0.95}}, "urgency": {"2": {"pleas": 90, "recall": 0.96}}},
}


def test_a_contest_lets_equals_pass_and_names_what_is_missing() -> None:
    same = judged_frame(0.0)
    assert contest(same, GOOD, RULES.contest, 30).passed
    worse = contest(judged_frame(2.0), GOOD, RULES.contest, 30)
    assert "average precision is not worse" in [one.name for one in worse.conditions if not one.holds]
    careless = {**GOOD, "by": {"urgency": {"2": {"pleas": 90, "recall": 0.94}}}}
    missing = [one.name for one in contest(same, careless, RULES.contest, 30).conditions if not one.holds]
    assert missing == ["cross-fitted, urgency 2"]
    blind = same.assign(challenger_flagged=same["challenger_flagged"] & (same["challenger_score"] > 0.8))
    assert "later weeks, category rumah" in [
        c.name for c in contest(blind, GOOD, RULES.contest, 30).conditions if not c.holds
    ]
    loud = same.assign(challenger_score=same["challenger_score"] ** 0.2)
    assert "calibration on the later weeks" in [
        c.name for c in contest(loud, GOOD, RULES.contest, 30).conditions if not c.holds
    ]
    few = contest(same.head(40), GOOD, RULES.contest, 30)
    assert not few.passed and few.conditions[0].name == "enough later verdicts"


def test_weights_are_posts_counted_several_times() -> None:
    generator = np.random.default_rng(5)
    truth, score = generator.random(60) < 0.4, np.round(generator.random(60), 1)
    times = generator.integers(1, 5, 60)
    again = (np.repeat(truth, times), np.repeat(score, times))
    assert weighted_precision(truth, score, times.astype(float)) == pytest.approx(average_precision_score(*again))
    exact = np.where(truth, 1.0, 0.0)
    assert weighted_calibration(truth, exact, times.astype(float)) == pytest.approx(0)
    assert weighted_calibration(truth, 1 - exact, times.astype(float)) > 0.95  # one bin holds both ends
