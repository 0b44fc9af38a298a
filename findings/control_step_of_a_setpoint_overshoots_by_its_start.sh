#!/usr/bin/env bash
# control 0.10.2 (python-control). step_info tells rise time, settling time and overshoot of a step
# response, of a system or of "a time series of step response data" with its times. Nothing is said
# of where the series begins, but it is taken to begin at the value 0 and, in part, at the time 0. A
# machine that is brought from 50 to 30 degrees, without the least overshoot, has one of 67 % and a
# rise time of nothing, and its undershoot is 0; from 50 to 70 its rise time is less than half of
# the true one and it settles earlier. And where the times begin at 100 s, as those of a recording
# do, the settling time is 100 s too long, while the rise time, in the same table, is right. Value
# and time with their start subtracted are right. No error, no warning.
# Seen, a time constant of 1 s: rise 2.20, settled 3.92, overshoot 0; from 50 to 30 0.00, 3.51 and
# 66.7; from 50 to 70 1.05, 2.66 and 0; from the time of 100 s on 2.20, 103.92 and 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet control==0.10.2
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import control
import numpy as np

times = np.linspace(0, 10, 1001)
rise = 1 - np.exp(-times)

def told(values: np.ndarray, at: np.ndarray, final: float) -> tuple[float, float, float]:
    step = control.step_info(values, at, final_output=final)
    return step["RiseTime"], step["SettlingTime"], step["Overshoot"]

true, cooled = told(rise, times, 1), told(50 - 20 * rise, times, 30)
warmed, later = told(50 + 20 * rise, times, 70), told(rise, times + 100, 1)
for step in (true, cooled, warmed, later):
    print([round(float(value), 2) for value in step])
assert np.allclose(true, (2.2, 3.91, 0), atol=0.02)
assert abs(cooled[2] - 100 * 20 / 30) < 0.1 and cooled[0] == 0, "CHANGED: a step down"
assert warmed[0] < 0.5 * true[0] and warmed[1] < 0.7 * true[1], "CHANGED: a step from 50"
assert np.isclose(later[0], true[0]) and np.isclose(later[1], true[1] + 100), "CHANGED: its times"
PY
echo "as described"
