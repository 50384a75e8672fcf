"""Why a post was flagged: the words and phrases that spoke for and against it, as the person wrote them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from classifiers.features import BLOCKS, JOINT, TextReader, Vocabulary, character_ngrams
from classifiers.ideas import NEAR, NEXT
from classifiers.normalising import Span, located_chunks

MOST = 6  # phrases a reader takes in at a glance
LONGEST_SHOWN = 60  # characters of a phrase
MOST_REMEMBERED = 100_000  # words whose columns are kept
Holders = tuple[list[int], list[int], list[float]]  # column, place it counts for, share of the place
WEAKEST = 0.06  # log-odds; below it a phrase explains nothing
LONGEST_PHRASE = 4  # words
FILLING = frozenset(
    [
        "yang",
        "di",
        "ke",
        "dari",
        "dan",
        "atau",
        "ini",
        "itu",
        "nya",
        "ya",
        "yah",
        "sih",
        "dong",
        "deh",
        "kok",
        "mah",
        "teh",
        "atuh",
        "nu",
        "ka",
        "ti",
        "na",
        "da",
        "sama",
        "juga",
        "pun",
        "lah",
        "<num>",
        "!",
        "?",
    ]
)


class Explainer:
    """Takes the linear model apart: what each written word adds to the log-odds of a plea."""

    def __init__(self, vocabulary: Vocabulary, reader: TextReader, weights: np.ndarray):
        self.vocabulary, self.reader, self.weights = vocabulary, reader, np.asarray(weights, dtype=np.float64)
        self._block_weights = np.array([vocabulary.settings.weight(block) for block in BLOCKS])
        self._remembered: dict[str, list[int]] = {}

    def reasons(self, text: str) -> list[dict[str, Any]]:
        """[{phrase, weight}], strongest first; positive weights speak for a plea. Empty for an empty text."""
        located = located_chunks(text)
        if not located:
            return []
        found = self.place_weights(text, located)
        places = [(span.start, span.end) for span in located]
        filling = [text[start:end].lower() in FILLING or not text[start].isalnum() for start, end in places]
        best: dict[str, float] = {}
        for first, last, weight in _phrases(found, filling):
            phrase = " ".join(text[places[first][0] : places[last][1]].split())
            phrase = phrase if len(phrase) <= LONGEST_SHOWN else phrase[: LONGEST_SHOWN - 1] + "…"
            if abs(weight) > abs(best.get(phrase, 0.0)):
                best[phrase] = weight
        ordered = sorted(best.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [{"phrase": phrase, "weight": round(w, 3)} for phrase, w in ordered[:MOST] if abs(w) >= WEAKEST]

    def place_weights(self, text: str, located: list[Span]) -> np.ndarray:
        """What each located chunk adds to the log-odds; a pair's part goes to both its words, half each."""
        number = {span.start: i for i, span in enumerate(located)}
        written = self.reader.written.spans(text, located)
        even = self.reader.even.spans(text, located)
        holders = [self._words(written, "words", number), self._words(even, "even", number)]
        holders += [self._ideas(even, number), self._characters(written, number)]
        columns = np.concatenate([np.array(h[0], dtype=np.int64) for h in holders])
        places = np.concatenate([np.array(h[1], dtype=np.int64) for h in holders])
        shares = np.concatenate([np.array(h[2], dtype=np.float64) for h in holders])
        if not len(columns):
            return np.zeros(len(located))
        known, inverse = np.unique(columns, return_inverse=True)
        counts = np.bincount(inverse, weights=shares)
        values = (np.log(counts) + 1) * self.vocabulary.idf[known]
        blocks = np.searchsorted(self.vocabulary.starts, known, side="right") - 1
        norms = np.sqrt(np.bincount(blocks, weights=values**2, minlength=len(BLOCKS)))
        scale = self._block_weights / np.where(norms > 0, norms, 1)
        parts = values * scale[blocks] * self.weights[known] / counts
        return np.bincount(places, weights=parts[inverse] * shares, minlength=len(located))

    def _words(self, spans: list[Span], block: str, number: dict[int, int]) -> Holders:
        known = self.vocabulary.terms[block]
        columns: list[int] = []
        places: list[int] = []
        shares: list[float] = []
        for span in spans:
            if (column := known.get(span.token)) is not None:
                columns.append(column)
                places.append(number[span.start])
                shares.append(1.0)
        for one, two in itertools.pairwise(spans):
            if (column := known.get(one.token + JOINT + two.token)) is not None:
                columns += (column, column)
                places += (number[one.start], number[two.start])
                shares += (0.5, 0.5)
        return columns, places, shares

    def _characters(self, spans: list[Span], number: dict[int, int]) -> Holders:
        columns: list[int] = []
        places: list[int] = []
        for span in spans:
            found = self._columns_of(span.token)
            columns += found
            places += [number[span.start]] * len(found)
        return columns, places, [1.0] * len(columns)

    def _columns_of(self, token: str) -> list[int]:
        found = self._remembered.get(token)
        if found is None:
            known, settings = self.vocabulary.terms["characters"], self.vocabulary.settings
            grams = character_ngrams(token, settings.shortest, settings.longest)
            found = [known[gram] for gram in grams if gram in known]
            if len(self._remembered) < MOST_REMEMBERED:
                self._remembered[token] = found
        return found

    def _ideas(self, spans: list[Span], number: dict[int, int]) -> Holders:
        known, ideas = self.vocabulary.terms["ideas"], self.reader.ideas
        placed = [(i, number[span.start], idea) for i, span in enumerate(spans) for idea in ideas.of(span.token)]
        columns: list[int] = []
        places: list[int] = []
        shares: list[float] = []
        for k, (i, here, idea) in enumerate(placed):
            if idea in known:
                columns.append(known[idea])
                places.append(here)
                shares.append(1.0)
            for j, there, other in placed[k + 1 : k + 1 + NEXT]:
                if 0 < j - i <= NEAR and (column := known.get(f"{idea} {other}")) is not None:
                    columns += (column, column)
                    places += (here, there)
                    shares += (0.5, 0.5)
        return columns, places, shares


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
