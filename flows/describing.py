"""Texts read for likeness: the classifier's spelling and ideas, the desk's secret, as the joiner compares them. No Prefect here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cases.facts import Facts, read_facts
from cases.regions import place_words
from cases.vocabulary import Vocabulary, read_vocabulary
from classifiers.ideas import Ideas, idea_words
from classifiers.lexicon import spelling_lexicon
from classifiers.normalising import Normaliser
from flows.secret_keys import kept_key


@dataclass(frozen=True)
class Describer:
    """Reads the facts of texts. key: the secret with which names are hashed."""

    key: bytes
    known: Vocabulary
    normaliser: Normaliser
    ideas: Ideas

    def facts(self, text: str) -> Facts:
        tokens = self.normaliser.tokens(text)
        ideas = (idea for token in tokens for idea in self.ideas.of(token))
        return read_facts(text, tokens, ideas, self.known, self.key)


@lru_cache(maxsize=2)
def describer(region: str, key: bytes) -> Describer:
    return Describer(key, read_vocabulary(place_words(region)), Normaliser(spelling_lexicon()), Ideas(idea_words()))


def joining_key(var: Path) -> bytes:
    """The secret of the hashes, made once (var/joining.key, readable by this user alone)."""
    return kept_key(var / "joining.key")
