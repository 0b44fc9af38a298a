#!/usr/bin/env bash
# mlxtend 0.25.0. McNemar's test tells whether two models differ in what they get right, by the cases
# that one has right and the other wrong; the statistic is divided by the number of these. Two models
# that agree on each case, as a model and its reloaded or converted copy, have none of them, and one
# would expect a p-value of 1, as the exact test of the same function gives, or an error. By default
# a correction for continuity of 1 is taken off the difference of 0, squared, and divided by 0: the
# statistic is infinite and the p-value 0.0, as sure as can be that the two differ. numpy warns of a
# division by zero; the function says nothing. With corrected=False both are NaN. statsmodels uses
# the exact test unless told otherwise.
# Seen, twenty cases, all alike: p 0.0; with exact=True 1.0. One case on either side: 0.48, and 1.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet mlxtend==0.25.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import math
import numpy as np
from mlxtend.evaluate import mcnemar, mcnemar_table

truth = np.array([0, 1] * 10)
model = np.array([0, 1] * 7 + [1, 0] * 3)

def p_value(other: np.ndarray, **options) -> float:
    return float(mcnemar(mcnemar_table(truth, model, other), **options)[1])

nearly = model.copy()
nearly[[0, 19]] = 1 - nearly[[0, 19]]
alike, exact = p_value(model), p_value(model, exact=True)
print("alike", alike, "exact", exact)
print("one on either side", p_value(nearly), "exact", p_value(nearly, exact=True))
assert exact == 1.0 and round(p_value(nearly), 2) == 0.48 and p_value(nearly, exact=True) == 1.0
assert math.isnan(p_value(model, corrected=False))
assert alike == 0.0, "CHANGED: two models that agree"
PY
echo "as described"
