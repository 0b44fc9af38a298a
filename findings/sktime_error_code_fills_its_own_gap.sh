#!/usr/bin/env bash
# sktime 1.2.0. Loggers write a code, say -999, where a sensor was silent.
# Imputer(missing_values=-999) takes it for missing and fills it in by a method: by "mean" with the
# mean of the series. One would think of the mean of the readings, as scikit-learn's SimpleImputer
# has it with the same parameter. The mean is taken before the code is set missing, so the code is in
# it: two codes among six readings of 21 make a mean of -234, and that is what stands in their place,
# no code any more and far from any reading. "median" is drawn towards the code as well, and "drift"
# gives the same as "mean" here. "linear", "nearest" and "ffill" are right, and so are all if the
# code was replaced by NaN beforehand. No error and no warning.
# Seen, 20, 21, -999, 22, 20, 21, -999, 22: filled with -234 by mean and drift, 20.5 by median; with
# NaN for the code 21 by each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    sktime==1.2.0 scikit-learn==1.9.1 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore::FutureWarning - <<'PY'
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sktime.transformations.series.impute import Imputer

CODE = -999
readings = pd.Series(
    [20.0, 21, CODE, 22, 20, 21, CODE, 22], pd.date_range("2026-01-01", periods=8, freq="D")
)
missing = readings.replace(CODE, np.nan)

def filled(series: pd.Series, method: str, **options) -> float:
    """What stands where the first code was."""
    return float(np.ravel(Imputer(method=method, **options).fit_transform(series))[2])

peer = SimpleImputer(missing_values=CODE).fit_transform(readings.to_frame())[2, 0]
METHODS = ("mean", "drift", "median")
seen = {method: filled(readings, method, missing_values=CODE) for method in METHODS}
whole = {method: filled(missing, method) for method in METHODS}
print("by the code", seen, "by NaN", whole, "scikit-learn", peer)
assert filled(readings, "linear", missing_values=CODE) == 21.5 == filled(missing, "linear")
assert peer == whole["mean"] == whole["median"] == 21 and round(whole["drift"], 1) == 21
assert seen["mean"] == -234.0 and seen["median"] == 20.5, "CHANGED: mean and median"
assert round(seen["drift"]) == -234, "CHANGED: drift"
PY
echo "as described"
