"""Every spelling rule, and the map back to what the person wrote."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import normalising
from classifiers.lexicon import LEXICON, LexiconError, read_lexicon, spelling_lexicon
from classifiers.normalising import Normaliser


@pytest.mark.parametrize(
    ("rule", "written", "expected"),
    [
        (normalising.fold_text, "ＴＯＬＯＮＧ 𝐛𝐚𝐧𝐭𝐮", "tolong bantu"),
        (normalising.fold_text, "hésé Téh", "hese teh"),
        (normalising.fold_text, "tо\u200blоng", "tolong"),  # Cyrillic o, zero-width space
        (normalising.fold_text, "\u202etolong\u202c", "tolong"),  # right-to-left override
        (normalising.shorten_elongation, "toloooong", "tolong"),
        (normalising.shorten_elongation, "maaf", "maaf"),
        (normalising.undo_leet, "t0l0ng", "tolong"),
        (normalising.undo_leet, "b4nj1r", "banjir"),
        (normalising.undo_leet, "p3k", "p3k"),
        (normalising.undo_leet, "rt04", "rt04"),
        (normalising.undo_leet, "2024", "2024"),
        (normalising.spell_reduplication, "anak2", ("anak", "anak")),
        (normalising.spell_reduplication, "anak2nya", ("anak", "anaknya")),
        (normalising.spell_reduplication, "rt2x4", ("rt2x4",)),
        (normalising.split_digits, "3hari", ("3", "hari")),
        (normalising.split_digits, "rt04", ("rt", "04")),
        (normalising.split_digits, "hari", ("hari",)),
        (normalising.number_placeholder, "0812-0000-1234", "<phone>"),
        (normalising.number_placeholder, "19:00", "<num>"),
    ],
)
def test_one_rule(rule, written, expected) -> None:
    assert rule(written) == expected


def test_spaced_out_word_is_joined_and_keeps_its_length() -> None:
    joined = normalising.join_spaced_out("min t o l o n g kami")
    assert joined.replace(normalising.FILLER, "") == "min tolong kami"
    assert len(joined) == len("min t o l o n g kami")
    assert normalising.join_spaced_out("a b c") == "a b c"  # three letters are a list, not a word


def test_all_rules_together() -> None:
    normaliser = Normaliser({"yg": "yang", "gk": "tidak", "udh": "sudah", "min": "min"})
    text = "Toloooong min, anak2nya udh 3hari gk makan!!! 😭😭 @pemkab https://a.b/c t.o.l.o.n.g 0812-0000-1234"
    assert normaliser.tokens(text) == [
        *("tolong", "min", "anak", "anaknya", "sudah", "<num>", "hari", "tidak", "makan", "!", "😭"),
        *("tolong", "<phone>"),
    ]


def test_lexicon_also_after_other_rules() -> None:
    normaliser = Normaliser({"bgt": "banget", "kaga": "tidak"})
    assert normaliser.tokens("bgtttt kagaaa bgtt") == ["banget", "tidak", "banget"]


def test_spans_point_at_the_original_spelling() -> None:
    normaliser = Normaliser(spelling_lexicon())
    text = "𝐓𝐨𝐥𝐨𝐧𝐠 tо\u200blong anak2 gk\nmakan t o l o n g 🙏🏽"
    shown = {span.token: text[span.start : span.end] for span in normaliser.spans(text)}
    assert shown["anak"] == "anak2"
    assert shown["tidak"] == "gk"
    assert shown["tolong"] == "t o l o n g"
    assert normaliser.spans(text)[0].token == "tolong" and text[: normaliser.spans(text)[0].end] == "𝐓𝐨𝐥𝐨𝐧𝐠"


@given(st.text(max_size=80))
def test_spans_and_tokens_agree_on_any_text(text: str) -> None:
    normaliser = Normaliser(spelling_lexicon())
    spans = normaliser.spans(text)
    assert [span.token for span in spans] == normaliser.tokens(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert not any(" " in span.token or not span.token for span in spans)


@given(st.text(max_size=40))
def test_folding_a_text_is_folding_its_characters(text: str) -> None:
    folded = normalising.fold_text(text)
    assert len(normalising.folded_origins(text)) == len(folded) + 1
    assert not any(unicodedata.category(c) == "Cf" for c in folded)


def test_lexicon_sizes_and_languages() -> None:
    indonesian, sundanese = (read_lexicon(LEXICON / f"{name}.tsv") for name in ("indonesian", "sundanese"))
    assert len(indonesian) >= 1_500
    assert len(sundanese) >= 500
    assert spelling_lexicon()["gk"] == "tidak"
    # particles and words both languages use for different things must stay as they are
    assert not {"mah", "teh", "teu", "da", "ngan", "asa"} & set(spelling_lexicon())


def test_bad_lexicon_line_is_named(tmp_path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("# a comment\ntidak gk\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"x\.tsv line 2"):
        read_lexicon(path)
    path.write_text("tidak\tgk\nbukan\tgk\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="'gk' already stands for 'tidak'"):
        read_lexicon(path)
