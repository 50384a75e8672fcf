"""The restore drill: what was saved comes back, whole or not at all, while others write, and from the first release's file."""

from __future__ import annotations

import gzip
import io
import os
import signal
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

import cli
from flows.backups import BackupError, back_up, clear_replaced, newest_backup, restore, rotate
from flows.collecting import utc_now
from flows.prefect_environment import set_environment
from flows.progress import Steps
from settings import ROOT, SECRET_NAMES, Settings, load_settings
from tests.conftest import assert_sound
from tests.test_triage_collecting import mention, page, save
from triage import backups
from triage.backups import copy_database, read_facts
from triage.collecting import read_cursor
from triage.database import SCHEMA_FILES, DatabaseError, DatabaseHeld, apply_schema, prepare_database, unit_of_work
from triage.slices import Slice
from triage.syncing import forget

STEPS = Steps(None)
FIRST_RELEASE = 4  # schema files 001 to 004
VERDICT = (
    "INSERT INTO reviews (review_id, mention_id, reviewer, verdict, made_at) VALUES ('r1', 'x:1', 'sari', 'ya', now())"
)
CASE = (
    "INSERT INTO cases (case_id, opened_at, opened_from, state, restricted, consent, version) "
    "VALUES ('c1', now(), 'mention', 'Perlu Verifikasi', false, 'belum', 1);"
    "INSERT INTO case_events BY NAME SELECT 'e1' AS event_id, 'c1' AS case_id, now() AS made_at, 'sari' AS actor, 'opened' AS kind"
)
TODAYS_CASE = f"{CASE}, 1 AS version"


def fill(path: Path) -> None:
    """A mention with everything that must never be lost: a verdict, a case, a promise."""
    save(path, page(mention(1, "bocah demam"), mention(2, "jalan rusak")))
    with unit_of_work(path) as connection:
        connection.execute(VERDICT)
        connection.execute(TODAYS_CASE)
        connection.execute("INSERT INTO case_mentions VALUES ('c1', 'x:1', 'opened', NULL)")
        connection.execute(
            "INSERT INTO commitments (commitment_id, case_id, who, what, due_at, kept_at) VALUES ('p1', 'c1', 'Dinas Sosial', 'beras', now(), NULL)"
        )


@pytest.fixture
def office(settings: Settings, database: Path) -> Settings:
    """A home at work: rows, a model, and secrets that must stay at home."""
    fill(database)
    (settings.models / "m1").mkdir(parents=True)
    (settings.models / "champion.json").write_text('{"model_version": "m1"}')
    (settings.models / "m1" / "weights.npz").write_bytes(b"\x00\x01")
    env_file = settings.home / ".env"
    env_file.write_text("".join(f"{name}=RAHASIA-{name}\n" for name in SECRET_NAMES))
    env_file.chmod(0o600)
    (settings.var / "session.json").write_text('{"sessionid": "RAHASIA-sesi"}')
    return settings


def test_the_restore_drill(
    office: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["backup", "--demo"]) == 0
    archive = newest_backup(office.var / "backups")
    assert archive is not None and stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert list((office.var / "backups").iterdir()) == [archive]  # nothing half done lies about
    packed = gzip.decompress(archive.read_bytes())
    assert b"RAHASIA" not in packed
    with tarfile.open(archive) as tar:
        assert {name.split("/")[0] for name in tar.getnames()} == {
            "triage.duckdb",
            "models",
            "tanggap.toml",
            "manifest.json",
        }
    before = read_facts(office.database)
    assert before.tables["reviews"][0] == "1" and before.unsound == []

    new_home = tmp_path / "mesin baru"
    new_home.mkdir()
    monkeypatch.setenv("TANGGAP_HOME", str(new_home))
    capsys.readouterr()
    assert cli.main(["restore", str(archive)]) == 0
    said = capsys.readouterr().out
    assert "2 mentions" in said and "Secrets are not in a backup" in said and "What was there before" not in said
    assert read_facts(new_home / "var" / "triage.duckdb") == before
    assert (new_home / "tanggap.toml").read_bytes() == office.config_file.read_bytes()
    assert (new_home / "var" / "models" / "m1" / "weights.npz").read_bytes() == b"\x00\x01"
    assert_sound(new_home / "var" / "triage.duckdb")


def test_what_was_there_before_moves_aside_with_its_log(office: Settings) -> None:
    """A write-ahead log left by a killed process must not be replayed into the restored file."""
    archive = back_up(office, office.var / "backups", STEPS)
    before = read_facts(office.database)
    script = f"""
import os, signal
from pathlib import Path
from triage.database import _open
connection = _open(Path({str(office.database)!r}), 5)
connection.execute("INSERT INTO users (user_id, name, role, created_at) VALUES ('later', 'n', 'reviewer', now())")
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert office.database.with_name("triage.duckdb.wal").exists()
    restored = restore(office.home, archive, STEPS)
    assert read_facts(office.database) == before
    assert restored.aside is not None
    with unit_of_work(restored.aside / "triage.duckdb") as connection:
        assert connection.execute("SELECT user_id FROM users").fetchall() == [("later",)]
    assert (restored.aside / "tanggap.toml").exists() and (restored.aside / "models").is_dir()


def test_what_was_deleted_since_stays_forgotten(office: Settings) -> None:
    archive = back_up(office, office.var / "backups", STEPS)
    with unit_of_work(office.database) as connection:
        gone = connection.execute("SELECT min(mention_id) FROM mentions").fetchone()
        assert gone is not None
        forget(connection, [gone[0]], utc_now())
    restore(office.home, archive, STEPS)
    with unit_of_work(office.database) as connection:
        texts = dict(connection.execute("SELECT mention_id, text FROM mentions").fetchall())
    assert texts.pop(gone[0]) == "" and all(texts.values())
    assert_sound(office.database)


def test_a_damaged_database_can_be_replaced(office: Settings) -> None:
    archive = back_up(office, office.var / "backups", STEPS)
    before = read_facts(office.database)
    office.database.write_bytes(b"\x00" * 40_000)
    log = office.database.with_name("triage.duckdb.wal")
    log.write_bytes(b"what was left of it")
    restored = restore(office.home, archive, STEPS)
    assert restored.aside is not None and (restored.aside / log.name).exists() and not log.exists()
    assert read_facts(office.database) == before


def test_a_held_database_is_not_replaced(office: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = back_up(office, office.var / "backups", STEPS)
    script = f"""
import sys
from pathlib import Path
from triage.database import unit_of_work
with unit_of_work(Path({str(office.database)!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    holder = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdin is not None and holder.stdout is not None
    holder.stdout.readline()
    inode = office.database.stat().st_ino
    for module in ("triage.backups", "triage.erased_copies"):
        monkeypatch.setattr(f"{module}.unit_of_work", lambda path: unit_of_work(path, 0.2))
    with pytest.raises(DatabaseHeld, match="is held by process"):
        restore(office.home, archive, STEPS)
    assert office.database.stat().st_ino == inode
    holder.stdin.close()
    holder.wait(timeout=10)
    holder.stdout.close()


def write_pairs(path: Path, pause: float) -> subprocess.Popen[bytes]:
    """Another process that writes two tables together, a unit of work after the other."""
    script = f"""
import time
from pathlib import Path
from triage.database import unit_of_work
print("writing", flush=True)
for number in range(10_000):
    with unit_of_work(Path({str(path)!r})) as connection:
        connection.execute("INSERT INTO users (user_id, name, role, created_at)"
            " SELECT 'u{{}}', repeat('n', 500), 'reviewer', now() FROM range(20)".format(number))
        connection.execute("INSERT INTO access_log SELECT 'u', 'w', now() FROM range(20)")
    time.sleep({pause})
"""
    writer = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    return writer


def test_nobody_waits_for_a_copy_made_between_their_writes(settings: Settings, tmp_path: Path) -> None:
    prepare_database(settings.database, demo=True)
    writer = write_pairs(settings.database, 0.3)  # as flows do it, a page now and then
    try:
        time.sleep(0.5)
        assert copy_database(settings.database, tmp_path / "copy.duckdb")
    finally:
        writer.kill()
        writer.wait()
    tables = read_facts(tmp_path / "copy.duckdb").tables
    assert int(tables["users"][0]) > 0
    assert tables["users"][0] == tables["access_log"][0]


@pytest.mark.parametrize("disturbances", [2, 4])
def test_a_copy_that_was_written_into_is_made_again(
    settings: Settings, tmp_path: Path, disturbances: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow disk: somebody writes after the first half of the file was read. In the end the others have to wait."""
    prepare_database(settings.database, demo=True)
    fill(settings.database)
    monkeypatch.setattr("triage.backups.TRIES", 4)
    monkeypatch.setattr("triage.backups._QUIET_SECONDS", 0.0)
    calls = 0

    def copy_slowly(source: Path, to: Path) -> None:
        nonlocal calls
        calls += 1
        with source.open("rb") as stream, to.open("wb") as copy:
            copy.write(stream.read(source.stat().st_size // 2))
            if calls <= disturbances:
                with unit_of_work(source) as connection:
                    connection.execute(
                        "INSERT INTO users (user_id, name, role, created_at) SELECT 'u' || range, random(), 'reviewer', now() FROM range(50000)"
                    )
                    connection.execute("INSERT INTO access_log SELECT 'u', random(), now() FROM range(50000)")
            copy.write(stream.read())

    monkeypatch.setattr("triage.backups.shutil.copyfile", copy_slowly)
    assert copy_database(settings.database, tmp_path / "copy.duckdb") == (disturbances < 4)
    assert calls == disturbances + 1
    assert read_facts(tmp_path / "copy.duckdb") == read_facts(settings.database)


def repacked(archive: Path, change: Callable[[str, bytes], bytes], extra: tuple[str, bytes] | None = None) -> Path:
    target = archive.with_name("tanggap-20200101-000000.tar.gz")
    with tarfile.open(archive) as source, tarfile.open(target, "w:gz") as copy:
        for member in source.getmembers():
            stream = source.extractfile(member)
            content = change(member.name, stream.read()) if stream else b""
            member.size = len(content)
            copy.addfile(member, io.BytesIO(content))
        if extra:
            member = tarfile.TarInfo(extra[0])
            member.size = len(extra[1])
            copy.addfile(member, io.BytesIO(extra[1]))
    return target


def test_nothing_is_put_back_that_is_not_what_was_saved(office: Settings, tmp_path: Path) -> None:
    archive = back_up(office, office.var / "backups", STEPS)
    before = read_facts(office.database)

    def same(name: str, content: bytes) -> bytes:
        return content

    def other_weights(name: str, content: bytes) -> bytes:
        return b"\x00\x02" if name.endswith("weights.npz") else content

    def other_counts(name: str, content: bytes) -> bytes:
        return (
            content.replace(b'"reviews": [\n    "1"', b'"reviews": [\n    "2"') if name == "manifest.json" else content
        )

    def no_manifest(name: str, content: bytes) -> bytes:
        return b"[]" if name == "manifest.json" else content

    for change, extra, said in (
        (other_weights, None, "models/m1/weights.npz is not the file that was saved"),
        (other_counts, None, "the rows of reviews are not those that were saved"),
        (no_manifest, None, "no backup of Tanggap, or a damaged one"),
        (same, ("../../escaped", b"x"), "holds files that no backup of Tanggap has"),
        (same, (".env", b"X_BEARER_TOKEN=x"), "holds files that no backup of Tanggap has"),
        (same, ("models/more.json", b"{}"), "models/more.json is not the file that was saved"),
    ):
        with pytest.raises(BackupError, match=said):
            restore(office.home, repacked(archive, change, extra), STEPS)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[:-2000])
    text = tmp_path / "text.tar.gz"
    text.write_text("no archive")
    for file in (cut, text):
        with pytest.raises(BackupError, match="no backup of Tanggap, or a damaged one"):
            restore(office.home, file, STEPS)
    with pytest.raises(BackupError, match="cannot be unpacked"):
        restore(office.home, tmp_path / "tiada.tar.gz", STEPS)
    assert read_facts(office.database) == before
    assert not list(office.var.glob(".staging-*")) and not (office.var / "replaced").exists()


def first_release(path: Path) -> None:
    """A file as the first release wrote it, in the storage format of DuckDB 1.0 (the oldest still in use)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS old (STORAGE_VERSION 'v1.0.0'); USE old; SET TimeZone = 'UTC'")
        connection.execute(
            "CREATE TABLE schema_versions (version integer NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL)"
        )
        for file in SCHEMA_FILES[:FIRST_RELEASE]:
            apply_schema(connection, file)
        connection.execute("INSERT INTO origin VALUES ('demo', now())")
        connection.execute(
            "INSERT INTO mentions BY NAME SELECT 'x:1' AS mention_id, '1' AS platform_id, 'x' AS platform, 'post' AS kind, 'bocah demam' AS text, "
            "'m' AS matched, 'c' AS client_version, t AS created_at, t AS first_seen_at, t AS last_seen_at FROM (SELECT TIMESTAMPTZ '2026-11-01' AS t)"
        )
        connection.execute(VERDICT)
        connection.execute(CASE)
        connection.execute("INSERT INTO case_mentions VALUES ('c1', 'x:1', 'opened', NULL)")
        connection.execute(
            """INSERT INTO cursors VALUES ('instagram', 'comments:a', '{"read": {"DCS": 4}, "kept": 1}', now())"""
        )


def test_the_first_releases_file_walks_up_to_this_one(home: Path) -> None:
    path = home / "var" / "triage.duckdb"
    first_release(path)
    before = read_facts(path)
    assert before.schema == FIRST_RELEASE
    prepare_database(path, demo=True)
    after = read_facts(path)
    assert after.schema == int(SCHEMA_FILES[-1].name[:3])
    kept = ("reviews", "case_mentions", "origin")
    assert {name: after.tables[name] for name in kept} == {name: before.tables[name] for name in kept}
    save(path, page(mention(1, "bocah demam tinggi", platform_id="7"), mention(2)))  # and today's program works with it
    with unit_of_work(path) as connection:
        assert connection.execute("SELECT text FROM mention_versions").fetchall() == [("bocah demam",)]
        assert connection.execute("SELECT count(*) FROM open_cases").fetchall() == [(1,)]
        assert read_cursor(connection, "instagram", "comments:a") == {"kept": 1}  # bare numbers are read once more
    assert_sound(path)


def test_a_backup_of_the_first_release_comes_back_as_this_one(home: Path, tmp_path: Path) -> None:
    settings = load_settings(demo=True)
    first_release(settings.database)
    archive = back_up(settings, tmp_path / "backups", STEPS)
    settings.database.unlink()
    restored = restore(home, archive, STEPS)
    assert restored.facts.schema == FIRST_RELEASE
    with unit_of_work(settings.database) as connection:
        assert connection.execute("SELECT max(version) FROM schema_versions").fetchall() == [
            (int(SCHEMA_FILES[-1].name[:3]),)
        ]
        assert connection.execute("SELECT verdict FROM reviews").fetchall() == [("ya",)]
    assert_sound(settings.database)


def test_a_copy_for_which_others_wait_holds_what_slices_left_in_the_log(
    office: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slice_of_another(path: Path, to: Path) -> bool:
        with Slice(1).unit(path) as connection:
            connection.execute(
                "INSERT INTO users (user_id, name, role, created_at) VALUES ('a', 'n', 'reviewer', now())"
            )
        return False

    monkeypatch.setattr(backups, "copy_when_quiet", slice_of_another)
    assert not copy_database(office.database, tmp_path / "copy.duckdb")
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT count(*) FROM users WHERE user_id = 'a'").fetchall() == [(1,)]


def test_only_the_newest_stay(tmp_path: Path) -> None:
    for day in range(1, 12):
        (tmp_path / f"tanggap-202611{day:02}-021000.tar.gz").write_bytes(b"")
    (tmp_path / "tanggap-mine.tar.gz").write_bytes(b"")
    assert len(rotate(tmp_path, 7)) == 4
    assert sorted(path.name for path in tmp_path.iterdir())[0] == "tanggap-20261105-021000.tar.gz"
    assert len(list(tmp_path.iterdir())) == 8


def test_what_a_restore_moved_aside_goes_a_week_later(tmp_path: Path) -> None:
    now = datetime(2026, 11, 25, 2, 10, tzinfo=UTC)
    for name in ("20261117-120000", "20261120-120000", "disimpan"):
        (tmp_path / "replaced" / name / "models").mkdir(parents=True)
    assert [path.name for path in clear_replaced(tmp_path, now)] == ["20261117-120000"]
    assert sorted(path.name for path in (tmp_path / "replaced").iterdir()) == ["20261120-120000", "disimpan"]


def test_the_night_saves_and_lets_go(office: Settings) -> None:
    """In a process of its own, because of Prefect: the schedule's flows, and one night of the backup."""
    folder = office.var / "backups"
    folder.mkdir()
    (office.var / "replaced" / "20250101-120000").mkdir(parents=True)
    for day in range(1, 9):
        (folder / f"tanggap-202501{day:02}-021000.tar.gz").write_bytes(b"")
    script = """
import prefect
from flows.nightly import nightly_backup
from flows.schedule import _serve
from settings import load_settings
prefect.serve = lambda *deployments, **options: print(*(
    one.flow_name + ": " + " and ".join(entry.schedule.cron for entry in one.schedules) for one in deployments
), sep="\\n")
_serve(load_settings(demo=True), "http://127.0.0.1:9/api")
print(nightly_backup.fn(demo=True))
"""
    environment = dict(os.environ)
    set_environment(office.home, environment)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    *served, made = done.stdout.splitlines() or [done.stderr]
    assert served == [
        "daily report: 30 * * * * and 0 6 * * *",
        "nightly retention: 55 1 * * *",
        "nightly backup: 10 2 * * *",
        "deletions and edits: 45 1,7,13,19 * * *",
        "learn from verdicts: 40 3 * * *",
    ], done.stderr
    assert min(path.name for path in folder.iterdir()) == "tanggap-20250103-021000.tar.gz"
    assert newest_backup(folder) == Path(made) and len(list(folder.iterdir())) == 7
    assert not list((office.var / "replaced").iterdir())


def test_an_empty_home_and_a_foreign_file_are_said(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["backup", "--demo"]) == 1
    assert "does not exist yet: run tanggap report first" in capsys.readouterr().err
    foreign = tmp_path / "foreign.duckdb"
    duckdb.connect(str(foreign)).close()
    with pytest.raises(DatabaseError, match="no database of Tanggap"):
        read_facts(foreign)
