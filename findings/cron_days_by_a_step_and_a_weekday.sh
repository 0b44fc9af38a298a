#!/usr/bin/env bash
# croniter 7.0.0 and cronsim 2.8. A schedule with a day of the month and a weekday, both restricted,
# is due on either. What of a step, */7 of the days with Monday? cronsim, which follows Debian's
# cron, takes a field that begins with a star as not restricted: due where both hold, so on the
# Mondays of a month that begins with one, and on no day of another. croniter, which names the
# either-or as cron's behaviour, takes the same line as either: every Monday and each 1st, 8th,
# 15th, 22nd and 29th besides. Neither says a word. The same days written as 1-31/7 are either-or
# in both. So a line of a crontab that is moved to a scheduler which reads it by croniter runs on
# other days; written without a star it is one thing to both. (croniter has the other rule as
# implement_cron_bug=True.)
# Seen for March 2026, "0 6 */7 * 1": cronsim no day, croniter 1, 2, 8, 9, 15, 16, 22, 23, 29, 30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet croniter==7.0.0 cronsim==2.8
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime, timedelta
from itertools import takewhile
from croniter import croniter
from cronsim import CronSim

before, after = datetime(2026, 3, 1) - timedelta(minutes=1), datetime(2026, 4, 1)

def days(runs) -> list[int]:
    return [run.day for run in takewhile(lambda run: run < after, runs)]

def by_croniter(line: str, **options) -> list[int]:
    return days(croniter(line, before, ret_type=datetime, **options))

star, numbers = "0 6 */7 * 1", "0 6 1-31/7 * 1"
either = sorted({1, 8, 15, 22, 29} | {2, 9, 16, 23, 30})
for line in (star, numbers):
    print(f"{line}: croniter {by_croniter(line)}, cronsim {days(CronSim(line, before))}")
assert by_croniter(star) == either, "CHANGED: croniter's rule"
assert days(CronSim(star, before)) == [], "CHANGED: cronsim's rule"
assert by_croniter(star, implement_cron_bug=True) == []
assert by_croniter(numbers) == days(CronSim(numbers, before)) == either
PY
echo "as described"
