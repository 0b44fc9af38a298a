#!/usr/bin/env bash
# polars 2.1.0 and pandas 3.1.1. Readings of a plant in Berlin, with its zone, are brought to
# shifts of six hours by group_by_dynamic(every="6h") and resample("6h"). One would think that a
# window begins at 0, 6, 12 and 18 o'clock, as it does on any day that one looks at alone, and as
# both say of the single time: dt.truncate("6h"), dt.floor("6h"). Only the first window is laid by
# the clock; the others follow at six hours each. Once the clocks change in the data, every window
# begins at 5, 11, 17 and 23, until they change again. No error and no warning; the times that are
# told are the ones that were used, an hour of each shift is the next one's, and a join with the
# plan of shifts finds nothing. Group by the truncated time instead.
# Why it matters: what a shift made on a day of November depends on whether the table begins in
# October; a load of a week and a load of a year differ.
# Seen, hourly rows from 24 to 27 October 2026, clocks back on the 25th: windows of the 27th at 5,
# 11, 17 and 23; from the 26th on at 0, 6, 12 and 18; truncated or floored the latter, both times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    polars==2.1.0 pandas==3.1.1 numpy==2.4.6 pyarrow==25.0.1
POLARS_MAX_THREADS=1 OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo
import pandas as pd
import polars as pl

BERLIN = ZoneInfo("Europe/Berlin")
EVERY = "6h"

def starts(first_day: int) -> dict[str, list[int]]:
    """At which hours the windows of 27 October begin, by each way."""
    hours = pd.date_range(
        datetime(2026, 10, first_day, tzinfo=BERLIN), datetime(2026, 10, 28, tzinfo=BERLIN),
        freq="h", inclusive="left", name="at",
    )
    rows = pd.DataFrame({"pieces": 1}, index=hours)
    frame = pl.from_pandas(rows.reset_index())
    ways = {
        "group_by_dynamic": frame.group_by_dynamic("at", every=EVERY).agg(pl.len())["at"],
        "truncate": frame["at"].dt.truncate(EVERY).unique().sort(),
        "resample": rows.resample(EVERY).sum().index,
        "floor": rows.index.floor(EVERY, ambiguous="NaT").unique(),
    }
    return {
        name: [time.hour for time in times.to_list() if time.day == 27]
        for name, times in ways.items()
    }

BY_THE_CLOCK, EARLY = [0, 6, 12, 18], [5, 11, 17, 23]
short, long = starts(26), starts(24)
print("from the 26th", short)
print("from the 24th", long)
assert set(map(tuple, short.values())) == {tuple(BY_THE_CLOCK)}
assert long["truncate"] == long["floor"] == BY_THE_CLOCK
assert long["group_by_dynamic"] == EARLY, "CHANGED: group_by_dynamic"
assert long["resample"] == EARLY, "CHANGED: resample"
PY
echo "as described"
