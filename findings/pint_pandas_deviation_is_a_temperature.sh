#!/usr/bin/env bash
# Pint-Pandas 0.7.1 with pint 0.25.3. A column in degrees Celsius knows that differences are of
# another kind: diff() gives delta degrees, so that 2 of them are 2 kelvin. One would expect the
# same of the standard deviation, which is made of differences too. std() gives it in plain
# degrees, as if it were a temperature, and asked for kelvin it gets the zero point added, with no
# warning. A band of three deviations, or a limit for drift, is then so wide that nothing lies
# outside.
# Seen, 20, 22 and 24 degrees: std 2.0 degree_Celsius, in kelvin 275.15; diff in kelvin 2.0; the
# same three converted to kelvin first: std 2.0 kelvin.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pint-pandas==0.7.1 pint==0.25.3 pandas==2.3.3 numpy==2.4.6 packaging==25.0
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from math import isclose
import pandas as pd
import pint_pandas  # noqa: F401

oven = pd.Series([20.0, 22.0, 24.0], dtype="pint[degC]")
spread = oven.std()
step = oven.diff().iloc[1]
first = oven.pint.to("kelvin").std()
print(f"std {spread}, in kelvin {spread.to('kelvin')}")
print(f"diff {step}, in kelvin {step.to('kelvin')}; kelvin first: std {first}")
assert isclose(step.to("kelvin").magnitude, 2.0)
assert isclose(first.magnitude, 2.0)
assert str(spread.units) == "degree_Celsius", "CHANGED: a deviation is a difference"
assert isclose(spread.to("kelvin").magnitude, 275.15), "CHANGED: no zero point is added"
PY
echo "as described"
