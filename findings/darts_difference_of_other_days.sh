#!/usr/bin/env bash
# darts 0.48.1. Its TimeSeries carries its times; its measures (mae, rmse) line two series up by
# time before they compare them, as pandas and xarray do. One would think that `actual - forecast`,
# the way to the residuals a fault is told by, does so too, or refuses. It takes value by value, in
# the order they stand in, and dates the result with the times of the left one: a forecast that is
# for a day later, for hours instead of days or for another year is subtracted without a word. A
# perfect forecast that begins one reading later has residuals, and an alarm; swapped, the sign and
# the dates change. A series of one value is subtracted from every time. slice_intersect on both
# beforehand is right.
# Seen, a forecast equal to what came, a day later: residuals -10 on each day, mae 0; against the
# same values at hours of 2020 the residuals are 0, mae NaN with a warning; with slice_intersect 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    darts==0.48.1 numpy==2.4.6 "pandas<3" scikit-learn==1.9.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import warnings
from math import isnan
import pandas as pd
from darts import TimeSeries
from darts.metrics import mae

warnings.simplefilter("error")
days = pd.date_range("2026-03-01", periods=6, freq="D")
load = pd.Series([0.0, 10, 20, 30, 40, 50], index=days)

def series(values: pd.Series) -> TimeSeries:
    return TimeSeries.from_times_and_values(values.index, values.to_numpy())

came, foretold = series(load[:5]), series(load[1:])
residuals = (came - foretold).to_series()
print(residuals.to_string(header=False), "\nmae", mae(came, foretold))
assert mae(came, foretold) == 0
assert (load[:5] - load[1:]).dropna().eq(0).all()
assert residuals.index.equals(days[:5])
assert residuals.tolist() == [-10] * 5, "CHANGED: it goes by the time"
assert (foretold - came).to_series().index.equals(days[1:])

elsewhen = series(pd.Series(load[:5].to_numpy(), pd.date_range("2020-01-01", periods=5, freq="h")))
others = (came - elsewhen).to_series()
print("hours of 2020:", others.tolist())
assert others.tolist() == [0] * 5, "CHANGED: other times are refused"
with warnings.catch_warnings():
    warnings.simplefilter("ignore", RuntimeWarning)
    assert isnan(mae(came, elsewhen))
assert (came - series(load[4:5])).to_series().tolist() == [-40, -30, -20, -10, 0]

cut = came.slice_intersect(foretold) - foretold.slice_intersect(came)
assert cut.to_series().tolist() == [0] * 4
PY
echo "as described"
