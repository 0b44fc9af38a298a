#!/usr/bin/env bash
# prefect 3.9.1 on Python below 3.13, the schedules of its server. An IntervalSchedule of an hour,
# with a zone whose clocks change, is documented to run each hour of UTC: two runs that bear the
# same local hour in autumn, an hour apart. It makes one of the two. Runs already made are looked
# for by their clock on the wall, so the second 02:00 counts as made, and so does each ten minutes
# of that hour: no run for 70 minutes, or for two hours. No error, no late run, and nothing to see
# in the list but a day of 24. What a run does with the readings of its own hour (mean, check,
# score) is never done for that hour. In UTC as the schedule's zone all are made; every two hours
# and every six from midnight are whole, as they do not fall on the hour that comes twice. (For cron
# the documentation does tell of the pause.)
# Seen, Berlin, 25 October 2026: 24 runs of 25 in 25 hours, every ten minutes 144 of 150, the
# greatest pause 2 hours and 70 minutes; with the zone UTC 25 and 150.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet prefect==3.9.1
export PREFECT_HOME="$folder/home" DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false
"$folder/venv/bin/python" -W error::RuntimeWarning - <<'PY'
import asyncio
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo
from prefect.server.schemas.schedules import IntervalSchedule

assert sys.version_info < (3, 13), "another way of counting: not looked at here"
BERLIN = ZoneInfo("Europe/Berlin")
start, end = (datetime(2026, 10, day, tzinfo=BERLIN).astimezone(UTC) for day in (25, 26))
assert end - start == timedelta(hours=25)

def runs(minutes: int, zone: str) -> tuple[int, float]:
    """How many runs the day has, and the longest time between two of them in minutes."""
    schedule = IntervalSchedule(
        interval=timedelta(minutes=minutes), timezone=zone,
        anchor_date=datetime(2026, 1, 1, tzinfo=BERLIN),
    )
    dates = asyncio.run(schedule.get_dates(1000, start=start, end=end))
    seconds = [date.timestamp() for date in dates if date.timestamp() < end.timestamp()]
    pauses = [later - earlier for earlier, later in zip(seconds, seconds[1:])]
    return len(seconds), max(pauses) / 60

told = {(minutes, zone): runs(minutes, zone)
        for minutes in (60, 10) for zone in ("Europe/Berlin", "UTC")}
print(told)
assert told[60, "UTC"] == (25, 60) and told[10, "UTC"] == (150, 10)
assert told[60, "Europe/Berlin"] == (24, 120), "CHANGED: every hour"
assert told[10, "Europe/Berlin"] == (144, 70), "CHANGED: every ten minutes"
assert "two runs that *appear*" in IntervalSchedule.__doc__, "CHANGED: what is documented"
PY
echo "as described"
