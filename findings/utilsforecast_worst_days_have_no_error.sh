#!/usr/bin/env bash
# utilsforecast 0.2.17, the measures of Nixtla's forecasting packages. Its MAPE says of itself that
# errors weigh the more, the nearer to zero what came is. Where exactly zero came, as on most days of
# a count of failures, the error is left out instead: not infinite, and no warning. A model that
# foretells 50 for days on which nothing happens is as good as one that is right on them. A machine
# on which nothing ever came has NaN, and the mean over machines, as `evaluate` makes it, leaves it
# out as well. One would expect infinity, NaN, or scikit-learn's huge number.
# Seen: 0, 0, 100, 100 came, 50, 50, 95, 105 were foretold: 0.05, as if all four were 5 % off; over a
# machine of zeros and one of hundreds: 0.05 again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    utilsforecast==0.2.17 pandas==2.3.3 numpy==2.4.6
"$folder/venv/bin/python" -W error::UserWarning -W error::RuntimeWarning - <<'PY'
from math import isclose, isnan
import pandas as pd
from utilsforecast.evaluation import evaluate
from utilsforecast.losses import mape

days = pd.DataFrame(
    {
        "unique_id": "m1",
        "ds": range(4),
        "y": [0.0, 0.0, 100.0, 100.0],
        "model": [50.0, 50.0, 95.0, 105.0],
    }
)
of_one = mape(days, ["model"])["model"].item()
two = days.assign(unique_id=["calm", "calm", "busy", "busy"])
of_each = mape(two, ["model"]).set_index("unique_id")["model"]
of_all = evaluate(two, [mape], agg_fn="mean")["model"].item()
print("one machine", of_one, "each of two", of_each.to_dict(), "their mean", of_all)
assert isclose(of_one, 0.05), "CHANGED: days of zero count"
assert isnan(of_each["calm"]) and isclose(of_each["busy"], 0.05)
assert isclose(of_all, 0.05), "CHANGED: a machine of zeros counts"
PY
echo "as described"
