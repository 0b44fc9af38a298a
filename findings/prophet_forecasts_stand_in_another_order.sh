#!/usr/bin/env bash
# prophet 1.5.0. predict takes a table with the days that are asked for and what is known of them
# (the load that is planned), and gives a table of forecasts. One would think that each row has its
# forecast in the same place, or under the same index, as with scikit-learn or statsmodels:
# plan["kwh"] = model.predict(plan)["yhat"]. predict sorts by time and numbers the rows anew, so
# that line puts forecasts to other rows, with no error and no warning: it does where the newest
# day comes first or where rows are sorted by machine. What is no part of the model is not in the
# answer, so of several machines nobody can tell which row is whose; predictive_samples goes the
# same way, and has no times beside it. A table that is sorted by time is right, and so each trial
# of one series is. Sort by ds, number the rows anew and ask then.
# Why it matters: the machine that is to run at full load gets the forecast of the one at rest, and
# what is measured deviates for no reason.
# Seen, two machines, two days each, that take 0, 0, 100 and 100 kWh: the forecasts in the order of
# the answer are 0, 100, 0 and 100; sorted by time they are each row's own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    prophet==1.5.0 cmdstanpy==1.3.2 numpy==2.4.6 "pandas>=3,<4"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning - <<'PY'
import logging
import numpy as np
import pandas as pd

logging.getLogger("prophet.plot").disabled = True
from prophet import Prophet

logging.getLogger("cmdstanpy").disabled = True

days = pd.date_range("2026-01-01", periods=120)
load = np.tile([0.0, 10.0], 60)
past = pd.DataFrame({"ds": days, "load": load, "y": 10 * load + np.sin(np.arange(120))})
model = Prophet(
    growth="flat", daily_seasonality=False, weekly_seasonality=False, yearly_seasonality=False
)
model.add_regressor("load")
model.fit(past)

plan = pd.DataFrame({
    "machine": ["rests", "rests", "runs", "runs"],
    "ds": [days[-2], days[-1]] * 2,
    "load": [0.0, 0.0, 10.0, 10.0],
})

def forecasts(asked: pd.DataFrame) -> list[int]:
    return model.predict(asked)["yhat"].round(-1).astype(int).tolist()

as_it_stands, sorted_by_time = forecasts(plan), plan.sort_values("ds", kind="stable")
print("planned", (10 * plan["load"]).tolist(), "forecast", as_it_stands)
assert as_it_stands == [0, 100, 0, 100], "CHANGED: the rows keep their order"
right = forecasts(sorted_by_time.reset_index(drop=True))
assert right == (10 * sorted_by_time["load"]).astype(int).tolist()
backwards = model.predict(past[::-1].head(3))
assert backwards["ds"].tolist() == days[-3:].tolist() and backwards.index.tolist() == [0, 1, 2]
assert "machine" not in model.predict(plan).columns
assert "order" not in Prophet.predict.__doc__ and "sort" not in Prophet.predict.__doc__
PY
echo "as described"
