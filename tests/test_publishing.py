"""The published copy holds no one's name, number or address, and can be read while it is made anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import cli
from flows import publishing
from flows.progress import Steps
from flows.publishing import PublishError, publish
from review.cleaning import clean
from review.person_names import given_names
from review.published_words import barred_words, masked_words, public_vocabulary
from review.street_addresses import address_spans
from settings import ROOT, Settings
from tests.review_rows import HOSTILE, NOW, post, store
from tests.test_review_masking import MUST_MASK
from triage import backups
from triage.database import prepare_database, unit_of_work
from triage.publishing import COPY
from triage.syncing import forget

FEED = [
    json.loads(line)["text"]
    for name in ("instagram", "x")
    for line in (ROOT / "data" / "feed" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
]
AUTHORS = 6  # enough to let an unknown word in, were it not for the masks
SECRET = "rahasiasekali"


def keep(database: Path, rows: Sequence[dict[str, Any]], authors: Sequence[str]) -> None:
    store(database, rows)
    frame = pd.DataFrame({"mention_id": [row["mention_id"] for row in rows], "author": authors})
    with unit_of_work(database) as connection:
        connection.register("writers", frame)
        connection.execute(
            "UPDATE mentions SET author_id = author, author_handle = 'akun.' || author FROM writers WHERE writers.mention_id = mentions.mention_id"
        )


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Everything that must not leave, each said by enough authors, and the whole demo feed; published once."""
    home = tmp_path_factory.mktemp("terbit")
    (home / "tanggap.toml").write_bytes((ROOT / "tanggap.toml").read_bytes())
    settings = publishing_settings(home)
    prepare_database(settings.database, demo=True)
    said = [(text, f"w{author}") for text, _ in MUST_MASK for author in range(AUTHORS)]
    said += [(text, f"f{number}") for number, text in enumerate([*FEED, *HOSTILE])]
    rows = [post(number, text, duplicate_of=None) for number, (text, _) in enumerate(said)]
    rows += [post(50_000 + number, f"{SECRET} {number}", restricted=True, platform="instagram") for number in range(7)]
    rows += [
        post(60_000, f"balasan {SECRET}", parent_id=rows[-1]["mention_id"]),
        post(60_001, "kata lain", category="kekerasan"),
    ]
    keep(settings.database, rows, [*(author for _, author in said), *(f"r{number}" for number in range(9))])
    publish(settings, Steps(None))
    yield settings


def publishing_settings(home: Path) -> Settings:
    from settings import load_settings

    return load_settings({"TANGGAP_HOME": str(home)}, demo=True)


def published(settings: Settings) -> Path:
    return publishing.published_folder(settings)


def ask(settings: Settings, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published(settings) / COPY), read_only=True) as connection:
        return connection.execute(question).fetchall()


def cells(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every text of every table, from the DuckDB file and from each Parquet file, with where it stands."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published(settings) / COPY}' AS copy (READ_ONLY)")
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'copy'"
            ).fetchall()
        ]
        assert {file.stem for file in published(settings).glob("*.parquet")} == set(tables)
        for source in [f"copy.{name}" for name in tables] + [
            f"'{published(settings) / name}.parquet'" for name in tables
        ]:
            for row in connection.execute(f"SELECT row_to_json(line)::text FROM (FROM {source}) AS line").fetchall():
                yield source, row[0].lower()


def personal() -> dict[str, str]:
    """What must stand nowhere: numbers by their digits, names, addresses and handles word by word; with the kind."""
    found: dict[str, str] = {}
    vocabulary = public_vocabulary("32.16")
    for text in [*FEED, *(text for text, _ in MUST_MASK)]:
        plain = clean(text).text
        found |= dict.fromkeys(
            (digits for digits in re.findall(r"\d[\d .-]{7,}\d", plain) if not digits.count(".") > 1), "number"
        )
        found |= dict.fromkeys(
            (handle.lower() for handle in re.findall(r"@([\w.]{6,})", plain) if "bekasi" not in handle), "handle"
        )
        found |= {
            " ".join(re.findall(r"\w+", plain[start:end].lower())): "address" for start, end in address_spans(plain)
        }
        words = set(re.findall(r"[^\W\d_]{4,}", plain.lower()))
        found |= dict.fromkeys(words & given_names() - vocabulary, "name")
    names = "onih engkus sapinah wardi karso sarti suhaenah rohmat amsor hardiyanti rosita"
    return {what: kind for what, kind in (found | dict.fromkeys(names.split(), "name")).items() if len(what) > 4}


def test_no_name_number_or_address_leaves(planted: Settings) -> None:
    wanted = personal()
    assert {kind: sum(one == kind for one in wanted.values()) > 10 for kind in ("name", "number", "address")} == {
        "name": True,
        "number": True,
        "address": True,
    }
    texts: dict[str, list[str]] = {}
    for source, text in cells(planted):
        texts.setdefault(source, []).append(text)
    for source, lines in texts.items():
        if not re.search(r"labels|kecamatan", source):  # offices and places
            assert standing(wanted, "\n".join(lines)) == [], source
    longer = [what for what in wanted if len(what) > 5]
    for file in published(planted).iterdir():
        assert standing(longer, file.read_bytes().lower().decode("latin-1")) == [], file.name


def standing(wanted: Iterable[str], text: str) -> list[str]:
    """Those that stand in the text as words."""
    return [what for what in wanted if what in text and re.search(rf"(?<![a-z0-9]){re.escape(what)}(?![a-z0-9])", text)]


def test_each_planted_identifier_is_out_of_its_own_text(planted: Settings) -> None:
    """Also the short ones (rt 3, a first name in small letters) that stand elsewhere with another meaning."""
    key = publishing.pseudonym_key(planted)
    from triage.pseudonyms import pseudonym

    texts = dict(ask(planted, "SELECT mention_id, text FROM mentions"))
    for number, (text, hidden) in enumerate(MUST_MASK):
        shown = texts[pseudonym(key, str(post(number * AUTHORS, "")["mention_id"]))]
        assert not set(re.findall(r"\w+", hidden.lower())) & set(shown.split()), (text, shown)


def test_ids_handles_and_links_stay_in(planted: Settings) -> None:
    leaked = re.compile(r"19900000000000\d{5}|akun\.w\d|\bx\.com|instagram\.com|https?:|x:\d")
    assert {(source, match.group()) for source, text in cells(planted) for match in leaked.finditer(text)} == set()
    assert ask(planted, "SELECT count(DISTINCT author) FROM mentions")[0][0] > 600


def test_restricted_mentions_are_a_number(planted: Settings) -> None:
    assert [source for source, text in cells(planted) if SECRET in text] == []
    with unit_of_work(planted.database) as connection:
        flagged = connection.execute("SELECT count(*) FROM mentions").fetchone()
    ((mentions, withheld),) = ask(planted, "SELECT mentions, withheld_mentions FROM about")
    by_words = sum(
        masked_words(text).restricted
        for text in [*FEED, *HOSTILE, *(text for text, _ in MUST_MASK for _ in range(AUTHORS))]
    )
    assert flagged and (withheld, mentions) == (9 + by_words, flagged[0] - 9 - by_words)
    assert ask(planted, "SELECT DISTINCT sum(mentions) FROM withheld_counts GROUP BY period") == [(withheld,)]


def test_every_column_is_explained_and_the_dictionary_says_so(planted: Settings) -> None:
    columns = ask(planted, "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal")
    assert len(columns) > 80 and [row for row in columns if not row[2]] == []
    assert ask(planted, "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL") == []
    dictionary = (published(planted) / "dictionary.md").read_text(encoding="utf-8")
    assert [row[1] for row in columns if f"| {row[1]} |" not in dictionary] == []


@pytest.mark.parametrize(("authors", "repeated", "shown"), [(4, False, False), (5, False, True), (7, True, False)])
def test_a_rare_word_needs_five_authors_of_their_own(settings: Settings, database: Path, authors: int, repeated: bool, shown: bool) -> None:  # fmt: skip
    rows = [
        post(
            number,
            "tolong jembatan glodogan putus",
            duplicate_of=str(post(0, "")["mention_id"]) if repeated and number else None,
        )
        for number in range(authors)
    ]
    keep(database, rows, [f"w{number}" for number in range(authors)])
    publish(settings, Steps(None))
    texts = {row[0] for row in ask(settings, "SELECT text FROM mentions")}
    assert texts == {"tolong jembatan glodogan putus" if shown else "tolong jembatan … putus"}


def test_a_name_that_many_write_stays_out(settings: Settings, database: Path) -> None:
    name = sorted(barred_words("32.16"))[7]
    rows = [post(number, f"tolong cari {name} lagi") for number in range(8)]
    rows += [
        post(100 + number, f"bu zubaedahwati lapar {number}" if number else "zubaedahwati lapar") for number in range(8)
    ]
    keep(database, rows, [f"w{number}" for number in range(16)])
    publish(settings, Steps(None))
    assert {row[0] for row in ask(settings, "SELECT DISTINCT text FROM mentions WHERE text LIKE '%cari%'")} == {
        "tolong cari … lagi"
    }
    assert not ask(settings, "SELECT text FROM mentions WHERE text LIKE '%zubaedah%'")


def test_a_reader_keeps_its_copy_and_the_next_gets_the_new_one(settings: Settings, database: Path) -> None:
    keep(database, [post(1, "tolong air")], ["w1"])
    publish(settings, Steps(None))
    reader = duckdb.connect(str(published(settings) / COPY), read_only=True)
    before = reader.execute("SELECT mention_id, author FROM mentions").fetchall()
    with unit_of_work(database) as connection:
        connection.execute("INSERT INTO mentions BY NAME SELECT * REPLACE ('x:2' AS mention_id) FROM mentions")
        connection.execute("INSERT INTO assessments BY NAME SELECT * REPLACE ('x:2' AS mention_id) FROM assessments")
    publish(settings, Steps(None))
    assert reader.execute("SELECT mention_id, author FROM mentions").fetchall() == before
    reader.close()
    assert set(before) < set(ask(settings, "SELECT mention_id, author FROM mentions"))  # pseudonyms stay
    assert (settings.var / "pseudonyms.key").stat().st_mode & 0o777 == 0o600
    names = {path.name.split("-")[0] for path in publishing.workshop(settings).iterdir()}
    assert names == {"edition", "masked", "lock"}
    assert {path.stat().st_mode & 0o007 for path in publishing.workshop(settings).rglob("*.duckdb")} == {0}


def test_what_was_masked_is_not_masked_again(
    settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database, [post(number, "tolong air") for number in range(3)], ["a", "b", "c"])
    publish(settings, Steps(None))
    with unit_of_work(database) as connection:
        connection.execute("UPDATE mentions SET text = 'tolong api' WHERE mention_id = ?", [post(2, "")["mention_id"]])
    asked: list[str] = []
    monkeypatch.setattr(publishing, "masked_words", lambda text: asked.append(text) or masked_words(text))
    publish(settings, Steps(None))
    assert asked == ["tolong api"]
    assert sorted(row[0] for row in ask(settings, "SELECT text FROM mentions")) == [
        "tolong air",
        "tolong air",
        "tolong api",
    ]


def test_a_stop_leaves_the_old_copy_and_no_private_one(
    settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database, [post(1, "tolong air")], ["w1"])
    publish(settings, Steps(None))
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_swap", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish(settings, Steps(None))
    assert ask(settings, "SELECT mentions FROM about") == [(1,)]
    assert not list(publishing.workshop(settings).glob("copy.duckdb*"))
    assert len(list(publishing.workshop(settings).glob("edition-*"))) == 1


def test_a_busy_database_is_never_held(settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "copied_undisturbed", lambda *_: False)
    monkeypatch.setattr(backups.time, "sleep", lambda _: None)
    with pytest.raises(PublishError, match="never quiet"):
        publish(settings, Steps(None))


def test_two_publishers_are_one(settings: Settings, database: Path) -> None:
    with publishing._one_at_a_time(publishing.workshop(settings)), pytest.raises(PublishError, match="Another process"):
        publish(settings, Steps(None))


def test_forgetting_leaves_a_publisher_alone_who_forgets_at_the_end(settings: Settings, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A mention that is deleted while the copy is made does not come back with it."""
    keep(database, [post(1, "tolong air"), post(2, "tolong nasi")], ["w1", "w2"])
    publish(settings, Steps(None))
    swap = publishing._swap

    def deleted_meanwhile(edition: Path, folder: Path) -> None:
        with unit_of_work(database) as connection:
            forget(connection, [str(post(2, "")["mention_id"])], NOW)
        assert publishing.forget_what_went(settings) == 0
        swap(edition, folder)

    monkeypatch.setattr(publishing, "_swap", deleted_meanwhile)
    publish(settings, Steps(None))
    assert ask(settings, "SELECT text FROM mentions") == [("tolong air",)]


def test_what_is_deleted_leaves_the_copy_and_the_kept_words(settings: Settings, database: Path) -> None:
    keep(database, [post(1, "tolong air"), post(2, "tolong nasi")], ["w1", "w2"])
    publish(settings, Steps(None))
    with unit_of_work(database) as connection:
        forget(connection, [str(post(2, "")["mention_id"])], NOW)
    assert publishing.forget_what_went(settings) == 3  # the DuckDB file, its Parquet file, the kept words
    assert ask(settings, "SELECT text FROM mentions") == [("tolong air",)]
    assert publishing.forget_what_went(settings) == 0
    assert all(b"nasi" not in file.read_bytes() for file in publishing.workshop(settings).rglob("*") if file.is_file())


def test_the_command_says_where_it_is(settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(database, [post(1, "tolong air")], ["w1"])
    assert cli.main(["publish", "--demo"]) == 0
    assert f"Published: {settings.var / 'published'}" in capsys.readouterr().out
    settings.database.rename(settings.database.with_suffix(".aside"))
    assert cli.main(["publish", "--demo"]) == 2
    assert "run `tanggap report` first" in capsys.readouterr().err
    settings.database.with_suffix(".aside").rename(settings.database)
