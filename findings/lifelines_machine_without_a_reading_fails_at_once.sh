#!/usr/bin/env bash
# lifelines 0.30.3, survival analysis. A Cox model refuses a missing covariate (NaN) when it is
# fitted. When it predicts it does not: predict_partial_hazard, predict_survival_function and
# predict_expectation are NaN for such a machine, and so one would think are predict_median and
# predict_percentile. They look for the first time at which the curve has fallen to the half; no
# comparison with NaN holds, and of none that holds the first place is taken: the shortest life in
# the training data. The machine that nothing is known of is told to fail before all others, at the
# median and at each other share alike. AalenAdditiveFitter does the same; the AFT models give NaN.
# No warning. Sorted by it, the list of what to service next begins with silent sensors.
# Seen, lives around 100 hours, the shortest of 0.8: the median of a mean machine is 129, and of one
# whose load is missing 0.8, by all shares; expectation and curve are NaN.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    lifelines==0.30.3 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1 setuptools
OMP_NUM_THREADS=1 "$folder/venv/bin/python" \
    -W ignore::DeprecationWarning -W ignore::FutureWarning - <<'PY'
import numpy as np
import pandas as pd
from lifelines import AalenAdditiveFitter, CoxPHFitter, WeibullAFTFitter

draw = np.random.default_rng(0)
hours, failed, load = draw.exponential(100, 200) + 1, draw.random(200) < 0.7, draw.normal(size=200)
lives = pd.DataFrame({"hours": hours * np.exp(-load / 2), "failed": failed, "load": load})
machines = pd.DataFrame({"load": [np.nan, 0.0, 1.0]})
shortest = lives["hours"].min()

def told(model) -> dict[str, list[float]]:
    model.fit(lives, "hours", "failed")
    return {
        "median": np.ravel(model.predict_median(machines)).tolist(),
        "nine tenths": np.ravel(model.predict_percentile(machines, p=0.9)).tolist(),
        "expectation": np.ravel(model.predict_expectation(machines)).tolist(),
    }

print(f"the shortest life {shortest:.3f}")
for model in (CoxPHFitter(), AalenAdditiveFitter(coef_penalizer=1.0)):
    seen = told(model)
    print(type(model).__name__, {name: np.round(hours, 1).tolist() for name, hours in seen.items()})
    assert np.isnan(seen["expectation"][0]) and np.isfinite(seen["expectation"][1:]).all()
    assert min(seen["median"][1:]) > 50
    assert seen["median"][0] == seen["nine tenths"][0] < min(seen["nine tenths"][1:]), "CHANGED"
cox = told(CoxPHFitter())
assert np.isclose(cox["median"][0], shortest), "CHANGED: the shortest life"
assert np.isnan(told(WeibullAFTFitter())["median"][0])
PY
echo "as described"
