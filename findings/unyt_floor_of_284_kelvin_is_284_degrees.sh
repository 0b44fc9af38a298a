#!/usr/bin/env bash
# unyt 3.2.0, numpy arrays with units. Where units differ it converts (1 m + 50 cm is 1.5 m, z[0] =
# 100 cm puts 1 m) or refuses: np.where, np.clip, np.concatenate and np.putmask raise
# UnitInconsistencyError. Some take the bare number without a word. np.maximum of readings in
# degrees Celsius and 284 K, a floor of 11 degrees, is 284 degrees for each; np.minimum never cuts
# off, so a limit in kelvin has no effect. fill(100 cm) makes 100 m, np.pad and the right end of
# np.interp likewise, np.sum(initial=100 cm) adds 100 m, np.diff(prepend=50 cm) starts at 50 m. And
# np.nan_to_num(metres, nan=100 cm) takes the unit of what fills the gap for all: 1 m becomes 1 cm,
# and np.copyto into metres changes their unit, too. With metres and centimetres np.maximum is
# right. No error and no warning; with the value brought to the array's unit beforehand,
# .to(array.units), all are right.
# Seen: maximum of 10 and 12 degC and 284 K 284, 284 degC; minimum 10, 12; of 1, 2 m and 150 cm 1.5,
# 2 m; fill 100, 100 m; nan_to_num of 1 m and NaN 1, 100 cm; sum of 1, 2 m and 100 cm 103 m.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet unyt==3.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
from unyt import unyt_array, unyt_quantity
from unyt.exceptions import UnitInconsistencyError

celsius, limit = unyt_array([10.0, 12.0], "degC"), unyt_quantity(284.0, "K")
metres, one_metre = unyt_array([1.0, 2.0], "m"), unyt_quantity(100.0, "cm")

def told(result: unyt_array) -> tuple[list[float], str]:
    return np.atleast_1d(result.value).tolist(), str(result.units.expr)

greatest, least = told(np.maximum(celsius, limit)), told(np.minimum(celsius, limit))
print("maximum", greatest, "minimum", least)
assert np.isclose(limit.to_value("degC"), 10.85)
assert greatest == ([284, 284], "degC"), "CHANGED: maximum"
assert least == ([10, 12], "degC"), "CHANGED: minimum"
assert told(np.maximum(metres, unyt_quantity(150.0, "cm"))) == ([1.5, 2], "m")

filled = metres.copy()
filled.fill(one_metre)
gap = np.nan_to_num(unyt_array([1.0, np.nan], "m"), nan=one_metre)
copied = metres.copy()
np.copyto(copied, unyt_array([100.0, 100.0], "cm"))
total = np.sum(metres, initial=one_metre)
steps = np.diff(metres, prepend=unyt_quantity(50.0, "cm"))
padded = np.pad(metres, 1, constant_values=one_metre)
print("fill", filled, "gap", gap, "copyto", copied, "sum", total, "steps", steps, "pad", padded)
assert told(filled) == ([100, 100], "m"), "CHANGED: fill"
assert told(gap) == ([1, 100], "cm"), "CHANGED: nan_to_num"
assert told(copied) == ([100, 100], "cm"), "CHANGED: copyto"
assert told(total) == ([103], "m"), "CHANGED: sum"
assert told(steps) == ([-49, 1], "m"), "CHANGED: diff"
assert told(padded) == ([100, 1, 2, 100], "m"), "CHANGED: pad"
assigned = metres.copy()
assigned[0] = one_metre
assert told(assigned) == ([1, 2], "m")
try:
    np.where([True, False], metres, unyt_array([100.0, 100.0], "cm"))
    raise AssertionError("CHANGED: where")
except UnitInconsistencyError:
    pass
PY
echo "as described"
