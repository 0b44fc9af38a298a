#!/usr/bin/env bash
# pynmea2 1.19.0, which reads NMEA 0183, the lines of satellite receivers on vehicles, ships and
# mobile machines. A receiver that has no fix (in a hall, a tunnel, just switched on) leaves the
# fields of the position empty. Other fields that are empty become None, the altitude of the same
# line for one, so one would think that of the position, too. latitude and longitude, which turn
# degrees and minutes into degrees, are 0.0 then: a place in the sea off Africa, told as a float
# like any other. Nothing is raised and nothing warned of. That the position is void is told by
# another field alone, whose name differs from line to line (gps_qual, status). The texts lat and
# lon are empty, as they came: ask those first.
# Why it matters: a machine jumps 5,900 km and back: hours and distance driven, geofences and the
# mean position of a day are wrong; near the equator nothing looks wrong.
# Seen: 52.5 and 13.3 with a fix, 0.0 and 0.0 without, by GGA, RMC and GLL; the altitude None.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pynmea2==1.19.0
"$folder/venv/bin/python" -W error - <<'PY'
from functools import reduce
from operator import xor
from pynmea2 import parse

def read(text: str):
    """The message of a line, with its checksum."""
    return parse(f"${text}*{reduce(xor, text.encode()):02X}", check=True)

with_fix = read("GPGGA,120000.00,5230.00,N,01320.00,E,1,08,1.0,35.0,M,45.0,M,,")
print("fix", with_fix.latitude, with_fix.longitude, with_fix.altitude)
assert with_fix.latitude == 52.5 and round(with_fix.longitude, 3) == 13.333
without = {
    "GGA": read("GPGGA,120001.00,,,,,0,00,99.99,,,,,,"),
    "RMC": read("GPRMC,120001.00,V,,,,,,,010726,,,N"),
    "GLL": read("GPGLL,,,,,120001.00,V,N"),
}
for name, line in without.items():
    print(name, repr(line.latitude), repr(line.longitude), repr(line.lat))
    assert line.lat == line.lon == ""
    assert (line.latitude, line.longitude) == (0.0, 0.0), "CHANGED: no fix is no position"
assert without["GGA"].altitude is None and without["RMC"].spd_over_grnd is None
assert not without["RMC"].is_valid
PY
echo "as described"
