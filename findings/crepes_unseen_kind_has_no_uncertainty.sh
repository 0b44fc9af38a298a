#!/usr/bin/env bash
# crepes 0.9.1, conformal prediction. Its Mondrian regressors calibrate each category by itself, a
# machine type say, so that intervals hold in each. A category that had no row in the calibration
# has no residuals, so one would think of an error or an endless interval; for too few rows it warns
# and gives just that. For none it gives the interval from 0 to 0, with no warning, whatever the
# prediction is: the first machine of a new type is the surest of all, and its interval does not hold
# its own prediction. evaluate() takes the interval of the same rows as endless, so a check by it
# finds hardly an error.
# Seen, a machine of a new type predicted at 109.3 minutes: interval 0 to 0, where none of the true ones
# lies; evaluate: 0.09 of 200 wrong, width infinite.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    crepes==0.9.1 scikit-learn==1.9.1 numpy==2.4.6 "pandas<3"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import warnings
import numpy as np
from crepes import WrapRegressor
from sklearn.linear_model import LinearRegression

warnings.simplefilter("error")
draw = np.random.default_rng(0)
# load and kind of the machine; minutes until the repair is done
asked = np.c_[draw.random(600) * 10, np.repeat([0, 1, 2], 200)]
minutes = 100 + asked[:, 0] * 5 + draw.normal(0, 1 + asked[:, 1])
is_known = asked[:, 1] < 2
known, known_minutes = asked[is_known], minutes[is_known]

regressor = WrapRegressor(LinearRegression())
regressor.fit(known[::2], known_minutes[::2])
regressor.calibrate(known[1::2], known_minutes[1::2], mc=lambda rows: rows[:, 1])
new, new_minutes = asked[~is_known], minutes[~is_known]
predicted = regressor.predict(new)
intervals = regressor.predict_int(new, confidence=0.9)
inside = (intervals[:, 0] <= new_minutes) & (new_minutes <= intervals[:, 1])
seen_kind = regressor.predict_int(known[:1], confidence=0.9)[0]
told = regressor.evaluate(new, new_minutes, confidence=0.9)
print(f"new kind: predicted {predicted[0]:.1f}, interval {intervals[0]}, holds {inside.mean():.0%}")
print(f"known kind: interval {seen_kind}")
print(f"evaluate: wrong {told['error']:.2f}, mean width {told['eff_mean']}")
assert (intervals == 0).all(), "CHANGED: an unseen category's interval"
assert not inside.any() and predicted.min() > 90
assert 1 < seen_kind[1] - seen_kind[0] < 10
assert np.isinf(told["eff_mean"]) and told["error"] < 0.15
PY
echo "as described"
