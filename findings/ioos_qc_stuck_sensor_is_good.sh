#!/usr/bin/env bash
# ioos_qc 3.0.0, the quality tests of measured series by the rules of QARTOD: 1 is good, 2 not
# judged, 3 suspect, 4 a failure, 9 missing. flat_line_test is there to find a sensor that is stuck.
# Its tolerance is 0 unless told otherwise, and one would think that this finds just the sensor
# which repeats one value to the last digit. It flags a range that is below the tolerance, and none
# is below 0: left at its default the test judges nothing, and a sensor stuck for a day is good in
# each row, with no error and no warning. Any tolerance above 0, however small, finds it. And
# rate_of_change_test, which gives 9 for a missing reading, gives the first one after it good,
# whatever the step across the gap is: not compared, it is not told as 2. With the missing row left
# out the same step is a failure.
# Seen, 21.5 degrees for 24 hours: 1 in each row, with a tolerance of 1e-9 from the fifth on 4. 22,
# gap, 90 with 20 an hour as the limit: 1, 9, 1; without the row of the gap 1, 4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet ioos-qc==3.0.0 numpy==2.4.6 pandas==3.1.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from ioos_qc.qartod import flat_line_test, rate_of_change_test

HOUR = 3600
times = np.datetime64("2026-03-01T00:00:00") + np.arange(24) * np.timedelta64(HOUR, "s")

def flat(**tolerance: float) -> list[int]:
    limits = {"suspect_threshold": 2 * HOUR, "fail_threshold": 4 * HOUR}
    return flat_line_test(np.full(24, 21.5), times, **limits, **tolerance).tolist()

unasked, tiny = flat(), flat(tolerance=1e-9)
print("stuck, as it comes", unasked, "with a tolerance", tiny, sep="\n")
assert unasked == flat(tolerance=0) == [1] * 24, "CHANGED: no tolerance finds a stuck sensor"
assert tiny == [1, 1, 3, 3] + [4] * 20

def step(degrees: np.ndarray, rows: np.ndarray) -> list[int]:
    limits = {"threshold": 10 / HOUR, "fail_threshold": 20 / HOUR}
    return rate_of_change_test(degrees[rows], times[rows], **limits).tolist()

degrees = np.array([20, 21, 22, np.nan, 90, 91])
gap, dropped = step(degrees, np.arange(6)), step(degrees, np.array([0, 1, 2, 4, 5]))
print("a step across a gap", gap, "without the gap's row", dropped)
assert gap == [1, 1, 1, 9, 1, 1], "CHANGED: a reading after a gap is not told to be good"
assert dropped == [1, 1, 1, 4, 1]
PY
echo "as described"
