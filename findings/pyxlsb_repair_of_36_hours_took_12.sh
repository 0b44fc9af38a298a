#!/usr/bin/env bash
# pyxlsb 1.0.10 reads Excel's binary workbooks; dates, times and durations come as numbers of days,
# which its documentation says convert_date must turn into moments. Excel counts from 0, the day
# before 1 January 1900, so a duration of 12 hours is 0.5 and one of 36 hours 1.5. One would think
# that two numbers a day apart are two moments a day apart, as in xlrd, which reads the older kind.
# What is below 1 is put on 1 January 1900, and what is from 1 to 2 as well: half a day and one and
# a half are the same moment, noon of that day. From 1 on the days are right to 60, and of those 60
# and 61 are one, as a comment in the code admits for a day that there never was. No error and no
# warning.
# Why it matters: the times of stops and repairs in a sheet are durations of some hours or of a day
# or two; less the moment of 0, each of 24 to 48 hours is a day too short.
# Seen, less the moment of 0: 0.5 12 hours, 1.5 12 hours, 1 none, 2 and 2.5 one day and one and a
# half; by xlrd 12, 36 and 24 hours.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyxlsb==1.0.10 xlrd==2.0.2
"$folder/venv/bin/python" -W error - <<'PY'
from collections.abc import Callable
from datetime import datetime, timedelta
from pyxlsb import convert_date
from xlrd import xldate_as_datetime

HOUR = timedelta(hours=1)

def hours(days: float, moment: Callable[[float], datetime]) -> float:
    """The duration that a cell of so many days is told as, from the moment of 0 on."""
    return (moment(days) - moment(0)) / HOUR

def by_peer(days: float) -> datetime:
    return xldate_as_datetime(days, 0)

assert convert_date(45000 + 1 / 3) == by_peer(45000 + 1 / 3) == datetime(2023, 3, 15, 8)
for days in (0.25, 0.5, 23 / 24):
    assert round(hours(days, convert_date), 3) == round(hours(days, by_peer), 3) == 24 * days
for days, wrong in ((1, 0), (1.25, 6), (1.5, 12), (2, 24), (2.5, 36)):
    told = hours(days, convert_date)
    print(f"{24 * days} hours: {told}, by xlrd {hours(days, by_peer)}")
    assert hours(days, by_peer) == 24 * days
    assert told == wrong, f"CHANGED: {24 * days} hours"
assert convert_date(0.5) == convert_date(1.5) == datetime(1900, 1, 1, 12), "CHANGED: 36 hours"
PY
echo "as described"
