#!/usr/bin/env bash
# numexpr 2.14.2 computes with arrays, faster than numpy, and has sum and prod. It adds up in the
# kind of number that is given, one after another. numpy does neither: it adds whole numbers of 32
# bits in 64, and floats in pairs, so that their roundings do not pile up. So numexpr's sum of
# float32 gets worse the longer the array is, as what is added becomes small beside what is there: a
# mean comes out too low, or stays where it is; and whole numbers of 8, 16 and 32 bits run over and
# become negative. The documentation tells of no limit. No error and no warning. So hand over double
# or int64, or multiply by 1.0 in the expression.
# Seen, a month of readings of 20.1, one a second, as float32: mean 20.005 (numpy 20.100, times 1.0
# 20.100); 30,000 times 100,000 pulses of a meter as int32: -1294967296 for 3000000000.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numexpr==2.14.2 numpy==2.4.6
NUMEXPR_NUM_THREADS=1 OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numexpr
import numpy as np

month = np.full(30 * 86_400, 20.1, dtype=np.float32)
plain = float(numexpr.evaluate("sum(month)")) / month.size
cast = float(numexpr.evaluate("sum(month * 1.0)")) / month.size
print("mean", round(plain, 4), "times 1.0", round(cast, 4), "numpy", round(float(month.mean()), 4))
assert abs(month.mean() - 20.1) < 0.001 and abs(cast - 20.1) < 0.001
assert 20.0 < plain < 20.02, "CHANGED: the mean of float32"
hour = month[:3600]
assert abs(float(numexpr.evaluate("sum(hour)")) / hour.size - 20.1) < 0.001

pulses = np.full(30_000, 100_000, dtype=np.int32)
total = int(numexpr.evaluate("sum(pulses)"))
print("pulses", total, "numpy", int(pulses.sum()))
assert pulses.sum() == 3_000_000_000
assert total == 3_000_000_000 - 2**32, "CHANGED: the sum of int32"
PY
echo "as described"
