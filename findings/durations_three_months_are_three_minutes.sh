#!/usr/bin/env bash
# pandas 3.1.1, isoduration 20.11.0, isodate 0.7.2. An interval of maintenance is written as ISO
# 8601 has it: P3M is three months, PT3M three minutes. pandas says that Timedelta and to_timedelta
# read such texts. A timedelta has no months, so P1Y is refused; P3M is not: it is three minutes.
# What stands before a decimal point falls out as well: half a day is five days, an hour and a half
# is five hours and a second. No warning. (Reported to its developers in March 2023, issue 51882,
# and still so.) isoduration, made for such texts, keeps the fraction as a decimal and shows it, but
# adds whole units to a date: half a year is a year, 0.4 of a year is nothing, an hour and a half is
# two. isodate has each right or refuses: a fraction of a month or a year it does not add.
# Seen: pandas P3M 3 minutes, P0.5D 5 days, PT1.5H 5:00:01; isoduration from 15 January 2026 P0.5Y
# 15 January 2027, P0.4Y the same day, PT1.5H 02:00; isodate PT1.5H 1:30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pandas==3.1.1 numpy==2.4.6 isoduration==20.11.0 isodate==0.7.2
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta
import isodate
import isoduration
import pandas as pd

by_pandas = {text: pd.Timedelta(text) for text in ("P3M", "P0.5D", "PT1.5H", "P2W")}
print("pandas", {text: str(length) for text, length in by_pandas.items()})
assert by_pandas["P3M"] == timedelta(minutes=3), "CHANGED: pandas and three months"
assert by_pandas["P0.5D"] == timedelta(days=5), "CHANGED: pandas and half a day"
assert by_pandas["PT1.5H"] == timedelta(hours=5, seconds=1), "CHANGED: pandas and 1.5 hours"
assert by_pandas["P2W"] == timedelta(days=14)
assert pd.to_timedelta(pd.Series(["P3M", "PT3M"])).nunique() == 1

start = datetime(2026, 1, 15)
due = {text: start + isoduration.parse_duration(text) for text in ("P0.5Y", "P0.4Y", "PT1.5H")}
print("isoduration", {text: str(day) for text, day in due.items()})
assert due["P0.5Y"] == datetime(2027, 1, 15), "CHANGED: isoduration and half a year"
assert due["P0.4Y"] == start and due["PT1.5H"] == start + timedelta(hours=2)

assert isodate.parse_duration("PT1.5H") == timedelta(hours=1.5)
assert start + isodate.parse_duration("P3M") == datetime(2026, 4, 15)
try:
    start + isodate.parse_duration("P0.5Y")
except ValueError:
    print("isodate refuses half a year")
else:
    raise SystemExit("CHANGED: isodate adds half a year")
PY
echo "as described"
