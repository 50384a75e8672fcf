"""The published copy: seconds, peak memory, and how long it kept the database from others.

Run with `python -m benchmarks.publishing [--rows N] [--known]`. Masking is linear and most of a first copy; --known leaves it out, as if all but
the newest texts had been masked before, which is how every later copy is made: so the rest can be seen with 1000000 in minutes.
The alternative in the same run copies the tables by SQL in one unit of work, as a first idea would, without masking anything.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.daily import timed
from settings import DATA, ROOT, Settings, load_settings

ROWS = 20_000
TEXTS = DATA / "corpus" / "train"
# Authors write three mentions each; every text is told apart by its number; one in 25 may be restricted; one in 20 has a case with three steps.
FILL = """
INSERT INTO mentions BY NAME
SELECT 'x:' || number AS mention_id, 'x' AS platform, 'post' AS kind, 'a' || number % ($rows // 3 + 1) AS author_id, 'akun' || number AS author_handle,
       text || ' ' || number AS text, now() - to_minutes(number % 500000) AS created_at, 'search:1' AS matched, 'bench' AS client_version,
       now() - to_minutes(number % 500000) AS first_seen_at, now() AS last_seen_at, 'x:' || number AS thread_id
FROM (SELECT unnest(range($rows)) AS number) JOIN texts ON texts.position = number % (SELECT count(*) FROM texts);
INSERT INTO payloads BY NAME
SELECT 'x:' || mention_id AS payload_id, 'x' AS source, mention_id, first_seen_at AS fetched_at, json_object('text', text) AS body FROM mentions;
INSERT INTO models BY NAME SELECT 'm1' AS model_version, now() AS trained_at, 'champion' AS status, '{"flag_ap": 0.9}' AS metrics, 'p' AS path, 's' AS sha256;
INSERT INTO assessments BY NAME
SELECT mention_id, 'm1' AS model_version, now() AS assessed_at, hash(mention_id) % 1000 / 1000 AS flag_score, flag_score >= 0.8 AS flagged, 0.8 AS threshold,
       'kesehatan' AS category, 0.5 AS category_score, 'layanan_lain' AS topic, 1 AS urgency, 0.1 AS urgency_score, 'id' AS lang,
       hash(mention_id) % 25 = 0 AS restricted, '32.16.' || lpad((1 + hash(mention_id) % 23)::text, 2, '0') AS place_code, md5(text) AS text_sha256
FROM mentions;
INSERT INTO cases BY NAME
SELECT 'K-' || mention_id AS case_id, created_at AS opened_at, 'mention' AS opened_from, 'ditangani' AS state, 'kesehatan' AS category, 1 AS urgency,
       'dinkes' AS agency, FALSE AS restricted, 'belum' AS consent, 3 AS version
FROM mentions WHERE hash(mention_id) % 20 = 0;
INSERT INTO case_mentions SELECT case_id, case_id[3:], 'opened', NULL FROM cases;
INSERT INTO case_events BY NAME
SELECT case_id || step AS event_id, case_id, opened_at + to_hours(step * 10) AS made_at, CASE step WHEN 1 THEN 'tanggap' ELSE 'rina' END AS actor,
       ['opened', 'forward', 'accept'][step] AS kind, step AS version,
       json_object('changes', json_object('clock_started_at', opened_at::text, 'due_at', (opened_at + INTERVAL 3 DAY)::text, 'agency', 'dinkes')) AS detail
FROM cases, (SELECT unnest([1, 2, 3]) AS step);
"""


# Words as a mask that hides nothing would leave them.
KNOWN = """
COPY (
    SELECT mention_id, md5(text) AS text_md5, regexp_extract_all(lower(text), '[a-z0-9]+') AS words, []::text[] AS hidden, FALSE AS restricted
    FROM mentions WHERE mention_id NOT LIKE '%000'
) TO '{}' (FORMAT parquet, COMPRESSION zstd)
"""


def main(rows: int, known: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "tanggap.toml", folder)
        os.environ["TANGGAP_HOME"] = folder
        settings = load_settings(demo=True)

        from flows.progress import steps
        from flows.publishing import publish, published_folder

        filling = get_context("spawn").Process(target=fill, args=(rows, known))  # its memory is not the publisher's
        filling.start()
        filling.join()
        print(
            f"{rows} mentions, database {settings.database.stat().st_size / 1e6:.0f} MB; memory before {memory():.0f} MB"
        )
        with timed("alternative: the tables by SQL, nothing masked", rows) as alternative:
            copy_by_sql(settings, Path(folder) / "alternative.duckdb")
        held: list[float] = []
        with steps() as shown, watched(held), others_at_work(settings) as waits:
            with timed("publish, one text in a thousand new" if known else "publish, all texts new", rows) as first:
                made = publish(settings, shown)
            with timed("publish again, nothing new", rows) as again:
                publish(settings, shown)
        size = sum(file.stat().st_size for file in published_folder(settings).iterdir())
        print(f"{made}; {size / 1e6:.0f} MB published; peak memory {memory():.0f} MB")
        print(f"the publisher held the database {len(held)} times, {max(held) * 1000:.0f} ms at most")
        print(
            f"others opened the database {len(waits)} times meanwhile: median {waits[len(waits) // 2] * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms"
        )
        print(
            f"the alternative holds it for {alternative[0]:.1f} s; ratio of times: first {first[0] / alternative[0]:.0f}, again {again[0] / alternative[0]:.1f}"
        )


def fill(rows: int, known: bool) -> None:
    from flows.publishing import workshop
    from review.published_words import mask_version
    from triage.database import prepare_database

    settings = load_settings(demo=True)
    prepare_database(settings.database, demo=True)
    texts = pd.concat(pd.read_csv(file, sep="\t", dtype=str)["text"] for file in sorted(TEXTS.glob("*.tsv")))
    frame = pd.DataFrame({"position": range(len(texts)), "text": texts.to_numpy()})
    with duckdb.connect(str(settings.database)) as connection:
        connection.register("texts", frame)
        for statement in connection.extract_statements(FILL):
            connection.execute(statement, dict.fromkeys(statement.named_parameters, rows))
        if known:
            workshop(settings).mkdir()
            connection.execute(KNOWN.format(workshop(settings) / f"masked-{mask_version()}.parquet"))


def copy_by_sql(settings: Settings, to: Path) -> None:
    from triage.database import unit_of_work

    with unit_of_work(settings.database) as connection:
        connection.execute(f"ATTACH '{to}' AS alternative")
        connection.execute("COMMIT")
        for table in ("mentions", "assessments", "cases", "case_events"):
            connection.execute(f"CREATE TABLE alternative.{table} AS FROM {table}")
        connection.execute("BEGIN; DETACH alternative")


@contextmanager
def watched(held: list[float]) -> Iterator[None]:
    """Note how long each unit of work of the publisher keeps the database."""
    import flows.publishing
    import triage.backups

    opened = flows.publishing.unit_of_work

    @contextmanager
    def watching(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        with opened(path) as connection:
            began = time.perf_counter()  # from here on others wait
            yield connection
        held.append(time.perf_counter() - began)

    flows.publishing.unit_of_work = triage.backups.unit_of_work = watching  # type: ignore[assignment]
    try:
        yield
    finally:
        flows.publishing.unit_of_work = triage.backups.unit_of_work = opened


@contextmanager
def others_at_work(settings: Settings) -> Iterator[list[float]]:
    """A process of its own opens the database every two seconds and looks at one case; the list gets how long each took, waiting included."""
    code = (
        "import sys, time; from pathlib import Path; from triage.database import unit_of_work\n"
        "while True:\n"
        "    began = time.perf_counter()\n"
        "    with unit_of_work(Path(sys.argv[1])) as connection: connection.execute('SELECT * FROM cases LIMIT 1').fetchall()\n"
        "    print(time.perf_counter() - began, flush=True); time.sleep(2)"
    )
    waits: list[float] = []
    process = subprocess.Popen([sys.executable, "-c", code, str(settings.database)], stdout=subprocess.PIPE, text=True)
    try:
        yield waits
    finally:
        process.terminate()
        waits += sorted(float(line) for line in process.communicate()[0].splitlines())


def memory() -> float:
    """The most this process has used, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--known", action="store_true", help="all but one text in a thousand was masked before")
    options = parser.parse_args()
    main(options.rows, options.known)
