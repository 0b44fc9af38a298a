#!/usr/bin/env bash
# bacpypes3 0.0.110, BACnet, by which buildings and their plant are run. A schedule has a period in
# which it is in effect, a range of dates, and either end may be left unspecified: every byte 255. By
# the standard no end means for ever on, and no start since ever; both unspecified is always. The
# library compares the dates' bytes. An end of 255 lies after all dates, so that one is right. A
# start of 255 lies after all dates as well: a range without a start holds on no day. A schedule with
# it is never in effect, its eval gives None, and an entry of a calendar ("holidays until 6 January")
# never matches. No error from either. Other patterns of dates, any year or the last day of the
# month, are heeded by the same function.
# Seen for 2 March 2026: from January to December, and from January on, in effect; up to December,
# and always, not; the heating stays at its night value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet bacpypes3==0.0.110
"$folder/venv/bin/python" -W error - <<'PY'
from bacpypes3.basetypes import CalendarEntry, DateRange
from bacpypes3.local.schedule import date_in_calendar_entry
from bacpypes3.primitivedata import Date

DAY, START, END = Date("2026-03-02"), Date("2026-01-01"), Date("2026-12-31")
ANY = Date((255, 255, 255, 255))

def holds(start: Date, end: Date) -> bool:
    entry = CalendarEntry(dateRange=DateRange(startDate=start, endDate=end))
    return date_in_calendar_entry(DAY, entry)

seen = {
    "from January to December": holds(START, END),
    "from January on": holds(START, ANY),
    "up to December": holds(ANY, END),
    "always": holds(ANY, ANY),
}
print(seen)
assert date_in_calendar_entry(DAY, CalendarEntry(date=ANY))
assert seen["from January to December"] and seen["from January on"]
assert not seen["up to December"] and not seen["always"], "CHANGED: a range without a start"
PY
echo "as described"
