#!/usr/bin/env bash
# cftime 1.6.6.1, which reads times of netCDF files: a number and its units, "seconds since" a
# start, with a zone. The CF conventions and UDUNITS explain just that by a start at -6:00, six
# hours west of Greenwich, with one digit of hours. cftime applies a zone of two digits, -06:00, and
# drops one of one digit: the time is taken for UTC, 6 hours early, in all calendars. Likewise after
# a start with hours alone, and for a name like CET. What it does not understand after the time is
# no error and no warning. xarray decodes the same units in the standard calendar by itself, and
# well; in the others (noleap, 360_day) it asks cftime, and so the same file has two answers.
# netCDF4's num2date is cftime's.
# Why it matters: readings of a logger at local time are shifted by the zone, an alarm comes hours
# before its cause, and two files of one plant no longer fit.
# Seen, 0 seconds since 1992-10-8 15:15:42.5: with -6:00 15:15:42.5, with -06:00 21:15:42.5; xarray
# 21:15:42.5 for both, but 15:15:42.5 for -6:00 in noleap; +1:00 0 h, +01:00 and +0100 -1 h.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    cftime==1.6.6.1 xarray==2026.9.0 pandas==2.3.3 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import cftime
import numpy as np
import xarray as xr

START = "1992-10-8 15:15:42.5"
EARLY, LATE = "1992-10-08 15:15:42.5", "1992-10-08 21:15:42.5"

def by_cftime(zone: str, calendar: str = "standard", start: str = START) -> str:
    time = cftime.num2date(0, f"seconds since {start} {zone}", calendar)
    return str(time).removesuffix("00000")

def by_xarray(zone: str, calendar: str) -> str:
    units = {"units": f"seconds since {START} {zone}", "calendar": calendar}
    times = xr.decode_cf(xr.Dataset({"time": ("time", np.array([0, 1]), units)}))["time"].values
    return str(times[0]).replace("T", " ").rstrip("0")

told = {zone: by_cftime(zone) for zone in ("-6:00", "-06:00", "-0600", "-06", "-6")}
print("cftime", told)
assert told["-06:00"] == told["-0600"] == told["-06"] == LATE
assert told["-6:00"] == told["-6"] == EARLY, "CHANGED: a zone of one digit"
for calendar in ("noleap", "360_day", "julian"):
    assert by_cftime("-6:00", calendar) == EARLY and by_cftime("-06:00", calendar) == LATE
in_xarray = {(zone, kind): by_xarray(zone, kind) for zone in ("-6:00", "-06:00")
             for kind in ("standard", "noleap")}
print("xarray", in_xarray)
assert in_xarray.pop(("-6:00", "noleap")) == EARLY, "CHANGED: xarray asks cftime"
assert set(in_xarray.values()) == {LATE}
east = {zone: by_cftime(zone, start="2026-01-01 00:00:00") for zone in ("+1:00", "+01:00", "CET")}
print("east", east)
assert east["+1:00"] == east["CET"] == "2026-01-01 00:00:00" != east["+01:00"], "CHANGED"
PY
echo "as described"
