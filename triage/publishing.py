"""The published copy for analysts: made from a private copy of the database, so that flows and people go on meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from cases.case import SYSTEM
from triage.database import DatabaseError, sql
from triage.dictionary import write_dictionary
from triage.pseudonyms import teach_pseudonyms

COPY = "published.duckdb"
LEAST_AUTHORS = 5
PART = 10_000  # texts put together at a time
LEFT_OUT = "…"
MEMORY = "1GB"  # beyond it DuckDB writes to the folder of the private copy
_MASKED = pa.schema(
    [("mention_id", pa.string()), ("text_md5", pa.string()), ("words", pa.list_(pa.string())), ("hidden", pa.list_(pa.string())), ("restricted", pa.bool_())]
)  # fmt: skip
_TEXTS = pa.schema(
    [("mention_id", pa.string()), ("text", pa.string()), ("words", pa.int32()), ("left_out", pa.int32())]
)


@dataclass(frozen=True, slots=True)
class Words:
    """vocabulary: words that may always be shown. barred: words that never come in by the number of those who use them (names)."""

    vocabulary: frozenset[str]
    barred: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the copy is told from outside the database: frames by the name that the SQL reads them under, and values."""

    program: str
    region: str
    zone: str
    now: datetime
    tiles: pd.DataFrame  # code, name, row, column, population, year, source
    label_rows: pd.DataFrame  # kind, name, label
    offices: pd.DataFrame  # name: who may promise something
    restricted_categories: pd.DataFrame  # name


@dataclass(frozen=True, slots=True)
class Published:
    """What stands in a new copy."""

    mentions: int
    withheld_mentions: int
    withheld_cases: int
    words: int
    words_left_out: int


@contextmanager
def private_copy(copy: Path, key: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a copy of the database that nobody else uses; scratch tables go into it, too."""
    try:
        connection = duckdb.connect(
            str(copy), config={"autoinstall_known_extensions": "false", "threads": "2", "memory_limit": MEMORY}
        )
    except duckdb.Error as error:
        raise DatabaseError(f"{copy} cannot be opened ({str(error).splitlines()[0][:160]}).") from error
    try:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        teach_pseudonyms(connection, key)
        yield connection
    finally:
        connection.close()


def load_masked(connection: duckdb.DuckDBPyConnection, cache: Path) -> int:
    """Take over what was masked before and still stands as it was; number the texts that wait, and return how many they are."""
    connection.register("masked_before", _MASKED.empty_table())
    before = f"read_parquet('{_quoted(cache)}')" if cache.exists() else "masked_before"
    connection.execute(
        f"CREATE TABLE masked AS SELECT before.* FROM {before} AS before JOIN mentions USING (mention_id)"  # noqa: S608 - our own file
        " WHERE deleted_at IS NULL AND md5(mentions.text) = text_md5"
    )
    connection.execute(
        "CREATE TABLE waiting AS SELECT row_number() OVER () AS number, mention_id, text FROM mentions"
        " WHERE deleted_at IS NULL AND mention_id NOT IN (SELECT mention_id FROM masked)"
    )
    row = connection.execute("SELECT count(*) FROM waiting").fetchone()
    return int(row[0]) if row else 0


def waiting_texts(connection: duckdb.DuckDBPyConnection, first: int, size: int) -> list[tuple[str, str]]:
    """(mention_id, text) of ``size`` waiting texts from number ``first`` (from 1) on."""
    question = "SELECT mention_id, text FROM waiting WHERE number >= ? AND number < ?"
    return connection.execute(question, [first, first + size]).fetchall()


def save_masked(connection: duckdb.DuckDBPyConnection, rows: list[tuple[str, list[str], list[str], bool]]) -> None:
    """Keep masked texts: mention_id, its words in order, the words that the mask hid, whether it may be restricted."""
    mention_ids, words, hidden, restricted = zip(*rows, strict=True)
    batch = pa.table(
        {"mention_id": mention_ids, "words": list(words), "hidden": list(hidden), "restricted": restricted}
    )
    connection.register("batch_masked", batch)
    connection.execute(
        "INSERT INTO masked SELECT batch.mention_id, md5(mentions.text), batch.words, batch.hidden, batch.restricted"
        " FROM batch_masked AS batch JOIN mentions USING (mention_id)"
    )
    connection.unregister("batch_masked")


def store_masked(connection: duckdb.DuckDBPyConnection, cache: Path) -> None:
    """For the next copy. The file holds what the present texts say, masked, and nothing of gone ones."""
    draft = cache.with_name(f".{cache.name}.draft")
    draft.touch(mode=0o600)
    connection.execute(f"COPY masked TO '{_quoted(draft)}' (FORMAT parquet, COMPRESSION zstd)")
    draft.chmod(0o600)
    draft.replace(cache)


def write_edition(connection: duckdb.DuckDBPyConnection, edition: Path, words: Words, known: Known) -> Published:
    """Write the DuckDB file, a Parquet file a table, and the data dictionary into a folder that is there and empty."""
    _register(connection, words, known)
    for step in ("published_withheld", "published_words"):
        _run(connection, sql(step), {"least": LEAST_AUTHORS})
    _put_texts_together(connection)
    connection.execute(f"ATTACH '{_quoted(edition / COPY)}' AS published")
    connection.execute("USE published")
    connection.execute(sql("published_tables"))
    connection.execute(f"USE {_own_name(connection)}")
    values = {"now": known.now, "zone": known.zone, "program": known.program, "region": known.region}
    _run(connection, sql("published_copy"), values | {"least": LEAST_AUTHORS, "system": SYSTEM})
    write_dictionary(connection, "published", edition)
    _write_parquet(connection, edition)
    made = _counted(connection)
    connection.execute("DETACH published")
    return made


def _register(connection: duckdb.DuckDBPyConnection, words: Words, known: Known) -> None:
    frames: Mapping[str, object] = {
        "vocabulary": pa.table({"word": pa.array(sorted(words.vocabulary), pa.string())}),
        "barred_words": pa.table({"word": pa.array(sorted(words.barred), pa.string())}),
        "tiles": known.tiles,
        "label_rows": known.label_rows,
        "offices": known.offices,
        "restricted_categories": known.restricted_categories,
    }
    for name, frame in frames.items():
        connection.register(name, frame)


def _put_texts_together(connection: duckdb.DuckDBPyConnection) -> None:
    """The texts of what leaves, PART by PART: in SQL, putting lists together again holds every list once a word."""
    shown = {row[0] for row in connection.execute("SELECT word FROM shown_words").fetchall()}
    connection.execute("CREATE TABLE texts (mention_id text, text text, words integer, left_out integer)")
    row = connection.execute("SELECT coalesce(max(rowid), -1) FROM masked").fetchone()
    for first in range(0, (row[0] if row else -1) + 1, PART):
        found = connection.execute(
            "SELECT mention_id, words FROM masked JOIN leaving USING (mention_id) WHERE masked.rowid >= ? AND masked.rowid < ?",
            [first, first + PART],
        ).fetchall()
        batch = pa.Table.from_pylist([shown_text(mention_id, words, shown) for mention_id, words in found], _TEXTS)
        connection.register("batch_texts", batch)
        connection.execute("INSERT INTO texts SELECT mention_id, text, words, left_out FROM batch_texts")
        connection.unregister("batch_texts")


def shown_text(mention_id: str, words: Sequence[str], shown: Collection[str]) -> dict[str, object]:
    """A row of ``texts``: shown words in their order, … for each run of others."""
    parts: list[str] = []
    left_out = 0
    for word in words:
        if word in shown:
            parts.append(word)
            continue
        left_out += 1
        if not parts or parts[-1] != LEFT_OUT:
            parts.append(LEFT_OUT)
    return {"mention_id": mention_id, "text": " ".join(parts), "words": len(words), "left_out": left_out}


def _run(connection: duckdb.DuckDBPyConnection, script: str, values: Mapping[str, object]) -> None:
    """The statements of a script one by one, each with the values that it names."""
    for statement in connection.extract_statements(script):
        connection.execute(statement, {name: values[name] for name in statement.named_parameters})


def _write_parquet(connection: duckdb.DuckDBPyConnection, edition: Path) -> None:
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'published'").fetchall()
    for (name,) in names:
        file = _quoted(edition / f"{name}.parquet")
        connection.execute(f"COPY published.{name} TO '{file}' (FORMAT parquet, COMPRESSION zstd)")


def _counted(connection: duckdb.DuckDBPyConnection) -> Published:
    row = connection.execute(
        "SELECT about.mentions, withheld_mentions, withheld_cases, coalesce(sum(words), 0), coalesce(sum(words_left_out), 0)"
        " FROM published.about LEFT JOIN published.mentions ON TRUE GROUP BY ALL"
    ).fetchone()
    assert row is not None
    return Published(*map(int, row))


def _own_name(connection: duckdb.DuckDBPyConnection) -> str:
    """The name under which the private copy itself is attached."""
    row = connection.execute(
        "SELECT database_name FROM duckdb_databases() WHERE NOT internal AND database_name <> 'published'"
    ).fetchone()
    assert row is not None
    return f'"{row[0]}"'


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
