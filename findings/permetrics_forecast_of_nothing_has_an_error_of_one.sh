#!/usr/bin/env bash
# permetrics 2.0.0 has over a hundred measures for models. Where a result is not finite it puts
# another in its place, by default, and says so: force_finite, with a finite_value. For the errors,
# of which less is better and which have the unit of what is measured, the documentation tells 0.0,
# which would be bad enough; it is 1.0. So a forecast with one NaN in it has an MAE, RMSE, MSE and
# max error of 1.0, in degrees, bars or hours: where honest models err by more than one, the broken
# one is the best, by whatever is picked by least error. No error and no warning; R2 and NSE are
# 0.0. MAPE is 1.0 as soon as one true value is 0, as of a machine that stands still, whatever the
# forecast; there numpy warns of the division. So set force_finite=False.
# Seen, readings of 300 to 400, a forecast off by 8 and one that is off by 8 but for one NaN: RMSE
# 8.0 and 1.0, with force_finite=False 8.0 and nan; MAPE 0.01, with one reading of 0 1.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet permetrics==2.0.0 scipy==1.17.1 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import math
import numpy as np
from permetrics.regression import RegressionMetric

ERRORS = {"MAE": 8.0, "RMSE": 8.0, "MSE": 64.0, "ME": 8.0}
readings = np.linspace(300, 400, 100)
whole = readings + 8
broken = whole.copy()
broken[3] = np.nan
honest, other = RegressionMetric(readings, whole), RegressionMetric(readings, broken)
for name, expected in ERRORS.items():
    told = getattr(honest, name)(), getattr(other, name)()
    plain = getattr(other, name)(force_finite=False)
    print(name, told, plain)
    assert math.isclose(told[0], expected) and math.isnan(plain)
    assert told[1] == 1.0, "CHANGED: the broken forecast"
assert other.R2() == other.NSE() == 0.0
assert "default = 0.0" in RegressionMetric.root_mean_squared_error.__doc__

stopped = readings.copy()
stopped[0] = 0
share = RegressionMetric(readings, readings * 1.01).MAPE()
standing = RegressionMetric(stopped, readings * 1.01).MAPE()
print("MAPE", round(share, 4), standing)
assert math.isclose(share, 0.01, rel_tol=1e-6)
assert standing == 1.0, "CHANGED: a true value of 0"
PY
echo "as described"
