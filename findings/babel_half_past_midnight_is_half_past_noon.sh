#!/usr/bin/env bash
# Babel 2.16.0. parse_time reads a time as a locale writes it; of English of the United States that
# is with AM and PM, and format_time writes it so. What stands before "PM" gets twelve hours, as it
# must, and "AM" is not looked at. But twelve itself counts otherwise: 12:30 AM is half past
# midnight and comes back as half past noon, with no error, while 1:30 AM, an hour later, is right.
# So of a night shift the stops of its first hour stand twelve hours late, in the day shift. What
# Babel's own format_time writes, its parse_time does not read back. 12:30 PM is refused, as 24,
# with a ValueError that speaks of the hour alone. One would expect 0:30 and 12:30.
# Seen: 12:30 AM is 12:30:00, 1:30 AM 1:30:00, 11:30 PM 23:30:00; of 24 hours written and read
# back, hour 0 is 12, 12 an error, and the other 22 are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet babel==2.16.0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import time
from babel.dates import format_time, parse_time

def read(text: str) -> time | str:
    try:
        return parse_time(text, locale="en_US")
    except ValueError as error:
        return str(error)

for text in ("12:30 AM", "1:30 AM", "12:30 PM", "11:30 PM"):
    print(text, "is", read(text))
back = {hour: read(format_time(time(hour, 30), locale="en_US")) for hour in range(24)}
print("not read back:", {hour: str(told) for hour, told in back.items() if told != time(hour, 30)})
assert read("12:30 AM") == time(12, 30), "CHANGED: half past midnight"
assert back[0] == time(12, 30), "CHANGED: what it wrote itself"
assert isinstance(back[12], str), "CHANGED: half past noon"
assert all(told == time(hour, 30) for hour, told in back.items() if hour not in (0, 12))
PY
echo "as described"
