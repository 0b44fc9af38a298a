#!/usr/bin/env bash
# traces 0.7.0, for readings at uneven times, each of which holds until the next one comes.
# sample_interval gives the mean, the greatest or the least value of each interval. An interval
# begins with what held before its first reading, so one would think that a reading on its very
# first moment replaces that, as it does in the mean, to which what held for no time adds nothing.
# For the greatest and the least value it is counted all the same: what held up to the interval is in
# it, for a duration of nothing. Readings on the full hour, as most loggers send them: a peak of one
# hour is also the greatest of the next one, and a drop to 0 its least. No error and no warning, and
# the mean of the same call denies it. With readings a second past the hour that would be right.
# Why it matters: hours above a limit are counted twice, and the last alarm of a machine is an hour
# younger than it was; a standstill of an hour is one of two.
# Seen, 10, 10, 100, 10, 10, 10 at full hours: means 10, 10, 100, 10, 10, greatest 10, 10, 100, 100,
# 10, and least 10 in all, where 100 held for the whole of one; of 100, 100, 1, 100, 100, 100 the
# least 100, 100, 1, 1, 100.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet traces==0.7.0 pandas==3.0.6 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta
from traces import TimeSeries

HOUR = timedelta(hours=1)
TIMES = [datetime(2026, 3, 2) + hour * HOUR for hour in range(6)]
PEAK, DROP = [10, 10, 100, 10, 10, 10], [100, 100, 1, 100, 100, 100]

def by_hour(values: list[int], operation: str) -> list[float]:
    series = TimeSeries(dict(zip(TIMES, values, strict=True)))
    return series.sample_interval(sampling_period=HOUR, operation=operation).tolist()

def held(values: list[int], extreme: str) -> list[float]:
    """What traces itself tells of the values that held in each hour for longer than nothing."""
    series = TimeSeries(dict(zip(TIMES, values, strict=True)))
    hours = zip(TIMES, TIMES[1:], strict=False)
    return [getattr(series.distribution(start, end), extreme)() for start, end in hours]

print("mean", by_hour(PEAK, "mean"), "greatest", by_hour(PEAK, "max"))
print("mean", by_hour(DROP, "mean"), "least", by_hour(DROP, "min"))
assert by_hour(PEAK, "mean") == held(PEAK, "max") == PEAK[:-1]
assert by_hour(DROP, "mean") == held(DROP, "min") == DROP[:-1]
assert by_hour(PEAK, "min") == [10, 10, 10, 10, 10], "CHANGED: the least of the hour of the peak"
assert by_hour(PEAK, "max") == [10, 10, 100, 100, 10], "CHANGED: the greatest of the hour"
assert by_hour(DROP, "min") == [100, 100, 1, 1, 100], "CHANGED: the least of the hour"
PY
echo "as described"
