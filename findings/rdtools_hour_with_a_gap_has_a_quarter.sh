#!/usr/bin/env bash
# rdtools 3.2.1, the wear of solar plants, year by year. energy_from_power makes the energy of each
# hour or day of readings of power; where the gap between two of them is longer than max_timedelta
# (the usual step unless given), NaN is filled in, it says. Asked for energy in the step of the
# readings it does so. Asked for hours of readings each quarter, it fills NaN into the quarters and
# adds up what is left: an hour with a gap has the energy of the rest, as a number like any other.
# With no warning, also with max_timedelta given. Where the rows are left out instead of NaN, one
# of the two hours around the gap is NaN and the other is a part again; a gap that is longer is NaN
# where it fills an hour. So ask for the step of the readings, and add up oneself with what shall
# become of NaN.
# Why it matters: a logger that drops a reading now and then is a plant that yields less: half,
# where each fourth reading is missing; its performance and its wear are reckoned from that.
# Seen, 1 kW: each hour 1,000 Wh; without the readings of 1:30, 1:45 and 2:00 250 and 750 Wh, in
# quarters NaN; without each fourth reading a day has 12,000 Wh of 24,000.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet rdtools==3.2.1 "pandas>=3,<4" numpy==2.4.6
MPLBACKEND=agg OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import warnings
import numpy as np
import pandas as pd
from rdtools import energy_from_power

QUARTER = pd.Timedelta(minutes=15)
times = pd.date_range("2026-07-01", "2026-07-02", freq=QUARTER)
power = pd.Series(1000.0, times)

def energy(readings: pd.Series, step: str, **options: pd.Timedelta) -> list[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("error", RuntimeWarning)
        return energy_from_power(readings, step, **options).round().tolist()

gap = power.mask((times >= times[6]) & (times <= times[8]))
hours = energy(gap, "h")
quarters = energy(gap, "15min")
print("hours", hours[:4], "quarters", quarters[4:10])
assert energy(power, "h") == [1000.0] * 24
assert hours[:4] == [1000, 250, 750, 1000], "CHANGED: an hour with a gap is NaN"
assert energy(gap, "h", max_timedelta=QUARTER)[:4] == [1000, 250, 750, 1000]
assert np.isnan(quarters[5:9]).all() and not np.isnan(quarters[:5] + quarters[9:]).any()
without_rows = energy(gap.dropna(), "h")
print("rows left out", without_rows[:4])
assert np.isnan(without_rows[1]) and without_rows[2] == 750
each_fourth = power.mask(np.arange(power.size) % 4 == 1)
day = energy(each_fourth, "D")[0]
print("a day without each fourth reading", day, "of", energy(power, "D")[0])
assert energy(power, "D")[0] == 24_000
assert day == 12_000, "CHANGED: a day with gaps is NaN"
assert "NaN is filled where the gap" in " ".join(energy_from_power.__doc__.split())
PY
echo "as described"
