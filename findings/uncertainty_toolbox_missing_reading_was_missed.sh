#!/usr/bin/env bash
# uncertainty-toolbox 0.1.1 tells how well forecasts with a deviation are calibrated: for each
# probability, which share of the readings lies within the interval of it. A reading that is
# missing, NaN, lies within none, and still counts among all: the more gaps, the too narrower the
# intervals are said to be. With half of the readings missing, perfect forecasts are as badly
# calibrated as if half of what came was impossible. No error, no warning, and the result is a
# number. One would expect NaN, an error, or the pairs that are there.
# Why it matters: an interval is then widened to what the gaps ask for, and alarms that hang on its
# limit stay away.
# Seen, 2000 normal readings and the right forecast: area of miscalibration below 0.02; with every
# second reading missing 0.25, and 50 % of the readings within the interval of 99 %.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet uncertainty-toolbox==0.1.1 numpy==2.4.6 \
    scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import numpy as np
import uncertainty_toolbox as uct

readings = np.random.default_rng(0).normal(size=2000)
mean, deviation = np.zeros(2000), np.ones(2000)

def area(values: np.ndarray) -> float:
    return float(uct.miscalibration_area(mean[: len(values)], deviation[: len(values)], values))

gaps = readings.copy()
gaps[::2] = np.nan
expected, observed = uct.get_proportion_lists_vectorized(mean, deviation, gaps)
print("all", area(readings), "the rest", area(readings[1::2]), "with gaps", area(gaps))
print("within the interval of", expected[-2], "are", observed[-2])
assert area(readings) < 0.02 and area(readings[1::2]) < 0.03
assert abs(area(gaps) - 0.25) < 0.02, "CHANGED: gaps"
assert expected[-2] > 0.98 and abs(observed[-2] - 0.5) < 0.02
PY
echo "as described"
