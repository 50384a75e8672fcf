"""The database file: schema applied once, one unit at a time, held and foreign files said in one sentence."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from settings import ROOT
from triage.database import (
    SCHEMA_FILES,
    DatabaseError,
    DatabaseHeld,
    DatabaseMode,
    DatabaseNewer,
    applied_versions,
    prepare_database,
    unit_of_work,
)

PUBLIC_TABLES = {
    "mentions": "mention_id platform kind author_id author_handle text lang created_at url parent_id thread_id matched like_count reply_count "
    "client_version first_seen_at last_seen_at deleted_at",
    "mention_versions": "mention_id version text seen_at replaced_at",
    "payloads": "payload_id source mention_id fetched_at body",
    "cursors": "source target state updated_at",
    "collection_runs": "run_id source started_at finished_at status requests seen new error client_version",
    "gaps": "source target from_at to_at reason found_at",
    "spend": "spend_id run_id source day kind state units usd",
    "assessments": "mention_id model_version assessed_at flag_score flagged threshold category category_score topic urgency lang restricted "
    "place_code place_name place_candidates reasons duplicate_of text_sha256",
    "models": "model_version trained_at status metrics path sha256 trained_on",
    "cases": "case_id opened_at opened_from state category topic urgency place_code level agency assignee due_at closed_at sp4n_id restricted "
    "consent legal_basis version",
    "case_mentions": "case_id mention_id how score",
    "case_events": "event_id case_id made_at actor kind detail",
    "commitments": "commitment_id case_id who what due_at kept_at",
    "reviews": "review_id mention_id case_id reviewer verdict category urgency place_code agency note made_at supersedes model_version "
    "shown_because sampling_probability",
    "users": "user_id name role",
    "access_log": "user_id what made_at",
}
PUBLIC_VIEWS = {"flagged_mentions", "open_cases", "review_queue"}


def test_public_tables_have_their_columns(database: Path) -> None:
    with unit_of_work(database) as connection:
        for table, columns in PUBLIC_TABLES.items():
            found = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
            assert set(columns.split()) <= found, table
        views = {
            row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
    assert views >= PUBLIC_VIEWS


def test_all_times_are_utc_timestamps(database: Path) -> None:
    with unit_of_work(database) as connection:
        plain = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'TIMESTAMP' AND NOT internal"
        ).fetchall()
        zone = connection.execute("SELECT current_setting('TimeZone')").fetchone()
    assert plain == []
    assert zone == ("UTC",)


def test_each_schema_file_is_applied_once(database: Path) -> None:
    with unit_of_work(database) as connection:
        connection.execute("INSERT INTO users (user_id, name, role, created_at) VALUES ('u', 'n', 'reviewer', now())")
    prepare_database(database, demo=True)
    with unit_of_work(database) as connection:
        assert applied_versions(connection) == {int(file.name[:3]) for file in SCHEMA_FILES}
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (1,)


def test_a_failed_unit_leaves_nothing(database: Path) -> None:
    with pytest.raises(RuntimeError), unit_of_work(database) as connection:
        connection.execute("INSERT INTO users (user_id, name, role, created_at) VALUES ('u', 'n', 'reviewer', now())")
        raise RuntimeError
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_a_newer_schema_is_refused(database: Path) -> None:
    with unit_of_work(database) as connection:
        connection.execute("INSERT INTO schema_versions VALUES (999, 'later', now())")
    with pytest.raises(DatabaseNewer, match="schema 999 but this program knows only"):
        prepare_database(database, demo=True)


def test_a_file_of_a_newer_duckdb_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "triage.duckdb"
    prepare_database(path, demo=True)
    content = bytearray(path.read_bytes())
    content[12] = 200  # the storage version stands behind the magic bytes "DUCK" at offset 8
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"triage\.duckdb .*(newer|cannot be opened)") as caught:
        prepare_database(path, demo=True)
    assert "\n" not in str(caught.value)


def test_demo_and_real_never_mix(database: Path) -> None:
    with pytest.raises(DatabaseMode, match="holds demo data and stays so: run with --demo, or set TANGGAP_HOME"):
        prepare_database(database, demo=False)


def test_a_held_file_is_waited_for_and_then_named(database: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb, sys; c = duckdb.connect({str(database)!r}); print('held', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    try:
        with (
            pytest.raises(DatabaseHeld, match=rf"is held by process {holder.pid}"),
            unit_of_work(database, wait_seconds=0.2),
        ):
            pass
        threading.Timer(0.3, holder.kill).start()
        with unit_of_work(database, wait_seconds=20) as connection:  # waited until the holder was gone
            connection.execute("SELECT 1")
    finally:
        holder.kill()
        holder.wait()


def test_units_of_two_threads_never_overlap(database: Path) -> None:
    def add(name: str) -> None:
        for _ in range(5):
            with unit_of_work(database) as connection:
                connection.execute(
                    "INSERT INTO users (user_id, name, role, created_at) SELECT ? || count(*), 'n', 'reviewer', now() FROM users",
                    [name],
                )

    threads = [threading.Thread(target=add, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT count(DISTINCT user_id) FROM users").fetchone() == (10,)


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(DatabaseError, match="cannot be created"):
        prepare_database(blocked / "var" / "triage.duckdb", demo=True)


def test_no_space_is_said_and_nothing_before_it_is_lost(database: Path) -> None:
    """A file size limit on a process of its own is a full disk that a test can have."""
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO users (user_id, name, role, created_at) VALUES ('before', 'n', 'reviewer', now())"
        )
    script = f"""
import resource, signal
from pathlib import Path
from triage.database import DiskFull, unit_of_work
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = Path({str(database)!r}).stat().st_size + 1_000_000
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    with unit_of_work(Path({str(database)!r})) as connection:
        connection.execute("CREATE TABLE big AS SELECT random()::text AS r FROM range(2000000)")
except DiskFull as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert "No space is left on the disk of" in done.stdout, done.stderr[-400:]
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT user_id FROM users").fetchall() == [("before",)]
