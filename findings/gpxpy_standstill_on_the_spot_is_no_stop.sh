#!/usr/bin/env bash
# gpxpy 1.6.2 reads the tracks of vehicles and mobile machines (GPX) and tells by get_moving_data
# how long they moved and how long they stood: stopped_time is documented as the time in which no
# movement was occurring, by a speed below 1 km/h. A pair of points that are at one and the same
# place, to the last digit, counts for neither: zero metres are taken for no distance at all. So
# time is told as stopped only if the position trembled meanwhile. A receiver that holds its
# position when it stands, as trackers for machines do, or coordinates that are rounded to five
# digits, a metre, make a machine that stood all morning one without a stop. No error and no
# warning; moving and stopped do not add up to the duration. Count as stopped what of the duration
# has not moved.
# Seen, 10 minutes of driving and 60 on the spot: moved 600 s, stopped 0 s, of 4,200 s; with a
# trembling of a centimetre stopped 3,600 s.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet gpxpy==1.6.2
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta, timezone
from gpxpy.gpx import GPXTrackPoint, GPXTrackSegment

START = datetime(2026, 3, 2, 6, tzinfo=timezone.utc)
DRIVING, STANDING = 10, 60
METRE = 1 / 111_195

def track(trembling: float) -> GPXTrackSegment:
    """A point a minute: driven north, then on the spot but for some metres to and fro."""
    north = [minute * 200.0 for minute in range(DRIVING + 1)]
    north += [north[-1] + trembling * (minute % 2) for minute in range(1, STANDING + 1)]
    return GPXTrackSegment([
        GPXTrackPoint(48 + metres * METRE, 11, time=START + timedelta(minutes=minute))
        for minute, metres in enumerate(north)
    ])

told = {}
for name, trembling in (("on the spot", 0.0), ("trembling", 0.01)):
    segment = track(trembling)
    data = segment.get_moving_data()
    told[name] = data.moving_time, data.stopped_time
    print(f"{name}: moved {data.moving_time:g} s, stopped {data.stopped_time:g} s,",
          f"of {segment.get_duration():g} s")
    assert segment.get_duration() == (DRIVING + STANDING) * 60
assert told["trembling"] == (DRIVING * 60, STANDING * 60)
assert told["on the spot"] == (DRIVING * 60, 0), "CHANGED: a standstill on the spot"
PY
echo "as described"
