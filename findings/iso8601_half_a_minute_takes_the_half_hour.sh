#!/usr/bin/env bash
# iso8601 2.1.0 reads times by ISO 8601 and raises ParseError for what it cannot read: an hour with
# a fraction, 10.5, it refuses. A minute may have a fraction, too: 10:30.5 is thirty seconds past
# half past ten. It takes hours, then minutes if they are there, then seconds with a fraction: as
# only those may have one, 30.5 are the seconds and there are no minutes. So the time is told as
# half a minute past ten, with no error and no warning; the minutes of each such time are gone, and
# each hour's readings lie in its first minute. Without a fraction the same time is read rightly.
# Why it matters: decimals of a minute are how positions and logs of many instruments count.
# Seen: 10:30.5Z and 1030,5Z as 10:00:30.5, 10:45.75Z as 10:00:45.75; 10:30Z right. isodate 0.7.2
# and aniso8601 10.0.1: 10:30:30 and 10:45:45.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    iso8601==2.1.0 isodate==0.7.2 aniso8601==10.0.1
"$folder/venv/bin/python" -W error - <<'PY'
import aniso8601
import isodate
import iso8601

def told(time: str) -> list[str]:
    """A time of 1 March as iso8601, isodate and aniso8601 read it."""
    text = f"2026-03-01T{time}Z" if ":" in time else f"20260301T{time}Z"
    readers = iso8601.parse_date, isodate.parse_datetime, aniso8601.parse_datetime
    return [f"{read(text):%H:%M:%S.%f}"[:11] for read in readers]

for time, wrong, right in (
    ("10:30.5", "10:00:30.50", "10:30:30.00"),
    ("1030,5", "10:00:30.50", "10:30:30.00"),
    ("10:45.75", "10:00:45.75", "10:45:45.00"),
):
    found = told(time)
    print(time, found)
    assert found[1:] == [right, right]
    assert found[0] == wrong, "CHANGED: a fraction of a minute"
assert told("10:30") == ["10:30:00.00"] * 3
try:
    iso8601.parse_date("2026-03-01T10.5Z")
except iso8601.ParseError:
    pass
else:
    raise AssertionError("CHANGED: a fraction of an hour is read")
PY
echo "as described"
