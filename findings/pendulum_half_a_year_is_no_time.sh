#!/usr/bin/env bash
# pendulum 3.3.0, times that people can count with. Its durations keep years and months as such:
# twice six months are a year, and half of six months are three. One would think that half a year is
# six months, or, as its own total_days() of a year is 365, 182.5 days, or an error. Years and
# months are divided each by itself and rounded to whole ones, and a half to the even one: half a
# year is nothing at all, half of three months are two, a third of two years is one year, and of one
# year and three days one and a half days are left. Times a number with decimals they are dropped
# altogether: six months times 0.5 is nothing, and times 1.5 as well. No error and no warning. Weeks,
# days and hours are divided and multiplied rightly, so a test with those finds nothing.
# Why it matters: an inspection due each year, at half the interval for a machine that runs two
# shifts, is due today, every day; one stretched by 1.5 is, too.
# Seen, from 1 January 2026: a year / 2 is due on 1 January 2026, six months * 1.5 then, too; three
# months / 2 on 1 March; two years / 3 on 1 January 2027; five weeks / 2 on 18 January at 12:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pendulum==3.3.0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta
import pendulum
from pendulum import duration

START = pendulum.datetime(2026, 1, 1)

def due(interval: pendulum.Duration) -> str:
    return (START + interval).format("YYYY-MM-DD HH:mm")

year, half_year = duration(years=1), duration(months=6)
told = {
    "year / 2": due(year / 2),
    "year * 0.5": due(year * 0.5),
    "six months * 1.5": due(half_year * 1.5),
    "three months / 2": due(duration(months=3) / 2),
    "two years / 3": due(duration(years=2) / 3),
    "a year and three days / 2": due(duration(years=1, days=3) / 2),
}
for name, day in told.items():
    print(f"{name}: {day}")
assert year.total_days() == 365 and due(half_year * 2) == due(year) == "2027-01-01 00:00"
assert due(half_year / 2) == "2026-04-01 00:00"
weeks = duration(weeks=5) / 2
true = datetime(2026, 1, 1) + timedelta(weeks=5) / 2
assert due(weeks) == f"{true:%Y-%m-%d %H:%M}" == "2026-01-18 12:00"
assert due(duration(weeks=5) * 1.5) == "2026-02-22 12:00"
assert told["year / 2"] == told["year * 0.5"] == "2026-01-01 00:00", "CHANGED: half a year"
assert told["six months * 1.5"] == "2026-01-01 00:00", "CHANGED: months times a decimal"
assert told["three months / 2"] == "2026-03-01 00:00", "CHANGED: half of three months"
assert told["two years / 3"] == "2027-01-01 00:00", "CHANGED: a third of two years"
assert told["a year and three days / 2"] == "2026-01-02 12:00", "CHANGED: days are left"
PY
echo "as described"
