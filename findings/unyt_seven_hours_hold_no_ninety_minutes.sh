#!/usr/bin/env bash
# unyt 3.2.0, numpy arrays with units. How often an interval goes into a time is seven hours //
# ninety minutes. The units differ, and unyt converts where they do: seven hours / ninety minutes is
# 4.67, and the remainder, %, is one hour, so one would think that // is 4. It divides the bare
# numbers, 7 // 90, which is 0, and multiplies the rest with 60 afterwards: 0. 100 m // 30 cm is 300
# for 333. divmod converts neither: it gives 0 and 7 h for 4 and 1 h, and of the whole number it
# says that it is in hours. With the same unit on both sides // and % are right, and 90 minutes // 1
# hour is 1 by chance. No error and no warning; np.floor_divide is the same.
# Why it matters: how many services are due, or how many parts fit, is planned with whole division.
# Seen: 7 h // 90 min 0, / 4.67, % 1 h, divmod 0 h and 7 h; 100 m // 30 cm 300, divmod 3 m and 10 m;
# 420 min // 90 min 4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet unyt==3.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
import numpy as np
from unyt import unyt_quantity

hours, minutes = unyt_quantity(7.0, "hr"), unyt_quantity(90.0, "min")
metres, centimetres = unyt_quantity(100.0, "m"), unyt_quantity(30.0, "cm")
whole, rest = divmod(hours, minutes)
print("//", hours // minutes, "/", hours / minutes, "%", hours % minutes, "divmod", whole, rest)
print("//", metres // centimetres, "divmod", divmod(metres, centimetres))
assert isclose(float(hours / minutes), 14 / 3)
assert isclose(float((hours % minutes).to_value("hr")), 1)
assert float(hours.to("min") // minutes) == 4 and float(hours // minutes.to("hr")) == 4
assert float(hours // minutes) == 0, "CHANGED: seven hours by ninety minutes"
assert float(np.floor_divide(hours, minutes)) == 0, "CHANGED: floor_divide"
assert float(metres // centimetres) == 300, "CHANGED: metres by centimetres"
assert (float(whole.value), float(rest.to_value("hr"))) == (0, 7), "CHANGED: divmod"
assert str(whole.units) == "hr", "CHANGED: the unit of how often"
assert [float(part.value) for part in divmod(metres, centimetres)] == [3, 10], "CHANGED: divmod"
PY
echo "as described"
