#!/usr/bin/env bash
# InDSL 8.9.0, Cognite's library for industrial data. operational_availability takes the state of a
# machine, 1 or 0, and says that it gives the hours it was up, or down, in each day. It adds the
# samples up and never looks at their times: that is hours only where there is one sample an hour.
# Of a state told each minute a day has 1,440 hours; of one told when it changes, as alarm systems
# and historians keep it, the hours are the number of changes, and a day within a long stop, which
# has no sample, is a day without downtime, as it is a day without uptime. No error and no warning.
# So bring the state to hours first, or add up the times between the samples.
# Why it matters: hours of operation decide when a part is due, and availability is a contract's
# figure.
# Seen, always up: 24, 1,440 and 96 h for samples each hour, minute and quarter. A stop from Sunday
# 06:00 to Tuesday 18:00, told by its changes: down 1, 0 and 0 h where it is 18, 24 and 18.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet indsl==8.9.0 numpy==2.4.6 "pandas<3.1"
"$folder/venv/bin/python" -W ignore - <<'PY'
import warnings
import pandas as pd
from indsl.equipment import operational_availability

warnings.simplefilter("error")  # only the import warns, of fluids, which is not needed here

def always_up(step: str) -> list[float]:
    times = pd.date_range("2026-03-01", "2026-03-02", freq=step, inclusive="left")
    return operational_availability(pd.Series(1, index=times), "Uptime").tolist()

changes = pd.Series(
    [1, 0, 1],
    index=pd.to_datetime(["2026-03-01 00:00", "2026-03-01 06:00", "2026-03-03 18:00"]),
)
each_hour = changes.resample("h").ffill().reindex(
    pd.date_range("2026-03-01", "2026-03-03 23:00", freq="h"), method="ffill"
)
up = {step: always_up(step) for step in ("1h", "1min", "15min")}
down_by_changes = operational_availability(changes, "Downtime").tolist()
down_by_hours = operational_availability(each_hour, "Downtime").tolist()
print("always up:", up)
print("down, told by changes", down_by_changes, "told each hour", down_by_hours)
assert up["1h"] == [24] and down_by_hours == [18, 24, 18]
assert up == {"1h": [24], "1min": [1440], "15min": [96]}, "CHANGED: it goes by the times"
assert down_by_changes == [1, 0, 0], "CHANGED: a state holds until the next one"
PY
echo "as described"
