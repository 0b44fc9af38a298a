#!/usr/bin/env bash
# parsedatetime 2.6 reads dates and times as people write them, "in 2 weeks", and tells beside the
# moment how much of it was found: 0 stands for nothing. One would think that what it cannot read
# gives 0. It picks the part that it can and leaves the rest out: "in half a year" is in a year,
# "half a day" a day, "in a quarter of an hour" and "in an hour and a half" in an hour, "in 1 1/2
# hours" in two, and "the last day of the month" is yesterday, with a time of 9 in the morning. It
# marks each of them as a date or a time that was found, as it does the right ones. "In 1.5 hours"
# and "in 1 hour and 30 minutes" are right; "in two and a half hours" and "in 3 and a half days" are
# 0. No error and no warning.
# Why it matters: an inspection that is asked for in half a year comes in one, and how a
# postponement is worded decides when the machine is looked at again.
# Seen, from 4 March 2026 at 7: half a year 4 March 2027, half a day 5 March, a quarter of an hour
# 8:00, an hour and a half 8:00, 1 1/2 hours 9:00, last day of the month 3 March at 9.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet parsedatetime==2.6
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime
from parsedatetime import Calendar

NOW = datetime(2026, 3, 4, 7)
calendar = Calendar()

def told(words: str) -> datetime | None:
    """The moment, or None if it says that it found neither date nor time."""
    moment, found = calendar.parseDT(words, sourceTime=NOW)
    print(f"{words}: {moment if found else None}")
    return moment if found else None

RIGHT = {
    "in 2 weeks": datetime(2026, 3, 18, 7),
    "in 1.5 hours": datetime(2026, 3, 4, 8, 30),
    "in 1 hour and 30 minutes": datetime(2026, 3, 4, 8, 30),
    "in two and a half hours": None,
    "in 3 and a half days": None,
    "next quarter": None,
}
WRONG = {
    "in half a year": datetime(2027, 3, 4, 7),
    "in half a day": datetime(2026, 3, 5, 7),
    "in a quarter of an hour": datetime(2026, 3, 4, 8),
    "in an hour and a half": datetime(2026, 3, 4, 8),
    "in 1 1/2 hours": datetime(2026, 3, 4, 9),
    "last day of the month": datetime(2026, 3, 3, 9),
}
for words, moment in RIGHT.items():
    assert told(words) == moment, words
for words, moment in WRONG.items():
    assert told(words) == moment, f"CHANGED: {words}"
PY
echo "as described"
