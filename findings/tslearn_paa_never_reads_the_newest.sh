#!/usr/bin/env bash
# tslearn 0.8.0. Its piecewise aggregate approximation (PAA, and SAX, the words made of it) shortens
# a window to a number of segments, each the mean of its part; one would think that the parts make
# up the window. A segment is as long as the window's length divided by the number, cut down to
# whole readings, and they are laid out from the oldest reading on. What is left at the end goes
# into no segment: of 119 readings in 60 segments the newest 59, half of the window, count for
# nothing. So a fault that begins in a machine's window is not in its PAA, SAX or 1d-SAX, and the
# distance between a calm and a failing machine is 0. No error, no warning, no word of it in the
# documentation, and inverse_transform gives a series of the full length. pyts 0.13.0, asked for the
# same number of segments, reads each reading. A number that divides the length is right.
# Seen, 119 readings of 0 with the newest 59 at 100: the greatest of 60 segments 0, the distance by
# SAX to a calm machine 0, by 1d-SAX 0; with 7 segments of 17 readings the greatest is 100; pyts
# 100.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    tslearn==0.8.0 pyts==0.13.0 scikit-learn==1.8.0 scipy==1.17.1 "numpy<2.4"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from pyts.approximation import PiecewiseAggregateApproximation as PytsPaa
from tslearn.piecewise import (
    OneD_SymbolicAggregateApproximation,
    PiecewiseAggregateApproximation,
    SymbolicAggregateApproximation,
)

calm = np.zeros((1, 119, 1))
failing = calm.copy()
failing[0, 60:] = 100

def greatest(segments: int) -> float:
    return float(PiecewiseAggregateApproximation(segments).fit_transform(failing).max())

both = np.concatenate([calm, failing])
sax = SymbolicAggregateApproximation(n_segments=60, alphabet_size_avg=8).fit(both)
one_d = OneD_SymbolicAggregateApproximation(
    n_segments=60, alphabet_size_avg=8, alphabet_size_slope=8, sigma_l=1.0
).fit(both)
distances = float(sax.distance(calm[0], failing[0])), float(one_d.distance(calm[0], failing[0]))
by_pyts = float(PytsPaa(window_size=None, output_size=60).fit_transform(failing[:, :, 0]).max())
print("greatest of 60 segments", greatest(60), "of 7", greatest(7), "pyts", by_pyts)
print("distance by SAX and 1d-SAX", distances)
assert greatest(60) == 0, "CHANGED: the newest readings are read"
assert distances == (0, 0), "CHANGED: SAX tells them apart"
assert greatest(7) == by_pyts == 100
back = PiecewiseAggregateApproximation(60).fit(failing)
assert back.inverse_transform(back.transform(failing)).shape == failing.shape
PY
echo "as described"
