"""The night over 1,000,000 mentions and 10,000 open cases, and the data of one case's page; against acting case by case."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from cases.acting import Act
from cases.rules import load_desk_rules
from flows import casework
from flows.casework import triage_cases
from flows.progress import Steps
from settings import ROOT, Settings, load_settings
from triage.case_page import read_case_page
from triage.casework import act, read_open_cases
from triage.database import prepare_database, unit_of_work
from triage.rebuilding import rebuild

MENTIONS, FLAGGED = 1_000_000, 10_000
ONE_BY_ONE = 100
FILL = f"""
INSERT INTO models VALUES ('m', now(), 'champion', NULL, 'm', 's', '');
INSERT INTO mentions BY NAME
SELECT 'x:' || i AS mention_id, 'x' AS platform, 'post' AS kind, 'a' || (i % 400000) AS author_id, 'teks' AS text,
       now() - to_minutes(i % 80000) AS created_at, 'x:' || i AS thread_id, 'search' AS matched, 't' AS client_version,
       now() - INTERVAL 5 MINUTE AS first_seen_at, now() AS last_seen_at
FROM range({MENTIONS}) AS numbers(i);
INSERT INTO assessments BY NAME
SELECT mention_id, 'm' AS model_version, now() AS assessed_at, CASE WHEN i % {MENTIONS // FLAGGED} = 0 THEN 0.9 ELSE 0.01 END AS flag_score,
       i % {MENTIONS // FLAGGED} = 0 AS flagged, 0.3 AS threshold, ['kesehatan', 'rumah', 'bencana'][1 + i // 100 % 3] AS category, 0.9 AS category_score,
       i // 100 % 10 // 9 * 2 AS urgency, 'id' AS lang, FALSE AS restricted, '[]'::json AS place_candidates, '[]'::json AS reasons, '' AS text_sha256
FROM (SELECT mention_id, substr(mention_id, 3)::bigint AS i FROM mentions);
"""


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "tanggap.toml", folder)
        settings = load_settings({"TANGGAP_HOME": folder}, demo=True)
        prepare_database(settings.database, demo=True)
        with unit_of_work(settings.database) as connection:
            connection.execute(FILL)
        measure(settings)


def measure(settings: Settings) -> None:
    rules, steps = load_desk_rules(settings), Steps(None)
    print(f"{MENTIONS:,} mentions, {FLAGGED:,} of them flagged and without a case")
    print(
        f"first night, all cases opened   {seconds(lambda: triage_cases(settings, steps)):8.1f} s   (must stay below 30)"
    )
    print(f"a night with nothing new        {seconds(lambda: triage_cases(settings, steps)):8.1f} s")
    casework.utc_now = lambda later=casework.utc_now: later() + timedelta(days=4)  # type: ignore[assignment,misc]
    batch = seconds(lambda: triage_cases(settings, steps))
    with unit_of_work(settings.database) as connection:
        cases = read_open_cases(connection)
        climbed = connection.execute("SELECT count(*) FROM case_events WHERE kind = 'escalate'").fetchone()
    assert climbed is not None
    print(f"four days later, all are late   {batch:8.1f} s   {climbed[0]:,} steps up the ladder")
    alone = seconds(lambda: [one_by_one(settings, rules, case.case_id, case.version) for case in cases[:ONE_BY_ONE]])
    ratio = (alone / ONE_BY_ONE) / (batch / climbed[0])
    print(
        f"the same, case by case          {alone / ONE_BY_ONE * climbed[0]:8.1f} s   (from {ONE_BY_ONE}: {ratio:.0f} times the batch)"
    )
    with unit_of_work(settings.database) as connection:
        page = sorted(seconds(partial(read_case_page, connection, case.case_id)) for case in cases[:200])
    print(
        f"the data of a case's page       {page[100] * 1000:8.1f} ms median, {page[190] * 1000:.1f} ms 95th (must stay below 50)"
    )
    print(f"rebuilding every case           {seconds(lambda: rebuild(settings.database)):8.1f} s")


def one_by_one(settings: Settings, rules: object, case_id: str, version: int) -> None:
    with unit_of_work(settings.database) as connection:
        act(connection, rules, case_id, Act("check", "rina"), version, casework.utc_now())  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
