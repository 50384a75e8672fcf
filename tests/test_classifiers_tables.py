"""Labelled files, `predict` and `evaluate`: every kind of table, and every fault in one sentence."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from classifiers.corpus import CorpusError, read_corpus, read_labelled
from classifiers.evaluating import evaluate_file
from classifiers.model import Model
from classifiers.predicting import ADDED, predict_file
from classifiers.tables import TableError
from classifiers.taxonomy import load_taxonomy
from tests.classifier_fixtures import labelled_rows, model, models_dir, small_corpus  # noqa: F401


def write_labelled(path: Path) -> Path:
    """The three rows in the kind of table the path asks for."""
    frame = labelled_rows()
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(r) for r in frame.to_dict("records")) + "\n", encoding="utf-8")
    else:
        frame.to_csv(path, sep="\t" if path.suffix == ".tsv" else ",", index=False)
    return path


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_labelled_tables_of_every_kind_say_the_same(tmp_path: Path, ending: str) -> None:
    found = read_labelled(write_labelled(tmp_path / f"x.{ending}"))
    assert found["flag"].tolist() == ["1", "0", "b"]
    assert found["category"].tolist() == ["kesehatan", "-", "rumah|terlantar"]
    assert found["kecamatan"].tolist() == ["-", "-", "-"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("s\tv\tkomentar\tx\tid\tteks\t2\t-\tlain\t-\t-", "line 3: column flag holds '2'"),
        ("s\tv\tkomentar\tx\tid\tteks\t1\tsakit\t-\t1\t-", "line 3: column category holds 'sakit'"),
        ("s\tv\tkomentar\tx\tid\tteks\t1\t-\t-\t1\t-", "line 3: a row with flag 1 needs a category"),
        ("s\tv\tkomentar\tx\tid\tteks\t0", "line 3: 7 columns where the header has 11"),
    ],
)
def test_an_unreadable_corpus_row_names_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    path = write_labelled(tmp_path / "salah.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], line, *lines[2:]]), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"salah\.tsv " + message):
        read_labelled(path)


def test_corpus_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no labelled corpus"):
        read_corpus(tmp_path)
    write_labelled(tmp_path / "a.tsv")
    write_labelled(tmp_path / "b.tsv")
    corpus = read_corpus(tmp_path)
    assert corpus["situation"].nunique() == 6  # the same short id in two files is two situations
    with pytest.raises(CorpusError, match="no column 'flag'"):
        (tmp_path / "c.csv").write_text("text\nhalo\n", encoding="utf-8")
        read_labelled(tmp_path / "c.csv")


NASTY = ['baris\nbaru, "kutip" dan\ttab', "=1+1", " spasi ", "", "😭"]


def read_back(path: Path) -> list[dict]:
    """Rows of a written table."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    header, *lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_predict_keeps_rows_order_and_columns(tmp_path: Path, ending: str, model: Model) -> None:  # noqa: F811
    source = tmp_path / "in.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["nomor", "text", "catatan", "topic"])
        writer.writerows([f"00{i}", text, "1e5", "lama"] for i, text in enumerate(NASTY))
    seen: list[int] = []
    count = predict_file(source, tmp_path / f"out.{ending}", tmp_path, model=model, on_progress=seen.append)
    rows = read_back(tmp_path / f"out.{ending}")
    assert count == len(rows) == len(NASTY) and seen[-1] == len(NASTY)
    assert list(rows[0]) == ["nomor", "text", "catatan", *ADDED]
    assert [row["nomor"] for row in rows] == [f"00{i}" for i in range(len(NASTY))]
    assert [row["catatan"] for row in rows] == ["1e5"] * len(NASTY)
    if ending != "tsv":
        assert [row["text"] for row in rows] == NASTY
    assert all(not row["place_code"] for row in rows)
    assert {row["topic"] for row in rows} <= set(load_taxonomy().topics)
    assert all(0 <= float(row["flag_score"]) <= 1 for row in rows)


def test_predict_does_not_depend_on_the_size_of_its_chunks(
    tmp_path: Path,
    model: Model,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = tmp_path / "in.jsonl"
    rows = [{"id": i, "text": f"rumah {i} bocor di Setu", "lain": {"a": [1]}} for i in range(7)]
    source.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    predict_file(source, tmp_path / "one.jsonl", tmp_path, model=model)
    monkeypatch.setattr("classifiers.predicting.CHUNK", 2)
    predict_file(source, tmp_path / "two.jsonl", tmp_path, model=model)
    assert (tmp_path / "one.jsonl").read_text() == (tmp_path / "two.jsonl").read_text()
    back = read_back(tmp_path / "two.jsonl")
    assert [row["id"] for row in back] == list(range(7)) and back[0]["lain"] == {"a": [1]}
    assert back[0]["kecamatan"] == "Setu" and isinstance(back[0]["flagged"], bool)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"teks,x\nhalo,1\n", "line 1: there is no column named 'text'"),
        ("a.csv", b"text,x\nhalo\n", "line 2: 1 columns where the header has 2"),
        ("a.csv", b'text,x\n"halo,1\n', "line 2: not readable as CSV"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"text,text\na,b\n", "column 'text' appears twice"),
        ("a.tsv", b"text\tx\nh\xff\tl\n", "line 2: not UTF-8"),
        ("a.jsonl", b'{"text": "a"}\n{"text": 3}\n', "line 2: column 'text' holds int"),
        ("a.jsonl", b'{"text": "a"}\n{"t": "b"}\n', "line 2: the object has no key 'text'"),
        ("a.jsonl", b"{oops\n", "line 1: not readable as JSON"),
        ("a.xlsx", b"PK", "neither .csv, .tsv nor .jsonl"),
    ],
)
def test_unreadable_input_is_one_sentence_and_leaves_no_output(
    tmp_path: Path,
    name: str,
    content: bytes,
    message: str,
    model: Model,  # noqa: F811
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message) as raised:
        predict_file(tmp_path / name, tmp_path / "out.csv", tmp_path, model=model)
    assert name in str(raised.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_missing_input_and_unwritable_output(tmp_path: Path, model: Model) -> None:  # noqa: F811
    with pytest.raises(TableError, match=r"none\.csv cannot be read"):
        predict_file(tmp_path / "none.csv", tmp_path / "out.csv", tmp_path, model=model)
    (tmp_path / "in.csv").write_text("text\nhalo\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"out\.csv cannot be written"):
        predict_file(tmp_path / "in.csv", tmp_path / "no" / "out.csv", tmp_path, model=model)


def test_evaluate_prints_and_saves(tmp_path: Path, small_corpus: Path, model: Model) -> None:  # noqa: F811
    result = evaluate_file(small_corpus / "floods.tsv", tmp_path, tmp_path / "out", model=model, train_dir=small_corpus)
    assert result.measures["flag AP"][0] > 0.9  # it has seen these rows: only the arithmetic is tested
    low, high = result.measures["flag AP"][1:]
    assert low <= result.measures["flag AP"][0] <= high
    assert {path.name for path in result.saved} == {"metrics.json", "report.txt", "misses.tsv", "calibration.svg"}
    saved = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert saved["measures"]["flag AP"]["value"] == pytest.approx(result.measures["flag AP"][0])
    baselines = result.tables["Baselines (flag AP)"].set_index("model")["AP"]
    assert baselines["Tanggap"] > baselines["keyword list"]
    assert len(result.misses) == 20 and "flag AP" in result.as_text()


def test_evaluate_needs_a_plea(tmp_path: Path, model: Model) -> None:  # noqa: F811
    (tmp_path / "x.csv").write_text("text,flag,topic\nhalo,0,lain\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="no row with flag 1"):
        evaluate_file(tmp_path / "x.csv", tmp_path, model=model)


def test_taxonomy_is_complete() -> None:
    taxonomy = load_taxonomy()
    assert len(taxonomy.categories) == 9 and len(taxonomy.topics) == 15
    entries = [*taxonomy.categories.values(), *taxonomy.topics.values()]
    assert all(e.label and e.icon and " " not in e.icon and e.source and e.valid_from for e in entries)
    assert taxonomy.label("rumah") == "Rumah tidak layak" and taxonomy.label(None) == "-"
    assert set(taxonomy.restricted_hints) == {"violence", "children", "suicide", "trafficking"}
