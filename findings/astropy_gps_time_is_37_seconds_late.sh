#!/usr/bin/env bash
# astropy 8.0.2. Synchronised measurements (of grids, wind farms, railways) are stamped with GPS
# seconds, which run 18 s ahead of UTC. Time(seconds, format="gps") reads them rightly as an
# instant, but on the scale of atomic time (TAI), and what it then gives as a date, by iso, isot,
# datetime, datetime64 or mjd, is of that scale: no zone in the text, and neither UTC nor GPS time,
# but 37 s after the one and 19 s after the other. Its own description says that 630,720,013 is
# midnight on 1 January 2000; read back, that is 32 s past. No warning; only to_datetime with a zone
# refuses. Right: .utc before, or .unix.
# Why it matters: joined with the plant's log in UTC, each fault's record comes 37 s after its
# alarm, so cause and effect change places; and nobody looks for 37 where 18 is expected.
# Seen, 2026-03-01 06:00:00 UTC as GPS seconds: 06:00:37; by .utc and .unix 06:00:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet astropy==8.0.2 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime, timezone
from astropy.time import Time, TimeGPS
from astropy.time import ScaleValueError

EPOCH = datetime(1980, 1, 6, tzinfo=timezone.utc)
WHEN = datetime(2026, 3, 1, 6, tzinfo=timezone.utc)
LEAP_SECONDS = 18  # between UTC and GPS since 2017

seconds = (WHEN - EPOCH).total_seconds() + LEAP_SECONDS
time = Time(seconds, format="gps")
dates = {name: str(getattr(time, name)) for name in ("iso", "isot", "datetime", "datetime64")}
print(int(seconds), "is", dates, "and by utc", time.utc.iso)
assert time.unix == WHEN.timestamp() and time.utc.iso == "2026-03-01 06:00:00.000"
assert all(date[11:19] == "06:00:37" for date in dates.values()), "CHANGED: dates are in UTC"
try:
    time.to_datetime(timezone=timezone.utc)
except ScaleValueError as error:
    print("with a zone:", error)
else:
    raise SystemExit("CHANGED: it takes a zone")
documented = Time(630720013, format="gps")
print("documented", documented.iso, "by utc", documented.utc.iso)
assert "630720013.0 is midnight on January 1, 2000" in TimeGPS.__doc__
assert documented.iso == "2000-01-01 00:00:32.000"
assert documented.utc.iso == "2000-01-01 00:00:00.000"
PY
echo "as described"
