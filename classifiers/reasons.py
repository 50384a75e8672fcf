"""Why a post was flagged: the words and phrases that spoke for and against it, as the person wrote them."""

from __future__ import annotations

from typing import Any

import numpy as np

from classifiers.features import JOINT, Vocabulary, character_ngrams
from classifiers.normalising import Normaliser, Span

MOST = 6  # phrases a reader takes in at a glance
WEAKEST = 0.06  # log-odds; below it a phrase explains nothing
LONGEST_PHRASE = 4  # words
FILLING = frozenset(
    ["yang", "di", "ke", "dari", "dan", "atau", "ini", "itu", "nya", "ya", "yah", "sih", "dong", "deh", "kok", "mah", "teh", "atuh", "nu", "ka", "ti", "na", "da", "sama", "juga", "pun", "lah", "<num>", "<user>", "<url>", "!", "?"]
)


def token_weights(tokens: list[str], vocabulary: Vocabulary, weights: np.ndarray) -> np.ndarray:
    """What each token adds to the margin; a word pair's part goes to both its words, half each."""
    terms: list[tuple[int, int, float]] = []  # token, column, part
    for i, token in enumerate(tokens):
        if (column := vocabulary.words.get(token)) is not None:
            terms.append((i, column, 1.0))
        if i + 1 < len(tokens) and (pair := vocabulary.words.get(token + JOINT + tokens[i + 1])) is not None:
            terms += [(i, pair, 0.5), (i + 1, pair, 0.5)]
        for gram in character_ngrams(token, vocabulary.settings.shortest, vocabulary.settings.longest):
            if (column := vocabulary.characters.get(gram)) is not None:
                terms.append((i, column, 1.0))
    found = np.zeros(len(tokens))
    if not terms:
        return found
    row = vocabulary.matrix([tokens])
    value = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
    times: dict[int, float] = {}
    for _, column, part in terms:
        times[column] = times.get(column, 0.0) + part
    for i, column, part in terms:
        found[i] += value[column] * part / times[column] * float(weights[column])
    return found


def _phrases(spans: list[Span], weights: np.ndarray) -> list[tuple[int, int, float]]:
    """Neighbouring words that pull the same way, as (first, last, weight)."""
    found: list[tuple[int, int, float]] = []
    for i, weight in enumerate(weights):
        filling = spans[i].token in FILLING
        if found and found[-1][1] == i - 1 and i - found[-1][0] < LONGEST_PHRASE:
            first, _, total = found[-1]
            if total * weight > 0 and not filling and abs(weight) >= WEAKEST / 2:
                found[-1] = (first, i, total + float(weight))
                continue
        if not filling and abs(weight) >= WEAKEST / 2:
            found.append((i, i, float(weight)))
    return found


def reasons(text: str, normaliser: Normaliser, vocabulary: Vocabulary, weights: np.ndarray) -> list[dict[str, Any]]:
    """[{phrase, weight}], strongest first; positive weights speak for a plea. Empty for an empty text."""
    spans = normaliser.spans(text)
    if not spans:
        return []
    phrases = _phrases(spans, token_weights([span.token for span in spans], vocabulary, weights))
    best: dict[str, float] = {}
    for first, last, weight in phrases:
        phrase = " ".join(text[spans[first].start : spans[last].end].split())
        if phrase and abs(weight) > abs(best.get(phrase, 0.0)):
            best[phrase] = weight
    ordered = sorted(best.items(), key=lambda item: (-abs(item[1]), item[0]))
    return [{"phrase": phrase, "weight": round(w, 3)} for phrase, w in ordered[:MOST] if abs(w) >= WEAKEST]
