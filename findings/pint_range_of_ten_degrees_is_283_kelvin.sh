#!/usr/bin/env bash
# Pint 0.25.3 keeps temperatures and their differences apart: degC less degC is delta_degC, as are
# NumPy's diff and std of readings in degC. NumPy's ptp, the greatest less the least, it is told of
# as well, and gives the unit of the readings: degC. So the range of a day, 10 degrees, is in Kelvin
# 283.15 and in Fahrenheit 50, where max less min is 10 and 18, and comparing it with a limit in
# delta_degC is comparing a temperature. No error, no warning; in one unit throughout the number is
# right. One would expect the unit of diff.
# Why it matters: the spread of a temperature is a feature and a limit of its own; with the unit of
# the plant in another one than the model's, a calm day is 283 degrees wide.
# Seen, of 60, 70 and 65 degC: ptp 10 degC, in Kelvin 283.15, in Fahrenheit 50; max less min 10
# delta_degC, in Fahrenheit 18.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pint==0.25.3 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import pint

Q = pint.UnitRegistry().Quantity
day = Q(np.array([60.0, 70.0, 65.0]), "degC")
spread, right = np.ptp(day), day.max() - day.min()
print("ptp", spread, "=", spread.to("kelvin"), "=", spread.to("degF"))
print("max less min", right, "=", right.to("delta_degF"), "; diff", np.diff(day))
assert np.diff(day).units == np.std(day).units == right.units == Q(1, "delta_degC").units
assert np.isclose(right.to("kelvin").magnitude, 10)
assert spread.units == day.units, "CHANGED: the unit of the range"
assert np.isclose(spread.to("kelvin").magnitude, 283.15)
assert np.isclose(spread.to("degF").magnitude, 50)
PY
echo "as described"
