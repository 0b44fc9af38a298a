#!/usr/bin/env bash
# APScheduler 3.11.3 runs jobs by a schedule. CronTrigger.from_crontab makes one from what it calls
# a standard crontab expression, five fields. It only hands the fields on to a trigger of its own
# kind. There the days of the week are counted from Monday, 0, where a crontab counts from Sunday,
# of which a note beside the method warns; and all fields have to agree, where in a crontab a day of
# the month and one of the week mean either, of which none does. So "0 2 * * 0" runs on Mondays,
# "1-5" from Tuesday to Saturday, and "0 2 13 * 5" on a Saturday that is a 13th; as fri, only on a
# Friday that is. No error and no warning at run time, but for 7, a Sunday too, which is refused.
# Seen, from 1 January 2026: "0 2 * * 0" 5 January, a Monday (cronsim 4 January); "0 2 * * 1-5"
# never on a Monday, every Saturday; "0 2 13 * 5" 13 June and "0 2 13 * fri" 13 February (cronsim of
# both 2 January); with "sun" 4 January.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet APScheduler==3.11.3 cronsim==2.8 tzdata
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import UTC, datetime, timedelta
from itertools import islice
from apscheduler.triggers.cron import CronTrigger
from cronsim import CronSim

START = datetime(2026, 1, 1, tzinfo=UTC)

def runs(crontab: str, count: int) -> list[datetime]:
    trigger, found, now = CronTrigger.from_crontab(crontab, timezone=UTC), [], START
    for _ in range(count):
        found.append(trigger.get_next_fire_time(None, now))
        now = found[-1] + timedelta(seconds=1)
    return found

def by_cron(crontab: str, count: int) -> list[datetime]:
    return list(islice(CronSim(crontab, START), count))

def days(moments: list[datetime]) -> list[str]:
    return sorted({f"{moment:%a}" for moment in moments})

for crontab in ("0 2 * * 0", "0 2 * * 1-5", "0 2 13 * 5", "0 2 * * sun"):
    print(crontab, f"{runs(crontab, 1)[0]:%a %d %b}", f"{by_cron(crontab, 1)[0]:%a %d %b}")
assert runs("0 2 * * sun", 60) == by_cron("0 2 * * sun", 60)
assert days(by_cron("0 2 * * 0", 60)) == ["Sun"]
assert days(by_cron("0 2 * * 1-5", 60)) == ["Fri", "Mon", "Thu", "Tue", "Wed"]
assert by_cron("0 2 13 * 5", 1) == [datetime(2026, 1, 2, 2, tzinfo=UTC)]
assert days(runs("0 2 * * 0", 60)) == ["Mon"], "CHANGED: 0 is another day"
assert days(runs("0 2 * * 1-5", 60)) == ["Fri", "Sat", "Thu", "Tue", "Wed"], "CHANGED: 1-5"
assert runs("0 2 13 * 5", 1) == [datetime(2026, 6, 13, 2, tzinfo=UTC)], "CHANGED: either day"
assert by_cron("0 2 13 * fri", 1) == [datetime(2026, 1, 2, 2, tzinfo=UTC)]
assert runs("0 2 13 * fri", 1) == [datetime(2026, 2, 13, 2, tzinfo=UTC)], "CHANGED: either day"
try:
    CronTrigger.from_crontab("0 2 * * 7", timezone=UTC)
    raise AssertionError("CHANGED: 7 is taken")
except ValueError:
    pass
PY
echo "as described"
