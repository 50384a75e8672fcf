"""How common words are, and which of them are names: counted in data/corpus/train into data/joining/word_counts.tsv."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise

from cases.facts import words_of
from cases.vocabulary import WORD_COUNTS, name_words
from settings import DATA

LEAST = 3  # texts: a rarer word counts as unknown
HEAD = "# word, texts that hold it, texts in which a title stands before it; made by `python -m benchmarks.joining.words` from data/corpus/train"


def main() -> None:
    texts, titles = 0, name_words()["titles"]
    counts: Counter[str] = Counter()
    titled: Counter[str] = Counter()
    for path in sorted((DATA / "corpus" / "train").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                words = words_of(row["text"])
                texts += 1
                counts.update(set(words))
                titled.update({word for before, word in pairwise(words) if before in titles})
    lines = [HEAD, f"# texts {texts}"]
    lines += [f"{word}\t{count}\t{titled[word]}" for word, count in sorted(counts.items()) if count >= LEAST]
    WORD_COUNTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
