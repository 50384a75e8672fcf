"""Why a post was flagged: the words and phrases that spoke for and against it, as the person wrote them."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np

from classifiers.features import BLOCKS, JOINT, TextReader, Vocabulary, character_ngrams
from classifiers.ideas import NEAR, NEXT
from classifiers.normalising import Span

MOST = 6  # phrases a reader takes in at a glance
Occurrence = tuple[int, tuple[int, ...]]  # column, places that share it
WEAKEST = 0.06  # log-odds; below it a phrase explains nothing
LONGEST_PHRASE = 4  # words
FILLING = frozenset(
    ["yang", "di", "ke", "dari", "dan", "atau", "ini", "itu", "nya", "ya", "yah", "sih", "dong", "deh", "kok", "mah", "teh", "atuh", "nu", "ka", "ti", "na", "da", "sama", "juga", "pun", "lah", "<num>", "<user>", "<url>", "!", "?"]
)


class Explainer:
    """Takes the linear model apart: what each written word adds to the log-odds of a plea."""

    def __init__(self, vocabulary: Vocabulary, reader: TextReader, weights: np.ndarray):
        self.vocabulary, self.reader, self.weights = vocabulary, reader, weights

    def reasons(self, text: str) -> list[dict[str, Any]]:
        """[{phrase, weight}], strongest first; positive weights speak for a plea. Empty for an empty text."""
        written, even = self.reader.written.spans(text), self.reader.even.spans(text)
        places = sorted({(span.start, span.end) for span in (*written, *even)})
        if not places:
            return []
        found = self.place_weights(written, even, places)
        filling = [text[start:end].lower() in FILLING or not text[start].isalnum() for start, end in places]
        best: dict[str, float] = {}
        for first, last, weight in _phrases(found, filling):
            phrase = " ".join(text[places[first][0] : places[last][1]].split())
            if abs(weight) > abs(best.get(phrase, 0.0)):
                best[phrase] = weight
        ordered = sorted(best.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [{"phrase": phrase, "weight": round(w, 3)} for phrase, w in ordered[:MOST] if abs(w) >= WEAKEST]

    def place_weights(self, written: list[Span], even: list[Span], places: list[tuple[int, int]]) -> np.ndarray:
        """What each written place adds to the margin; a pair's part goes to both its words, half each."""
        number = {place: i for i, place in enumerate(places)}
        terms = self._occurrences(written, "words", number) + self._occurrences(even, "even", number)
        terms += self._characters(written, number) + self._ideas(even, number)
        times = Counter(column for column, _ in terms)
        found = np.zeros(len(places))
        if not times:
            return found
        columns = np.fromiter(times, dtype=np.int64)
        counts = np.fromiter(times.values(), dtype=np.float64)
        values = (np.log(counts) + 1) * self.vocabulary.idf[columns]
        blocks = np.searchsorted(self.vocabulary.starts, columns, side="right") - 1
        norms = np.sqrt(np.bincount(blocks, weights=values**2, minlength=len(BLOCKS)))
        scale = np.array([self.vocabulary.settings.weight(b) for b in BLOCKS]) / np.where(norms > 0, norms, 1)
        parts = values * scale[blocks] * self.weights[columns] / counts
        part = dict(zip(columns.tolist(), parts.tolist(), strict=True))
        for column, holders in terms:
            for holder in holders:
                found[holder] += part[column] / len(holders)
        return found

    def _occurrences(self, spans: list[Span], block: str, number: dict[tuple[int, int], int]) -> list[Occurrence]:
        known, found = self.vocabulary.terms[block], []
        for span in spans:
            if (column := known.get(span.token)) is not None:
                found.append((column, (number[span.start, span.end],)))
        for one, two in itertools.pairwise(spans):
            if (column := known.get(one.token + JOINT + two.token)) is not None:
                found.append((column, (number[one.start, one.end], number[two.start, two.end])))
        return found

    def _characters(self, spans: list[Span], number: dict[tuple[int, int], int]) -> list[Occurrence]:
        known, settings = self.vocabulary.terms["characters"], self.vocabulary.settings
        return [
            (known[gram], (number[span.start, span.end],))
            for span in spans
            for gram in character_ngrams(span.token, settings.shortest, settings.longest)
            if gram in known
        ]

    def _ideas(self, spans: list[Span], number: dict[tuple[int, int], int]) -> list[Occurrence]:
        known, ideas = self.vocabulary.terms["ideas"], self.reader.ideas
        placed = [(i, idea) for i, span in enumerate(spans) for idea in ideas.of(span.token)]
        found: list[Occurrence] = []
        for k, (i, idea) in enumerate(placed):
            here = number[spans[i].start, spans[i].end]
            if idea in known:
                found.append((known[idea], (here,)))
            for j, other in placed[k + 1 : k + 1 + NEXT]:
                if 0 < j - i <= NEAR and (column := known.get(f"{idea} {other}")) is not None:
                    found.append((column, (here, number[spans[j].start, spans[j].end])))
        return found


def _phrases(weights: np.ndarray, filling: list[bool]) -> list[tuple[int, int, float]]:
    """Neighbouring words that pull the same way, as (first, last, weight)."""
    found: list[tuple[int, int, float]] = []
    for i, weight in enumerate(weights.tolist()):
        if filling[i] or abs(weight) < WEAKEST:
            continue
        first, last, total = found[-1] if found else (0, -9, 0.0)
        if last == i - 1 and i - first < LONGEST_PHRASE and total * weight > 0:
            found[-1] = (first, i, total + weight)
        else:
            found.append((i, i, weight))
    return found
