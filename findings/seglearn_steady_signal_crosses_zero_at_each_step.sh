#!/usr/bin/env bash
# seglearn 1.2.5, features of segments of time series for scikit-learn. zero_crossing is documented
# as the number of zero crossings above a threshold, slope_sign_changes as the number of changes
# between positive and negative slope. Both count where their product is at least the threshold, and
# the threshold is 0 if none is given, as in all_features() and emg_features(): nothing at all is at
# least nothing. So each segment has a zero crossing at each step, whatever the signal, one constant
# at 60 degrees as well as a noise around 0: a constant column, of as many as readings less one.
# willison_amplitude is the same. slope_sign_changes is right of a noise, and counts each step of a
# signal that stands still, or that is read in whole units, as a change. And mean_crossings, the
# number of crossings of the mean, compares with 0, not with the mean: of an oscillation around 60
# it is 0. No error and no warning. With a small threshold, zero_crossing(1e-9), the first three are
# right; crossings of the mean need the mean subtracted beforehand.
# Seen, 100 readings: zero crossings of a constant 60, a ramp, a sine of 5 periods 99 each, with a
# threshold 0, 0, 9; changes of slope of the constant 98; mean crossings of 60 + sine 0, of sine 9.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    seglearn==1.2.5 scikit-learn==1.9.0 scipy==1.17.1 "pandas<3" numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import numpy as np
from seglearn.feature_functions import all_features, emg_features, slope_sign_changes, zero_crossing

READINGS = 100
sine = np.sin(np.linspace(0, 10 * np.pi, READINGS, endpoint=False) + 0.1)
signals = {"constant": np.full(READINGS, 60.0), "ramp": np.arange(1.0, 101), "sine": sine}
segments = np.stack(list(signals.values()))[:, :, None]
features = all_features()

def told(feature: object, values: np.ndarray = segments) -> list[int]:
    return feature(values).ravel().astype(int).tolist()

crossings, slopes = told(features["zero_crossings"]), told(features["slope_sign_changes"])
(means,) = told(features["mnx"], 60 + segments[2:])
print(list(signals), "zero crossings", crossings, "slopes", slopes, "crossings of the mean", means)
truth = [int(np.count_nonzero(np.diff(np.sign(signal)))) for signal in signals.values()]
assert truth == [0, 0, 9] == told(zero_crossing(threshold=1e-9))
assert told(slope_sign_changes(threshold=1e-12)) == [0, 0, 10] and slopes[1:] == [0, 10]
assert crossings == [READINGS - 1] * 3, "CHANGED: zero crossings"
assert slopes[0] == READINGS - 2, "CHANGED: changes of slope"
assert told(features["willison_amplitude"]) == [READINGS - 1] * 3, "CHANGED: willison_amplitude"
assert "number of mean crossings" in features["mnx"].__doc__
assert told(features["mnx"])[2] == 9 and means == 0, "CHANGED: crossings of the mean"
assert told(emg_features()["zero_crossings"]) == crossings
PY
echo "as described"
