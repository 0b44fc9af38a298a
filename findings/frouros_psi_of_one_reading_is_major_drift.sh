#!/usr/bin/env bash
# frouros 0.9.0. The population stability index (PSI) of two samples is commonly read as no drift
# below 0.1 and a major one above 0.25. It has the logarithm of each bin's share by its share
# before, so that an empty bin needs a floor; usual ones are 0.0001 or half a row. frouros takes the
# smallest number that a float can hold, of which the logarithm is -708. So one reading of a
# thousand that falls into a bin in which the other sample has none adds 0.7 by itself, nearly three
# times what is a major drift. The bins are of equal width over both samples, so the outermost ones
# hold one reading or two, and which sample has them is chance: a machine that does not change has a
# major drift every third day, while a true change inside the range is less than that one reading.
# The documentation names the number of bins only.
# Seen, 200 pairs of 1,000 readings of one and the same normal distribution: 67 above 0.7, the
# others below 0.05; one reading of 1,000 moved 0.70; with a floor of 0.0001 0.06 at most.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet frouros==0.9.0
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
from frouros.detectors.data_drift import PSI

def index(before: np.ndarray, after: np.ndarray) -> float:
    detector = PSI()
    detector.fit(X=before)
    return float(detector.compare(X=after)[0].distance)

def floored(before: np.ndarray, after: np.ndarray) -> float:
    edges = np.histogram(np.hstack((before, after)), bins=10)[1]
    old, new = (np.histogram(rows, bins=edges)[0] / len(rows) for rows in (before, after))
    old, new = np.maximum(old, 0.0001), np.maximum(new, 0.0001)
    return float(np.sum((new - old) * np.log(new / old)))

draw = np.random.default_rng(0)
pairs = [(draw.normal(50, 5, 1000), draw.normal(50, 5, 1000)) for _ in range(200)]
told = np.array([index(*pair) for pair in pairs])
with_floor = np.array([floored(*pair) for pair in pairs])
above, below = int((told > 0.7).sum()), int((told < 0.05).sum())
print("of 200 unchanged: above 0.7", above, "below 0.05", below)
print("most with a floor", with_floor.max())

before = draw.uniform(40, 60, 1000)
moved = before.copy()
moved[np.argsort(moved)[500]] = 200
change = index(before, 40 + 20 * draw.beta(2, 1, 1000))
print("one reading moved", index(before, moved), "unmoved", index(before, before.copy()))
print("a true change inside the range", change)
assert above > 50 and above + below == 200, "CHANGED: unchanged machines"
assert with_floor.max() < 0.1
assert 0.6 < index(before, moved) < 0.8, "CHANGED: one reading"
assert 0.25 < change < 0.6 and index(before, before.copy()) == 0
PY
echo "as described"
