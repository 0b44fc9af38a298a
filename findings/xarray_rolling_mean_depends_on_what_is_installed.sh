#!/usr/bin/env bash
# xarray 2026.9.0, numbagg 0.9.6, bottleneck 1.6.0. rolling(...).mean() of xarray is one thing to
# who reads it. Where numbagg is installed, by any other package that wants it, xarray takes its
# moving mean instead of its own, unasked; bottleneck's it takes where told to. These two go along
# the series with a running sum. One value of the size of an error code (1e20, or 3.4e38, the
# largest of a 4-byte float) takes all digits of that sum, and when it leaves the window, nothing is
# left of the readings beside it: the mean is too low for the rest of the series, however long it
# is. No warning. So after one bad telegram the load of a machine reads 3 for 23 until the file
# ends, on the computer where numbagg is, and 23 on the other one. The sum is off too. pandas sums
# with compensation and is right. 9999999999 does no harm.
# Seen, 280 readings between 20 and 26, window 7, 3.4e38 at place 10, the mean at 30 and at 279:
# 23.0 and 23.0; with numbagg 3.29 and 3.29; with bottleneck 0.0 and 0.0; pandas 23.0 and 23.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet xarray==2026.9.0 pandas==3.1.1 numpy==2.4.6
cat > "$folder/rolling.py" <<'PY'
import sys
import numpy as np
import pandas as pd
import xarray as xr

load = np.array([20.0, 21, 22, 23, 24, 25, 26] * 40)

def means(code: float) -> list[float]:
    readings = load.copy()
    readings[10] = code
    return [round(float(mean), 2) for mean in
            xr.DataArray(readings, dims="at").rolling(at=7).mean().values[[9, 30, 279]]]

if sys.argv[1] == "bottleneck":
    xr.set_options(use_numbagg=False, use_bottleneck=True)
seen = means(3.4e38)
print(sys.argv[1], seen, "1e20:", means(1e20))
by_name = {"alone": [23, 23, 23], "numbagg": [23, 3.29, 3.29], "bottleneck": [23, 0, 0]}
assert seen == means(1e20) == by_name[sys.argv[1]], "CHANGED: xarray with " + sys.argv[1]
assert means(9999999999.0) == [23, 23, 23]
readings = load.copy()
readings[10] = 3.4e38
by_pandas = pd.Series(readings).rolling(7).mean()[[30, 279]].to_list()
assert by_pandas == [23, 23], "CHANGED: pandas"
PY
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error "$folder/rolling.py" alone
"$folder/venv/bin/python" -m pip install --quiet numbagg==0.9.6 bottleneck==1.6.0 numpy==2.4.6
for name in numbagg bottleneck; do
    OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error "$folder/rolling.py" "$name"
done
echo "as described"
