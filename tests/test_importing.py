"""Files of other tools become the rows the collectors would have brought: whole, once, and the broken rows named."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import instaloader
import pytest

from collectors.x_mapping import snowflake
from demo.standin import pointed_at
from flows.importing import Imported, import_files
from flows.progress import Steps
from settings import ROOT, Settings
from tests.demo_fixtures import FEW, INSTAGRAM_FEED, MANY, instaloader_client, own_post, program_profile
from tests.platforms import Desk, desk, write_feed, x_row
from tests.test_triage_collecting import NOW
from triage.database import unit_of_work


def run(settings: Settings, *paths: Path, platform: str | None = None) -> Imported:
    return import_files(settings, paths, platform, Steps(None))


def tallies(imported: Imported) -> list[tuple[int, int, int]]:
    return [(tally.read, tally.new, tally.rejected) for _, _, tally in imported.files]


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with unit_of_work(database) as connection:
        return connection.execute(query).fetchall()


def write_lines(path: Path, *lines: object) -> Path:
    path.write_text(
        "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines), encoding="utf-8"
    )
    return path


def rejected(imported: Imported) -> list[str]:
    assert imported.rejects is not None
    return [line.split("/")[-1] for line in imported.rejects.read_text(encoding="utf-8").splitlines()]


def post(number: int, **changes: Any) -> dict[str, Any]:
    """A flattened post of twarc2, as its documentation describes one."""
    post_id = str(int(snowflake(NOW)) + number)
    return {
        "id": post_id,
        "text": f"kabar {number}",
        "created_at": "2026-11-24T03:00:00.000Z",
        "author_id": "77",
        "author": {"id": "77", "username": "warga77", "name": "Warga"},
        "edit_history_tweet_ids": [post_id],
        "conversation_id": post_id,
        "public_metrics": {"like_count": 2, "reply_count": 0},
        "referenced_tweets": [{"type": "quoted", "id": "5", "text": "kata orang lain", "author": {"username": "lain"}}],
        "__twarc": {"url": "https://api.twitter.com/2/tweets/search/recent", "version": "2.14.0"},
    } | changes


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Both platforms collected once, to compare with."""
    home = tmp_path_factory.mktemp("desk")
    (home / "tanggap.toml").write_text((Path(__file__).parent.parent / "tanggap.toml").read_text(encoding="utf-8"))
    feed = write_feed(home / "feed", *(x_row(number) for number in range(40)), *INSTAGRAM_FEED)
    with desk(home, feed) as one:
        assert one.collect("x").status == "ok"
        assert one.collect("instagram").new == 92
        yield one


COMPARED = "mention_id, platform_id, platform, kind, author_id, author_handle, text, created_at, url, parent_id, thread_id, like_count, reply_count"


def test_flattened_posts_and_pages_of_twarc2_are_the_collected_rows(
    platforms: Desk, settings: Settings, database: Path, tmp_path: Path
) -> None:
    bodies = [json.loads(body) for (body,) in platforms.rows("SELECT body FROM payloads WHERE source = 'x' ORDER BY 1")]
    flat = [one["data"] | {"author": one["user"]} for one in bodies]
    page = {
        "data": [one["data"] for one in bodies],
        "includes": {"users": list({one["user"]["id"]: one["user"] for one in bodies}.values())},
        "meta": {"result_count": len(bodies)},
        "__twarc": {"version": "2.14.0"},
    }
    flattened, pages = write_lines(tmp_path / "a.jsonl", *flat), write_lines(tmp_path / "b.jsonl", page)
    assert tallies(run(settings, flattened)) == [(40, 40, 0)]
    assert tallies(run(settings, pages)) == [(40, 0, 0)]  # the same posts
    query = f"SELECT {COMPARED} FROM mentions WHERE platform = 'x' ORDER BY 1"
    assert rows(database, query) == platforms.rows(query)
    assert tallies(run(platforms.settings, flattened, pages)) == [(40, 0, 0), (40, 0, 0)]
    assert platforms.rows("SELECT count(*) FROM payloads WHERE source LIKE 'import:twarc2'") == [(0,)]


def test_what_instaloader_saved_is_what_the_collector_collected(
    platforms: Desk, settings: Settings, database: Path, tmp_path: Path
) -> None:
    """Made by the genuine instaloader, against the stand-in: posts packed and not, and comments with their answers."""
    with pointed_at(platforms.standin.environment):
        loader = instaloader_client(platforms.standin)
        loader.compress_json = False
        for number, tagged in enumerate(program_profile(loader).get_tagged_posts()):
            suffix = ".json.xz" if number % 2 else ".json"
            instaloader.save_structure_to_file(
                tagged, str(tmp_path / f"{tagged.date_utc:%Y-%m-%d_%H-%M-%S}_UTC{suffix}")
            )
        for key in (FEW, MANY):
            own = own_post(loader, platforms.standin, key)
            instaloader.save_structure_to_file(own, str(tmp_path / f"{key}_UTC.json.xz"))
            loader.update_comments(str(tmp_path / f"{key}_UTC"), own)
        instaloader.save_structure_to_file(program_profile(loader), str(tmp_path / "profile.json.xz"))
    imported = run(settings, tmp_path)
    assert imported.faults == [] and imported.rejects is None
    compared = COMPARED.replace(", like_count, reply_count", "")
    query = f"SELECT {compared} FROM mentions WHERE platform = 'instagram' ORDER BY 1"
    assert len(rows(database, query)) == 92
    assert rows(database, query) == platforms.rows(query)
    assert tallies(run(platforms.settings, tmp_path))[0][1] == 0  # nothing doubled against collected rows
    bodies = " ".join(body for (body,) in rows(database, "SELECT body FROM payloads WHERE mention_id NOT LIKE '%:c:%'"))
    assert "caption comment" not in bodies  # a post's payload keeps no one else's words


def test_zeeschuimer_items_of_both_platforms(settings: Settings, database: Path, tmp_path: Path) -> None:
    x_item = {
        "__typename": "Tweet",
        "rest_id": "2124181713792794625",
        "core": {"user_results": {"result": {"rest_id": "9", "legacy": {"screen_name": "warga9"}}}},
        "edit_control": {"edit_tweet_ids": ["2124181713792794624", "2124181713792794625"]},
        "legacy": {
            "id_str": "2124181713792794625",
            "full_text": "@qr_kabbekasi caah deui",
            "created_at": "Sat Nov 21 16:44:17 +0000 2026",
            "user_id_str": "9",
            "conversation_id_str": "2124181713792700000",
            "in_reply_to_status_id_str": "2124181713792700000",
            "favorite_count": 3,
            "reply_count": 1,
            "lang": "in",
            "retweeted_status_result": {"result": {"legacy": {"full_text": "kata orang lain"}}},
        },
    }
    shortcode = instaloader.Post.mediaid_to_shortcode(3500000000030000090)
    item = {
        "pk": "3500000000030000090",
        "id": "3500000000030000090_502",
        "code": shortcode,
        "taken_at": 1763742000,
        "user": {"pk": "502", "username": "warga_b"},
        "caption": {"text": "banjir di Setu"},
        "like_count": 5,
        "comment_count": 2,
        "media_type": 1,
    }
    graph = {
        "__typename": "GraphImage",
        "id": "3500000000030000091",
        "shortcode": "DCSbFo_oW6b",
        "taken_at_timestamp": 1763742000,
        "owner": {"id": "503", "username": "warga_c"},
        "edge_media_to_caption": {"edges": [{"node": {"text": "jembatan putus"}}]},
    }
    export = {"nav_index": 1, "item_id": "a", "source_platform": "twitter.com", "data": x_item}
    own = item | {"pk": "1", "id": "1_501001", "code": "B", "user": {"pk": "501001", "username": "qr.kabbekasi"}}
    file = write_lines(
        tmp_path / "posts.ndjson",
        export,
        {"item_id": "b", "source_platform": "instagram.com", "data": item},
        graph | {"__import_meta": {"source_platform": "instagram.com"}},
        {"item_id": "c", "source_platform": "tiktok.com", "data": {"id": "1", "desc": "x"}},
        own,
        item | {"pk": "7", "id": "7_1", "taken_at": None},
    )
    imported = run(settings, file)
    assert tallies(imported) == [(6, 3, 2)] and imported.files[0][1] == "zeeschuimer"
    assert rejected(imported) == [
        "posts.ndjson:4: is no post of X or Instagram",
        "posts.ndjson:6: has no usable id, text or time",
    ]
    assert rows(database, "SELECT mention_id, platform_id, kind, author_handle, text, parent_id, like_count FROM mentions ORDER BY 1") == [
        ("instagram:3500000000030000090", "3500000000030000090", "post", "warga_b", "banjir di Setu", None, 5),
        ("instagram:3500000000030000091", "3500000000030000091", "post", "warga_c", "jembatan putus", None, None),
        ("x:2124181713792794624", "2124181713792794625", "reply", "warga9", "@qr_kabbekasi caah deui", "x:2124181713792700000", 3),
    ]  # fmt: skip
    assert rows(database, "SELECT count(*) FROM payloads WHERE body::text LIKE '%orang lain%'") == [(0,)]


def test_a_broken_line_is_named_and_the_others_come_in(settings: Settings, database: Path, tmp_path: Path) -> None:
    file = write_lines(
        tmp_path / "rusak.jsonl",
        "{half",
        post(1),
        "",
        post(2, id="../../etc", edit_history_tweet_ids=None),
        post(3, public_metrics={"like_count": "banyak", "reply_count": 2**70}),
        "[1, 2]",
        json.dumps(post(4)).replace('"kabar 4"', '"surat \\ud83d rusak \\u0000"'),
        json.dumps(post(5)).replace('"like_count": 2', '"like_count": NaN'),
        {"errors": [{"title": "Not Found Error"}], "meta": {"result_count": 0}},
        '{"id": ' + "[" * 100_000,
        post(6, text="TERAKHIR tolong"),
    )
    imported = run(settings, file)
    assert tallies(imported) == [(9, 4, 5)]
    assert rejected(imported) == [
        "rusak.jsonl:1: is not JSON",
        "rusak.jsonl:4: has no usable id, text or time",
        "rusak.jsonl:6: is not a JSON object",
        "rusak.jsonl:8: is not JSON",
        "rusak.jsonl:10: is not JSON",
    ]
    assert imported.rejects is not None and stat.S_IMODE(imported.rejects.stat().st_mode) == 0o600
    assert rows(database, "SELECT text, like_count FROM mentions ORDER BY mention_id") == [
        ("kabar 1", 2), ("kabar 3", None), ("surat \ufffd rusak \x00", 2), ("TERAKHIR tolong", 2),
    ]  # fmt: skip
    assert rows(database, "SELECT count(*) FROM payloads WHERE body::text LIKE '%orang lain%'") == [(0,)]


def write_table(path: Path, header: list[str], *records: list[str], delimiter: str = ",", bom: str = "") -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(bom)
        csv.writer(stream, delimiter=delimiter).writerows([header, *records])
    return path


def test_an_indonesian_table_with_semicolons(settings: Settings, database: Path, tmp_path: Path) -> None:
    file = write_table(
        tmp_path / "aduan.csv", ["No", "Tanggal", "Jam", "Akun", "Isi Pesan", "Tautan"],
        ["1", "24/11/2026", "06.30", "@warga_a", "banjir;\nselutut, \"tolong\"", "https://www.instagram.com/p/DCSbFo_oW6a/"],
        ["2", "12 Nov 2026", "21:05 WIB", "warga_b", "lampu padam", "https://x.com/warga_b/status/2124181713792794624?s=20"],
        ["3", "entah", "", "warga_c", "tanpa waktu", "https://www.instagram.com/p/DCSbFo_oW6c/"],
        ["4", "24/11/2026", "", "warga_d", "dari mana ini", ""],
        ["5", "24/11/2026", "", "warga_e", "komentar", "https://www.instagram.com/p/DCSbFo_oW6a/c/17900000000000001/"],
        delimiter=";", bom="\ufeff",
    )  # fmt: skip
    imported = run(settings, file)
    assert tallies(imported) == [(5, 3, 2)]
    assert rejected(imported) == [
        "aduan.csv:5: has no time that can be read",
        "aduan.csv:6: does not say whether it is of X or of Instagram (add a column platform, or --platform)",
    ]
    media = instaloader.Post.shortcode_to_mediaid("DCSbFo_oW6a")
    stored = rows(
        database, "SELECT mention_id, kind, author_handle, text, created_at::text, parent_id FROM mentions ORDER BY 1"
    )
    assert stored == [
        (f"instagram:{media}", "post", "warga_a", 'banjir;\nselutut, "tolong"', "2026-11-23 23:30:00+00", None),
        ("instagram:c:17900000000000001", "comment", "warga_e", "komentar", "2026-11-23 17:00:00+00", f"instagram:{media}"),
        ("x:2124181713792794624", "post", "warga_b", "lampu padam", "2026-11-12 14:05:00+00", None),
    ]  # fmt: skip


def test_tables_of_4cat_count_in_utc(settings: Settings, database: Path, tmp_path: Path) -> None:
    x_table = write_table(
        tmp_path / "x.csv",
        ["id", "thread_id", "timestamp", "unix_timestamp", "link", "body", "author", "author_id", "source", "retweet_count", "like_count"],
        ["2124181713792794624", "2124181713792700000", "2026-11-21 16:44:17", "1795279457", "", "caah", "warga_a", "1", "Twitter for Android", "0", "4"],
    )  # fmt: skip
    instagram_table = write_table(
        tmp_path / "ig.csv", ["id", "thread_id", "parent_id", "body", "author", "timestamp", "type", "url", "num_likes", "num_media"],
        ["DCSbFo_oW6a", "DCSbFo_oW6a", "DCSbFo_oW6a", "banjir", "warga_b", "2026-11-21 16:44:17", "", "https://www.instagram.com/p/DCSbFo_oW6a", "3", ""],
        ["17900000000000001", "DCSbFo_oW6a", "DCSbFo_oW6a", "betul", "warga_c", "2026-11-21 16:45:17", "comment", "", "0", ""],
        ["17900000000000002", "DCSbFo_oW6a", "17900000000000001", "setuju", "warga_d", "2026-11-21 16:46:17", "comment", "", "0", ""],
    )  # fmt: skip
    assert tallies(run(settings, x_table, instagram_table)) == [(1, 1, 0), (3, 3, 0)]
    media = f"instagram:{instaloader.Post.shortcode_to_mediaid('DCSbFo_oW6a')}"
    assert rows(database, "SELECT mention_id, kind, created_at::text, parent_id, thread_id, like_count FROM mentions ORDER BY 1") == [
        (media, "post", "2026-11-21 16:44:17+00", None, media, 3),
        ("instagram:c:17900000000000001", "comment", "2026-11-21 16:45:17+00", media, media, 0),
        ("instagram:c:17900000000000002", "reply", "2026-11-21 16:46:17+00", "instagram:c:17900000000000001", media, 0),
        ("x:2124181713792794624", "reply", "2026-11-21 16:44:17+00", None, "x:2124181713792700000", 4),
    ]  # fmt: skip


def test_a_quote_that_is_never_closed_takes_no_neighbour_with_it(
    settings: Settings, database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kutip.csv"
    broken = 'id,text,created_at\n11,"satu",2026-11-24\n12,"dua tidak ditutup,2026-11-24\n13,tiga "dalam" kutip,2026-11-24\n14,empat\n'
    file.write_bytes(broken.encode() + b"15,l\xe9ma,2026-11-24\n16,enam,2026-11-24\n")
    imported = run(settings, file, platform="x")
    assert rejected(imported) == [
        "kutip.csv:3: has 2 fields where the header has 3",
        "kutip.csv:5: has 2 fields where the header has 3",
        "kutip.csv:6: is not UTF-8",
    ]
    assert rows(database, "SELECT text FROM mentions ORDER BY 1") == [("enam",), ("satu",), ('tiga "dalam" kutip',)]


def test_rows_without_an_id_have_a_stable_one_and_meet_their_collected_selves(
    settings: Settings, database: Path, tmp_path: Path
) -> None:
    run(settings, write_lines(tmp_path / "a.jsonl", post(1), post(2)))
    header = ["platform", "date", "author", "text"]
    known = ["x", "2026-11-24 03:00 UTC", "lain", "kabar 1"]
    unknown = ["x", "24/11/2026 12.00", "warga", "tanpa id, dua  spasi"]
    first = write_table(tmp_path / "b.csv", header, known, unknown, unknown)
    again = write_table(tmp_path / "c.csv", header, ["X", "24/11/2026 12:00:00", "@Warga", "tanpa id, dua spasi "])
    assert tallies(run(settings, first)) == [(3, 1, 0)]
    assert tallies(run(settings, again)) == [(1, 0, 0)]
    assert rows(database, "SELECT count(*) FROM mentions WHERE mention_id LIKE 'x:i:%'") == [(1,)]


def test_what_is_known_better_stays_and_what_was_deleted_does_not_come_back(
    settings: Settings, database: Path, tmp_path: Path
) -> None:
    first, second, third = (post(number) for number in (1, 2, 3))
    run(settings, write_lines(tmp_path / "a.jsonl", first, second, third))
    with unit_of_work(database) as connection:
        connection.execute(
            "UPDATE mentions SET text = '', deleted_at = now() WHERE mention_id = ?", [f"x:{second['id']}"]
        )
        connection.execute("UPDATE payloads SET body = NULL WHERE mention_id = ?", [f"x:{second['id']}"])
    edited_id = str(int(third["id"]) + 50)
    edit = third | {"id": edited_id, "text": "kabar 3, diralat", "edit_history_tweet_ids": [third["id"], edited_id]}
    deleted_edit = second | {"id": edited_id, "edit_history_tweet_ids": [second["id"], edited_id]}
    file = write_lines(tmp_path / "b.jsonl", first | {"text": "lain"}, second, deleted_edit, edit)
    assert tallies(run(settings, file)) == [(4, 0, 0)]
    assert rows(database, "SELECT text FROM mentions ORDER BY mention_id") == [
        ("kabar 1",),
        ("",),
        ("kabar 3, diralat",),
    ]
    assert rows(database, "SELECT text FROM mention_versions") == [("kabar 3",)]
    assert rows(database, "SELECT count(*) FROM payloads WHERE body IS NULL") == [(1,)]


def test_a_stopped_import_goes_on_where_it_was(
    settings: Settings, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.importing

    monkeypatch.setattr(flows.importing, "BATCH", 10)
    file = write_lines(tmp_path / "a.jsonl", *(post(number) for number in range(45)), "{half", post(99))
    stored = flows.importing.save_imported
    calls = 0

    def stop_at_the_third(*arguments: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return stored(*arguments)

    monkeypatch.setattr(flows.importing, "save_imported", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run(settings, file)
    ((before,),) = rows(database, "SELECT count(*) FROM mentions")
    assert 20 <= before < 46  # two batches, the second as large as the first was quick
    monkeypatch.setattr(flows.importing, "save_imported", stored)
    renamed = file.rename(tmp_path / "lain.jsonl")
    assert tallies(run(settings, renamed)) == [(47, 46, 1)]
    (state,) = (json.loads(one) for (one,) in rows(database, "SELECT state FROM cursors"))
    assert state["line"] == 48 and state["position"] == renamed.stat().st_size and state["new"] == 46
    assert tallies(run(settings, renamed)) == [(47, 46, 1)]  # known as done: its counts, nothing read again
    assert rows(database, "SELECT count(*) FROM mentions") == [(46,)]


def test_one_unreadable_file_leaves_the_others(settings: Settings, database: Path, tmp_path: Path) -> None:
    files = {
        "kosong.csv": b"",
        "foto.jpg": b"\xff\xd8\xff\xe0 not text",
        "utf16.csv": "id,text\n".encode("utf-16"),
        "tanpateks.csv": b"id,suka\n1,2\n",
        "rusak.json.xz": b"\xfd7zXZ\x00 damaged",
        "daftar.json": b'{"people": []}',
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    good = write_lines(tmp_path / "a.jsonl", post(1))
    imported = run(settings, *(tmp_path / name for name in files), tmp_path / "tiada.csv", good)
    assert tallies(imported) == [(1, 1, 0)]
    said = " ".join(imported.faults)
    assert len(imported.faults) == 7
    for words in (
        "kosong.csv is empty",
        "utf16.csv is UTF-16",
        "tanpateks.csv, line 1: no column holds the text",
        "tiada.csv cannot be read",
    ):
        assert words in said


def test_the_command(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import cli

    file = write_lines(tmp_path / "a.jsonl", post(1, text="RAHASIA warga"), post(2, id="x", text="RAHASIA lain"))
    assert cli.main(["import", "--demo", str(file)]) == 3
    said = capsys.readouterr()
    assert "twarc2" in said.out and "Rejected rows, by file and line: " in said.err
    assert "RAHASIA" not in said.out + said.err + "".join(
        one.read_text(encoding="utf-8") for one in (home / "var" / "imports").iterdir()
    )
    assert cli.main(["import", "--demo", str(tmp_path / "tiada.csv")]) == 2
    assert "tiada.csv cannot be read (No such file or directory)." in capsys.readouterr().err


def test_a_killed_import_loses_and_doubles_nothing(settings: Settings, database: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle of the command; given again, it goes on."""
    file = write_lines(tmp_path / "a.jsonl", *(post(number) for number in range(4000)))
    command = [sys.executable, "-m", "cli", "import", "--demo", str(file)]
    environment = os.environ | {"TANGGAP_HOME": str(settings.home)}
    importing = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not rows(database, "SELECT 1 FROM cursors"):
        time.sleep(0.1)
    importing.kill()
    importing.wait()
    (stored,) = rows(database, "SELECT count(*) FROM mentions")[0]
    (state,) = rows(database, "SELECT state FROM cursors")[0]
    assert 0 < stored < 4000 and json.loads(state)["new"] == stored  # whole units only: rows and place agree
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert rows(database, "SELECT count(*), count(DISTINCT mention_id) FROM mentions") == [(4000, 4000)]
    (state,) = rows(database, "SELECT state FROM cursors")[0]
    assert json.loads(state)["new"] == 4000
