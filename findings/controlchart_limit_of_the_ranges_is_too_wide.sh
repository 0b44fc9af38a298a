#!/usr/bin/env bash
# python-controlchart 0.2.0. To single readings belongs a chart of their moving ranges, the steps
# from each to the next. The upper limit of ranges of two is 3.267 times their mean, in every table;
# the library has that number in its own, as D4. In the chart of moving ranges it uses the rule for
# readings instead, centre and 3 times the mean by 1.128, which is 3.66 times the mean: an eighth
# too wide. The chart of ranges of samples of two, from the same readings, has the right one. And a
# range of 0 is put before the first. No error and no warning.
# Why it matters: a sudden step, which this chart is there for, is let pass. By the right limit one
# range in 110 of a steady process is told, by this one in 285.
# Seen, upper limit by mean: moving ranges 3.66, ranges of pairs 3.267; a step of 3.4 times the mean
# is within the limit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-controlchart==0.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import controlchart as chart
import numpy as np

single = [0.0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 4]
steps = np.abs(np.diff(single))
moving = chart.Spc(single, chart.CHART_X_MR_MR)
pairs = chart.Spc([[0.0, 1.0], [1.0, 3.0], [2.0, 2.5]], chart.CHART_X_BAR_R_R)
ratio, right = moving.ucl / moving.center, pairs.ucl / pairs.center
told = moving.get_violating_points().get(chart.RULES_1_BEYOND_3SIGMA)
print(f"limit by mean: moving {ratio:.3f}, pairs {right:.3f}")
print(f"greatest step {steps.max() / steps.mean():.3f} times the mean, told {told}")
assert np.isclose(moving.center, steps.mean()) and np.isclose(right, 3.267)
assert right < steps.max() / steps.mean() < ratio
assert np.isclose(ratio, 1 + 3 / 1.128), "CHANGED: the limit of moving ranges"
assert told is None
PY
echo "as described"
