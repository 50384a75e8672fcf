"""Posts imported from one twarc2 file: rows a second, the longest a unit of work held the database, peak memory.

Run with `python -m benchmarks.importing [COUNT]`, 1000000 to see that memory is bounded. The alternative in the same run reads a
file with DuckDB's own JSON reader into a table of its own: no mapping, no place to go on from, nothing known before.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks._units import told, watched_units
from benchmarks.daily import timed
from collectors.x_mapping import snowflake
from settings import DATA, ROOT, load_settings
from tests.test_triage_collecting import NOW

ALTERNATIVE_ROWS = 100_000


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copy(ROOT / "tanggap.toml", home)
        os.environ["TANGGAP_HOME"] = folder
        settings = load_settings(demo=True)

        import flows.importing
        from flows.progress import steps
        from triage.database import prepare_database

        prepare_database(settings.database, demo=True)
        file = write_file(home / "posts.jsonl", count)
        print(f"{count} posts, {file.stat().st_size / 1e6:.0f} MB; memory before {memory():.0f} MB")
        with watched_units() as held, steps() as shown:
            with timed("import", count) as seconds:
                flows.importing.import_files(settings, [file], None, shown)
            with timed("import it again", count):
                flows.importing.import_files(settings, [file], None, shown)
        print(f"{len(held)} units of work: {told(held)}")
        print(f"peak memory {memory():.0f} MB; database {settings.database.stat().st_size / count:.0f} bytes a mention")
        few = min(count, ALTERNATIVE_ROWS)
        alternative = alternative_seconds_a_row(home, few)
        print(f"ratio to read_json into a bare table: {seconds[0] / count / alternative:.1f} to 1 in time")


def write_file(path: Path, count: int) -> Path:
    """Invented posts, as flattened by twarc2."""
    texts = [json.loads(line)["text"] for line in (DATA / "feed" / "x.jsonl").open(encoding="utf-8")]
    first = int(snowflake(NOW))
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            post_id, author = str(first + number * 7919), str(number % 40_000)
            post = {
                "id": post_id, "text": f"{texts[number % len(texts)]} no {number}", "author_id": author, "lang": "in",
                "created_at": "2026-11-24T03:00:00.000Z", "edit_history_tweet_ids": [post_id], "conversation_id": post_id,
                "public_metrics": {"like_count": number % 9, "reply_count": 0},
                "author": {"id": author, "username": f"warga{author}", "name": "Warga"},
            }  # fmt: skip
            stream.write(json.dumps(post, ensure_ascii=False) + "\n")
    return path


def alternative_seconds_a_row(home: Path, count: int) -> float:
    file = write_file(home / "few.jsonl", count)
    with duckdb.connect(str(home / "bare.duckdb")) as connection:
        began = time.perf_counter()
        connection.execute(f"CREATE TABLE posts AS SELECT * FROM read_json('{file}', format = 'newline_delimited')")
        return (time.perf_counter() - began) / count


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
