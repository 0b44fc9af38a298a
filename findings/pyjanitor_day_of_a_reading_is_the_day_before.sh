#!/usr/bin/env bash
# pyjanitor 0.31.0 (with pandas 2.3.3). truncate_datetime_dataframe cuts the times of a DataFrame to
# a year, month, day, hour, minute or second. Of a column with a time zone it cuts in UTC, and gives
# back times without any zone: half past midnight in Berlin on the 18th is cut to the 17th, the same
# instant on the 1st of a month to the month before, and an hour in Kolkata, which is half an hour
# off, to half past. What is left looks like local time, and joins with nothing that is. pandas' own
# dt.floor and dt.to_period, or the same column without its zone, keep the day. No error and no
# warning.
# Why it matters: the night shift's readings count for the day before, or a month before.
# Seen, 2024-05-18 00:30 in Berlin: day 2024-05-17, hour 2024-05-17 22:00, both without a zone; 1
# May 00:30 to the month 2024-04-01; without a zone 2024-05-18; dt.floor 2024-05-18 00:00+02:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyjanitor==0.31.0 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import janitor  # adds its methods to a DataFrame
import pandas as pd

def cut(text: str, to: str, zone: str | None = "Europe/Berlin") -> pd.Timestamp:
    times = pd.Series(pd.to_datetime([text])).dt.tz_localize(zone)
    return pd.DataFrame({"time": times}).truncate_datetime_dataframe(to)["time"].iloc[0]

assert janitor.__version__ == "0.31.0"
night, may = "2024-05-18 00:30", "2024-05-01 00:30"
day, hour, month = cut(night, "day"), cut(night, "hour"), cut(may, "month")
print(day, hour, month, cut("2024-05-18 12:40", "hour", "Asia/Kolkata"))
assert cut(night, "day", zone=None) == pd.Timestamp("2024-05-18")
own = pd.Timestamp(night, tz="Europe/Berlin").floor("D")
assert own == pd.Timestamp("2024-05-18", tz="Europe/Berlin")
assert day == pd.Timestamp("2024-05-17") and day.tz is None, "CHANGED: the day in a zone"
assert hour == pd.Timestamp("2024-05-17 22:00"), "CHANGED: the hour in a zone"
assert month == pd.Timestamp("2024-04-01"), "CHANGED: the month in a zone"
PY
echo "as described"
