#!/usr/bin/env bash
# aniso8601 10.0.1, a reader of ISO 8601. 24:00 is the end of a day there, the same moment as 00:00
# of the next one; logs of shifts and meters close a day so. aniso8601 takes it and minds that
# nothing but zeros stands behind 24. A time alone becomes 00:00, as it must. But so it is with a
# date before it: parse_datetime keeps the date, so the end of a day is its start, 24 hours early,
# and parse_interval makes a whole day an interval of no length, or one that ends before it starts.
# No error and no warning. dateutil's isoparse goes on to the next day.
# Seen: 2026-03-02T24:00:00Z is 2026-03-02 00:00; the shift from 16:00 to 24:00 lasts -16 hours, the
# day from 00:00 to 24:00 0 hours; dateutil 8 and 24.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet aniso8601==10.0.1 python-dateutil==2.9.0.post0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import UTC, datetime, time, timedelta
import aniso8601
from dateutil.parser import isoparse

END = "2026-03-02T24:00:00Z"
told, rightly = aniso8601.parse_datetime(END), isoparse(END)
print(told, rightly)
assert rightly == datetime(2026, 3, 3, tzinfo=UTC)
assert aniso8601.parse_time("24:00:00") == time(0, 0)
for wrong in ("24:00:01", "24:30"):
    try:
        aniso8601.parse_time(wrong)
        raise AssertionError(f"CHANGED: {wrong}")
    except aniso8601.exceptions.MidnightBoundsError:
        pass

def hours(start: str) -> tuple[float, float]:
    first, last = aniso8601.parse_interval(f"{start}/{END}")
    hour = timedelta(hours=1)
    return (last - first) / hour, (isoparse(END) - isoparse(start)) / hour

shift, day = hours("2026-03-02T16:00:00Z"), hours("2026-03-02T00:00:00Z")
print("hours of the shift and the day:", shift, day)
assert (shift[1], day[1]) == (8, 24)
assert told == datetime(2026, 3, 2, tzinfo=UTC), "CHANGED: another moment"
assert (shift[0], day[0]) == (-16, 0), "CHANGED: other lengths"
PY
echo "as described"
