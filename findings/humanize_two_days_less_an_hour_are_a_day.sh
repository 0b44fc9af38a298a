#!/usr/bin/env bash
# humanize 4.17.0 says how long something took or how long ago it was, in one unit: naturaldelta
# and naturaltime. It rounds to the nearest: an hour and 59 minutes are 2 hours, 59 days 2 months,
# 364 days a year. Days alone it cuts: all from 24 hours up to 48 are "a day", up to 72 "2 days".
# So a machine that has been silent for 47 hours is shown as silent for a day, half of it, beside
# one of an hour and 59 minutes that has 2 hours. No error, and nothing of it in the description,
# whose word is "natural". One would expect the same for all units.
# Seen: 1 h 59 min "2 hours", 23 h 50 min "a day", 47 h "a day", 47 h 59 min "a day ago", 71 h "2
# days", 59 days "2 months".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet humanize==4.17.0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import timedelta
from humanize import naturaldelta, naturaltime

def told(**span: float) -> str:
    words = naturaldelta(timedelta(**span))
    print(span, "is", repr(words))
    return words

assert told(hours=1, minutes=59) == "2 hours"
assert told(hours=23, minutes=50) == "a day"
assert told(days=59) == "2 months"
assert told(days=364) == "a year"
assert told(hours=47) == "a day", "CHANGED: two days less an hour"
assert told(hours=71) == "2 days", "CHANGED: three days less an hour"
assert naturaltime(timedelta(hours=47, minutes=59)) == "a day ago", "CHANGED: ago"
PY
echo "as described"
