#!/usr/bin/env bash
# ical 14.3.1 reads and writes calendars (iCalendar, RFC 5545), in which planned services and shifts
# come; its timeline tells what is on when. A date of a series that is moved or called off comes as
# an entry of its own, with the date it stands for (RECURRENCE-ID). The timeline leaves that date out
# of the series, as it must, where it is written with a time zone or as a day. Written in UTC, with a
# Z, as many programs export it, it does not: the service is on at the old time and at the new one,
# and one that is called off is on and cancelled at once. It is the same for a series in UTC and for
# one in a time zone. No error and no warning. EXDATE, in UTC, is heeded.
# Seen, each day at 8 from the 5th on, the 6th moved to 12: in UTC 5 at 8, 6 at 8, 6 at 12, 7 at 8;
# with a zone 5 at 8, 6 at 12, 7 at 8. recurring-ical-events 3.8.2: the latter for both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    ical==14.3.1 recurring-ical-events==3.8.2 icalendar==7.3.2
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import date
import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream

def entry(start: str, *lines: str) -> list[str]:
    head = ["UID:service", "DTSTAMP:20260101T000000Z", f"DTSTART{start}", "DURATION:PT1H"]
    return ["BEGIN:VEVENT", *head, *lines, "END:VEVENT"]

def calendar(zone: str, end: str) -> str:
    series = entry(f"{zone}:20260105T080000{end}", "RRULE:FREQ=DAILY;COUNT=3")
    moved = entry(f"{zone}:20260106T120000{end}", f"RECURRENCE-ID{zone}:20260106T080000{end}")
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//plant//EN"]
    return "\r\n".join([*head, *series, *moved, "END:VCALENDAR", ""])

def times(text: str) -> list[tuple[int, int]]:
    """Day and hour of what is on, by ical."""
    events = IcsCalendarStream.calendar_from_ics(text).timeline
    return [(event.dtstart.day, event.dtstart.hour) for event in events]

def peer(text: str) -> list[tuple[int, int]]:
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    starts = [event["DTSTART"].dt for event in found.between(date(2026, 1, 1), date(2026, 2, 1))]
    return sorted((start.day, start.hour) for start in starts)

MOVED = [(5, 8), (6, 12), (7, 8)]
zoned, utc = calendar(";TZID=Europe/Berlin", ""), calendar("", "Z")
print("with a zone", times(zoned), "in UTC", times(utc), "peer", peer(utc))
assert times(zoned) == peer(zoned) == peer(utc) == MOVED
assert times(utc) == [(5, 8), (6, 8), (6, 12), (7, 8)], "CHANGED: moved in UTC"
PY
echo "as described"
