#!/usr/bin/env bash
# cron-descriptor 2.2.1 tells a line of crontab in words, for those who have to approve or read a
# schedule. A step of cron begins anew with each hour, day, month or year. So */40 of the minutes is
# at 0 and at 40: 40 minutes later and then 20, "0 */5" of the hours ends its day with 4 hours,
# "*/2" of the days is on the 31st and the 1st, two days running, and a service in the months */5 is
# in November and in January. One would think that the words say so, or keep to what is true, as in
# "every 30 minutes". They say "every 40 minutes", "every 5 hours", "every 2 days", "every 5
# months", which no machine of that schedule keeps to. No word of the rest, and no warning.
# Why it matters: what a service costs and how long a machine runs without one is reckoned from the
# sentence.
# Seen: pauses as the list below has them; */40 has 48 runs a day, for the 36 of its words.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    cron-descriptor==2.2.1 cronsim==2.8
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta
from itertools import islice, pairwise
from cron_descriptor import get_description
from cronsim import CronSim

def pauses(line: str) -> set[timedelta]:
    """Those between 1,000 runs."""
    runs = islice(CronSim(line, datetime(2026, 1, 1)), 1000)
    return {later - run for run, later in pairwise(runs)}

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(1)
EXPECTED = {
    "*/30 * * * *": ("Every 30 minutes", {30 * MINUTE}),
    "*/40 * * * *": ("Every 40 minutes", {40 * MINUTE, 20 * MINUTE}),
    "0 */5 * * *": ("Every 5 hours", {5 * HOUR, 4 * HOUR}),
    "0 8 */2 * *": ("At 08:00 AM, every 2 days", {2 * DAY, DAY}),
    "0 0 1 */5 *": ("At 12:00 AM, on day 1 of the month, every 5 months", {
        days * DAY for days in (151, 152, 153, 61)
    }),
}
for line, (words, expected) in EXPECTED.items():
    told = get_description(line)
    print(f"{line}: {told}; pauses {sorted(str(pause) for pause in pauses(line))}")
    assert pauses(line) == expected, line
    assert told == words, f"CHANGED: {line}"
PY
echo "as described"
