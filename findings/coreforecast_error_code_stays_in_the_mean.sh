#!/usr/bin/env bash
# coreforecast 0.0.20 makes the features of mlforecast and statsforecast: rolling means, deviations
# and more. It keeps a running sum, to which it adds what comes and from which it takes what falls
# out of the window. It does so in the type of the series, without keeping what is rounded away. So
# one error code among floats of 32 bits leaves its rounding in the sum for good: from then on the
# mean of a steady 20.1 is 0 or 25.6, whatever the window, to the end of the series. Doubles bear
# codes up to some thousand million and lose the mean with 1e20. Of missing readings the
# documentation says that all is missing after one; of numbers it says nothing. No error and no
# warning. pandas recovers as soon as the code has left the window.
# Why it matters: codes such as 4294967295 stand for "no reading" in many a meter.
# Seen, 20.1 throughout but for one code, a window of 5, 190 readings later: float32 with 1e9 25.6,
# with 4294967295 0.0; float64 with 1e20 0.0; pandas 20.1 each time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    coreforecast==0.0.20 pandas==2.3.3 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import pandas as pd
from coreforecast.rolling import rolling_mean

def last_means(code: float, kind: str) -> tuple[float, float]:
    """The last rolling mean by coreforecast and by pandas, long after the code."""
    readings = np.full(200, 20.1, dtype=kind)
    readings[10] = code
    by_pandas = pd.Series(readings).rolling(5).mean().to_numpy()
    return float(rolling_mean(readings, 5)[-1]), float(by_pandas[-1])

cases = [(1e9, "float32"), (4294967295, "float32"), (65535, "float32"), (1e20, "float64")]
found = {case: last_means(*case) for case in cases}
for case, means in found.items():
    print(case, [round(mean, 3) for mean in means])
    assert abs(means[1] - 20.1) < 1e-5
assert abs(found[65535, "float32"][0] - 20.1) < 0.01
for case in cases[:2] + cases[3:]:
    assert abs(found[case][0] - 20.1) > 5, f"CHANGED: {case}"
PY
echo "as described"
