#!/usr/bin/env bash
# pyextremes 2.6.1, extreme values: the highest loads of the years, and the one that comes once in
# fifty years. get_extremes with peaks over a threshold joins those that are closer than r to one
# event and gives the highest of each. It takes the readings in the order in which they come, and
# what lies before the one in front is always closer than r, for the distance is negative: of
# readings from the newest to the oldest all are one event, of unsorted ones (files of several
# loggers one behind the other) there are fewer. The class EVA of the same package warns of the
# order and sorts; the function, which is public and documented too, does not, and its description
# does not ask for an order. No error and no warning. Block maxima raise for a descending series.
# Why it matters: many portals export the newest first. One event in ten years, and the return level
# of the load is fitted to next to nothing, or with a few of them comes out wrong.
# Seen, ten years of days, threshold 2, r 72 h: ascending 74 events, descending 1, each year
# descending 10, mixed 48; sorted again 74 each; EVA 74 of the descending ones, with a warning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pyextremes==2.6.1 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1 matplotlib==3.11.2
OMP_NUM_THREADS=1 MPLBACKEND=agg "$folder/venv/bin/python" - <<'PY'
import warnings
import numpy as np
import pandas as pd
from pyextremes import EVA, get_extremes

warnings.simplefilter("error")
DAYS = pd.date_range("2016-01-01", periods=3650, freq="D")
load = pd.Series(np.random.default_rng(0).normal(size=len(DAYS)), index=DAYS)

def events(series: pd.Series) -> int:
    return len(get_extremes(series, "POT", threshold=2, r="72h"))

orders = {
    "ascending": load,
    "descending": load[::-1],
    "each year descending": pd.concat([year[::-1] for _, year in load.groupby(load.index.year)]),
    "mixed": load.sample(frac=1, random_state=0),
}
told = {name: events(series) for name, series in orders.items()}
print(told, "sorted again", {name: events(series.sort_index()) for name, series in orders.items()})
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model = EVA(load[::-1])
    model.get_extremes("POT", threshold=2, r="72h")
print("EVA", len(model.extremes), caught[0].message)
assert len(model.extremes) == told["ascending"] == 74 and "sort" in str(caught[0].message)
assert all(events(series.sort_index()) == 74 for series in orders.values())
assert told["descending"] == 1, "CHANGED: newest first"
assert told["each year descending"] < 15, "CHANGED: each year newest first"
assert told["mixed"] < 60, "CHANGED: the order of readings"
PY
echo "as described"
