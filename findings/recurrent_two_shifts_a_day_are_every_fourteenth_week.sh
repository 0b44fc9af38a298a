#!/usr/bin/env bash
# recurrent 0.4.1 turns a schedule in words into a rule of iCalendar (RRULE), or None where it
# cannot read them. One would think that what it does not follow is None. Each number that it has no
# place for becomes the interval, in place of the one that was said. "Every weekday at 6 and 14" is
# at 6 in each fourteenth week; "every 30 minutes between 8 and 17" every 17 minutes, day and night;
# "every 2 days at 22:00 for 8 hours" every 8 hours. What follows a decimal point is lost with the
# number in front of it: "every 2.5 days" is daily, "every 1.5 hours" hourly; of "6:00 and 18:00"
# the second is gone. 6:00 alone is 6 in the evening, though 14:00 and 22:00 are what they say. No
# error, no warning and no None. Simple ones are right, and "between 8am and 5pm" is read as every
# 30 minutes, without the limits.
# Why it matters: the interval of a service or an inspection, typed by those who know the machine,
# is what becomes of it in the calendar.
# Seen: the rules that the list below has.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet recurrent==0.4.1 parsedatetime==2.6
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import datetime
from recurrent import RecurringEvent

def rule(words: str) -> dict[str, str] | None:
    """The parts of the rule that the words give on 4 March 2026."""
    text = RecurringEvent(now_date=datetime(2026, 3, 4, 7)).parse(words)
    return None if text is None else dict(
        part.split("=") for part in str(text).removeprefix("RRULE:").split(";")
    )

RIGHT = {
    "every 2 weeks": {"INTERVAL": "2", "FREQ": "WEEKLY"},
    "every 90 minutes": {"INTERVAL": "90", "FREQ": "MINUTELY"},
    "every day at 14:00": {"BYHOUR": "14", "BYMINUTE": "0", "INTERVAL": "1", "FREQ": "DAILY"},
    "every shift": None,
}
WEEKDAYS = {"BYDAY": "MO,TU,WE,TH,FR", "BYHOUR": "6", "BYMINUTE": "0"}
WRONG = {
    "every weekday at 6 and 14": WEEKDAYS | {"INTERVAL": "14", "FREQ": "WEEKLY"},
    "every 30 minutes between 8 and 17": {"INTERVAL": "17", "FREQ": "MINUTELY"},
    "every 2 days at 22:00 for 8 hours": {
        "BYHOUR": "22", "BYMINUTE": "0", "INTERVAL": "8", "FREQ": "HOURLY"
    },
    "every 2.5 days": {"INTERVAL": "1", "FREQ": "DAILY"},
    "every 1.5 hours": {"INTERVAL": "1", "FREQ": "HOURLY"},
    "every day at 6:00": {"BYHOUR": "18", "BYMINUTE": "0", "INTERVAL": "1", "FREQ": "DAILY"},
    "every day at 6:00 and 18:00": {
        "BYHOUR": "6", "BYMINUTE": "0", "INTERVAL": "1", "FREQ": "DAILY"
    },
}
for words, expected in (RIGHT | WRONG).items():
    told = rule(words)
    print(words, "->", told)
    assert told == expected, f"CHANGED: {words}" if words in WRONG else words
PY
echo "as described"
