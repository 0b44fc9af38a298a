#!/usr/bin/env bash
# metomi-isodatetime 3.2.0, dates and repetitions of ISO 8601, as the workflow engine Cylc
# schedules by. A repetition "from 31 January, each month" (R/2026-01-31T00:00Z/P1M) cannot be on
# 31 February, so it is on the 28th, and one would expect 31 March after it. Each date is made of
# the one before, not of the first: 28 March, 28 April and so on for ever, and get_is_valid says
# that 31 March is not one of the dates. A span of two months goes the same way, by single months,
# so that 31 January and two months are 28 March, which dateutil, pandas and databases call the
# 31st. A yearly one of 29 February is on the 28th in leap years too. No warning.
# Why it matters: the monthly closing or service at the month's end is three days early from March
# on.
# Seen: 31 January, 28 February, 28 March, 28 April; 31 January and P2M 28 March; from 29 February
# 2024 yearly, in 2028 the 28th.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet 'metomi-isodatetime==1!3.2.0'
"$folder/venv/bin/python" -W error - <<'PY'
from itertools import islice
from metomi.isodatetime.parsers import DurationParser, TimePointParser, TimeRecurrenceParser

def day(moment: object) -> str:
    return str(moment)[:10]

def dates(rule: str, count: int) -> list[str]:
    told = [day(moment) for moment in islice(TimeRecurrenceParser().parse(rule), count)]
    print(rule, "is", *told)
    return told

monthly = "R/2026-01-31T00:00Z/P1M"
start = TimePointParser().parse("2026-01-31T00:00Z")
march = TimePointParser().parse("2026-03-31T00:00Z")
two_on = day(start + DurationParser().parse("P2M"))
print("start plus two months", two_on)
assert two_on == "2026-03-28", "CHANGED: two months"
assert dates("R/2026-01-15T00:00Z/P1M", 3)[2] == "2026-03-15"
assert dates(monthly, 4)[1:] == ["2026-02-28", "2026-03-28", "2026-04-28"], "CHANGED: monthly"
assert not TimeRecurrenceParser().parse(monthly).get_is_valid(march), "CHANGED: 31 March"
assert dates("R/2024-02-29T00:00Z/P1Y", 5)[4] == "2028-02-28", "CHANGED: yearly"
PY
echo "as described"
