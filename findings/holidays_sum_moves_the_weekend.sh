#!/usr/bin/env bash
# holidays 0.109 tells the holidays and the working days of a country, and knows where Friday and
# Saturday are the weekend (Saudi Arabia, Egypt, Israel, Kuwait) or which Saturdays are worked
# (China). Days of one's own, as a plant's shutdown, or a second calendar are added by + or by
# sum(). One would think that the sum has the holidays of both and is the same
# calendar otherwise. Its weekend is Saturday and Sunday, whatever both had, and the Saturdays that
# are worked are days off: is_working_day, get_nth_working_day and get_working_days_count go by
# that. The names of the holidays and the country of the sum are right. No error and no warning. Days
# of one's own put in by append() or update() leave the weekend as it is.
# Why it matters: what is due on the next working day is due on a Friday, on which nobody is there,
# and Sunday, a full day of work, is planned empty.
# Seen, Saudi Arabia and a shutdown on 10 February 2026: weekend Friday and Saturday, of the sum
# Saturday and Sunday; the working day after Thursday the 5th is Sunday the 8th, of the sum Friday
# the 6th; working days in the month 18, of the sum 19, since the holiday on Sunday the 22nd is no
# working day to it anyway.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet holidays==0.109
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import date
from holidays import HolidayBase, country_holidays

SHUTDOWN = date(2026, 2, 10)
THURSDAY, FRIDAY, SUNDAY = date(2026, 2, 5), date(2026, 2, 6), date(2026, 2, 8)
MONTH = date(2026, 2, 1), date(2026, 2, 28)

own = HolidayBase()
own.append({SHUTDOWN: "shutdown"})
country = country_holidays("SA", years=2026)
both = country + own
appended = country_holidays("SA", years=2026)
appended.append({SHUTDOWN: "shutdown"})
for name, days in (("country", country), ("appended", appended), ("sum", both)):
    following = days.get_nth_working_day(THURSDAY, 1)
    print(f"{name}: weekend {days.weekend}, after Thursday {following:%A %d}", end=", ")
    print(f"in the month {days.get_working_days_count(*MONTH)}")
assert [day.strftime("%A") for day in (THURSDAY, FRIDAY, SUNDAY)] == ["Thursday", "Friday", "Sunday"]
assert SHUTDOWN in both and SHUTDOWN not in country and both.country == "SA"
assert {day for day in country if day.year == 2026} | {SHUTDOWN} == set(both)
for days in (country, appended):
    assert days.get_nth_working_day(THURSDAY, 1) == SUNDAY
    assert not days.is_working_day(FRIDAY) and days.is_working_day(SUNDAY)
assert appended.get_working_days_count(*MONTH) == 18 and both.get_working_days_count(*MONTH) == 19
assert both.get_nth_working_day(THURSDAY, 1) == FRIDAY, "CHANGED: the weekend of a sum"
assert both.is_working_day(FRIDAY) and not both.is_working_day(SUNDAY)
assert sum([country, country_holidays("EG", years=2026)]).is_working_day(FRIDAY), "CHANGED: of both"
china = country_holidays("CN", years=2026)
worked = min(day for day in china.weekend_workdays if day.year == 2026)
print("China works on", f"{worked:%A %d %B %Y}")
assert china.is_working_day(worked) and worked.weekday() >= 5
assert not (china + own).is_working_day(worked), "CHANGED: worked days of a weekend"
PY
echo "as described"
