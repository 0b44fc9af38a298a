#!/usr/bin/env bash
# pyInterDemand 1.4.3 tells spare parts by their need: smooth, erratic, intermittent or lumpy, by
# the mean interval and by the square of the coefficient of variation of what is needed, below or
# above 0.49. That is a number without a unit: variance by the square of the mean. classification
# divides by the mean itself, takes the mean of all months, the empty ones too, and the number of
# all. So the same need in pieces and in packs of ten is of two kinds, and one that never varies is
# not 0. No error and no warning. One would expect the kind to stay.
# Why it matters: the kind chooses the method of forecasting and the stock policy. All that is
# counted in grams is erratic or lumpy, all that is counted in pallets is smooth.
# Seen: 9 to 11 a month smooth by 0.07, a tenth of the unit 0.67, erratic, where it is 0.007 in any;
# ten every second month 2.5, lumpy, where the need never varies and the number is 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyInterDemand==1.4.3 numpy==2.4.6 pandas==2.3.3 \
    matplotlib==3.11.2
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from contextlib import redirect_stdout
from io import StringIO
import matplotlib
import numpy as np
import pandas as pd

matplotlib.use("Agg")
from pyInterDemand.algorithm.intermittent import classification

def judge(values: list[float]) -> tuple[float, str]:
    """Its square of the coefficient of variation, and the kind, which it only prints."""
    months = pd.Series(values, pd.date_range("2024-01-01", periods=len(values), freq="MS"))
    with redirect_stdout(StringIO()) as printed:
        _, square = classification(months)
    return float(square), printed.getvalue().split()[-1]

steady = [9.0, 10.0, 11.0] * 8
packs, pieces = judge(steady), judge([10 * need for need in steady])
same = judge([10.0, 0.0] * 12)
right = (np.std(steady) / np.mean(steady)) ** 2
print("packs", packs, "pieces", pieces, f"right {right:.4f}", "never varies", same)
assert packs[1] == "Smooth" and right < 0.01
assert np.isclose(pieces[0], 10 * packs[0]), "CHANGED: the unit"
assert pieces[1] == "Erratic", "CHANGED: the kind"
assert same[0] > 1 and same[1] == "Lumpy", "CHANGED: a need that never varies"
PY
echo "as described"
