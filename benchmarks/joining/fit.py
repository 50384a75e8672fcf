"""The weights of cases/likeness.py, fitted to the tuning half of data/pairs; the frozen half is not looked at."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.joining.pairs import pair_rows, read_situations
from benchmarks.joining.reading import described
from cases.likeness import features


def main() -> None:
    told = [one for one in read_situations() if one.half == "tuning"]
    mentions = described(told)
    rows = list(pair_rows(told, "tuning"))
    found = [features(mentions[row["mention_a"]], mentions[row["mention_b"]]) for row in rows]
    table = np.array([list(one.values()) for one in found])
    same = np.array([row["label"] == "same" for row in rows])
    model = LogisticRegression(C=1.0, max_iter=2_000).fit(table, same)
    print(f"OFFSET = {model.intercept_[0]:.2f}")
    for name, weight in zip(found[0], model.coef_[0], strict=True):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
