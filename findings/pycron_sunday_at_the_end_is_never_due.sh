#!/usr/bin/env bash
# pycron 3.3.0, which tells whether a line of a crontab is due now. In cron, Sunday is 0 and 7
# alike, and pycron takes 7, and names as well: "fri-sun" and "5-7" are accepted. Their Sunday is
# never due, though, for it is compared as 0 only: 7 by itself is due on no day, "6,7" and "sat-sun"
# on Saturdays, 1-7, which is every day, on six of seven. Its own case for a range over the end of
# the week ends on Saturday: "sat-mon" is due on neither Sunday nor Monday. What it cannot read is
# no error, it is just never due: 22-2 as hours, 7/15 as minutes, L as the last day. No error and no
# warning. "0", "sun" and "0,6" are right.
# Why it matters: a scheduler asks each minute and never starts the job of Sunday night, and since
# nothing fails, no one is told.
# Seen, March 2026 with its five Sundays, 1, 8, 15, 22 and 29: "0" and "sun" due on these, "7" on
# none; "6,7", "sat-sun" and "sat-mon" on the four Saturdays, "0,6" on nine days; 1-7 on 26 days.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pycron==3.3.0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime
from pycron import is_now

SUNDAYS, SATURDAYS = [1, 8, 15, 22, 29], [7, 14, 21, 28]

def due(weekdays: str) -> list[int]:
    """The days of March 2026 on which a job at 6 o'clock is due."""
    return [
        day for day in range(1, 32) if is_now(f"0 6 * * {weekdays}", datetime(2026, 3, day, 6))
    ]

told = {
    weekdays: due(weekdays)
    for weekdays in ("0", "sun", "0,6", "7", "6,7", "sat-sun", "sat-mon", "5-7", "fri-sun", "1-7")
}
for weekdays, days in told.items():
    print(weekdays, days)
assert told["0"] == told["sun"] == SUNDAYS and told["0,6"] == sorted(SUNDAYS + SATURDAYS)
assert told["7"] == [], "CHANGED: 7 is a Sunday"
for weekdays in ("6,7", "sat-sun", "sat-mon"):
    assert told[weekdays] == SATURDAYS, f"CHANGED: {weekdays}"
for weekdays in ("5-7", "fri-sun", "1-7"):
    assert not set(told[weekdays]) & set(SUNDAYS), f"CHANGED: the Sunday of {weekdays}"
assert len(told["1-7"]) == 31 - len(SUNDAYS)
night = [hour for hour in range(24) if is_now("0 22-2 * * *", datetime(2026, 3, 2, hour))]
quarters = [
    minute for minute in range(60) if is_now("7/15 * * * *", datetime(2026, 3, 2, 6, minute))
]
assert night == quarters == [], "CHANGED: what is not read is never due"
PY
echo "as described"
