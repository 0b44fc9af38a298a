#!/usr/bin/env bash
# business_duration 0.68 and businesstimedelta 1.0.1, which tell how many working hours lie between
# two times: how long a machine was down while it should have run. Both take a shift over midnight:
# the code of the one has its case for 9 PM to 3 AM, the other says that an end before the start
# stands for an overnight shift. So one would think that the hours of a shift are counted wherever
# they lie in it. business_duration counts a breakdown between midnight and the shift's end as 0
# hours, and one over several nights with each night cut where the last one was: for three nights
# that end half an hour after midnight the first two have lost two hours and a half each.
# businesstimedelta leaves the night out in which the breakdown began, before midnight or after it,
# so that one within a night is 0. No error and no warning. By day, 08:00 to 16:00, both are right,
# and so they are of a night when the machine went down before the shift began.
# Why it matters: the mean time to repair of the night shift comes out as next to nothing, and its
# availability is the best of all.
# Seen, a shift from 21:00 to 03:00 on all days, true hours, those of the one and the other: 22:00
# to 23:00 1, 1, 0; 22:00 to 02:00 4, 4, 0; 01:00 to 02:00 1, 0, 0; from 22:00 over three nights to
# 00:30 14.5, 9.5, 9.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    business-duration==0.68 businesstimedelta==1.0.1 pandas==2.3.3 numpy==2.4.6 pytz==2026.2
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, time, timedelta
from business_duration import businessDuration
from businesstimedelta import Rules, WorkDayRule

def true_hours(begin: datetime, end: datetime, opens: time, closes: time) -> float:
    """Minute by minute, the hours of the shift between two times."""
    minutes = (begin + timedelta(minutes=i) for i in range(int((end - begin).total_seconds() / 60)))
    over_midnight = closes < opens
    within = (
        (opens <= minute.time() or minute.time() < closes)
        if over_midnight
        else opens <= minute.time() < closes
        for minute in minutes
    )
    return sum(within) / 60

def hours(begin: datetime, end: datetime, opens: time, closes: time) -> list[float]:
    """True, by business_duration, by businesstimedelta."""
    rule = WorkDayRule(start_time=opens, end_time=closes, working_days=list(range(7)))
    delta = Rules([rule]).difference(begin, end).timedelta.total_seconds() / 3600
    duration = businessDuration(begin, end, opens, closes, weekendlist=[], unit="hour")
    return [true_hours(begin, end, opens, closes), duration, delta]

def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute)

DOWN = [
    (at(2, 22), at(2, 23)), (at(2, 22), at(3, 2)), (at(3, 1), at(3, 2)), (at(2, 22), at(5, 0, 30)),
]
night = [hours(*down, time(21), time(3)) for down in DOWN]
for (begin, end), (true, duration, delta) in zip(DOWN, night, strict=True):
    print(f"{begin:%d %H:%M} to {end:%d %H:%M}: {true}, told {duration} and {delta}")
for down in ((at(2, 20), at(2, 23)), (at(2, 20), at(3, 2))):
    true, *told = hours(*down, time(21), time(3))
    assert told == [true, true] and true > 0
for down in ((at(2, 9), at(2, 11)), (at(2, 15), at(3, 9)), (at(2, 20), at(5, 8, 30))):
    true, *told = hours(*down, time(8), time(16))
    assert told == [true, true] and true > 0
assert [true for true, _, _ in night] == [1, 4, 1, 14.5]
assert [told for _, told, _ in night] == [1, 4, 0, 9.5], "CHANGED: business_duration"
assert [told for _, _, told in night] == [0, 0, 0, 9.5], "CHANGED: businesstimedelta"
PY
echo "as described"
