#!/usr/bin/env bash
# icalevents 0.3.1, which reads the events of a calendar (iCalendar, RFC 5545), of planned services
# and shifts for one. A series that ends has its end in UNTIL, a moment in UTC where its events
# have a time zone, and nothing is due after it. Calendars write the end of the last day, so at
# 06:59:59Z of the day after in Los Angeles. icalevents adds the zone's distance from UTC to that
# moment, without its sign, and compares the sum with the moments of the events: the series goes on
# for 7 hours there, for 9 in Tokyo, for 2 in Berlin, and not in UTC. With no warning. What recurs
# by the hour has as many events too many, and what is due each morning has one more day, where the
# night is covered by these hours. COUNT in place of UNTIL is right.
# Why it matters: a machine is thought to be in service, or a shift to be at work, on a day on
# which none is: its stop is planned, its silence is no alarm.
# Seen: of 1 to 4 July, daily at 6 o'clock, 5 events in Los Angeles, at 8 o'clock 5 in Tokyo, 4 in
# UTC and in Berlin; of three hours in Berlin five.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet icalevents==0.3.1 icalendar==7.3.2 tzdata
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo
from icalevents.icalevents import events

JULY = datetime(2026, 7, 1)

def count(zone: str, hour: int, rule: str) -> int:
    """How many events a series of services has that begins on 1 July."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:plant", "BEGIN:VEVENT", "UID:service",
        "DTSTAMP:20260101T000000Z", "SUMMARY:Service",
        f"DTSTART;TZID={zone}:{JULY.replace(hour=hour):%Y%m%dT%H%M%S}", "DURATION:PT15M",
        f"RRULE:{rule}", "END:VEVENT", "END:VCALENDAR", "",
    ]
    begin = JULY.replace(tzinfo=UTC) - timedelta(days=2)
    found = events(string_content="\r\n".join(lines), start=begin, end=begin + timedelta(days=20))
    return len(found)

def until(zone: str, moment: datetime) -> str:
    """UNTIL, which is in UTC, of a local moment."""
    return f"UNTIL={moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC):%Y%m%dT%H%M%SZ}"

end_of_day_4 = datetime(2026, 7, 4, 23, 59, 59)
daily = {
    zone: count(zone, hour, f"FREQ=DAILY;{until(zone, end_of_day_4)}")
    for zone, hour in (
        ("UTC", 6), ("Europe/Berlin", 6), ("America/Los_Angeles", 6), ("Asia/Tokyo", 8)
    )
}
print("daily on four days:", daily)
assert daily == {"UTC": 4, "Europe/Berlin": 4, "America/Los_Angeles": 5, "Asia/Tokyo": 5}, "CHANGED"
ten = datetime(2026, 7, 1, 10)
hourly = {
    zone: count(zone, 8, f"FREQ=HOURLY;{until(zone, ten)}") for zone in ("UTC", "Europe/Berlin")
}
print("8, 9 and 10 o'clock:", hourly)
assert hourly == {"UTC": 3, "Europe/Berlin": 5}, "CHANGED: nothing is due after UNTIL"
assert count("America/Los_Angeles", 6, "FREQ=DAILY;COUNT=4") == 4
PY
echo "as described"
