#!/usr/bin/env bash
# aeon 1.6.0, learning from time series. It takes recordings of unequal length, and its nearest
# neighbours go by a distance that is named. "dtw" lines two recordings up over their whole length.
# The formula of "euclidean" is told for two of one length, so one would expect an error for others,
# or the rest counted in some way. It sums up to the end of the shorter one and takes no notice of
# what is left, without dividing by how many there were: the fewer samples, the smaller the
# distance. A recording that broke off after eight samples is the nearest to all, so each new one
# gets the label of that stump; and one that agrees until it ends has the distance 0, whatever came
# after. "squared", "manhattan" and "minkowski" do so too. No error and no warning.
# Seen, 10 healthy recordings of 400 samples, 10 of a worn bearing and one that broke off: to a
# healthy one 2.8 from its like, 0.8 from the stump; both kinds are told "broke off", by dtw
# rightly.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    aeon==1.6.0 scikit-learn==1.9.1 numpy==2.3.5 "pandas<3"
NUMBA_NUM_THREADS=1 OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::RuntimeWarning - <<'PY'
import numpy as np
from aeon.classification.distance_based import KNeighborsTimeSeriesClassifier
from aeon.distances import euclidean_distance

draw = np.random.default_rng(0)

def recording(turns: int) -> np.ndarray:
    wave = np.sin(2 * np.pi * turns * np.arange(400) / 100)
    return (wave + draw.normal(0, 0.1, 400)).reshape(1, -1)

recordings = [recording(turns) for turns in [1] * 10 + [5] * 10] + [np.zeros((1, 8))]
labels = np.repeat(["healthy", "worn", "broke off"], [10, 10, 1])
new = [recording(1), recording(5)]
apart = [euclidean_distance(new[0], recordings[row]) for row in (0, 10, 20)]
print("a healthy one from its like, a worn one, the stump:", np.round(apart, 1).tolist())
assert apart[2] < apart[0] < apart[1], "CHANGED: the stump is not the nearest"
assert euclidean_distance(np.array([1.0, 2, 3, 100]), np.array([1.0, 2, 3])) == 0

for distance in ("euclidean", "squared", "manhattan", "minkowski", "dtw"):
    nearest = KNeighborsTimeSeriesClassifier(distance=distance, n_neighbors=1)
    told = nearest.fit(recordings, labels).predict(new).tolist()
    print(distance, told)
    right = ["healthy", "worn"] if distance == "dtw" else ["broke off"] * 2
    assert told == right, f"CHANGED: {distance}"
PY
echo "as described"
