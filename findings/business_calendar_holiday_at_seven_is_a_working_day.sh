#!/usr/bin/env bash
# business-calendar 0.2.1 counts working days. Its holidays are given as texts, dates or moments,
# and so is what it is asked for; moments are accepted everywhere and come back with their time of
# day. One would think that a moment on a holiday is on a holiday. A holiday is its midnight: asked
# for 7 in the morning of it, isbusday says True, isholiday False, and adjust, which moves to the
# next working day, leaves it where it is; range lists it. Saturdays and Sundays are told by their
# weekday and are right at any hour, so a trial shows nothing. Counting on from a moment passes over
# the holiday, counting back does not: one working day before Thursday at 7 is Wednesday the
# holiday. No error and no warning (there is one for a list of holidays that has come to its end).
# Why it matters: when the work was due, and who was there to do it, is asked for moments, those of
# the alarm and of the order.
# Seen, Wednesday 4 March a holiday: isbusday of it False, at 7:00 True; in the week at 7:00 5 days,
# without the hours 4; Thursday less 1: Tuesday, at 7:00 Wednesday; Tuesday and 1: both Thursday.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    business-calendar==0.2.1 python-dateutil==2.9.0.post0 six==1.17.0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta
from business_calendar import FOLLOWING, Calendar

calendar = Calendar(holidays=["2026-01-01", "2026-03-04", "2026-12-25"])
MONDAY = datetime(2026, 3, 2)
TUESDAY, WEDNESDAY, THURSDAY, SATURDAY = (MONDAY + timedelta(day) for day in (1, 2, 3, 5))
SEVEN = timedelta(hours=7)

def told(at: timedelta) -> dict[str, object]:
    """What is said of the week with the holiday, at this time of day."""
    return {
        "holiday": calendar.isholiday(WEDNESDAY + at),
        "working day": calendar.isbusday(WEDNESDAY + at),
        "moved to": calendar.adjust(WEDNESDAY + at, FOLLOWING) - at,
        "in the week": len(list(calendar.range(MONDAY + at, SATURDAY + at))),
        "before Thursday": calendar.addbusdays(THURSDAY + at, -1) - at,
        "after Tuesday": calendar.addbusdays(TUESDAY + at, 1) - at,
        "Saturday": calendar.isbusday(SATURDAY + at),
    }

midnight, morning = told(timedelta()), told(SEVEN)
for name in midnight:
    print(f"{name}: at midnight {midnight[name]}, at seven {morning[name]}")
assert list(midnight.values()) == [True, False, THURSDAY, 4, TUESDAY, THURSDAY, False]
assert list(morning.values()) == [
    False, True, WEDNESDAY, 5, WEDNESDAY, THURSDAY, False
], "CHANGED: a moment on a holiday"
PY
echo "as described"
