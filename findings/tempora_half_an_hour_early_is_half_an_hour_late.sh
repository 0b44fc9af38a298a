#!/usr/bin/env bash
# tempora 5.13.0. parse_timedelta reads a span of time that a person writes, "1 day, 30 seconds" or
# "14:00:35", and raises ValueError for what it cannot read: "14 seconds foo", "5 hours ago". What
# stands between the numbers is looked at for words only. A minus is none: "-30 min" is plus 30
# minutes, "1h -30m" an hour and a half, and so is "-1:30:00". What Python itself writes for an hour
# less than nothing, str(timedelta(hours=-1)), is "-1 day, 23:00:00", and it is read as 47 hours.
# And a comma parts summands, so a decimal comma does: "1000,5 s" is 1005 s, and "1,5h" 5 hours and
# a second, since a number without a unit is seconds. No error and no warning. (pytimeparse2 reads
# the minus, and refuses the comma.)
# Why it matters: an offset of a maintenance window, or a reading's delay, has the other sign.
# Seen: -30 min 0:30:00, 1h -30m 1:30:00, -1 day, 23:00:00 1 day, 23:00:00, 1,5h 5:00:01; 1.5h
# 1:30:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tempora==5.13.0 pytimeparse2==1.7.1
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import timedelta
import pytimeparse2
from tempora import parse_timedelta

HOUR = timedelta(hours=1)

def refused(text: str) -> bool:
    try:
        parse_timedelta(text)
    except ValueError:
        return True
    return False

assert parse_timedelta("1 day, 30 seconds") == timedelta(days=1, seconds=30)
assert parse_timedelta("1.5h") == 1.5 * HOUR
assert refused("14 seconds foo") and refused("5 hours ago")
backwards = str(-HOUR)
told = {text: parse_timedelta(text) for text in ("-30 min", "1h -30m", "-1:30:00", backwards)}
commas = {text: parse_timedelta(text) for text in ("1,5h", "1000,5 s")}
print({text: str(span) for text, span in (told | commas).items()})
assert told["-30 min"] == HOUR / 2, "CHANGED: a minus"
assert told["1h -30m"] == told["-1:30:00"] == 1.5 * HOUR, "CHANGED: a minus within"
assert told[backwards] == 47 * HOUR, "CHANGED: what Python writes of an hour less than nothing"
assert commas["1,5h"] == timedelta(hours=5, seconds=1), "CHANGED: a decimal comma"
assert commas["1000,5 s"] == timedelta(seconds=1005), "CHANGED: a decimal comma"
assert pytimeparse2.parse("-30 min") == -1800 and pytimeparse2.parse("1,5h") is None
PY
echo "as described"
