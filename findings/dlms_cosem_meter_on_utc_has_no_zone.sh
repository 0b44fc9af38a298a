#!/usr/bin/env bash
# dlms-cosem 25.1.0, for DLMS/COSEM, by which meters of electricity, gas, heat and water are read.
# A meter's time comes with its distance from UTC in minutes, or with a code (0x8000) that it is
# not told. datetime_from_bytes makes a datetime of it, with its zone where the distance is told;
# where it is not, a datetime without one. One would think that a distance of 0 is told as well:
# the meter keeps UTC. The library asks whether the distance is true, and 0 is not, so such a time
# has no zone and looks like one of which nothing is known. Python takes it for the local time of
# the machine that reads: on one in Berlin a reading of 12:00 UTC becomes one of 10:00 UTC, with no
# error. The way out is right: a time in UTC is written with 0, and loses its zone as it is read
# back.
# Why it matters: in Britain, Portugal or Iceland, and on each meter that is kept on UTC, readings
# and events move by hours on the way into a warehouse; a British meter has times with a zone in
# summer and without one in winter.
# Seen: summer 12:00+01:00, winter 12:00 without a zone, the same as not told; from Berlin in
# winter 11:00 UTC, in Iceland in July 10:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet dlms-cosem==25.1.0
TZ=CET-1CEST,M3.5.0,M10.5.0/3 "$folder/venv/bin/python" - <<'PY'
from datetime import UTC, datetime, timedelta
from dlms_cosem.time import datetime_from_bytes, datetime_to_bytes

NOT_TOLD = -0x8000

def of_meter(year: int, month: int, day: int, hour: int, minutes_to_utc: int) -> datetime:
    """The time of a meter's clock. Minutes to UTC as DLMS counts them: UTC+1 is -60."""
    date = year.to_bytes(2) + bytes([month, day, 0xFF])
    time = bytes([hour, 0, 0, 0])
    read, _ = datetime_from_bytes(date + time + minutes_to_utc.to_bytes(2, signed=True) + b"\0")
    return read

summer, winter = of_meter(2026, 7, 1, 12, -60), of_meter(2026, 1, 15, 12, 0)
unknown = of_meter(2026, 1, 15, 12, NOT_TOLD)
print("summer", summer, "winter", winter, "not told", unknown)
assert summer.utcoffset() == timedelta(hours=1)
assert unknown.tzinfo is None
assert winter.tzinfo is None and winter == unknown, "CHANGED: a meter on UTC has its zone"

iceland = of_meter(2026, 7, 1, 12, 0)
told = [time.astimezone(UTC).hour for time in (summer, winter, iceland)]
print("hours of UTC, from Berlin", told)
assert told == [11, 11, 10]

noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
written = datetime_to_bytes(noon)
back, _ = datetime_from_bytes(written)
print("written", written.hex(" "), "read back", back)
assert written[9:11] == b"\0\0" and back.tzinfo is None
PY
echo "as described"
