#!/usr/bin/env bash
# astropy 8.0.2. aggregate_downsample brings a TimeSeries to bins of time, by default by the mean.
# One would think that the mean of whole numbers has decimals, as it has with numpy's nanmean, which
# the default stands for. The column of the bins is made with the type of the column that came: the
# mean is computed with decimals and then cut towards zero, with no error and no warning. The share
# of an hour in which a machine was in alarm, a column of 0 and 1, is 0 unless all of it was, and
# then 1; counts of a logger lose up to a whole one in each bin, and those below zero gain it. A
# median or a function of one's own is cut as well. The same numbers with decimals, or with a unit,
# come out right, so a table has right columns and wrong ones side by side. So make them float
# before.
# Why it matters: shares of time in alarm and duty cycles are what a limit is put on.
# Seen, an hour with 59 minutes of 60 in alarm: 0; as float and as a quantity 0.983. Minus 1, 0, 0:
# 0 for -0.333; -3, -3, -2: -2 for -2.667. The median of 1 and 2: 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet astropy==8.0.2 numpy==2.4.6
HOME="$folder" "$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
import numpy as np
from astropy import units as u
from astropy.timeseries import TimeSeries, aggregate_downsample

def binned(values: np.ndarray, minutes: int, **options: object) -> list[float]:
    """The values of one reading a minute, in bins of so many minutes."""
    series = TimeSeries(
        time_start="2026-03-01T00:00:00", time_delta=1 * u.min, data={"value": values}
    )
    bins = aggregate_downsample(series, time_bin_size=minutes * u.min, **options)
    return [float(getattr(value, "value", value)) for value in bins["value"]]

alarm = np.ones(120, dtype=int)
alarm[0] = 0
shares = {
    "whole": binned(alarm, 60),
    "float": binned(alarm.astype(float), 60),
    "quantity": binned(alarm * u.one, 60),
}
print(shares)
assert shares["whole"] == [0, 1], "CHANGED: the share has decimals"
assert isclose(shares["float"][0], 59 / 60) and isclose(shares["quantity"][0], 59 / 60)
assert float(np.nanmean(alarm[:60])) == shares["float"][0]

counts = np.array([-1, 0, 0, -3, -3, -2])
print(binned(counts, 3), "for", binned(counts.astype(float), 3))
assert binned(counts, 3) == [0, -2], "CHANGED: means are not cut"
medians = [
    binned(np.array([1, 2], dtype=of), 2, aggregate_func=np.nanmedian) for of in (int, float)
]
assert medians == [[1], [1.5]], "CHANGED: a median is not cut"
PY
echo "as described"
