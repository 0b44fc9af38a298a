#!/usr/bin/env bash
# evidently 0.7.23. For columns of numbers with more than 1,000 rows it compares by the Wasserstein
# distance, normed: divided by the reference's standard deviation, so that the threshold of 0.1 fits
# any unit. It divides by 0.001 at least. So a column that varies by less than that in its unit, a
# displacement in metres, a leak in m3/s, a current in kA, has a distance as small as its unit is
# large: the same readings that drift by ten standard deviations in micrometres have not drifted
# in metres, and no drift of such a column is ever told. Nothing is said. With 1,000 rows or fewer it
# takes the Kolmogorov-Smirnov test, which knows no unit, and tells it.
# Seen, 50 um (standard deviation 5) that become 100: 10.0 in um and in mm, 0.05 in m, no drift.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    evidently==0.7.23 numpy==2.4.6 scipy==1.17.1 "pandas<3"
DO_NOT_TRACK=1 OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import DriftedColumnsCount, ValueDrift

draw = np.random.default_rng(0)
UNITS = {"um": 1.0, "mm": 1e-3, "m": 1e-6}

def readings(mean: float, rows: int) -> Dataset:
    um = draw.normal(mean, 5, rows)
    frame = pd.DataFrame({unit: um * factor for unit, factor in UNITS.items()})
    return Dataset.from_pandas(frame, DataDefinition(numerical_columns=list(UNITS)))

def compare(rows: int) -> tuple[dict[str, float], int, str]:
    report = Report([ValueDrift(column=unit) for unit in UNITS] + [DriftedColumnsCount()])
    told = report.run(readings(100, rows), readings(50, rows)).dict()["metrics"]
    drifts = {unit: float(metric["value"]) for unit, metric in zip(UNITS, told)}
    return drifts, int(told[-1]["value"]["count"]), told[0]["metric_name"]

distances, drifted, method = compare(2000)
print(method, {unit: round(value, 3) for unit, value in distances.items()}, "drifted", drifted)
assert "Wasserstein" in method
assert 9 < distances["um"] < 11 and abs(distances["mm"] - distances["um"]) < 1e-6
assert 0.04 < distances["m"] < 0.06, "CHANGED: the distance in metres"
assert drifted == 2, "CHANGED: how many of the three have drifted"
p_values, drifted, method = compare(900)
print(method, p_values, "drifted", drifted)
assert "K-S" in method and max(p_values.values()) < 1e-6 and drifted == 3
PY
echo "as described"
