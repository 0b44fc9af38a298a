#!/usr/bin/env bash
# businesstimedelta 1.0.1 reckons in hours of work. difference(from, to) tells how many there are
# between two moments. It puts the two in order first and does not say which way round they were:
# from a deadline that has passed there are as many hours left as there were before it. The result
# is a signed quantity, which can be below zero, is added to a moment, and then goes on from now
# into the future. Python's own difference of two moments is below zero there, as is that of
# NumPy's business days. No error and no warning; the description says "the business time between".
# So a service due on Monday is, seen on Wednesday, due in two days of work.
# Seen, eight hours a day: from Wednesday 9:00 to Monday 9:00 16 hours, to Friday 9:00 16 hours;
# added to Wednesday both are Thursday 17:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet businesstimedelta==1.0.1
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime, time
from businesstimedelta import BusinessTimeDelta, Rules, WorkDayRule

day = WorkDayRule(start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4])
work = Rules([day])
monday, wednesday, friday = (datetime(2026, 6, date, 9) for date in (1, 3, 5))
past, to_come = work.difference(wednesday, monday), work.difference(wednesday, friday)
print("to Monday", past.hours, "to Friday", to_come.hours, "then", wednesday + past)
assert (monday - wednesday).total_seconds() < 0
assert to_come.hours == 16 and work.difference(monday, wednesday).hours == 16
assert wednesday + BusinessTimeDelta(work, hours=-8) < wednesday + BusinessTimeDelta(work, hours=8)
assert past.hours == 16, "CHANGED: a deadline that has passed"
assert wednesday + past == wednesday + to_come
PY
echo "as described"
