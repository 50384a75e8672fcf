"""The weights of cases/likeness.py, fitted to the tuning half of data/pairs; the frozen half is not looked at."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.joining.pairs import pair_rows, read_situations
from benchmarks.joining.reading import described
from cases.likeness import features


def main() -> None:
    told = read_situations("tuning")
    mentions = described(told)
    rows = list(pair_rows(told))
    found = [features(mentions[row["mention_a"]], mentions[row["mention_b"]]) for row in rows]
    table = np.array([list(one.values()) for one in found])
    same = np.array([row["label"] == "same" for row in rows])
    unread = table.copy()  # the model is wrong about a category now and then: the weights must not lean on it
    unread[:, list(found[0]).index("category")] = 0
    table, same = np.vstack([table, unread]), np.concatenate([same, same])
    model = LogisticRegression(C=1.0, max_iter=2_000).fit(table, same)
    print(f"OFFSET = {model.intercept_[0]:.2f}")
    for name, weight in zip(found[0], model.coef_[0], strict=True):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
