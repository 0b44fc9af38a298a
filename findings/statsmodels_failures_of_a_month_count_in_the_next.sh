#!/usr/bin/env bash
# statsmodels 0.15.0. A proportional hazards model (PHReg) has baseline_cumulative_hazard: the
# times, with the hazard that has summed up and the survival at each, by which predict tells the
# survival of a machine. What has failed at a time belongs to it: so it is with Kaplan-Meier, with
# lifelines, and with statsmodels' own SurvfuncRight. Here it counts from the next time on at which
# something failed. At the first it is 0, and survival 1; what fails at the last is in none. With
# times to the minute that is hardly seen. Where lives are in whole months, as records mostly are,
# each value is that of the month before, and survival is too good throughout. Nothing of it is in
# the documentation. No error and no warning; the coefficients are right.
# Why it matters: of a warranty of one month not one machine fails, and each plan is a month too
# late.
# Seen, 400 lives in whole months; by the first three 16, 36 and 58 of a hundred are over: survival
# told 1, 0.85 and 0.67, by SurvfuncRight 0.84, 0.64 and 0.42; lifelines' hazard of each month is
# the one that is told for the next.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    statsmodels==0.15.0 lifelines==0.30.3 scipy==1.17.1 numpy==2.4.6 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning - <<'PY'
import lifelines
import numpy as np
import pandas as pd
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

FIRST = [1.0, 2.0, 3.0]
draw = np.random.default_rng(0)
months = np.ceil(draw.weibull(1.5, 400) * 3)
load = draw.normal(size=400)
has_failed = np.ones(400)

model = PHReg(months, load[:, None], status=has_failed).fit()
times, hazard, survival = model.baseline_cumulative_hazard[0]
months_told = [float(survival[times == month][-1]) for month in FIRST]
predicted = model.predict(exog=np.zeros((3, 1)), endog=np.array(FIRST), pred_type="surv")
counted = [float((months > month).mean()) for month in FIRST]
kaplan_meier = SurvfuncRight(months, has_failed)
print("survival told", np.round(months_told, 2), "counted", np.round(counted, 2))
assert np.allclose(kaplan_meier.surv_prob[:3], counted)
assert months_told[0] == 1, "CHANGED: the first month's failures count in it"
assert np.allclose(months_told[1:], counted[:2], atol=0.04), "CHANGED: not a month late"
print("predicted", np.round(predicted.predicted_values, 2))

rows = pd.DataFrame({"months": months, "has_failed": has_failed, "load": load})
cox = lifelines.CoxPHFitter().fit(rows, "months", "has_failed")
assert np.isclose(cox.params_["load"], model.params[0], atol=0.02)
by_lifelines = cox.predict_cumulative_hazard(pd.DataFrame({"load": [0.0]}), times=FIRST)
told = [float(hazard[times == month][-1]) for month in (2.0, 3.0, 4.0)]
summed = by_lifelines.to_numpy().ravel()
print("hazard by lifelines", summed.round(3), "told a month on", np.round(told, 3))
assert np.allclose(summed, told, rtol=0.03)
PY
echo "as described"
