#!/usr/bin/env bash
# exponential-degradation-model 0.1.0 tells the remaining life of a part whose wear grows as phi +
# theta * exp(beta * t), by Gebraeel's Bayesian updating, with an interval. There the wear less phi
# is taken in logarithms, of which the model is a straight line, and the threshold as well. The
# package takes the logarithm of the threshold alone and the wear as it is; it asks for readings up
# to the threshold, so it is not the caller who should take it. The line through the wear itself
# crosses the logarithm of the threshold long before the end, and from then on the life left is
# about 0, with an interval of as little; predict, the plain estimate, goes below 0. No error and no
# warning.
# Seen, exactly exp(0.15 t) - 1 and a threshold of 10, reached at 15.99: after 5 readings 5.5 for
# 11.0; after 10 0.002 (0 to 0.007) and by predict -2.0 for 6.0; after 15 0.001 and -8.2 for 1.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    exponential-degradation-model==0.1.0 scipy==1.17.1 numpy==2.4.6
OMP_NUM_THREADS=1 MPLBACKEND=agg "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from exponential_degradation import ExponentialDegradationModel

THRESHOLD, GROWTH = 10.0, 0.15
times = np.arange(1.0, 16.0)
wear = np.exp(GROWTH * times) - 1  # The model itself, with theta 1 and its phi of -1.
end = np.log(THRESHOLD + 1) / GROWTH

def left(count: int) -> tuple[float, float, float, float]:
    """What is left after so many readings: true, told, the interval's end and by predict."""
    model = ExponentialDegradationModel(threshold=THRESHOLD)
    model.fit(wear[:count], times[:count])
    told = model.predict_rul()
    return end - times[count - 1], told["RUL"], told["CI"][1], model.predict()

found = {count: left(count) for count in (5, 10, 15)}
for count, lives in found.items():
    print(count, "readings: true, told, at most, predict", np.round(lives, 3).tolist())
assert 5 < found[5][1] < 6 < 10.9 < found[5][0], "CHANGED: after 5"
for count in (10, 15):
    true, told, most, plain = found[count]
    assert true > 0.9
    assert told < most < 0.01 and plain < -2, f"CHANGED: after {count}"
PY
echo "as described"
