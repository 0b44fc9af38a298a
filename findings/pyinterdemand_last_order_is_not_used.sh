#!/usr/bin/env bash
# pyInterDemand 1.4.3 forecasts the need of spare parts, which is nothing in most months, by
# Croston's method and others of its kind. A forecast beyond the series is that for the last month
# of it, carried on: made before that month was known. The need of the last month, be it nothing or
# the greatest ever, has no part in it. And of n_steps there is one less: 1, the default, adds none
# at all, and 12 months are 11. Its names and its pictures call it the forecast. No error and no
# warning. One would expect the last month to count and as many steps as were asked for.
# Why it matters: the stock is planned on what was known a month ago. A need that began in the last
# month is not there.
# Seen, 11 months of nothing or 2 and then 2 or 200: the forecasts of Croston, SBA and TSB are the
# same for both; steps 1, 2, 12 give 0, 1, 11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyInterDemand==1.4.3 numpy==2.4.6 pandas==2.3.3 \
    matplotlib==3.11.2
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from collections.abc import Callable
import matplotlib
import pandas as pd

matplotlib.use("Agg")
from pyInterDemand.algorithm import intermittent

def ahead(method: Callable, last: float, steps: int) -> list[float]:
    """Forecasts beyond twelve months."""
    months = pd.date_range("2025-01-01", periods=12, freq="MS")
    needs = pd.Series([2.0, 0, 0, 2, 0, 2, 0, 0, 2, 0, 0, last], months)
    return method(needs, n_steps=steps, freq="MS")[-1].iloc[12:].tolist()

methods = (intermittent.croston_method, intermittent.sba_method, intermittent.tsb_method)
small, large = ([ahead(method, last, 2) for method in methods] for last in (2.0, 200.0))
counts = [len(ahead(methods[0], 2.0, steps)) for steps in (1, 2, 12)]
print("last need 2", small, "last need 200", large, "steps 1, 2, 12:", counts)
assert all(values and values[0] > 0 for values in small)
assert small == large, "CHANGED: the last month"
assert counts == [0, 1, 11], "CHANGED: the steps"
PY
echo "as described"
