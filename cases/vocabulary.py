"""Which words are common, which are names, which stand before a name."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from settings import DATA

WORD_COUNTS = DATA / "joining" / "word_counts.tsv"
NAME_WORDS = DATA / "joining" / "words.toml"
COMMON = 3  # texts of the corpus: a word in fewer is unknown
NAME_SHARE = 0.25  # of a word's texts in which a title stands before it; from here on it is a name
SHORTEST_NAME = 3  # letters


@lru_cache(maxsize=1)
def name_words() -> Mapping[str, frozenset[str]]:
    lists = tomllib.loads(NAME_WORDS.read_text(encoding="utf-8"))
    return {name: frozenset(words.split()) for name, words in lists.items()}


@dataclass(frozen=True)
class Vocabulary:
    """How many of ``texts`` texts hold a word, and in how many a title stands before it."""

    texts: int
    counts: Mapping[str, tuple[int, int]]
    words: Mapping[str, frozenset[str]]  # the lists of data/joining/words.toml
    places: frozenset[str]  # words of the region's place names: they are compared as places

    def rarity(self, word: str) -> float:
        return math.log(self.texts / (self.counts.get(word, (1, 0))[0] + 1))

    def is_name(self, word: str) -> bool:
        if (
            word in self.words["no_names"]
            or word in self.words["titles"]
            or word in self.places
            or len(word) < SHORTEST_NAME
        ):
            return False
        texts, titled = self.counts.get(word, (0, 0))
        return texts < COMMON or titled >= NAME_SHARE * texts


def read_vocabulary(places: Collection[str] = (), path: Path = WORD_COUNTS) -> Vocabulary:
    lines = path.read_text(encoding="utf-8").splitlines()
    counts: dict[str, tuple[int, int]] = {}
    for line in lines[2:]:
        word, texts, titled = line.split("\t")
        counts[word] = (int(texts), int(titled))
    return Vocabulary(int(lines[1].rpartition(" ")[2]), counts, name_words(), frozenset(places))
