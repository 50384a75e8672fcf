"""The remembered matrix is scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from classifiers.features import (
    BLOCKS,
    FeatureSettings,
    TextReader,
    Vocabulary,
    block_terms,
    character_ngrams,
    vocabulary_arrays,
    vocabulary_from_arrays,
)
from classifiers.ideas import Ideas, idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.remembered import FeatureBuilder

TEXTS = [
    "tolong min anak2 sy blm makan 3hari",
    "air udah sepinggang, nenek msh di atap!!",
    "ktp gk jadi2 min 😭😭",
    "bapa teu damang, teu gaduh artos kanggo ka rumah sakit",
    "t o l o n g",
    "",
    "wkwk lapar bgt gue pengen seblak",
    "jalan berlubang depan pasar, tolong dicek @pemkab https://a.id/x",
]
READER = TextReader(spelling_lexicon(), idea_words())


def sklearn_matrix(vocabulary: Vocabulary, texts: list[str], fitted_on: list[str]) -> sparse.csr_matrix:
    """scikit-learn's TfidfVectorizer per block, weighted and side by side."""
    parts = []
    for block in BLOCKS:
        vectorizer = TfidfVectorizer(
            analyzer=lambda reading, block=block: block_terms(block, reading, vocabulary.settings, READER.ideas),
            min_df=vocabulary.settings.rarest(block),
            sublinear_tf=True,
        )
        vectorizer.fit([READER.read(text) for text in fitted_on])
        assert sorted(vectorizer.vocabulary_) == sorted(vocabulary.terms[block])
        columns = [vectorizer.vocabulary_[term] for term in vocabulary.terms[block]]
        found = vectorizer.transform([READER.read(text) for text in texts])[:, columns]
        parts.append(found * vocabulary.settings.weight(block))
    return sparse.hstack(parts).tocsr()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """Columns of the little texts, rare ones included."""
    rare = FeatureSettings(rarest_word=1, rarest_characters=1, rarest_even=1, rarest_idea=1)
    return Vocabulary.fit([READER.read(text) for text in TEXTS], READER.ideas, rare)


def test_same_matrix_as_scikit_learn(vocabulary: Vocabulary) -> None:
    ours = FeatureBuilder(vocabulary, READER).matrix(TEXTS)
    assert abs(ours - sklearn_matrix(vocabulary, TEXTS, TEXTS)).max() < 1e-6


PIECES = st.sampled_from([*" ".join(TEXTS).split(), "anak2nya", "lapar", "😭", "!!", "t", "o", "baru123", "é", "\n"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=25).map(" ".join), min_size=1, max_size=4))
def test_same_matrix_on_texts_put_together_at_random(texts: list[str]) -> None:
    vocabulary = _VOCABULARY
    ours = _BUILDER.matrix(texts)
    assert abs(ours - sklearn_matrix(vocabulary, texts, TEXTS)).max() < 1e-6


_VOCABULARY = Vocabulary.fit([READER.read(text) for text in TEXTS], READER.ideas, FeatureSettings())
_BUILDER = FeatureBuilder(_VOCABULARY, READER)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_fast_and_plain_reading_agree(text: str) -> None:
    reading = READER.read(text)
    numbered = _BUILDER.numbers([text])
    names = {number: token for (_, token), number in _BUILDER._numbers.items()}
    assert [names[n] for n in numbered.tokens.tolist()] == reading.written + reading.even
    assert numbered.even == len(reading.written)


def test_memory_is_bounded(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.remembered.MOST_REMEMBERED", 300)
    builder = FeatureBuilder(vocabulary, READER)
    known = len(builder._numbers)
    for number in range(20):
        builder.matrix([f"kata{number}x{i}y" for i in range(100)])
        assert len(builder._chunks) <= 400
    assert len(builder._numbers) < known + 2 * 400 * 5
    assert abs(builder.matrix(TEXTS) - sklearn_matrix(vocabulary, TEXTS, TEXTS)).max() < 1e-6


def test_character_ngrams_are_those_of_scikit_learn() -> None:
    plain = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()
    for word in ("a", "di", "anak", "kelaparan"):
        assert character_ngrams(word, 2, 5) == plain(word)


def test_vocabulary_survives_the_model_file(vocabulary: Vocabulary) -> None:
    back = vocabulary_from_arrays(vocabulary_arrays(vocabulary), vocabulary.settings)
    assert back.terms == vocabulary.terms
    assert np.allclose(back.idf, vocabulary.idf, atol=1e-6)


def test_ideas_join_languages() -> None:
    ideas = Ideas(idea_words())
    assert "ILL" in ideas.of("gering") and "ILL" in ideas.of("sakit")
    assert ideas.of("rumahnya") == ideas.of("rumah")
    assert ideas.of("xyz") == ()
    assert "NEG EAT" in ideas.terms(["budak", "teu", "acan", "dahar"])
