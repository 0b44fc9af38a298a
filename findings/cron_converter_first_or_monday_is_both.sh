#!/usr/bin/env bash
# cron-converter 2.0.2 reads lines of crontab and tells when they are due. Where a line restricts
# both the day of the month and the weekday, cron runs on either, as crontab's manual and POSIX say:
# "0 6 1 * 1" is each Monday and each first of a month. One would think the same of a package that
# takes cron's lines; nothing in its documentation says otherwise. It is due where both hold: on a
# Monday that is a first, once or twice a year. croniter and cronsim tell the true days from the
# very line, and so does cron-descriptor in words, "on day 1 of the month, or on Monday". With one
# of the two fields free all agree, so a trial shows nothing. No error and no warning.
# Why it matters: an inspection that cron did 63 times a year is due twice once it is moved to a
# scheduler built on this; nobody misses what is not listed.
# Seen, "0 6 1 * 1" in 2026: cron-converter 1 June alone, croniter and cronsim 63 days.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    cron-converter==2.0.2 croniter==7.0.0 cronsim==2.8 cron-descriptor==2.2.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from cron_converter import Cron
from cron_descriptor import get_description
from croniter import croniter
from cronsim import CronSim

BEFORE = datetime(2025, 12, 31, 23)

def days(moments: Iterator[datetime]) -> list[date]:
    """Those of 2026."""
    found = []
    for moment in moments:
        if moment.year > 2026:
            return found
        found.append(moment.date())
    raise AssertionError

def told(line: str) -> dict[str, list[date]]:
    schedule, peer = Cron(line).schedule(BEFORE), croniter(line, BEFORE)
    return {
        "cron-converter": days(iter(schedule.next, None)),
        "croniter": days(iter(lambda: peer.get_next(datetime), None)),
        "cronsim": days(CronSim(line, BEFORE)),
    }

year = [date(2026, 1, 1) + timedelta(day) for day in range(365)]
for line, due in (
    ("0 6 1 * *", [day for day in year if day.day == 1]),
    ("0 6 * * 1", [day for day in year if day.isoweekday() == 1]),
):
    assert set(map(tuple, told(line).values())) == {tuple(due)}, line
both = told("0 6 1 * 1")
print({name: len(found) for name, found in both.items()}, get_description("0 6 1 * 1"))
either = [day for day in year if day.day == 1 or day.isoweekday() == 1]
assert both["croniter"] == both["cronsim"] == either
assert both["cron-converter"] == [date(2026, 6, 1)], "CHANGED: a day of the month and a weekday"
PY
echo "as described"
