#!/usr/bin/env bash
# pyarrow 26.0.1. seconds_between counts, by its description, the seconds between two timestamps, as
# do minutes_between and hours_between. A timestamp with a time zone is a moment, and Arrow keeps it
# in UTC. But these functions count on the clock of the wall: in the night in which clocks go
# forward an hour is counted that never was, and in autumn the hour that comes twice counts as none,
# so that of two moments the later one can be earlier. No error, no warning, and nothing of it in
# the description; subtract, of the same two columns, is right, and so are both for UTC. One would
# expect the time that went by; of days_between one may doubt, not of seconds.
# Why it matters: the hours run and the length of a stop are wrong in two nights of a year.
# Seen, in Berlin: over the night of 29 March 86,400 s and 24 h, by subtract 82,800 s; from 2:30 to
# 2:10 an hour later, in October, -1,200 s, by subtract 2,400 s.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyarrow==26.0.1 tzdata==2026.6
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime
import pyarrow as pa
import pyarrow.compute as pc

def column(moment: datetime, zone: str) -> pa.Array:
    return pa.array([moment], pa.timestamp("s", "UTC")).cast(pa.timestamp("s", zone))

def spans(start: datetime, end: datetime, zone: str) -> list[int]:
    one, other = column(start, zone), column(end, zone)
    counted = [between(one, other)[0].as_py() for between in
               (pc.seconds_between, pc.minutes_between, pc.hours_between)]
    went_by = int(pc.subtract(other, one)[0].as_py().total_seconds())
    return [*counted, went_by]

spring = datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 22)
autumn = datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 10)
seen = {(name, zone): spans(*night, zone)
        for name, night in {"spring": spring, "autumn": autumn}.items()
        for zone in ("Europe/Berlin", "UTC")}
for name, told in seen.items():
    print(*name, "seconds, minutes, hours", told[:3], "subtract", told[3])
assert seen["spring", "UTC"] == [82800, 1380, 23, 82800]
assert seen["autumn", "UTC"] == [2400, 40, 1, 2400]
assert seen["spring", "Europe/Berlin"] == [86400, 1440, 24, 82800], "CHANGED: spring"
assert seen["autumn", "Europe/Berlin"][::3] == [-1200, 2400], "CHANGED: autumn"
PY
echo "as described"
