#!/usr/bin/env bash
# astral 3.2, the times of the sun at a place, by which one tells day from night for solar plants,
# lights and cooling. Its times are in UTC unless told otherwise, and one would think that this is
# only how they are written. Each of them is searched for on the date in UTC by itself. In Los
# Angeles the sun sets on 1 July at 3:07 UTC of the 2nd; told is 3:07 of the 1st, the sunset of the
# evening before, beside the sunrise of 12:44. So the day ends before it begins, and the night,
# from dusk to the next day's dawn, is as much too long. Given the zone of the place it is right;
# in Berlin it is right in UTC as well, so a trial there shows nothing. The night is another one
# than it says as well: its text has astronomical dusk and dawn (the sun 18 degrees below the
# horizon), it takes civil ones (6 degrees).
# Why it matters: a reading is of the day if it is between the two times; none is, and a panel at
# noon counts as one that should give nothing.
# Seen, 1 July: Los Angeles, in UTC, -9.6 hours of day and 32.6 of night, in its zone 14.4 and 8.6;
# Berlin 16.7 and 5.6 in both; with astronomical dusk it has no night then.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet astral==3.2 tzdata
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import UTC, date, tzinfo
from zoneinfo import ZoneInfo
from astral import Observer, sun

JULY = date(2026, 7, 1)
BERLIN = Observer(52.5, 13.4)
places = {
    "Los Angeles": (Observer(34.0, -118.2), "America/Los_Angeles"),
    "Berlin": (BERLIN, "Europe/Berlin"),
}

def hours(place: Observer, zone: tzinfo) -> tuple[float, float]:
    """The hours of day and of night."""
    periods = sun.daylight(place, JULY, zone), sun.night(place, JULY, zone)
    day, night = ((end - begin).total_seconds() / 3600 for begin, end in periods)
    return round(day, 1), round(night, 1)

found = {}
for name, (place, zone) in places.items():
    found[name] = hours(place, UTC), hours(place, ZoneInfo(zone))
    print(f"{name}: in UTC {found[name][0]}, in its zone {found[name][1]}")
assert found["Los Angeles"] == ((-9.6, 32.6), (14.4, 8.6)), "CHANGED: the day ends after it begins"
assert found["Berlin"] == ((16.7, 5.6), (16.7, 5.6))
assert "astronomical dusk" in sun.night.__doc__
assert sun.night(BERLIN, JULY)[0] == sun.dusk(BERLIN, JULY, 6), "CHANGED: another dusk"
try:
    sun.dusk(BERLIN, JULY, 18)
except ValueError as none:
    print("astronomical dusk:", none)
else:
    raise AssertionError("CHANGED: Berlin has an astronomical dusk in July")
PY
echo "as described"
