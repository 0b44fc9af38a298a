#!/usr/bin/env bash
# isoduration 20.11.0 reads durations of ISO 8601 and adds them to a moment. The standard lets the
# last number have a part, as in PT0.5H or P1.5D, and isoduration reads and keeps it: the duration
# has 0.5 hours and is written as PT0.5H again. When it is added, each number is rounded to a whole
# one first, halves up. So half an hour is an hour, a quarter of an hour nothing, a day and a half
# two days, half a week four days. No error and no warning, and nothing of it in the description.
# One would expect the half hour, as isodate makes of it. Without a part (PT30M) it is right.
# Why it matters: an inspection every P1.5D comes every second day, and a limit of PT0.25H of
# silence is over at once.
# Seen from midnight: PT0.5H 1:00, PT0.25H 0:00, PT1.25H 1:00, P1.5D two days on, P0.5W four; PT30M
# 0:30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet isoduration==20.11.0
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime, timedelta
from decimal import Decimal
from isoduration import parse_duration

midnight = datetime(2026, 6, 1)

def added(text: str) -> timedelta:
    duration = parse_duration(text)
    assert str(duration) == text
    span = (midnight + duration) - midnight
    print(text, "adds", span)
    return span

assert parse_duration("PT0.5H").time.hours == Decimal("0.5")
assert added("PT30M") == timedelta(minutes=30)
assert added("PT1H15M") == timedelta(hours=1.25)
assert added("PT0.5H") == timedelta(hours=1), "CHANGED: half an hour"
assert added("PT0.25H") == timedelta(0), "CHANGED: a quarter of an hour"
assert added("PT1.25H") == timedelta(hours=1), "CHANGED: an hour and a quarter"
assert added("P1.5D") == timedelta(days=2), "CHANGED: a day and a half"
assert added("P0.5W") == timedelta(days=4), "CHANGED: half a week"
PY
echo "as described"
