#!/usr/bin/env bash
# python-dateutil 2.9.0.post0 reads dates as people and devices write them, and pandas 3.1.1 by it.
# UTC+3 stands on displays and in the exports of loggers for three hours ahead of UTC, as Moscow
# is. dateutil reads the sign the other way round, as it has to be in a variable of the system's
# (TZ): 10:00 UTC+3 is three hours behind, so 13:00 UTC and not 7:00. Without the letters,
# 10:00+03:00, it is read as it stands. Its docstring tells nothing of it, and there is no error
# and no warning. A column in pandas depends on how it is spelt: to_datetime finds the form of
# UTC+03:00 by itself and reads it right, that of UTC+3 it leaves to dateutil; a single Timestamp
# reads both the wrong way.
# Why it matters: readings of one machine by a logger and by a controller lie six hours apart, and
# whoever shifts them by what looks like a fixed delay, shifts them wrongly elsewhere.
# Seen, 10:00 UTC+3, GMT+3 and UTC+03:00: 13:00 UTC by dateutil and Timestamp; by to_datetime
# 13:00, 13:00 and 07:00; 10:00 +03:00: 07:00 by each. dateparser 1.5.0: 07:00 for all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    python-dateutil==2.9.0.post0 pandas==3.1.1 numpy==2.4.6 dateparser==1.5.0
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import datetime, timezone
import dateparser
import pandas as pd
from dateutil import parser

def in_utc(time: datetime) -> str:
    return f"{time.astimezone(timezone.utc):%H:%M}"

def told(zone: str) -> list[str]:
    """When ten o'clock is by UTC: dateutil, Timestamp, to_datetime, dateparser."""
    text = f"2026-03-01 10:00 {zone}"
    return [
        in_utc(parser.parse(text)),
        in_utc(pd.Timestamp(text).to_pydatetime()),
        in_utc(pd.to_datetime(pd.Series([text]), utc=True)[0].to_pydatetime()),
        in_utc(dateparser.parse(text)),
    ]

print("(dateutil, Timestamp, to_datetime, dateparser)")
for zone, column in (("UTC+3", "13:00"), ("GMT+3", "13:00"), ("UTC+03:00", "07:00")):
    found = told(zone)
    print(zone, found)
    assert found[3] == "07:00"
    assert found[:3] == ["13:00", "13:00", column], "CHANGED: the sign behind UTC"
assert told("+03:00") == ["07:00"] * 4
PY
echo "as described"
