#!/usr/bin/env bash
# shewhart 0.1.1, control charts. A chart gives its signals, each with the points that it is of, by
# number from 0: those of the readings, one would think, as it takes a list, an array or a Series and
# numbers them so. A missing reading (NaN) is left out first and the rest is counted: behind the
# first gap each signal names the point before the one it is of, behind the second the one before
# that. The table of the same result keeps the numbers of the readings. So readings[point] is a calm
# one, and who takes out or explains the points that are named takes the wrong ones. Neither signals
# nor summary tell how many were left out; only the count n is one less. No warning.
# Seen, 30 readings, the one at 20 wild: "point 20"; with one missing at 5, "point 19", a calm one of
# 9.74; the table has 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet shewhart==0.1.1 pandas==2.3.3 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import shewhart

WILD = 20
readings = np.random.default_rng(1).normal(10, 1, 30)
readings[WILD] = 30
gaps = {"whole": [], "one gap": [5], "two gaps": [5, 11]}
told = {}
for name, missing in gaps.items():
    with_gaps = readings.copy()
    with_gaps[missing] = np.nan
    result = shewhart.imr(with_gaps, rules="nelson")
    (told[name],) = [
        signal.points
        for signal in result.signals
        if (signal.rule, signal.chart) == ("nelson_1", "i")
    ]
    table = result.to_frame()
    reading = round(float(with_gaps[told[name][0]]), 2)
    print(name, "point", told[name], "of", reading, "table", table["value"].idxmax())
    assert table["value"].idxmax() == WILD
assert told["whole"] == (WILD,)
assert told["one gap"] == (WILD - 1,) and told["two gaps"] == (WILD - 2,), "CHANGED: the number"
PY
echo "as described"
