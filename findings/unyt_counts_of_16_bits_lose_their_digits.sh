#!/usr/bin/env bash
# unyt 3.2.0, numpy arrays with units. Readings as a converter gives them, whole numbers of 16 bits,
# are turned to another unit with to, in_units, to_value or convert_to_units. numpy makes floats of
# 64 bits of whole numbers that are divided, and so one would think does unyt, as it does of 64
# bits. It takes a float of the width of the whole number: of 16 bits one with three digits. 12345
# mm are 12.35 m, 40001 mV 40.03 V, 2012 degrees Celsius 2286 K for 2285.15, and eight neighbouring
# counts are one step. Nothing warns of it; of 32 bits, where seven digits are left, it does warn of
# a number that has more. After astype(float), or with the counts multiplied by 1.0, it is right.
# Why it matters: a slow drift or a small step is gone, and a difference of two readings is mostly
# noise.
# Seen: 12345 mm 12.352 m, of 64 bits 12.345; 40001 mV 40.03 V; 1000 counts from 12000 on become 129
# values; 300000001 Wh of 32 bits 300000 kWh with a warning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet unyt==3.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import warnings
import numpy as np
from unyt import unyt_array

def to(counts: list[int], dtype: str, unit: str, other: str) -> np.ndarray:
    return unyt_array(np.array(counts, dtype=dtype), unit).to(other).value

millimetres = {dtype: float(to([12_345], dtype, "mm", "m")[0]) for dtype in ("int16", "int64")}
volts = float(to([40_001], "uint16", "mV", "V")[0])
kelvin = float(to([2012], "int16", "degC", "K")[0])
values = np.unique(to(list(range(12_000, 13_000)), "int16", "mm", "m")).size
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    meter = float(to([300_000_001], "int32", "W*hr", "kW*hr")[0])
print(millimetres, volts, kelvin, "values of 1000 counts", values, "meter", meter)
assert millimetres["int64"] == 12.345 and to([12_345], "int16", "mm", "m").dtype == np.float16
assert round(millimetres["int16"], 3) == 12.352, "CHANGED: counts of 16 bits"
assert round(volts, 2) == 40.03 and kelvin == 2286, "CHANGED: volts and kelvin"
assert values < 150, "CHANGED: neighbouring counts"
assert meter == 300_000 and len(caught) == 1, "CHANGED: counts of 32 bits"
counts = unyt_array(np.array([12_345], dtype="int16"), "mm")
for told in (counts.in_units("m"), counts.to_value("m")):
    assert round(float(told[0]), 3) == 12.352, "CHANGED: other ways"
for right in (counts * 1.0, counts.astype(float)):
    assert float(right.to_value("m")[0]) == 12.345
PY
echo "as described"
