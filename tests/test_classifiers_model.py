"""Training, the model file, and opinions on texts of every kind."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from classifiers.corpus import read_corpus
from classifiers.model import Model, ModelFileError, load_champion
from classifiers.model_file import CHAMPION
from classifiers.normalising import located_chunks
from classifiers.reasons import LONGEST_SHOWN
from classifiers.training import RECALL_FLOOR, train
from tests.classifier_fixtures import model, models_dir, small_corpus  # noqa: F401

COLUMNS = [
    *("flag_score", "flagged", "threshold", "category", "topic", "category_score", "urgency_score", "urgency", "lang"),
    *("restricted", "place_code", "place_name", "kecamatan", "kabkota", "level", "place_candidates", "reasons"),
]
ODD = [
    *(
        "",
        " ",
        "😭😭😭",
        "x" * 5_000,
        "ya " * 5_000,
        "\ud800",
        "\x00\x01",
        "ﷺ" * 50,
        "\u202e\u200b",
        "1234567890123456",
    ),
    *(
        "<script>alert(1)</script>",
        "=HYPERLINK()",
        "é̷̢̛" * 40,
        "我们需要帮助",
        "𝐓𝐎𝐋𝐎𝐍𝐆",
        "\n\n\n",
        "t o l o n g",
        "a" * 3 + "2",
    ),
]


def test_every_head_for_every_text(model: Model) -> None:  # noqa: F811
    found = model.assess([*ODD, None])
    assert sorted(found.columns) == sorted(COLUMNS)
    assert len(found) == len(ODD) + 1
    assert found["flag_score"].between(0, 1).all() and found["category_score"].between(0, 1).all()
    assert set(found["urgency"]) <= {0, 1, 2}
    assert set(found["lang"]) <= {"id", "su", "jv", "other"}
    assert not found[["category", "topic", "lang"]].isna().any().any()
    for candidates, reasons in zip(found["place_candidates"], found["reasons"], strict=True):
        assert isinstance(json.loads(candidates), list) and isinstance(json.loads(reasons), list)
    assert found["reasons"].iloc[0] == "[]" and not found["flagged"].iloc[0] and found["urgency"].iloc[0] == 0
    assert len(model.assess([])) == 0 and sorted(model.assess([]).columns) == sorted(COLUMNS)


def test_opinion_does_not_depend_on_the_company(model: Model) -> None:  # noqa: F811
    texts = ["anak saya sesak napas di Pebayuran", "ktp kapan jadi min", *ODD]
    together, alone = model.assess(texts), model.assess(texts[:1])
    assert np.isclose(together["flag_score"].iloc[0], alone["flag_score"].iloc[0])
    assert together["place_code"].iloc[0] == alone["place_code"].iloc[0] == "32.16.13"


def test_it_learned_something(model: Model, small_corpus: Path) -> None:  # noqa: F811
    pleas = ["anak saya kejang dari semalam ga punya uang ke rumah sakit", "nini teu acan dahar dua poe, imahna rubuh"]
    others = ["persib menang lagi euy mantap", "promo seblak diskon 50% order sekarang", "ktp saya kapan jadi ya min"]
    scores = model.assess([*pleas, *others])["flag_score"].to_numpy()
    assert scores[:2].min() > scores[2:].max()


def test_scores_move_with_the_expected_share_and_keep_their_order(model: Model) -> None:  # noqa: F811
    texts = read_texts(model)
    low, high = model.assess(texts, expected_share=0.02), model.assess(texts, expected_share=0.4)
    assert (low["flag_score"] <= high["flag_score"]).all()
    assert (low["flag_score"].rank() == high["flag_score"].rank()).all()
    assert (low["flagged"] == high["flagged"]).all()
    assert ((low["flag_score"] >= low["threshold"]) == low["flagged"]).all()
    shares = {"x": 0.02, "default": 0.4}
    mixed = model.assess(texts, source=["x", *["instagram"] * (len(texts) - 1)], expected_share=shares)
    assert np.isclose(mixed["flag_score"].iloc[0], low["flag_score"].iloc[0])
    assert np.allclose(mixed["flag_score"].iloc[1:], high["flag_score"].iloc[1:])


def read_texts(model: Model) -> list[str]:  # noqa: F811
    """Twelve texts over the whole range."""
    del model
    return [
        *("tolong pak nenek saya belum makan", "banjir lagi wkwk", "air sudah sedada anak saya di atap", "diskon 50%"),
        *("kapan pkh cair min", "rumah mang udin ambruk", "jalan rusak depan pasar", "hatur nuhun bantosanna"),
        *("suami saya memukul lagi", "persib eleh", "ijazah anak ditahan sekolah", "loker pabrik cikarang"),
    ]


def test_reasons_add_up_and_keep_the_original_spelling(model: Model) -> None:  # noqa: F811
    text = "TOLOOONG min, anak2 sy blm mkn 3hari 😭 t o l o n g"
    weights = model.explainer.place_weights(text, located_chunks(text))
    margin = float((model.features.matrix([text]) @ model.explainer.weights)[0])
    assert weights.sum() == pytest.approx(margin, abs=1e-4)
    reasons = model.explainer.reasons(text)
    assert reasons and all(reason["phrase"] in text for reason in reasons)
    strengths = [abs(reason["weight"]) for reason in reasons]
    assert strengths == sorted(strengths, reverse=True)
    assert all(len(r["phrase"]) <= LONGEST_SHOWN for r in model.explainer.reasons("panjang" * 900))


@pytest.mark.parametrize(
    ("text", "restricted"),
    [
        ("istri tetangga dipukuli suaminya tiap malam", True),
        ("adik sy bilang mau bunuh diri", True),
        ("kakak saya disekap majikan di luar negeri, paspor ditahan", True),
        ("budak awewe kelas 4 dicabuli ku uwana", True),
        ("lampu jalan mati di depan pasar", False),
        ("minta info jadwal vaksin", False),
    ],
)
def test_restricted(model: Model, text: str, restricted: bool) -> None:  # noqa: F811
    assert bool(model.assess([text])["restricted"].iloc[0]) is restricted


def test_a_reply_inherits_its_parents_place_only_faintly(model: Model) -> None:  # noqa: F811
    found = model.assess(["di sini juga sama bu"], parents=["banjir di Cabangbungin belum surut"])
    assert found["place_code"].iloc[0] is None
    assert json.loads(found["place_candidates"].iloc[0])[0]["code"] == "32.16.16"
    own = model.assess(["di Cibarusah juga"], parents=["banjir di Cabangbungin"])
    assert own["place_code"].iloc[0] == "32.16.22"


def test_level_follows_place_and_words(model: Model) -> None:  # noqa: F811
    texts = ["rumah roboh di Sukawangi", "rumah roboh di Lembang", "ijazah SMK saya ditahan", "tolong"]
    assert model.assess(texts)["level"].tolist() == ["kabkota", "luar_wilayah", "provinsi", None]


def test_same_data_same_bytes(small_corpus: Path, models_dir: Path, tmp_path: Path) -> None:  # noqa: F811
    again = train(small_corpus, tmp_path)
    first = json.loads((models_dir / CHAMPION).read_text())
    assert again.sha256 == first["sha256"]
    assert (tmp_path / again.path).read_bytes() == (models_dir / first["path"]).read_bytes()
    assert again.trained_on["rows"] + again.trained_on["borderline"] == len(read_corpus(small_corpus))
    assert again.metrics["recall_at_threshold"] >= RECALL_FLOOR
    assert (models_dir / first["path"]).stat().st_size < 30_000_000


def test_damaged_foreign_and_missing_models_are_one_sentence(models_dir: Path, tmp_path: Path) -> None:  # noqa: F811
    with pytest.raises(ModelFileError, match=r"no trained model in .*run `tanggap train`"):
        load_champion(tmp_path / "none")
    copy = tmp_path / "copy"
    shutil.copytree(models_dir, copy)
    card = json.loads((copy / CHAMPION).read_text())
    file = copy / card["path"]
    whole = file.read_bytes()
    file.write_bytes(whole[:-100] + b"x" * 100)
    with pytest.raises(ModelFileError, match="changed or damaged"):
        load_champion(copy)
    file.unlink()
    with pytest.raises(ModelFileError, match="is missing"):
        load_champion(copy)
    (copy / CHAMPION).write_text("{ not json")
    with pytest.raises(ModelFileError, match=r"champion\.json is damaged"):
        load_champion(copy)
    (copy / CHAMPION).write_text(json.dumps({**card, "path": "../x.npz"}))
    with pytest.raises(ModelFileError, match="outside its folder"):
        load_champion(copy)


def test_a_foreign_file_with_the_right_checksum_is_refused(models_dir: Path, tmp_path: Path) -> None:  # noqa: F811
    import hashlib

    card = json.loads((models_dir / CHAMPION).read_text())
    np.savez(tmp_path / "model.npz", header=np.array([1, 2, 3]), weights=np.zeros(3))
    content = (tmp_path / "model.npz").read_bytes()
    card |= {"path": "model.npz", "sha256": hashlib.sha256(content).hexdigest()}
    (tmp_path / CHAMPION).write_text(json.dumps(card))
    with pytest.raises(ModelFileError, match="not a Tanggap model"):
        load_champion(tmp_path)


def test_predicting_imports_neither_scikit_learn_nor_prefect(models_dir: Path) -> None:  # noqa: F811
    script = (
        "import sys; from classifiers.model import load_champion\n"
        f"load_champion({str(models_dir)!r}).assess(['tolong'])\n"
        "print([name for name in ('sklearn', 'prefect', 'duckdb') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
