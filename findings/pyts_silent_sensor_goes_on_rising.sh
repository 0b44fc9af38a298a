#!/usr/bin/env bash
# pyts 0.14.1, classification of time series. Its InterpolationImputer fills missing readings, by
# default on a straight line between their neighbours. One would think that what has no neighbour on
# one side, before the first reading and after the last, stays missing or keeps the last value, as
# with numpy and pandas. It goes on with the slope of the last two readings, for as long as the gap
# is: a sensor that fell silent while its bearing warmed up by a degree a minute has 1,440 degrees
# after a day, or less than absolute zero. With strategy "previous" the beginning, which has none
# before, is filled from the future. The documentation tells of interpolation alone. No error and no
# warning.
# Seen, 40, 41, 42 and a silent hour: 102 at its end, falling instead -22; numpy 42 and 38;
# "previous" with the first reading, 42, after two missing: 42, 42, 42.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pyts==0.14.1 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::RuntimeWarning - <<'PY'
import numpy as np
from pyts.preprocessing import InterpolationImputer

GAP = np.full(60, np.nan)
rising, falling = np.r_[40.0, 41, 42, GAP], np.r_[40.0, 39, 38, GAP]
between = np.array([40.0, np.nan, 42])

def filled(readings: np.ndarray, **options: str) -> np.ndarray:
    return InterpolationImputer(**options).fit_transform(readings[np.newaxis])[0]

ends = filled(rising)[-1], filled(falling)[-1]
minute, known = np.arange(63), np.arange(3)
by_numpy = np.interp(minute, known, rising[:3])[-1], np.interp(minute, known, falling[:3])[-1]
print("an hour later", ends, "numpy", by_numpy)
assert filled(between)[1] == 41 and by_numpy == (42, 38)
assert np.allclose(ends, (102, -22)), "CHANGED: the ends are not extrapolated"

start = filled(np.array([np.nan, np.nan, 42.0, 43.0]), strategy="previous")
print("previous", start)
assert start.tolist() == [42, 42, 42, 43], "CHANGED: the start stays missing"
PY
echo "as described"
