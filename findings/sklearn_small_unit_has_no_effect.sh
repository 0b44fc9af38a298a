#!/usr/bin/env bash
# scikit-learn 1.9.1, and sktime 1.2.0 with it. A least squares line does not depend on the units of
# its features: one in metres has a thousand times the coefficient of one in millimetres, and the
# predictions are the same. LinearRegression was so, to 13 digits, up to 1.8. Since 1.9 its
# parameter tol, 0.000001 unless given, which was for sparse data only, is the cut-off of dense ones
# as well: what varies by less than a millionth of what the widest feature varies by is taken for no
# information, and its coefficient is 0. Beside an energy meter in Wh or a time in seconds a
# vibration in mm/s has no effect, nor has a displacement in metres beside a speed in rpm. The
# feature that remains takes its part, and the predictions are near the mean. No error and no
# warning; only rank_ and the score tell. The documentation names the cut-off, not what it does to
# units. Ridge, and a scaler before, are right, and so is tol=0.
# Others build on it: sktime's PolynomialTrendForecaster (a line, unless told otherwise) and
# Detrender count the days or hours since 1970, beside which the 1 of the intercept is small. Of
# dated readings that rise day by day the forecast is flat, and the trend is left in; of numbered
# ones all is right.
# Why it matters: a wear that rises is foretold as constant, and a model loses the very feature that
# tells of it.
# Seen, damage of 2 times the vibration, of 500 machines: coefficient 2 up to a meter of 1 MWh,
# above 0, R2 0.004; by 1.8.0, Ridge, a scaler and numpy 2 and R2 1. A wear of 1, 2, .. 12 on twelve
# days: forecast 6.5, 6.5, 6.5, for numbers 13, 14, 15.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 1.8.0 1.9.1; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/python" -m pip install --quiet scikit-learn==$version numpy==2.3.5
done
"$folder/1.9.1/bin/python" -m pip install --quiet sktime==1.2.0 pandas==2.3.3
cat >"$folder/fleet.py" <<'PY'
import numpy as np

random = np.random.default_rng(0)
VIBRATION = random.uniform(1, 5, 500)  # mm/s
METER = random.uniform(0, 1, 500)
DAMAGE = 10 + 2 * VIBRATION

def table(largest: float) -> np.ndarray:
    """A row per machine: the energy meter up to the largest reading (Wh), and the vibration."""
    return np.column_stack([largest * METER, VIBRATION])
PY
export OMP_NUM_THREADS=1 PYTHONPATH="$folder" HOME="$folder"
"$folder/1.8.0/bin/python" -W error - <<'PY'
from fleet import DAMAGE, table
from sklearn.linear_model import LinearRegression

assert abs(LinearRegression().fit(table(1e8), DAMAGE).coef_[1] - 2) < 1e-6
PY
"$folder/1.9.1/bin/python" -W error - <<'PY'
import numpy as np
from fleet import DAMAGE, table
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

for largest in (1e3, 1e6, 1e7, 1e8):
    machines = table(largest)
    plain = LinearRegression().fit(machines, DAMAGE)
    score = plain.score(machines, DAMAGE)
    print(f"meter up to {largest:.0e} Wh: {plain.coef_[1]:.3f}, R2 {score:.3f}, rank {plain.rank_}")
    if largest <= 1e6:
        assert abs(plain.coef_[1] - 2) < 1e-6 and score > 0.999999
    else:
        assert abs(plain.coef_[1]) < 1e-6, "CHANGED: the vibration has an effect"
        assert score < 0.01 and plain.rank_ == 1
    scaled = make_pipeline(StandardScaler(), LinearRegression())
    for right in (Ridge(alpha=1e-6), scaled, LinearRegression(tol=0)):
        assert right.fit(machines, DAMAGE).score(machines, DAMAGE) > 0.999999
    by_numpy = np.linalg.lstsq(np.column_stack([machines, np.ones(500)]), DAMAGE)[0]
    assert abs(by_numpy[1] - 2) < 1e-6
PY
"$folder/1.9.1/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
from sktime.forecasting.trend import PolynomialTrendForecaster
from sktime.transformations.series.detrend import Detrender

WEAR = np.arange(1.0, 13)
indexes = {
    "numbers": pd.RangeIndex(12),
    "days": pd.date_range("2026-03-01", periods=12, freq="D"),
    "hours": pd.date_range("2026-03-01", periods=12, freq="h"),
}
for name, index in indexes.items():
    wear = pd.Series(WEAR, index=index)
    ahead = PolynomialTrendForecaster().fit(wear).predict([1, 2, 3]).to_numpy()
    left = Detrender().fit_transform(wear).to_numpy()
    print(name, "forecast", ahead.round(2), "left by Detrender", left.round(2)[[0, -1]])
    if name == "numbers":
        assert np.allclose(ahead, [13, 14, 15]) and np.allclose(left, 0)
    else:
        assert np.allclose(ahead, 6.5, atol=0.01), "CHANGED: the line rises"
        assert np.allclose(left, WEAR - 6.5, atol=0.01), "CHANGED: the trend is taken away"
PY
echo "as described"
