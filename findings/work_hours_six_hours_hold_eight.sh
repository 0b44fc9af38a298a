#!/usr/bin/env bash
# calc-work-hours 0.2024.2 (module work_hours) reckons in hours of work. WorkTimeFrames takes the
# frames of a day, in order, and raises an exception for those that are not: one that ends before it
# begins, or begins when another does. That one begins before the one before has ended it lets pass:
# it compares with the beginning of that one, though by its name with the end. The hours of both are
# then counted, those in common twice. From 8:00 to 14:00 there are eight hours of work. No error
# and no warning. One would expect the exception, or six.
# Why it matters: early and late shift overlap by an hour at the handover, everywhere. Hours of
# operation and of repair by this are more than the clock has.
# Seen: 8-12 and 10-14 from 8:00 to 14:00 8 hours, 8-12 and 12:30-14 5.5; 8-12 and 8-14 an
# exception.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet calc-work-hours==0.2024.2
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, time
from work_hours import WorkHours
from work_hours.work_hours import WorkTimeFrames

def hours(*frames: tuple[time, time]) -> float:
    """Hours of work on a Monday from 8:00 to 14:00."""
    day = WorkHours(WorkTimeFrames(*frames))
    return day.calc(datetime(2026, 6, 1, 8), datetime(2026, 6, 1, 14))

early = (time(8), time(12))
apart, both = hours(early, (time(12, 30), time(14))), hours(early, (time(10), time(14)))
print("apart", apart, "two hours in common", both)
try:
    hours(early, (time(8), time(14)))
except Exception as error:
    assert "invalid work time frames" in str(error)
else:
    raise AssertionError("no exception for frames that begin together")
assert apart == 5.5
assert both == 8, "CHANGED: frames with hours in common"
PY
echo "as described"
